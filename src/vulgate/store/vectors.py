"""What texts mean, as vectors: each word has a row of a table, and a text is the sum of its words' rows.

The table, `vectors.bin`, is distilled from a sentence encoder (`benchmarks/retrieval/distil.py` makes it and says how), after the
idea of Model2Vec (https://github.com/MinishLab/model2vec). All sums are of whole numbers, so every machine gives the same bytes.

The file: a line of JSON with the numbers of `words` and `dimensions`; the words in UTF-8, a line each, the most frequent first;
a weight for each word (16 bits, little-endian); a row for each word (8-bit numbers with a sign).
"""

import hashlib
import json
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vulgate.store.words import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE: Final = Path(__file__).with_name("vectors.bin")
LENGTH: Final = 254
"""The length of a text's vector, in steps of its 8-bit numbers; single ones seldom reach half of it and are cut there."""


class WordVectors:
    """The table of word vectors.

    Args:
        data: The file.

    Attributes:
        model: Tells this table from others: vectors of different tables cannot be compared.
        dimensions: Numbers in a vector.
    """

    def __init__(self, data: bytes) -> None:
        head, _, rest = data.partition(b"\n")
        sizes = json.loads(head)
        count, self.dimensions = int(sizes["words"]), int(sizes["dimensions"])
        rows = len(rest) - count * self.dimensions
        self.model: Final = hashlib.sha256(data).hexdigest()[:16]
        words = rest[: rows - 2 * count].decode().split("\n")
        self._index = {word: row for row, word in enumerate(words)}
        self._weights = memoryview(rest)[rows - 2 * count : rows]
        self._rows = memoryview(rest)[rows:]
        self._known = _Known(self._index)

    def knows(self, word: str) -> bool:
        """Whether the table has a word, in lower case."""
        return word in self._index

    def encode(self, words: Iterable[str]) -> list[int]:
        """The vector of one text.

        Args:
            words: Its words; an identifier stands for its parts.

        Returns:
            Whole numbers of 8 bits with a sign; all zero where no word is known.
        """
        total = [0] * self.dimensions
        for row in (row for word in words for row in self._known[word]):
            weight = int.from_bytes(self._weights[2 * row : 2 * row + 2], "little")
            numbers = self._rows[row * self.dimensions : (row + 1) * self.dimensions].cast("b")
            total = [sum_ + weight * number for sum_, number in zip(total, numbers, strict=True)]
        length = isqrt(sum(number * number for number in total)) or 1
        return [max(-127, min(127, (2 * LENGTH * number + length) // (2 * length))) for number in total]

    def encode_all(self, texts: Sequence[Sequence[str]]) -> "NDArray[Any]":
        """The vectors of many texts, each as `encode` gives it: int8, texts by dimensions."""
        import numpy

        weights = numpy.frombuffer(self._weights, "<u2").astype(numpy.int32)
        rows = numpy.frombuffer(self._rows, numpy.int8).reshape(-1, self.dimensions) * weights[:, None]
        sums = numpy.zeros((len(texts), self.dimensions), numpy.int64)
        for text, total in zip(texts, sums, strict=True):
            numpy.add.reduce(rows.take([row for word in text for row in self._known[word]], axis=0), axis=0, out=total)
        squares = (sums * sums).sum(axis=1)
        lengths = numpy.array([isqrt(square) or 1 for square in squares.tolist()], numpy.int64)[:, None]
        vectors: NDArray[Any] = numpy.clip((2 * LENGTH * sums + lengths) // (2 * lengths), -127, 127).astype(numpy.int8)
        return vectors


class _Known(dict[str, tuple[int, ...]]):
    """The rows of each word that was asked for: those of its parts, as far as the table has them."""

    def __init__(self, index: dict[str, int]) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, word: str) -> tuple[int, ...]:
        self[word] = rows = tuple(self._index[part] for part in parts(word) if part in self._index)
        return rows


@cache
def word_vectors() -> WordVectors:
    """The table that comes with the package, read once."""
    return WordVectors(TABLE.read_bytes())


def packed(positions: Iterable[int]) -> bytes:
    """Positions of blocks as the compiled book holds them: 32-bit integers, little-endian."""
    return b"".join(position.to_bytes(4, "little") for position in positions)


def unpacked(data: bytes) -> "array[int]":
    """The positions that `packed` wrote."""
    import sys

    positions = array("i", data)
    if sys.byteorder == "big":
        positions.byteswap()
    return positions
