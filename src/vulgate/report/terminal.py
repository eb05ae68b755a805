"""Diagnostics for a person: code, message, place, the source line underlined, and the likely fix."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.model.spans import LineIndex, Span

Lines = Callable[[str], LineIndex | None]
"""Gives the line index of a file of the book, or `None` where there is none."""

_COLORS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_MAX_WIDTH: Final = 160
_TAB: Final = "    "


class TerminalForm:
    """Renders diagnostics as text.

    Args:
        lines: Finds the source of a file.
        color: Whether to use ANSI colours.
    """

    def __init__(self, lines: Lines, *, color: bool = False) -> None:
        self.lines = lines
        self.color = color

    def render(self, diagnostics: Iterable[Diagnostic]) -> str:
        """All diagnostics, with an empty line between them."""
        return "\n".join("\n".join(self._diagnostic(diagnostic)) + "\n" for diagnostic in diagnostics)

    def _diagnostic(self, item: Diagnostic) -> Iterator[str]:
        tone = _COLORS[item.severity]
        yield self._paint(f"1;{tone}", f"{item.severity}[{item.code}]") + self._paint(
            "1", f": {_printable(item.message)}"
        )
        width = max(
            (len(str(span.last)) for span in [item.span, *(label.span for label in item.labels)] if span), default=0
        )
        if item.span:
            yield from self._place(item.span, "-->", tone, "", width)
        for label in item.labels:
            yield from self._place(label.span, ":::", "34", label.text, width)
        if item.help:
            gutter = " " * width + " " if item.span else "  "
            yield f"{gutter}{self._paint('34', '=')} {self._paint('1', 'help')}: {_printable(item.help)}"

    def _place(self, span: Span, arrow: str, tone: str, text: str, width: int) -> Iterator[str]:
        index = self.lines(span.file)
        gutter = " " * width
        bar = self._paint("34", "|")
        if index is None:
            yield f"{gutter}{self._paint('34', arrow)} {_printable(span.file)}:{span.first}"
            return
        column = index.column(span.start)
        yield f"{gutter}{self._paint('34', arrow)} {_printable(span.file)}:{span.first}:{column}"
        line = index.line_text(span.first)
        length = self._marked(index, span, line, column)
        shown, lead = _window(line, column - 1, length)
        if not shown.strip():
            return
        yield f"{gutter} {bar}"
        yield f"{self._paint('34', str(span.first).rjust(width))} {bar} {shown}"
        yield f"{gutter} {bar} {' ' * lead}{self._paint(tone, '^' * length + (' ' + _printable(text) if text else ''))}"

    def _marked(self, index: LineIndex, span: Span, line: str, column: int) -> int:
        """How many characters of the first line to underline."""
        end = min(span.end, index.line_start(span.first) + len(line.encode()))
        marked = index.data[span.start : max(span.start, end)].decode("utf-8", "replace").rstrip()
        return max(1, min(_columns(marked.replace("\t", _TAB)), _MAX_WIDTH - 20))

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color else text


def _window(line: str, at: int, length: int) -> tuple[str, int]:
    """A line cut to a width that shows the underlined part, and how many columns stand before that part."""
    before, rest = line[:at].replace("\t", _TAB), line[at:].replace("\t", _TAB)
    if len(before) + len(rest) > _MAX_WIDTH:
        if len(before) > _MAX_WIDTH // 2:
            before = "..." + before[-(_MAX_WIDTH // 2 - 3) :]
        room = _MAX_WIDTH - len(before)
        rest = rest if len(rest) <= room else rest[: max(length, room - 3)] + "..."
    return _printable(before + rest), _columns(before)


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    widths = (
        2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text if not unicodedata.combining(char)
    )
    return sum(widths)


def _printable(text: str) -> str:
    """Text without the control characters that could move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or unicodedata.category(char) == "Zs" else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )
