"""What texts mean, as vectors: each word has a row of a table, and a text is the sum of its words' rows.

The table, `vectors.npz`, is distilled from a sentence encoder (`benchmarks/retrieval/distil.py` makes it and says how), after the
idea of Model2Vec (https://github.com/MinishLab/model2vec). Sums are of whole numbers, so that every machine gives the same bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vulgate.store.words import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE: Final = Path(__file__).with_name("vectors.npz")
_UNIT: Final = 254.0
"""The length of a vector as it is stored, in steps of an 8-bit number; single components stay below half of it."""
_STEPS: Final = 1 << 14
_AT_ONCE: Final = 1024


class WordVectors:
    """The table of word vectors.

    Args:
        data: The file: `words` (UTF-8, a word a line), `rows` (int8, words by dimensions), `scales` (float16, one a word).
    """

    def __init__(self, data: bytes) -> None:
        import io

        import numpy

        self.model: Final = hashlib.sha256(data).hexdigest()[:16]
        """Tells this table from others: vectors of different tables cannot be compared."""
        with numpy.load(io.BytesIO(data)) as table:
            rows = table["rows"].astype(numpy.float32) * table["scales"].astype(numpy.float32)[:, None]
            self._words: bytes = table["words"].tobytes()
        steps = numpy.rint(rows * numpy.float32(_STEPS / max(float(abs(rows).max()), 1e-9))).astype(numpy.int32)
        self._known = _Known(self)
        # Row 0 stands for all unknown words.
        self._rows = numpy.vstack([numpy.zeros((1, steps.shape[1]), numpy.int32), steps])

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self._words.decode().split("\n"), 1)}

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return int(self._rows.shape[1])

    def knows(self, word: str) -> bool:
        """Whether the table has a word, in lower case."""
        return word in self._index

    def encode(self, texts: Sequence[Iterable[str]]) -> "NDArray[Any]":
        """The vectors of texts.

        Args:
            texts: Each text as its words; an identifier stands for its parts.

        Returns:
            int8, texts by dimensions: directions, all about equally long; zeros where no word is known.
        """
        import numpy

        known = self._known
        found = numpy.zeros((len(texts), self.dimensions), numpy.int8)
        for start in range(0, len(texts), _AT_ONCE):
            rows = [[row for word in text for row in known[word]] or [0] for text in texts[start : start + _AT_ONCE]]
            flat = numpy.fromiter(chain.from_iterable(rows), numpy.int32)
            starts = numpy.cumsum([0, *map(len, rows[:-1])])
            sums = numpy.add.reduceat(self._rows[flat], starts, axis=0).astype(numpy.int64)
            lengths = numpy.sqrt((sums * sums).sum(axis=1).astype(numpy.float64))
            scaled = numpy.rint(sums * (_UNIT / numpy.maximum(lengths, 1.0))[:, None])
            found[start : start + len(rows)] = numpy.clip(scaled, -127, 127)
        return found


class _Known(dict[str, tuple[int, ...]]):
    """The rows of each word that was asked for: of its parts, as far as the table has them."""

    def __init__(self, table: WordVectors) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, word: str) -> tuple[int, ...]:
        index = self._table._index
        self[word] = rows = tuple(index[part] for part in parts(word) if part in index)
        return rows


@cache
def word_vectors() -> WordVectors:
    """The table that comes with the package, read once."""
    return WordVectors(TABLE.read_bytes())
