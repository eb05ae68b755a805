"""Ranks passages by meaning: the cosine between the vector of a query and those that the compiled book holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vulgate.search.library import OpenBook
from vulgate.store.vectors import word_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Meanings:
    """The vectors of a book's passages, ready to be compared.

    Attributes:
        fault: Why they cannot be used, for the notes of an answer; empty if they can.
    """

    def __init__(self, book: OpenBook) -> None:
        import numpy

        self.fault = ""
        rows = book.rows("SELECT model, dimensions, positions, data FROM vector")
        if not rows:
            self.fault = "the compiled book holds no word vectors"
            return
        model, dimensions, positions, data = rows[0]
        if model != word_vectors().model:
            self.fault = "the compiled book holds the word vectors of another version"
            return
        assert isinstance(positions, bytes)
        assert isinstance(data, bytes)
        self.positions: NDArray[Any] = numpy.frombuffer(positions, "<i4")
        if len(data) != len(self.positions) * int(str(dimensions)):
            self.fault = "the word vectors of the compiled book are damaged"
            return
        vectors = numpy.frombuffer(data, numpy.int8).reshape(len(self.positions), -1).astype(numpy.float32)
        lengths = numpy.sqrt((vectors * vectors).sum(axis=1))
        if len(lengths) and float((lengths == 0).mean()) > 0.5:
            self.fault = "most word vectors of the compiled book are empty"
            return
        self.vectors = vectors / numpy.maximum(lengths, 1.0)[:, None]


def rank(book: OpenBook, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The passages that are nearest in meaning: positions of blocks with cosines, best first; none where no word is known."""
    import numpy

    meanings: Meanings = book.cached("meanings", lambda: Meanings(book))
    if meanings.fault:
        return []
    query = word_vectors().encode([words])[0].astype(numpy.float32)
    length = float(numpy.sqrt((query * query).sum()))
    if not length:
        return []
    cosines = meanings.vectors @ (query / length)
    limit = min(limit, len(cosines))
    if not limit:
        return []
    best = numpy.argpartition(-cosines, limit - 1)[:limit]
    found = [(int(meanings.positions[at]), float(cosines[at])) for at in best]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def fault(book: OpenBook) -> str:
    """Why a book is searched by words alone; empty if it is not."""
    meanings: Meanings = book.cached("meanings", lambda: Meanings(book))
    return meanings.fault
