"""Chapters that a reader of another layout writes in our source format, without losing where each line came from."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct


class Stretch(Struct, frozen=True, gc=False):
    """Lines of a chapter that follow each other in the file they come from, too.

    Attributes:
        first: The first line in the chapter's text, counted from 1.
        file: Path of the original inside the book.
        line: The line of the original that `first` comes from, counted from 1.
    """

    first: int
    file: str
    line: int


class Line(NamedTuple):
    """A line on its way into a chapter.

    Attributes:
        text: The line with its end.
        file: Path of the file that it comes from.
        number: Its line there, counted from 1; a line that was added has the number of the one that it was made for.
    """

    text: str
    file: str
    number: int


def lines_of(text: str, file: str) -> list[Line]:
    r"""The lines of a text; only `\n`, `\r\n` and `\r` end one, as for `LineIndex`."""
    pieces = text.encode("utf-8", "surrogateescape").splitlines(keepends=True)
    return [Line(piece.decode("utf-8", "surrogateescape"), file, number) for number, piece in enumerate(pieces, 1)]


def joined(lines: Iterable[Line]) -> tuple[bytes, tuple[Stretch, ...]]:
    """The text of lines, and where they come from."""
    lines = list(lines)
    return "".join(line.text for line in lines).encode("utf-8", "surrogateescape"), tuple(_stretches(lines))


def origin_of(stretches: tuple[Stretch, ...], line: int) -> tuple[str, int]:
    """The file and the line in it that a line of a chapter comes from."""
    stretch = stretches[max(0, bisect_right(stretches, line, key=lambda stretch: stretch.first) - 1)]
    return stretch.file, stretch.line + max(0, line - stretch.first)


def _stretches(lines: list[Line]) -> Iterator[Stretch]:
    before = Line("", "", 0)
    for at, line in enumerate(lines, 1):
        if line.file != before.file or line.number != before.number + 1:
            yield Stretch(at, line.file, line.number)
        before = line
