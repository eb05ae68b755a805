"""How long search takes: in a book of about 100,000 blocks, and for a first answer from a process that starts.

    python benchmarks/retrieval/large.py [--cold-only] [--json FILE]

The large book is nine copies of the handbook. In each but the first a third of the words is swapped for others of the same
length, so that words stay as frequent as they are in a book. The queries are the development half. Figures are milliseconds, of a
processor and on the clock; judge by the former where other programs run.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a query is too small for threads

import argparse
import hashlib
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import msgspec  # noqa: E402
from measure import ROOT, WORK, Case, nothing, run_all  # noqa: E402
from run import handbook, queries  # noqa: E402

import vulgate  # noqa: E402
from vulgate.search import lexical  # noqa: E402
from vulgate.search.library import Library  # noqa: E402
from vulgate.search.query import parse  # noqa: E402
from vulgate.search.ranking import search  # noqa: E402
from vulgate.search.spelling import mend  # noqa: E402
from vulgate.store.sqlite import to_sqlite  # noqa: E402

COPIES = 9
SHARE = 0.3
ROUNDS = 10
COLD = "why does my default list keep growing"
BARS = {"words": 5.0, "fused": 20.0, "cold": 250.0}
_WORD = re.compile(r"\b[a-z]{4,}\b")


def large_book() -> Path:
    """The compiled large book, kept by digest of the handbook."""
    book = vulgate.compile_book(vulgate.open_book(ROOT / "books" / "python")).book
    key = hashlib.sha256(f"{vulgate.__version__} {book.book.digest} {Path(__file__).read_text()}".encode()).hexdigest()
    place = WORK / "retrieval" / f"large-{key[:16]}.sqlite"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(to_sqlite(enlarged(book)))
    return place


def enlarged(book: vulgate.CompiledBook) -> vulgate.CompiledBook:
    """A book with copies of all its blocks."""
    plain = msgspec.to_builtins(book.blocks)
    ids = {block.id for block in book.blocks}
    vocabulary = sorted({word for block in book.blocks for word in _WORD.findall(block.text)})
    blocks = [each for number in range(COPIES) for each in _copy(plain, ids, vocabulary, number)]
    return msgspec.structs.replace(book, blocks=msgspec.convert(blocks, tuple[vulgate.AnyBlock, ...]), formerly={})


def _copy(blocks: list[dict[str, Any]], ids: set[str], vocabulary: list[str], number: int) -> list[dict[str, Any]]:
    """The blocks with other ids and, but in the first copy, other words: of the same length, so that spans stay right."""
    swaps = _swaps(vocabulary, number) if number else {}

    def changed(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: changed(inner, name) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [changed(inner, key) for inner in value]
        if isinstance(value, str):
            if value in ids and key not in ("title", "text"):
                return f"v{number}/{value}"
            return _WORD.sub(lambda word: swaps.get(word[0], word[0]), value) if key in ("title", "text") else value
        return value

    return [changed(block) for block in blocks]


def _swaps(vocabulary: list[str], seed: int) -> dict[str, str]:
    draw = random.Random(seed)
    swaps: dict[str, str] = {}
    for length in sorted({len(word) for word in vocabulary}):
        words = [word for word in vocabulary if len(word) == length]
        others = draw.sample(words, len(words))
        swaps |= {word: other for word, other in zip(words, others, strict=True) if draw.random() < SHARE}
    return swaps


def timed(ask: Callable[[str], object], texts: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of each query, of a processor and on the clock."""
    spent, clock = [], []
    for text in texts:
        begun, started = time.process_time(), time.perf_counter()
        ask(text)
        spent.append((time.process_time() - begun) * 1e3)
        clock.append((time.perf_counter() - started) * 1e3)
    return spent, clock


def percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def measure_large() -> dict[str, dict[str, float]]:
    texts = [str(query["query"]) for query in queries("development")]
    rows = {}
    with Library.open([large_book()]) as library:
        (book,) = library.books
        ((blocks,),) = book.rows("SELECT count(*) FROM block")
        print(f"\nA book of {blocks:,} blocks, {len(texts)} queries, milliseconds\n")

        def words(text: str) -> object:
            query = parse(text)
            return lexical.rank(book, query.mended(mend(book, query, [book])).terms, 500)

        print("| what | processor p50 | p95 | clock p50 | p95 | bar, p95 |\n|---|---:|---:|---:|---:|---:|")
        for name, ask in {"words": words, "fused": lambda text: search(library, text)}.items():
            timed(ask, texts)  # reads what is read once
            spent, clock = timed(ask, texts)
            figures = [percentile(values, share) for values in (spent, clock) for share in (50, 95)]
            rows[name] = dict(zip(("processor50", "processor95", "clock50", "clock95"), figures, strict=True))
            print(f"| {name} | " + " | ".join(f"{figure:.1f}" for figure in figures) + f" | {BARS[name]:.0f} |")
    return rows


def measure_cold() -> dict[str, float]:
    """The first answer of a process, over the handbook."""
    place = handbook().book.path
    case = Case("cold", [sys.executable, "-m", "vulgate", "search", COLD, "--book", str(place)], nothing)
    run_all([case], ROUNDS)
    figures = {"clock": case.median * 1e3, "processor": statistics.median(case.processor) * 1e3}
    print(
        f"\nA cold `vulgate search` on the handbook, median of {ROUNDS}: {figures['clock']:.0f} ms on the clock,"
        f" {figures['processor']:.0f} ms of a processor (bar {BARS['cold']:.0f})"
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold-only", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows: dict[str, object] = {"cold": measure_cold()}
    if not given.cold_only:
        rows |= measure_large()
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
