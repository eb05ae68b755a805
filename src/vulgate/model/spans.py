"""Places in a source file, in bytes and in lines."""

from bisect import bisect_right
from itertools import accumulate

from msgspec import Struct


class Span(Struct, frozen=True, gc=False):
    """A stretch of one source file.

    Attributes:
        file: Path inside the book, with forward slashes.
        first: First line, counted from 1.
        last: Last line that holds a byte of the span, counted from 1.
        start: Offset of the first byte.
        end: Offset after the last byte.
    """

    file: str
    first: int
    last: int
    start: int
    end: int


def line_start(data: bytes, at: int) -> int:
    """The offset of the first byte of the line that holds the byte at `at`, without an index of lines."""
    feed = data.rfind(b"\n", 0, at)
    return max(feed, data.rfind(b"\r", feed + 1, at)) + 1  # not further back: most files have no carriage return at all


class LineIndex:
    r"""Turns byte offsets of one file into line numbers; `\n`, `\r\n` and `\r` end a line."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.data = data
        # `bytes.splitlines` ends lines at `\n`, `\r\n` and `\r` and nowhere else.
        self._starts = [0, *accumulate(map(len, data.splitlines(keepends=True)))]
        if data and not data.endswith((b"\n", b"\r")):
            self._starts.pop()

    def line(self, offset: int) -> int:
        """The line, counted from 1, that holds the byte at `offset`."""
        return bisect_right(self._starts, offset)

    def line_start(self, line: int) -> int:
        """The offset of the first byte of a line; the end of the file for lines past it."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self.data)

    def column(self, offset: int) -> int:
        """The column, counted from 1 in characters, of the byte at `offset`."""
        start = self.line_start(self.line(offset))
        return len(self.data[start:offset].decode("utf-8", "replace")) + 1

    def line_text(self, line: int) -> str:
        """The text of a line without its end."""
        raw = self.data[self.line_start(line) : self.line_start(line + 1)]
        return raw.decode("utf-8", "replace").rstrip("\r\n")

    def span(self, start: int, end: int) -> Span:
        """The span of the bytes from `start` to before `end`."""
        last = self.line(max(start, end - 1))
        return Span(self.file, self.line(start), last, start, end)
