"""Ranks passages by the words that they share with a query: SQLite's FTS5 and BM25 (https://www.sqlite.org/fts5.html)."""

from collections.abc import Sequence
from typing import Final

from vulgate.search.library import OpenBook

TITLE: Final = 1.0
NAMES: Final = 1.0
ASKED: Final = 4.0
ANCHORS: Final = 2.0
PLACE: Final = 1.0
TEXT: Final = 1.0
"""How much a word counts by where it stands. Chosen on the development half of `benchmarks/retrieval`."""
POSTINGS: Final = 12_000
"""Passages that are scored for a query, counted once for each term that they hold: what keeps a query fast in a large book."""


def rank(book: OpenBook, terms: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The passages that share most with the terms: positions of blocks with scores, best first."""
    if not terms:
        return []
    expression = " OR ".join(f'"{term}"' for term in _telling(book, terms))
    rows = book.rows(
        f"SELECT rowid, -bm25(search, {TITLE}, {NAMES}, {ASKED}, {ANCHORS}, {PLACE}, {TEXT}) AS score FROM search"  # noqa: S608 numbers of ours
        " WHERE search MATCH ? ORDER BY score DESC, rowid LIMIT ?",
        (expression, limit),
    )
    return [(int(str(position)), float(str(score))) for position, score in rows]


def _telling(book: OpenBook, terms: Sequence[str]) -> list[str]:
    """The terms that say most, as many as can be afforded: the rarest first, and one at least. In most books these are all."""
    words = {word.lower() for term in terms for word in term.split()}
    rows = book.rows(f"SELECT word, passages FROM word WHERE word IN ({','.join('?' * len(words))})", tuple(words))  # noqa: S608
    holding = {str(word): int(str(passages)) for word, passages in rows}
    costs = {term: min(holding.get(word.lower(), 0) for word in term.split()) for term in terms}
    chosen: list[str] = []
    left = POSTINGS
    for term in sorted(costs, key=costs.__getitem__):
        left -= costs[term]
        if chosen and left < 0:
            break
        chosen.append(term)
    return chosen
