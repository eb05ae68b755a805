"""Our part of a file that others write into: between two comment lines that name the book.

All else in the file stays as it is, byte for byte: a region is put at the end of the file, and what was added to set it apart
(the glue) is told, so that taking it out gives the file back.
"""

import re
from contextlib import suppress
from typing import Final

from msgspec import Struct

_MARKER: Final = re.compile(r"^<!-- vulgate:(begin|end) ([a-z0-9][a-z0-9._-]*)(?: [^\n]*)?-->[ \t]*\r?$", re.MULTILINE)
_NOTE: Final = 'edit outside of these lines; "vulgate install" writes what is between them'


class RegionError(Exception):
    """The markers in a file are broken; the text says where, and how to mend them."""


class Region(Struct, frozen=True):
    """A region in a text.

    Attributes:
        start: Offset of the first marker.
        end: Offset after the second marker and its line end.
        body: What is between them, with Unix line ends.
    """

    start: int
    end: int
    body: str


def find(text: str, book: str) -> Region | None:
    """The region of a book.

    Raises:
        RegionError: A marker stands alone, or twice.
    """
    markers = [match for match in _MARKER.finditer(text) if match[2] == book]
    if not markers:
        return None
    if [match[1] for match in markers] != ["begin", "end"]:
        lines = ", ".join(str(text.count("\n", 0, match.start()) + 1) for match in markers)
        raise RegionError(
            f"its markers `vulgate:begin {book}` and `vulgate:end {book}` are no pair (line {lines}); "
            "delete them, with what is between them if it is not yours"
        )
    begin, end = markers
    after = end.end() + 1 if text[end.end() : end.end() + 1] == "\n" else end.end()
    return Region(begin.start(), after, _unix(text[begin.end() + 1 : end.start()]))


def put(text: str, book: str, body: str) -> tuple[str, str]:
    """The text with a body in the book's region, which is added at the end if it is not there.

    Args:
        text: The file.
        book: Id of the book.
        body: Ends with a line end.

    Returns:
        The new text, and the glue: what was added in front of a new region; empty for one that was there.

    Raises:
        RegionError: The markers are broken.
    """
    newline = newline_of(text)
    block = f"<!-- vulgate:begin {book} · {_NOTE} -->\n{body}<!-- vulgate:end {book} -->\n".replace("\n", newline)
    region = find(text, book)
    if region:
        # A file whose last line had no end keeps it so.
        tail = block if text[: region.end].endswith("\n") else block.removesuffix(newline)
        return text[: region.start] + tail + text[region.end :], ""
    glue = _glue(text, newline)
    return text + glue + block, glue


def take_out(text: str, book: str, glue: str) -> str:
    """The text without the book's region and the glue in front of it.

    Raises:
        RegionError: The markers are broken.
    """
    region = find(text, book)
    if region is None:
        return text
    before, after = text[: region.start].removesuffix(glue), text[region.end :]
    # Who wrote on below the region must not find two lines joined.
    apart = (
        "" if not before or before.endswith("\n") or after.startswith(("\n", "\r\n")) or not after else newline_of(text)
    )
    return before + apart + after


def outside(text: str) -> str:
    """The text without the regions of all books; one whose markers are no pair stays."""
    for book in {match[2] for match in _MARKER.finditer(text)}:
        with suppress(RegionError):
            text = take_out(text, book, "")
    return text


def newline_of(text: str) -> str:
    """The line end that most lines of a text have."""
    windows = text.count("\r\n")
    return "\r\n" if windows > text.count("\n") - windows else "\n"


def _glue(text: str, newline: str) -> str:
    """What sets a region apart from the text before it."""
    if not text:
        return ""
    if not text.endswith("\n"):
        return newline * 2
    return "" if text.endswith((newline * 2, "\n\n")) else newline


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")
