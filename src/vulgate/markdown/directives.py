"""Finds the lines of colon-fence directives, so that a CommonMark parser can carry them.

CommonMark has no directives, and a directive may stand inside any list or quote, where only a CommonMark parser knows what a
line belongs to. So each candidate line is masked by underscores of the same length: a thematic break, the one block that
interrupts a paragraph, fits in three bytes and keeps every offset. Where the parser reports a break at a masked place, the
line was a directive; where it reports code, the mask is undone.
"""

import re
from typing import Literal

from msgspec import Struct

from vulgate.model.spans import line_start

_COLONS = re.compile(rb":::+")  # `re` finds this sooner than `:{3,}`
_LINE_END = re.compile(rb"\r\n?|\n|\Z")
_OPENER = re.compile(rb"(:{3,})[ \t]*\{([^{}\r\n]*)\}([^\r\n]*)")
_BARE = re.compile(rb"(:{3,})[ \t]*([a-z][a-z-]*)((?:[ \t][^\r\n]*)?)")
_OPTION = re.compile(rb":([A-Za-z][\w-]*):(?:[ \t]+([^\r\n]*))?[ \t]*")
_PREFIX = b" \t>"
_ITEM_PREFIX = b" \t>-*+.)0123456789"

NAMES = (
    "rule",
    "fact",
    "term",
    "pattern",
    "contrast",
    "rationale",
    "qa",
    "exercise",
    "quick",
    "intuition",
    "role",
    "story",
    "note",
    "tip",
    "warning",
)


class Mark(Struct, frozen=True, gc=False):
    """A masked line: from its colons at `start` to its end."""

    type: Literal["open", "option", "close"]
    start: int
    end: int
    colons: int = 0
    name: str = ""
    value: str = ""
    braced: bool = True


def find_marks(data: bytes) -> list[Mark]:
    """Every line of `data` that could open, configure or close a directive, in order."""
    marks: list[Mark] = []
    at = 0
    while match := _COLONS.search(data, at):
        start = match.start()
        end = _line_end(data, start)
        at = end
        before = data[line_start(data, start) : start]
        if before.strip(_ITEM_PREFIX) or (before and before[-1] not in _PREFIX):
            continue
        mark = _read_marker(data, start, end)
        if mark is None:
            continue
        marks.append(mark)
        if mark.type == "open":
            options = _read_options(data, end)
            marks.extend(options)
            at = options[-1].end if options else end
    return marks


def mask(data: bytes, marks: list[Mark]) -> bytes:
    """`data` with every marked line replaced by underscores of the same length."""
    masked = bytearray(data)
    for mark in marks:
        masked[mark.start : mark.end] = b"_" * (mark.end - mark.start)
    return bytes(masked)


def _line_end(data: bytes, start: int) -> int:
    match = _LINE_END.search(data, start)
    return match.start() if match else len(data)


def _read_marker(data: bytes, start: int, end: int) -> Mark | None:
    if match := _OPENER.fullmatch(data, start, end):
        return _opener(match, start, end, braced=True)
    match = _COLONS.match(data, start, end)
    if match and not data[match.end() : end].strip():
        return Mark("close", start, end, colons=len(match[0]))
    match = _BARE.fullmatch(data, start, end)
    if match and match[2].decode() in NAMES:
        return _opener(match, start, end, braced=False)
    return None


def _opener(match: re.Match[bytes], start: int, end: int, *, braced: bool) -> Mark:
    name, title = (match[group].decode("utf-8", "replace").strip() for group in (2, 3))
    return Mark("open", start, end, colons=len(match[1]), name=name, value=title, braced=braced)


def _read_options(data: bytes, at: int) -> list[Mark]:
    """The option lines that follow an opening line which ends at `at`."""
    options: list[Mark] = []
    while at < len(data):
        start = at + (2 if data[at : at + 2] == b"\r\n" else 1)
        end = _line_end(data, start)
        while start < end and data[start] in _PREFIX:
            start += 1
        match = _OPTION.fullmatch(data, start, end)
        if match is None:
            break
        value = (match[2] or b"").decode("utf-8", "replace").strip()
        options.append(Mark("option", start, end, name=match[1].decode(), value=value))
        at = end
    return options
