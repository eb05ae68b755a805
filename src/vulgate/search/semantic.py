"""Ranks passages by meaning: the cosine between the vector of a query and those that the compiled book holds."""

import importlib.util
from collections.abc import Sequence
from math import sqrt
from operator import mul
from typing import TYPE_CHECKING, Any, Final

from vulgate.search.library import OpenBook
from vulgate.store.vectors import LENGTH, unpacked, word_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW: Final = 8000
"""Passages up to which plain Python compares sooner than numpy is imported, where it is installed: for a first query at least."""


class Meanings:
    """The vectors of a book's passages, ready to be compared.

    Attributes:
        fault: Why they cannot be used, for the notes of an answer; empty if they can.
        positions: Of the passages.
    """

    def __init__(self, book: OpenBook) -> None:
        rows = book.rows("SELECT model, dimensions, positions, data FROM vector")
        model, dimensions, positions, data = rows[0] if rows else ("", 0, b"", b"")
        assert isinstance(positions, bytes)
        assert isinstance(data, bytes)
        self._data = data
        self.positions = unpacked(positions[: len(positions) // 4 * 4])
        self._dimensions = word_vectors().dimensions
        self._matrix: NDArray[Any] | None = None
        self._queries = 0
        self.fault = ""
        if not rows:
            self.fault = "the compiled book holds no word vectors"
        elif (model, dimensions) != (word_vectors().model, self._dimensions):
            self.fault = "the word vectors of the compiled book are those of another version of vulgate"
        elif len(self._data) != len(self.positions) * self._dimensions:
            self.fault = "the word vectors of the compiled book are damaged"
        elif self._data.count(0) > len(self._data) // 2:
            self.fault = "its word vectors say nothing: they are damaged, or its words are not English"

    def products(self, query: Sequence[int]) -> Sequence[float]:
        """The product of each passage's vector with that of a query: whole numbers, the same either way."""
        self._queries += 1
        is_worth_it = self._queries > 1 or len(self.positions) > FEW
        if is_worth_it and importlib.util.find_spec("numpy"):
            import numpy

            if self._matrix is None:
                rows = numpy.frombuffer(self._data, numpy.int8).reshape(-1, self._dimensions)
                self._matrix = rows.astype(numpy.float32)  # holds these products exactly
            products: list[float] = (self._matrix @ numpy.array(query, numpy.float32)).tolist()
            return products
        numbers = memoryview(self._data).cast("b")
        size = self._dimensions
        return [sum(map(mul, query, numbers[at : at + size])) for at in range(0, len(numbers), size)]


def rank(book: OpenBook, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The passages that are nearest in meaning: positions of blocks with cosines, best first; none where no word is known."""
    from heapq import nlargest

    found = _meanings(book)
    query = word_vectors().encode(words)
    length = sqrt(sum(number * number for number in query))
    if found.fault or not length:
        return []
    near = nlargest(limit, zip(found.products(query), (-position for position in found.positions), strict=True))
    return [(-position, product / (length * LENGTH)) for product, position in near]


def fault(book: OpenBook) -> str:
    """Why a book is searched by words alone; empty if it is not."""
    return _meanings(book).fault


def _meanings(book: OpenBook) -> Meanings:
    found: Meanings = book.cached("meanings", lambda: Meanings(book))
    return found
