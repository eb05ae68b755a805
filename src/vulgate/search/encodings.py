"""Ranks passages by a sentence encoder. What it makes of a book's passages is kept in the user's cache folder.

A file there holds the vectors of one state of a book for one model: a line of JSON, a digest of 8 bytes for each text, and the
vectors as 16-bit floats, little-endian. After a change of the book only the passages that changed are encoded again.
"""

import hashlib
import logging
import re
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from vulgate.model.blocks import AnyBlock
from vulgate.model.inline import plain
from vulgate.search.answers import SearchError
from vulgate.search.encoder import Encoder
from vulgate.search.excerpts import body
from vulgate.search.library import OpenBook
from vulgate.store.atomic import write_file
from vulgate.store.user_cache import user_cache
from vulgate.store.vectors import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

Progress = Callable[[str, int, int], None]
"""Is told what is done, how much of it, and how much there is."""
KEPT: Final = 4
"""States of a book that are kept for a model."""
_FORMAT: Final = 1
_DIGEST: Final = 8
_ATTRIBUTES: Final = re.compile(r"^([ \t>]*(?:`{3,}|~{3,})[ \t]*[\w+-]*)[ \t]*\{[^\n]*\}[ \t]*$", re.MULTILINE)
_logger = logging.getLogger(__name__)


class Encodings:
    """The vectors of a book's passages.

    Attributes:
        positions: Of the passages.
        matrix: Their vectors, one row each, of length 1.
    """

    def __init__(self, positions: "array[int]", matrix: "NDArray[Any]") -> None:
        self.positions = positions
        self.matrix = matrix


class _Head(msgspec.Struct):
    """The first line of a file: what it is of, and the digest of what follows."""

    key: str
    dimensions: int
    passages: int
    digest: str


def rank(book: OpenBook, encoder: Encoder, text: str, limit: int) -> list[tuple[int, float]]:
    """The passages that are nearest to a text in the eyes of an encoder: positions of blocks with cosines, best first."""
    import numpy

    found = encodings(book, encoder)
    cosines = found.matrix @ encoder.encode([text])[0]
    order = numpy.argsort(-cosines, kind="stable")[:limit].tolist()
    return [(found.positions[place], float(cosines[place])) for place in order]


def encodings(book: OpenBook, encoder: Encoder, progress: Progress | None = None) -> Encodings:
    """The vectors of a book's passages: from memory, else from the cache folder, else made.

    Making them takes a minute of a processor for a thousand passages or so.

    Raises:
        SearchError: The book is damaged, or there is no folder for caches.
    """
    found: Encodings = book.cached("encodings", lambda: _found(book, encoder, progress))
    return found


def _found(book: OpenBook, encoder: Encoder, progress: Progress | None) -> Encodings:
    import numpy

    rows = book.rows("SELECT positions FROM vector")
    positions = unpacked(bytes(rows[0][0])) if rows and isinstance(rows[0][0], bytes) else array("i")
    key = _digest(_FORMAT, encoder.model, book.book.id, book.book.digest, book.stamp.version, packed(positions).hex())
    place = _folder() / f"encoded-{_digest(book.book.id, encoder.model)[:16]}-{key}"
    kept = _read(place, encoder, len(positions))
    if kept is not None:
        return Encodings(positions, kept[1].astype(numpy.float32))
    texts = _texts(book, positions)
    digests = [hashlib.sha256(text.encode()).digest()[:_DIGEST] for text in texts]
    matrix = _encoded(encoder, texts, digests, _known(place, encoder), progress)
    _keep(place, encoder, key, digests, matrix)
    return Encodings(positions, matrix.astype(numpy.float32))


def _folder() -> Path:
    try:
        return user_cache()
    except RuntimeError as error:
        raise SearchError("there is no home folder to keep what the encoder makes; set XDG_CACHE_HOME") from error


def _texts(book: OpenBook, positions: "array[int]") -> list[str]:
    """What is encoded of each passage: its title, the heading above it, and its text as a reader sees it."""
    blocks = book.blocks(f"position IN ({','.join(map(str, positions))})")

    def text(block: AnyBlock) -> str:
        heading = book.contents.by_id.get(block.section)
        parts = dict.fromkeys(
            (plain(block.title), heading.title if heading else "", _ATTRIBUTES.sub(r"\1", body(block)))
        )
        return "\n".join(filter(None, parts))

    return [text(block) for block in blocks]


def _encoded(
    encoder: Encoder,
    texts: list[str],
    digests: list[bytes],
    known: dict[bytes, "NDArray[Any]"],
    progress: Progress | None,
) -> "NDArray[Any]":
    """The vectors of texts, as they are kept; those that are known are not made again."""
    import numpy

    new = [place for place, digest in enumerate(digests) if digest not in known]
    matrix = numpy.zeros((len(texts), encoder.dimensions), "<f2")
    for place, digest in enumerate(digests):
        if digest in known:
            matrix[place] = known[digest]
    if new:
        told = (lambda done: progress("encoding", done, len(new))) if progress else None
        matrix[new] = encoder.encode([texts[place] for place in new], told)
    return matrix


def _known(place: Path, encoder: Encoder) -> dict[bytes, "NDArray[Any]"]:
    """The vectors of the last state of the book that was kept, by the digests of their texts."""
    states = _states(place)
    kept = _read(states[-1], encoder) if states else None
    return dict(zip(*kept, strict=True)) if kept else {}


def _states(place: Path) -> list[Path]:
    """The files of all states of a book for a model, the one that was used last at the end."""
    book = place.name.rpartition("-")[0]
    try:
        return sorted(place.parent.glob(f"{book}-*"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    except OSError:  # one is deleted in this moment
        return []


def _read(place: Path, encoder: Encoder, passages: int | None = None) -> tuple[list[bytes], "NDArray[Any]"] | None:
    """Digests and vectors of a file; `None` for one that is missing, damaged, or something else."""
    import numpy

    try:
        line, _, rest = place.read_bytes().partition(b"\n")
        head = msgspec.json.decode(line, type=_Head)
    except (OSError, ValueError):
        return None
    size = head.passages * (_DIGEST + 2 * encoder.dimensions)
    is_ours = place.name.endswith(f"-{head.key}") and head.dimensions == encoder.dimensions and len(rest) == size
    if not is_ours or passages not in (None, head.passages) or hashlib.sha256(rest).hexdigest() != head.digest:
        return None
    at = head.passages * _DIGEST
    digests = [rest[start : start + _DIGEST] for start in range(0, at, _DIGEST)]
    return digests, numpy.frombuffer(rest, "<f2", offset=at).reshape(-1, encoder.dimensions)


def _keep(place: Path, encoder: Encoder, key: str, digests: list[bytes], matrix: "NDArray[Any]") -> None:
    """Writes a file, and deletes the oldest states of the same book. What cannot be kept is made again the next time."""
    rest = b"".join(digests) + matrix.tobytes()
    head = _Head(key, encoder.dimensions, len(digests), hashlib.sha256(rest).hexdigest())
    try:
        write_file(place, msgspec.json.encode(head) + b"\n" + rest, durable=False)
        for old in _states(place)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _logger.warning("the encoded passages cannot be kept in %s: %s", place.parent, error.strerror or error)


def _digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]
