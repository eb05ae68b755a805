"""Mends the spelling of a query with the words of a book."""

from collections.abc import Sequence
from typing import Final

from vulgate.search.library import OpenBook
from vulgate.search.query import Query
from vulgate.store.vectors import word_vectors

SHORTEST: Final = 4
"""Letters of a word that is mended; below that nearly every word is near some other one."""
_CANDIDATES: Final = 60


def mend(book: OpenBook, query: Query, searched: Sequence[OpenBook]) -> dict[str, str]:
    """The words of a query that none of the searched books has, nor the table of word vectors, with the nearest one of a book.

    Words with nothing near are left out.
    """
    mended = {}
    for word in query.words:
        low = word.lower()
        is_doubtful = len(low) >= SHORTEST and low not in query.quoted and any(map(str.isalpha, low))
        if not is_doubtful or word_vectors().knows(low) or any(_is_known(each, low) for each in searched):
            continue
        if near := _nearest(book, low):
            mended[word] = near
    return mended


def _is_known(book: OpenBook, word: str) -> bool:
    """Whether the full text has a word, in any of its forms."""
    return bool(book.rows("SELECT 1 FROM search WHERE search MATCH ? LIMIT 1", (f'"{word}"',)))


def _nearest(book: OpenBook, word: str) -> str:
    """The word of the book that takes the fewest slips to type as `word`; the more frequent of two."""
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < 6 else 2
    near = []
    for other, passages in _candidates(book, word):
        slips = OSA.distance(word, other, score_cutoff=most)
        if slips <= most:
            near.append((slips, other[0] != word[0], -passages, other))
    return min(near)[-1] if near else ""


def _candidates(book: OpenBook, word: str) -> list[tuple[str, int]]:
    """Words that share three letters in a row with a word; a slip in a short word leaves no three, so there the first letter."""
    trigrams = {word[start : start + 3] for start in range(len(word) - 2)}
    rows = book.rows(
        "SELECT word.word, passages FROM word_trigram JOIN word ON word.id = word_trigram.rowid"
        " WHERE word_trigram MATCH ? AND length(word.word) BETWEEN ? AND ? ORDER BY rank LIMIT ?",
        (" OR ".join(f'"{three}"' for three in sorted(trigrams)), len(word) - 2, len(word) + 2, _CANDIDATES),
    )
    if len(word) < 7:
        rows += book.rows(
            "SELECT word, passages FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?",
            (word[0], word[0] + "\U0010ffff", len(word) - 1, len(word) + 1),
        )
    return [(str(other), int(str(passages))) for other, passages in rows]
