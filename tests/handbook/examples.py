"""The handbook's own code, as files that can be held to its rules."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import vulgate
from vulgate.verify.detection import oldest_version

OWN: Final = ("", "good", "solution")
"""The parts of code that a reader may copy; the others show faults, or assert what is so."""

_SHOWS: Final = re.compile(rb"<!-- shows ([a-z0-9, -]+): \S.* -->\s*\Z")


class OwnCode(NamedTuple):
    """A fence of the book.

    Attributes:
        file: The chapter's file.
        line: The first line of the code in it.
        code: The code.
        python: The oldest version that it is for.
        shows: Rules that it breaks on purpose, by the comment above it.
    """

    file: str
    line: int
    code: str
    python: str
    shows: frozenset[str]

    @property
    def name(self) -> str:
        return f"{Path(self.file).stem.replace('-', '_')}_{self.line}.py"


def own_code(source: vulgate.SourceBook, book: vulgate.CompiledBook) -> Iterator[OwnCode]:
    """The code in `good`, `pattern`, `solution` and plain example fences."""
    texts = {chapter.file.path: chapter.file.data for chapter in source.chapters}
    ranges = {chapter.id: chapter.python for chapter in book.chapters}
    for block in book.of_kind(vulgate.Example):
        fence = block.fence
        if block.language != "python" or fence.role not in OWN or fence.raises or fence.syntax_error:
            continue
        if block.code.lstrip().startswith(">>>"):
            continue
        shows = _SHOWS.search(texts[block.span.file], 0, block.span.start)
        yield OwnCode(
            block.span.file,
            block.span.first + 1,
            block.code,
            oldest_version(book, (ranges[block.chapter], fence.python)),
            frozenset(re.split(r",\s*", shows[1].decode())) if shows else frozenset(),
        )
