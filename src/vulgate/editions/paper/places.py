"""Where things stand in a book that is printed: the anchors of blocks, and the numbers that readers look for."""

import re
from typing import Final, NamedTuple

from vulgate.editions.anchors import anchor_of
from vulgate.model.blocks import Chapter, Section
from vulgate.model.book import CompiledBook

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9-]")


class Place(NamedTuple):
    """Where a link leads.

    Attributes:
        anchor: The name of the anchor.
        number: The number of the chapter or section that it stands in; empty if that has none.
        is_chapter: Whether the link leads to a chapter.
    """

    anchor: str
    number: str
    is_chapter: bool


class Places:
    """The places of a book's blocks; anchors are names that XML and Typst take."""

    def __init__(self, book: CompiledBook) -> None:
        self.book = book
        self._anchors: dict[str, str] = {}
        self._taken: set[str] = set()

    def anchor(self, id: str) -> str:
        """The name of the anchor of a block."""
        name = self._anchors.get(id)
        if name is None:
            # A letter first: an id in XML does not begin with a digit.
            plain = "b-" + _NO_NAME.sub(lambda char: "." if char[0] == "/" else f"_{ord(char[0]):x}", id)
            name, more = plain, 1
            while name in self._taken:
                more += 1
                name = f"{plain}.{more}"
            self._anchors[id] = name
            self._taken.add(name)
        return name

    def find(self, id: str) -> Place | None:
        """Where a link to a block leads; `None` if there is no such block."""
        anchor = anchor_of(self.book.find, id)
        block = self.book.find(anchor)
        if block is None:
            return None
        home = block if isinstance(block, (Chapter, Section)) else self.book.find(block.section)
        number = home.number if isinstance(home, (Chapter, Section)) else ""
        return Place(self.anchor(block.id), number, isinstance(block, Chapter))
