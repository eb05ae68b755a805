"""Ranks passages by the words that they share with a query: SQLite's FTS5 and BM25 (https://www.sqlite.org/fts5.html)."""

from collections.abc import Sequence
from typing import Final

from vulgate.search.library import OpenBook

TITLE: Final = 4.0
NAMES: Final = 0.6
ANCHORS: Final = 1.0
PLACE: Final = 1.0
TEXT: Final = 1.0
"""How much a word counts by where it stands. Chosen on the development half of `benchmarks/retrieval`."""


def rank(book: OpenBook, terms: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The passages that share most with the terms: positions of blocks with scores, best first."""
    if not terms:
        return []
    expression = " OR ".join(f'"{term}"' for term in terms)
    rows = book.rows(
        f"SELECT rowid, -bm25(search, {TITLE}, {NAMES}, {ANCHORS}, {PLACE}, {TEXT}) AS score FROM search"  # noqa: S608 numbers of ours
        " WHERE search MATCH ? ORDER BY score DESC, rowid LIMIT ?",
        (expression, limit),
    )
    return [(int(str(position)), float(str(score))) for position, score in rows]
