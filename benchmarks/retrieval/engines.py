"""What is measured: full-text search as SQLite has it, and the rankings of `vulgate search`, alone and together."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from measure import WORK
from metrics import Found

from vulgate.model.inline import plain
from vulgate.model.tokens import count_tokens
from vulgate.search import ranking, semantic
from vulgate.search.encoder import Encoder, MiniLM, missing
from vulgate.search.excerpts import excerpt
from vulgate.search.library import OpenBook
from vulgate.search.query import parse
from vulgate.search.spelling import mend

DEPTH = 200
Engine = Callable[[str], list[int]]


@dataclass
class Bench:
    """A compiled book with what is known of its passages: positions to ids and to sections, the innermost first."""

    book: OpenBook

    def __post_init__(self) -> None:
        rows = self.book.rows("SELECT position, id, section FROM block")
        self.place = {int(str(position)): (str(id), str(section)) for position, id, section in rows}

    def found(self, positions: list[int], words: tuple[str, ...] | None = None) -> list[Found]:
        """The first ten hits of a ranking, at most two of a section; with their sizes if the words of the query are given."""
        return list(self._found(positions, words))[:10]

    def _found(self, positions: list[int], words: tuple[str, ...] | None) -> Iterator[Found]:
        given: dict[str, int] = {}
        for position in positions:
            id, section = self.place[position]
            given[section] = given.get(section, 0) + 1
            if given[section] > ranking.A_SECTION:
                continue
            block = self.book.block(id) if words is not None and len(given) <= 10 else None
            tokens = count_tokens(plain(block.title) + excerpt(block, words or ())) if block else 0
            heading = self.book.contents.by_id.get(section)
            path = (*heading.around, heading) if heading else ()
            yield Found(id, tuple(each.id for each in reversed(path)), tokens)
            if sum(min(number, ranking.A_SECTION) for number in given.values()) >= 10:
                return


def plain_fts(bench: Bench) -> Engine:
    """FTS5 with its Porter stemmer over title and text: what a program has in ten lines."""
    index = sqlite3.connect(":memory:", check_same_thread=False)
    index.execute("CREATE VIRTUAL TABLE passage USING fts5 (title, text, tokenize='porter unicode61')")
    rows = bench.book.rows(
        "SELECT position, title, text, section FROM block WHERE position IN (SELECT id FROM search_docsize)"
    )
    titles = [(row[0], bench.book.contents.titled(str(row[1]), str(row[3])), row[2]) for row in rows]
    index.executemany("INSERT INTO passage (rowid, title, text) VALUES (?, ?, ?)", titles)

    def search(query: str) -> list[int]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
        found = index.execute("SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY rank LIMIT ?", (words, DEPTH))
        return [position for (position,) in found] if words else []

    return search


def words_alone(bench: Bench) -> Engine:
    """`vulgate search` without word vectors."""
    return _ours(bench, meaning=0.0)


def fused(bench: Bench) -> Engine:
    """`vulgate search`."""
    return _ours(bench, meaning=ranking.MEANING)


def with_encoder(bench: Bench) -> Engine:
    """`vulgate search --encoder`."""
    os.environ["XDG_CACHE_HOME"] = str(WORK / "cache")
    return _ours(bench, meaning=ranking.MEANING, encoder=MiniLM(threads=1))


def meaning_alone(bench: Bench) -> Engine:
    """The word vectors without the words."""

    def search(query: str) -> list[int]:
        return [position for position, _ in semantic.rank(bench.book, parse(query).said, DEPTH)]

    return search


def _ours(bench: Bench, *, meaning: float, encoder: Encoder | None = None) -> Engine:
    everything = ranking.Filter(frozenset(), "", "")

    def search(query: str) -> list[int]:
        parsed = parse(query)
        mended = parsed.mended(mend(bench.book, parsed, [bench.book]))
        kept, ranking.MEANING = ranking.MEANING, meaning
        try:
            return [item.candidate.position for item in ranking.rank(bench.book, mended, everything, encoder)]
        finally:
            ranking.MEANING = kept

    return search


ENGINES = {
    "plain FTS5": plain_fts,
    "vulgate, words": words_alone,
    "word vectors": meaning_alone,
    "vulgate, fused": fused,
    **({"vulgate, with the encoder": with_encoder} if not missing() else {}),
}
__all__ = ["ENGINES", "Bench", "Engine"]
