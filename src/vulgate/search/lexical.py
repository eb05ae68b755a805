"""Ranks passages by the words that they share with a query: SQLite's FTS5 and BM25 (https://www.sqlite.org/fts5.html)."""

from collections.abc import Mapping, Sequence
from typing import Final

from vulgate.search.library import OpenBook

TITLE: Final = 1.0
NAMES: Final = 1.0
ASKED: Final = 4.0
ANCHORS: Final = 2.0
PLACE: Final = 1.0
TEXT: Final = 1.0
"""How much a word counts by where it stands. Chosen on the development half of `benchmarks/retrieval`."""
LEADING: Final = 1_000
SCORED: Final = 4_000
"""What keeps a query fast in a large book, as scoring a passage costs more than finding it: only passages that hold one of the
rarest terms are scored, by the rarest terms; as many terms as about so many passages hold, and one at least."""
_MANY: Final = 4_000
_SCORE: Final = f"-bm25(search, {TITLE}, {NAMES}, {ASKED}, {ANCHORS}, {PLACE}, {TEXT})"
_LEAD: Final = (
    "AND +rowid IN (SELECT rowid FROM search WHERE search MATCH ?)"  # the plus: to be tested, not to be looked up
)


def rank(book: OpenBook, terms: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The passages that share most with the terms: positions of blocks with scores, best first."""
    counts = _counts(book, terms)
    scored = _rarest(counts, SCORED)
    leading = _rarest(counts, LEADING)
    if not scored:
        return []
    narrows = len(leading) < len(scored)
    rows = book.rows(
        f"SELECT rowid, {_SCORE} AS score FROM search WHERE search MATCH ? {_LEAD if narrows else ''}"  # noqa: S608 texts of ours
        " ORDER BY score DESC, rowid LIMIT ?",
        (_any(scored), _any(leading), limit) if narrows else (_any(scored), limit),
    )
    return [(int(str(position)), float(str(score))) for position, score in rows]


def _counts(book: OpenBook, terms: Sequence[str]) -> dict[str, int]:
    """How many passages hold each term in any of its forms, at most `_MANY`; terms that none holds are left out."""
    query = "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)"
    counts = {term: int(str(book.rows(query, (_any([term]), _MANY))[0][0])) for term in terms}
    return {term: count for term, count in counts.items() if count}


def _rarest(counts: Mapping[str, int], most: int) -> list[str]:
    """The rarest terms, as many as `most` passages hold together, and one at least."""
    chosen: list[str] = []
    left = most
    for term in sorted(counts, key=counts.__getitem__):
        left -= counts[term]
        if chosen and left < 0:
            break
        chosen.append(term)
    return chosen


def _any(terms: Sequence[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)
