"""What texts mean, as vectors: each word has a row of a table, and a text is the sum of its words' rows.

A word that stands n times in a text counts √n times.

The table, `vectors.bin`, is distilled from a sentence encoder (`benchmarks/retrieval/distil.py` makes it and says how), after the
idea of Model2Vec (https://github.com/MinishLab/model2vec). All sums are of whole numbers, so every machine gives the same bytes.

The file: a line of JSON with the numbers of `words` and `dimensions`; the words in UTF-8, a line each, the most frequent first;
a weight for each word (16 bits, little-endian); a row for each word (8-bit numbers with a sign).
"""

import hashlib
import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import cache
from math import isqrt
from operator import mul
from pathlib import Path
from typing import Final

from vulgate.store.words import parts

TABLE: Final = Path(__file__).with_name("vectors.bin")
LENGTH: Final = 254
"""The length of a text's vector, in steps of its 8-bit numbers; single ones seldom reach half of it and are cut there."""
_MOST: Final = 127
_LANE: Final = 8
_BIAS: Final = 1 << 23
"""More than a weight times a number, so that no lane is below zero."""


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
        self._lanes = _Lanes(self._rows, self._weights, self.dimensions)

    def knows(self, word: str) -> bool:
        """Whether the table has a word, in lower case."""
        return word in self._index

    def encode(self, words: Iterable[str]) -> list[int]:
        """The vector of a text.

        Args:
            words: Its words, each as often as it stands there; an identifier stands for its parts.

        Returns:
            Whole numbers of 8 bits with a sign; all zero where no word is known.
        """
        met = Counter(row for word in words for row in self._known[word])
        times = [isqrt(256 * count) for count in met.values()]  # the roots, in sixteenths
        lanes = sum(map(mul, map(self._lanes.__getitem__, met), times)).to_bytes(_LANE * self.dimensions, sys.byteorder)
        bias = sum(times) * _BIAS
        total = [number - bias for number in memoryview(lanes).cast("Q")]
        length = isqrt(sum(map(mul, total, total))) or 1
        twice, steps = 2 * length, 2 * LENGTH
        vector = [(steps * number + length) // twice for number in total]
        if max(vector) > _MOST or min(vector) < -_MOST:
            return [max(-_MOST, min(_MOST, number)) for number in vector]
        return vector


class _Known(dict[str, tuple[int, ...]]):
    """The rows of each word that was asked for: those of its parts, as far as the table has them."""

    def __init__(self, index: dict[str, int]) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, word: str) -> tuple[int, ...]:
        self[word] = rows = tuple(self._index[part] for part in parts(word) if part in self._index)
        return rows


class _Lanes(dict[int, int]):
    """Rows that were asked for, each as one large number with 64 bits for each of its numbers: such numbers are added at once.

    That is as fast as numpy, whose import alone takes longer than the vectors of a whole book.
    """

    def __init__(self, rows: memoryview, weights: memoryview, dimensions: int) -> None:
        super().__init__()
        self._rows, self._weights, self._dimensions = rows, weights, dimensions

    def __missing__(self, row: int) -> int:
        weight = int.from_bytes(self._weights[2 * row : 2 * row + 2], "little")
        numbers = self._rows[row * self._dimensions : (row + 1) * self._dimensions].cast("b")
        lanes = array("Q", [weight * number + _BIAS for number in numbers])
        self[row] = value = int.from_bytes(lanes, sys.byteorder)
        return value


@cache
def word_vectors() -> WordVectors:
    """The table that comes with the package, read once."""
    return WordVectors(TABLE.read_bytes())


def packed(positions: Iterable[int]) -> bytes:
    """Positions of blocks as the compiled book holds them: 32-bit integers, little-endian."""
    return b"".join(position.to_bytes(4, "little") for position in positions)


def unpacked(data: bytes) -> "array[int]":
    """The positions that `packed` wrote."""
    positions = array("i", data)
    if sys.byteorder == "big":
        positions.byteswap()
    return positions
