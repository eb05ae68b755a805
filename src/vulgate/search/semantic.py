"""Ranks passages by meaning."""

from collections.abc import Sequence

from vulgate.search.library import OpenBook


def rank(book: OpenBook, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """Nothing yet."""
    return []
