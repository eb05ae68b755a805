"""The lines that an edit has changed, by what an agent tells of it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from vulgate.check.files import NOTEBOOK, plain_cell
from vulgate.model.findings import Finding


class Hunk(Struct, frozen=True, rename="camel"):
    """A part of a difference: where it begins in the file as it is now, and its lines with a sign before each."""

    new_start: int
    lines: tuple[str, ...]


class Piece(Struct, frozen=True):
    """A text that was put in the place of another."""

    old: str
    new: str


class Touched(Struct, frozen=True):
    """A file that was just edited.

    Attributes:
        path: Where it lies.
        hunks: The difference; `None` if the agent does not tell it.
        pieces: What was put into it; nothing where all of it was written.
    """

    path: Path
    hunks: tuple[Hunk, ...] | None = None
    pieces: tuple[Piece, ...] = ()


def lines_of(touched: Touched, text: str) -> frozenset[int] | None:
    """The lines, from 1, that an edit has changed; beside a gap, where lines went. `None` if that cannot be told.

    Args:
        touched: The edit.
        text: The file as it is now; of a notebook, its code.
    """
    is_notebook = touched.path.suffix == NOTEBOOK
    if touched.hunks is not None and not is_notebook:
        return frozenset(line for hunk in touched.hunks for line in _of_hunk(hunk))
    lines = _split(text)
    changed: set[int] = set()
    for piece in touched.pieces:
        old, new = _split(piece.old), _split(plain_cell(piece.new) if is_notebook else piece.new)
        starts = list(_places(new, lines))
        if not starts and piece.new:
            return None  # something else has changed the file since
        changed.update(line for start in starts if old != new for line in _of_place(start, old, new))
    return frozenset(changed) if touched.pieces else None


def is_on(finding: Finding, lines: frozenset[int] | None) -> bool:
    """Whether a finding touches some lines; `None` stands for all."""
    return lines is None or not lines.isdisjoint(range(finding.start.line, finding.end.line + 1))


def _of_hunk(hunk: Hunk) -> Iterator[int]:
    line = hunk.new_start
    for text in hunk.lines:
        if text.startswith("-"):
            yield from (max(line - 1, 1), line)
        elif text.startswith("+"):
            yield line
            line += 1
        elif not text.startswith("\\"):  # "\ No newline at end of file"
            line += 1


def _of_place(start: int, old: Sequence[str], new: Sequence[str]) -> Iterable[int]:
    """The lines of a new text that begins in some line, without those that were there before; or those beside the gap."""
    same = min(len(old), len(new))
    head = next((at for at in range(same) if old[at] != new[at]), same)
    tail = next((at for at in range(same - head) if old[-1 - at] != new[-1 - at]), same - head)
    first, behind = start + head, start + len(new) - tail
    return range(first, behind) if first < behind else (max(first - 1, 1), first)


def _places(new: Sequence[str], lines: Sequence[str]) -> Iterator[int]:
    """The lines, from 1, at which a text begins that may reach into its first line and its last."""
    if new == [""]:
        return
    first, last = new[0], new[-1]
    for at in range(len(lines) - len(new) + 1):
        end = at + len(new) - 1
        if (end == at and first in lines[at]) or (
            end > at and lines[at].endswith(first) and lines[end].startswith(last) and lines[at + 1 : end] == new[1:-1]
        ):
            yield at + 1


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
