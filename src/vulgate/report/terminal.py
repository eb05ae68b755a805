"""Diagnostics for a person: code, message, place, the source line underlined, and the likely fix."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.model.spans import LineIndex, Span
from vulgate.report.text import expanded, paint, printable, window

Lines = Callable[[str], LineIndex | None]
"""Gives the line index of a file of the book, or `None` where there is none."""

_COLORS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_MAX_WIDTH: Final = 160


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
            "1", f": {printable(item.message)}"
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
            yield f"{gutter}{self._paint('34', '=')} {self._paint('1', 'help')}: {printable(item.help)}"

    def _place(self, span: Span, arrow: str, tone: str, text: str, width: int) -> Iterator[str]:
        index = self.lines(span.file)
        gutter = " " * width
        bar = self._paint("34", "|")
        if index is None:
            yield f"{gutter}{self._paint('34', arrow)} {printable(span.file)}:{span.first}"
            return
        column = index.column(span.start)
        yield f"{gutter}{self._paint('34', arrow)} {printable(span.file)}:{span.first}:{column}"
        line = index.line_text(span.first)
        marked = self._marked(index, span, line)
        parts = (line[: column - 1], marked, line[column - 1 + len(marked) :])
        before, marked, after = (printable(expanded(part)) for part in parts)
        shown, lead, length = window(before, marked, after, _MAX_WIDTH)
        if not shown.strip():
            return
        yield f"{gutter} {bar}"
        yield f"{self._paint('34', str(span.first).rjust(width))} {bar} {shown}"
        yield f"{gutter} {bar} {' ' * lead}{self._paint(tone, '^' * max(1, length) + (' ' + printable(text) if text else ''))}"

    def _marked(self, index: LineIndex, span: Span, line: str) -> str:
        """What to underline in the first line."""
        end = min(span.end, index.line_start(span.first) + len(line.encode()))
        return index.data[span.start : max(span.start, end)].decode("utf-8", "replace").rstrip()

    def _paint(self, style: str, text: str) -> str:
        return paint(style, text, color=self.color)
