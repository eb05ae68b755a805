"""Lines of code that fit the page."""

import re
from typing import Final

from vulgate.report.text import columns, expanded

MARK: Final = "\N{RIGHTWARDS ARROW WITH HOOK} "
"""Begins a line that goes on the one above."""
_GAP: Final = re.compile(r".*[\s,;([{/=|&+]", re.DOTALL)


def wrapped(code: str, width: int) -> str:
    """Code in which no line takes more columns; what does not fit goes on in the next line, behind a mark."""
    return "\n".join(_wrapped(line, width) for line in expanded(code).split("\n"))


def widest(code: str) -> int:
    """The columns of the longest line."""
    return max(map(columns, code.split("\n")))


def _wrapped(line: str, width: int) -> str:
    if len(line) <= width and columns(line) <= width:
        return line
    indent = min(len(line) - len(line.lstrip()), width // 2)
    parts: list[str] = []
    at, room = 0, width
    while at < len(line):
        end = _fitting(line, at, room)
        # A break behind a space or comma, if the line is not much shorter by it.
        if end < len(line) and (gap := _GAP.match(line, at, end)) and gap.end() > at + room // 2:
            end = gap.end()
        parts.append(line[at:end])
        at, room = end, width - indent - len(MARK)
    return f"\n{' ' * indent}{MARK}".join(parts)


def _fitting(line: str, start: int, room: int) -> int:
    """The end of what fits: one character at least."""
    used, at = 0, start
    while at < len(line) and (used + (wide := columns(line[at])) <= room or at == start):
        used += wide
        at += 1
    return at
