"""From offsets in a text to lines and columns."""

from typing import Final

from vulgate.detect.source import Edit, Source
from vulgate.model.findings import Position, TextEdit

_LONG: Final = 2_000  # characters in a line that a report could show


def position(source: Source, offset: int) -> Position:
    """Line, column and offset of a character."""
    line, column = source.position(offset)
    return Position(line, column, offset)


def text_edit(source: Source, edit: Edit) -> TextEdit:
    """An edit with positions."""
    return TextEdit(position(source, edit.start), position(source, edit.end), edit.text)


def line_texts(source: Source, first: int, last: int) -> tuple[str, ...]:
    """Lines without their ends; none if one is so long that nobody wants to see it with each of its findings."""
    lines = range(first, last + 1)
    if any(source.offset(line + 1, 1) - source.offset(line, 1) > _LONG for line in lines):
        return ()
    return tuple(source.line_text(line) for line in lines)


def in_cell(source: Source, line: int) -> tuple[int, int]:
    """Of a notebook, the number of the cell that a line is in, and the line in that cell; zeros for other files."""
    numbered = [(first, number) for number, first in enumerate(source.cells, 1) if 0 < first <= line]
    if not numbered:
        return 0, 0
    first, number = max(numbered)
    return number, line - first + 1
