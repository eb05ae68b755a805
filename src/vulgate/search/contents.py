"""The tree of a book: parts, chapters and sections with the stretch of blocks below each."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

import msgspec

from vulgate.model.inline import plain

AUTHORED: Final = "instr(data, '\"origin\":{') = 0"
"""The condition in SQL for what the author wrote. Inside a JSON text the quotes would have backslashes."""
_FOUND_IN_PROSE: Final = "kind IN ('term', 'fact') AND NOT " + AUTHORED
_END: Final = 1 << 62


class Rows(Protocol):
    """How a book is asked."""

    def __call__(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows of a query."""


@dataclass(frozen=True)
class Heading:
    """A chapter or section.

    Attributes:
        id: Id of its block.
        kind: `chapter` or `section`.
        number: Its number, empty if it has none.
        title: Its title as plain text.
        depth: 1 for a chapter, 2 for a `##` section.
        chapter: Id of its chapter.
        file: Path of its source inside the book.
        start: Position of its own block.
        end: Position before which everything below it ends.
        around: The chapter and sections around it, the outermost first.
        python: Versions that a chapter names; empty for a section.
    """

    id: str
    kind: str
    number: str
    title: str
    depth: int
    chapter: str
    file: str
    start: int
    end: int
    around: tuple["Heading", ...] = field(repr=False)
    python: str = ""

    @property
    def label(self) -> str:
        """Number and title: `6.2 Parameters`."""
        return f"{self.number} {self.title}".strip()


class _Numbers(msgspec.Struct):
    number: str = ""
    python: str = ""
    depth: int = 2  # as in `vulgate.model.blocks.Section`


_decode: Final = msgspec.json.Decoder(_Numbers).decode


class Contents:
    """The headings of a book.

    Attributes:
        headings: Chapters and sections in reading order.
        by_id: The same, by id.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.headings = _headings(rows)
        self.by_id = {heading.id: heading for heading in self.headings}

    @cached_property
    def blocks(self) -> tuple[list[int], list[str]]:
        """Positions and kinds of the authored blocks without a parent that are no headings, in reading order."""
        end = _end(self._rows)
        inside = {position for (position,) in self._rows("SELECT position FROM block WHERE parent <> ''")}
        inside.update(position for (position,) in self._rows(f"SELECT position FROM block WHERE {_FOUND_IN_PROSE}"))  # noqa: S608
        found = sorted(
            (int(str(position)), str(kind))
            for position, kind in self._rows(
                "SELECT position, kind FROM block WHERE kind NOT IN ('chapter', 'section')"
            )
            if position not in inside and int(str(position)) < end
        )
        return [position for position, _ in found], [kind for _, kind in found]

    def count(self, heading: Heading) -> dict[str, int]:
        """How many blocks of which kind stand below a heading, the most frequent kind first."""
        positions, kinds = self.blocks
        below = kinds[bisect_left(positions, heading.start) : bisect_left(positions, heading.end)]
        return dict(sorted(Counter(below).items(), key=lambda item: (-item[1], item[0])))

    def below(self, heading: Heading) -> list[Heading]:
        """The sections below a heading, in reading order."""
        return [each for each in self.headings if heading.start < each.start < heading.end]

    def titled(self, title: str, section: str) -> str:
        """A block's title as plain text; where it has none, the title of the section that it stands in."""
        heading = self.by_id.get(section)
        return plain(title) or (heading.title if heading else "")

    def place(self, section: str) -> str:
        """Where a block of a section stands: `6 Functions > 6.2 Parameters`; empty where it stands in no chapter."""
        heading = self.by_id.get(section)
        return " > ".join(each.label for each in (*heading.around, heading)) if heading else ""


def _end(rows: Callable[[str], list[tuple[object, ...]]]) -> int:
    """The position of the first block that belongs to no chapter: relations stand after all of them."""
    ((first,),) = rows(
        "SELECT min(position) FROM block WHERE kind IN ('relation', 'inference', 'pathway', 'reasoning')"
    )
    return _END if first is None else int(str(first))


def _headings(rows: Rows) -> list[Heading]:
    found = rows(
        "SELECT position, id, kind, title, chapter, file, data FROM block WHERE kind IN ('chapter', 'section') ORDER BY position"
    )
    numbers = [_decode(str(row[-1])) for row in found]
    starts = [int(str(row[0])) for row in found]
    depths = [1 if row[2] == "chapter" else each.depth for row, each in zip(found, numbers, strict=True)]
    ends = [_END] * len(found)
    opened: list[int] = []
    headings: list[Heading] = []
    last = _end(rows)
    for index, depth in enumerate(depths):
        while opened and depths[opened[-1]] >= depth:
            ends[opened.pop()] = starts[index]
        opened.append(index)
    for index in opened:
        ends[index] = last
    around: list[Heading] = []
    for index, (_, id, kind, title, chapter, file, _) in enumerate(found):
        while around and around[-1].depth >= depths[index]:
            around.pop()
        heading = Heading(
            id=str(id),
            kind=str(kind),
            number=numbers[index].number,
            title=plain(str(title)),
            depth=depths[index],
            chapter=str(chapter),
            file=str(file),
            start=starts[index],
            end=ends[index],
            around=tuple(around),
            python=numbers[index].python,
        )
        headings.append(heading)
        around.append(heading)
    return headings
