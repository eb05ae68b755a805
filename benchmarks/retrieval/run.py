"""How well search finds what was asked for, on the handbook and on Python's own FAQ.

    python benchmarks/retrieval/run.py [--half test] [--faq] [--json FILE] [--bars]

The queries of the handbook are in `queries/`, with graded answers. Weights are chosen on `development.jsonl` alone; `--half test`
measures on the others. `--faq` asks the questions of Python's FAQ, their headings hidden, of the sections of Python's manual
(Debian's package python3-doc), a set that nobody here wrote. Each ranking keeps at most two passages of a section, as `vulgate
search` does; "section" figures count a hit as right if its section holds the answer.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from engines import ENGINES, Bench  # noqa: E402
from measure import ROOT, WORK  # noqa: E402
from metrics import Figures, Found, figures, mean  # noqa: E402

from vulgate.build import Builder  # noqa: E402
from vulgate.search.library import OpenBook  # noqa: E402
from vulgate.search.query import parse  # noqa: E402
from vulgate.source import open_book  # noqa: E402

BARS = {"words against plain FTS5": 1.15, "fused nDCG@10": 0.80, "FAQ, fused MRR": 0.54}


def handbook() -> Bench:
    """The bundled handbook as it stands, compiled."""
    source = open_book(ROOT / "books" / "python")
    home = WORK / "retrieval" / "handbook"
    Builder(source, home=home, editions=("sqlite",)).run()
    return Bench(OpenBook.open(home / "dist" / "python.sqlite"))


def queries(half: str) -> list[dict[str, object]]:
    lines = (HERE / "queries" / f"{half}.jsonl").read_text("utf-8").splitlines()
    return [query for line in lines if (query := json.loads(line))["kind"] != "absent"]


def by_section(bench: Bench, found: Iterable[Found], answers: Mapping[str, int]) -> Figures:
    """The figures where a section is the answer: the best grade of what stands in it."""
    section_of = dict(bench.place.values())
    graded: dict[str, int] = {}
    for id, grade in answers.items():
        graded[section_of[id]] = max(grade, graded.get(section_of[id], 0))
    sections = dict.fromkeys(hit.sections[0] for hit in found)
    return figures([Found(section) for section in sections], graded)


def table(title: str, rows: Mapping[str, Figures], sections: Mapping[str, Figures]) -> None:
    print(f"\n{title}\n")
    print(
        "| ranking | MRR | hit@1 | hit@5 | nDCG@5 | nDCG@10 | nDCG@10, section | tokens, 5 hits | distinct sections |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, row in rows.items():
        values = (row.mrr, row.hit1, row.hit5, row.ndcg5, row.ndcg10, sections[name].ndcg10)
        numbers = " | ".join(f"{value:.3f}" for value in values)
        print(f"| {name} | {numbers} | {row.tokens:.0f} | {row.distinct:.2f} |")


def measure_handbook(half: str) -> dict[str, Figures]:
    bench, asked = handbook(), queries(half)
    rows: dict[str, Figures] = {}
    sections: dict[str, Figures] = {}
    kinds: dict[str, dict[str, float]] = {}
    for name, make in ENGINES.items():
        engine = make(bench)
        hits = [bench.found(engine(str(query["query"])), parse(str(query["query"])).words) for query in asked]
        each = [figures(found, query["answers"]) for found, query in zip(hits, asked, strict=True)]  # type: ignore[arg-type]
        rows[name] = mean(each)
        sections[name] = mean(
            [by_section(bench, found, query["answers"]) for found, query in zip(hits, asked, strict=True)]  # type: ignore[arg-type]
        )
        for kind in sorted({str(query["kind"]) for query in asked}):
            of_kind = [one for one, query in zip(each, asked, strict=True) if query["kind"] == kind]
            kinds.setdefault(name, {})[kind] = mean(of_kind).ndcg10
    table(f"The handbook, {half} half: {len(asked)} queries", rows, sections)
    print("\nnDCG@10 by kind of query\n")
    names = list(next(iter(kinds.values())))
    print("| ranking | " + " | ".join(names) + " |\n|---" + "|---:" * len(names) + "|")
    for name, values in kinds.items():
        print(f"| {name} | " + " | ".join(f"{values[kind]:.2f}" for kind in names) + " |")
    return rows


def measure_faq() -> dict[str, Figures]:
    import faq

    bench, asked = faq.bench(WORK / "retrieval")
    rows = {}
    for name, make in ENGINES.items():
        engine = make(bench)
        each = [figures(bench.found(engine(question)), {answer: 3}) for question, answer in asked]
        rows[name] = mean(each)
    table(f"Python's FAQ: {len(asked)} questions", rows, rows)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("development", "test"), default="development")
    parser.add_argument("--faq", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = measure_faq() if given.faq else measure_handbook(given.half)
    if given.faq:
        print(f"\nFused MRR {rows['vulgate, fused'].mrr:.3f} (bar {BARS['FAQ, fused MRR']})")
    else:
        ratio = rows["vulgate, words"].ndcg10 / rows["plain FTS5"].ndcg10
        print(f"\nWords against plain FTS5: {ratio:.2f} (bar {BARS['words against plain FTS5']})")
        print(f"Fused nDCG@10: {rows['vulgate, fused'].ndcg10:.3f} (bar {BARS['fused nDCG@10']:.2f})")
    if given.json:
        given.json.write_text(json.dumps({name: dataclasses.asdict(row) for name, row in rows.items()}, indent=2))


if __name__ == "__main__":
    main()
