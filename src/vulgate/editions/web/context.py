"""What the HTML of a chapter needs to know of the rest of the book."""

from collections.abc import Callable, Mapping
from functools import cached_property

from msgspec import Struct

from vulgate.editions.web.glossary import Glossary
from vulgate.model.blocks import AnyBlock, Chapter, Section
from vulgate.model.book import CompiledBook


class Drawing(Struct, frozen=True):
    """A diagram as a picture.

    Attributes:
        path: Its path in the site.
        width: Its width in pixels.
        height: Its height in pixels.
        data: SVG.
    """

    path: str
    width: int
    height: int
    data: bytes


class Context(Struct, frozen=True, dict=True):
    """The book around a chapter.

    Attributes:
        book: The book.
        glossary: Its terms, to be found in prose.
        backlinks: Ids of the blocks that lead to a block, by its id.
        address: The address in the site of a file beside the chapters, by its path; empty where it cannot be shown.
        size: Width and height of an image in pixels, by its path in the book.
        runs: What a reader can do with an example in the page, by its id: `run` or `check` it.
        drawings: Diagrams as pictures, by their code.
    """

    book: CompiledBook
    glossary: Glossary
    backlinks: Mapping[str, tuple[str, ...]]
    address: Callable[[str], str]
    size: Callable[[str], tuple[int, int] | None]
    runs: Mapping[str, str] = {}
    drawings: Mapping[str, Drawing] = {}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Titles of all blocks that have one, by id."""
        return {block.id: block.title for block in self.book.blocks if block.title}

    def name(self, id: str) -> str:
        """What a block is called in a list: its title, or where it stands."""
        block = self.book.find(id)
        if block is None:
            return id
        return block.title or self.titles.get(block.parent, "") or self.book.place(block) or block.id


def home(book: CompiledBook, block: AnyBlock) -> AnyBlock:
    """The block that a reader sees a block in: the outermost directive around it, or the section of prose and code."""
    while block.parent and (outer := book.find(block.parent)) is not None and outer.is_authored:
        block = outer
    if block.title or isinstance(block, (Chapter, Section)):
        return block
    return book.find(block.section) or block


def backlinks(book: CompiledBook) -> dict[str, tuple[str, ...]]:
    """Which blocks lead to a block, in reading order: those that link to it, state a relation to it or use its code."""
    found: dict[str, dict[str, None]] = {}
    for block in book.blocks:
        if not block.is_authored:
            continue
        for link in block.links:
            if link.type == "block" and (target := book.find(link.target)):
                source = home(book, block)
                seen = home(book, target)
                if source.id != seen.id and source.id != target.id:
                    found.setdefault(target.id, {})[source.id] = None
    return {target: tuple(sources) for target, sources in found.items()}
