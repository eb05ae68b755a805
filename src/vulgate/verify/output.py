"""Holds real output against the expected one, line by line, where a line `...` stands for any lines."""

import difflib
from bisect import bisect_left
from itertools import accumulate
from typing import Final

_ANY: Final = "..."
_CONTEXT: Final = 3
_MAX_LINES: Final = 60
_MAX_WIDTH: Final = 400
# The lines that are compared, from the first one that differs: the time that difflib takes grows with their square.
_COMPARED: Final = 400
_MAX_MISSES: Final = 10  # how many expected stretches are looked for in vain


def matches(want: str, got: str) -> bool:
    """Whether output is what was expected.

    A newline at the end of either text does not matter. A line that is `...`, blanks around it ignored, stands for
    any lines, or none. All else is compared as it is. Takes time in proportion to the length of the texts.
    """
    first, *rest = _stretches(want)
    if not rest:
        return first == _lines(got)
    text = _joined(_lines(got))
    head, tail = _joined(first), _joined(rest[-1])
    # Each stretch begins and ends with a newline, and two that meet share one; the wildcard between them needs none.
    if not (text.startswith(head) and text.endswith(tail) and len(head) + len(tail) <= len(text) + 1):
        return False
    at, end = len(head) - 1, len(text) - len(tail) + 1
    for stretch in rest[:-1]:
        needle = _joined(stretch)
        found = text.find(needle, at, end)
        if found < 0:
            return False
        at = found + len(needle) - 1
    return True


def _lines(text: str) -> list[str]:
    text = text.removesuffix("\n")
    return text.split("\n") if text else []


def _joined(lines: list[str]) -> str:
    return "\n" + "".join(f"{line}\n" for line in lines)


def _stretches(want: str) -> list[list[str]]:
    """The expected lines between the wildcards: one stretch more than there are wildcards."""
    stretches: list[list[str]] = [[]]
    for line in _lines(want):
        if _is_any(line):
            stretches.append([])
        else:
            stretches[-1].append(line)
    return stretches


def _is_any(line: str) -> bool:
    return line.strip() == _ANY


# ---------------------------------------------------------------------------------------------------- for people


def difference(want: str, got: str) -> str:
    """How real output differs from the expected one; empty if it matches.

    A unified diff without its header: `-` is expected, `+` is real, and the lines that a wildcard takes are not marked.
    Blanks at the end of a line show as `·`, other characters that cannot be seen as their escape, and what is too long
    is cut, with a note.
    """
    if matches(want, got):
        return ""
    real = _lines(got)
    expected = _expanded(want, real)
    same = next((at for at, pair in enumerate(zip(expected, real, strict=False)) if pair[0] != pair[1]), None)
    above = max(0, (min(len(expected), len(real)) if same is None else same) - _CONTEXT)
    expected, real = expected[above:], real[above:]
    lines = _compared(expected[:_COMPARED], real[:_COMPARED], above)
    shown = lines[:_MAX_LINES]
    if max(len(expected), len(real)) > _COMPARED:
        shown.append("... what comes further down is not compared")
    elif len(lines) > _MAX_LINES:
        shown.append(f"... and {len(lines) - _MAX_LINES} more lines of this difference")
    return "\n".join(shown)


def _expanded(want: str, real: list[str]) -> list[str]:
    """The expected lines, with the real ones that each wildcard takes in its place."""
    first, *rest = _stretches(want)
    if not rest:
        return first
    text = _joined(real)
    starts = list(accumulate((len(line) + 1 for line in real), initial=0))  # where each line begins in the text
    found = list(first)
    at = min(len(first), len(real))
    end = max(at, len(real) - len(rest[-1]))
    misses = 0
    for stretch in rest[:-1]:
        place = text.find(_joined(stretch), starts[at], starts[end] + 1) if misses < _MAX_MISSES else -1
        if place >= 0:
            line = bisect_left(starts, place)
            found += real[at:line]
            at = line + len(stretch)
        else:
            misses += 1
        found += stretch
    return [*found, *real[at:end], *rest[-1]]


def _compared(expected: list[str], real: list[str], above: int) -> list[str]:
    """The lines of the diff.

    Args:
        expected: The expected lines.
        real: The real ones.
        above: How many lines, the same in both, stand above these.
    """
    found: list[str] = []
    at = -above
    for group in difflib.SequenceMatcher(None, expected, real, autojunk=False).get_grouped_opcodes(_CONTEXT):
        if group[0][3] > at:
            found.append(f"@@ line {above + group[0][3] + 1} @@")
        for kind, first, last, real_first, real_last in group:
            if kind == "equal":
                found += [f" {_visible(line)}" for line in expected[first:last]]
            else:
                found += [f"-{_visible(line)}" for line in expected[first:last]]
                found += [f"+{_visible(line)}" for line in real[real_first:real_last]]
        at = group[-1][4]
    return found


def _visible(line: str) -> str:
    if len(line) > _MAX_WIDTH:
        line = f"{line[:_MAX_WIDTH]}... ({len(line) - _MAX_WIDTH} more characters)"
    bare = line.rstrip(" ")
    text = bare if bare.isprintable() else "".join(map(_escaped, bare))
    return text + "·" * (len(line) - len(bare))


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()
