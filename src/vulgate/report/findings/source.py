"""The source of a finding with line numbers, underlined."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from vulgate.model.findings import Finding
from vulgate.report.findings.common import Options
from vulgate.report.text import escaped, expanded, paint, window

_WIDEST: Final = 160
_NARROWEST: Final = 40
_MOST_LINES: Final = 3
"""Of a place with more lines than this, the first is shown."""


class Excerpt(NamedTuple):
    """Source as shown.

    Attributes:
        gutter: Spaces as wide as the line numbers.
        lines: What is shown.
    """

    gutter: str
    lines: list[str]


class _Part(NamedTuple):
    """A line in three parts: before the place, of it, after it."""

    number: int
    before: str
    marked: str
    after: str


def excerpt(finding: Finding, tone: str, options: Options) -> Excerpt:
    """The lines of a finding with their numbers, and carets in a colour under its place."""
    parts = list(_parts(finding))
    gutter = " " * (len(str(parts[-1].number)) if parts else 1)
    bar = paint("34", "|", color=options.color)
    room = max(_NARROWEST, min(options.width or _WIDEST, _WIDEST) - len(gutter) - 3)
    lines = [f"{gutter} {bar}"] if parts else []
    for part in parts:
        before, marked, after = (escaped(expanded(text)) for text in (part.before, part.marked, part.after))
        shown, lead, length = window(before, marked, after, room)
        number = paint("34", str(part.number).rjust(len(gutter)), color=options.color)
        carets = paint(tone, "^" * max(1, length), color=options.color)
        lines += [f"{number} {bar} {shown}", f"{gutter} {bar} {' ' * lead}{carets}"]
    hidden = finding.end.line - finding.start.line + 1 - len(parts)
    if parts and hidden > 0 and _is_long(finding):
        lines.append(f"{gutter} {bar} ... {hidden} more line{'' if hidden == 1 else 's'}")
    return Excerpt(gutter, lines)


def _is_long(finding: Finding) -> bool:
    return finding.end.line - finding.start.line >= _MOST_LINES


def _parts(finding: Finding) -> Iterator[_Part]:
    """The lines to show. Empty ones are left out, and a last one of which nothing belongs to the place."""
    first = finding.line_in_cell if finding.cell else finding.start.line
    for index, line in enumerate(finding.lines[:1] if _is_long(finding) else finding.lines):
        start = finding.start.column - 1 if index == 0 else len(line) - len(line.lstrip())
        end = finding.end.column - 1 if finding.start.line + index == finding.end.line else len(line.rstrip())
        if line.strip() and (index == 0 or end > start):
            yield _Part(first + index, line[:start], line[start:end], line[max(start, end) :])
