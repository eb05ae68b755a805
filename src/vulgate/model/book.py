"""A compiled book: its tree, its blocks, its symbols, and how it was built."""

from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from vulgate.model.blocks import AnyBlock, Block, Chapter, Section

FORMAT = 1
"""Version of the model; it grows when a stored book can no longer be read by older programs."""

_Kind = TypeVar("_Kind", bound=Block)


class Part(Struct, frozen=True, omit_defaults=True):
    """A part of the book; `number` is a Roman numeral, empty for appendices and for a part without a title."""

    id: str
    title: str = ""
    number: str = ""
    chapters: tuple[str, ...] = ()
    appendix: bool = False


class Book(Struct, frozen=True, omit_defaults=True):
    """The book as a whole.

    Attributes:
        id: Slug of the book.
        title: Its title.
        language: BCP 47 tag of the language it is written in.
        edition: The author's name for this edition.
        description: One or two sentences.
        authors: Their names.
        license: SPDX expression.
        python: The versions that the book speaks of.
        front: Ids of the pages in front of the first part.
        parts: The parts in order.
        digest: Digest of the manifest and all chapters.
    """

    id: str
    title: str
    language: str = "en"
    edition: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    license: str = ""
    python: tuple[str, ...] = ()
    front: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    digest: str = ""


class Symbol(Struct, frozen=True, omit_defaults=True):
    """A name of the book: one that code defines or imports, or a term.

    Attributes:
        name: The name; dotted for what is imported from a module.
        type: `code`, `import` or `term`.
        blocks: Ids of the blocks that define or import it, in reading order.
    """

    name: str
    type: str
    blocks: tuple[str, ...] = ()


class Summary(Struct, frozen=True, omit_defaults=True):
    """How the book was built.

    Attributes:
        version: Version of the compiler.
        chapters: Number of chapters.
        blocks: Number of blocks of each kind.
        derived: How many of them a pass derived, by kind.
        diagnostics: Number of diagnostics of each severity.
        proven: For examples, facts and rules: how many are proven, and how many there are to prove.
    """

    version: str
    chapters: int
    blocks: dict[str, int]
    derived: dict[str, int] = {}
    diagnostics: dict[str, int] = {}
    proven: dict[str, tuple[int, int]] = {}


class CompiledBook(Struct, frozen=True, dict=True):
    """A book that has been compiled: the one thing that editions, search and servers read.

    Attributes:
        book: The book as a whole.
        blocks: All blocks: authored ones in reading order, each chapter's derived ones after them, then those of the book.
        symbols: The symbol table, by name.
        formerly: Old ids and the ids they have now.
        summary: How the book was built.
        format: Version of the model.
    """

    book: Book
    blocks: tuple[AnyBlock, ...]
    symbols: tuple[Symbol, ...]
    formerly: dict[str, str]
    summary: Summary
    format: int = FORMAT

    @cached_property
    def _by_id(self) -> dict[str, AnyBlock]:
        return {block.id: block for block in self.blocks}

    @cached_property
    def _authored(self) -> dict[str, list[AnyBlock]]:
        chapters: dict[str, list[AnyBlock]] = {}
        for block in self.blocks:
            if block.is_authored:
                chapters.setdefault(block.chapter, []).append(block)
        return chapters

    @cached_property
    def targets(self) -> frozenset[str]:
        """Ids of the blocks that links lead to."""
        return frozenset(link.target for block in self.blocks for link in block.links if link.type == "block")

    @cached_property
    def _children(self) -> dict[str, list[AnyBlock]]:
        children: dict[str, list[AnyBlock]] = {}
        for block in self.blocks:
            if block.parent:
                children.setdefault(block.parent, []).append(block)
        return children

    def __getitem__(self, id: str) -> AnyBlock:
        """The block with an id, or with what used to be its id.

        Raises:
            KeyError: No block has it.
        """
        return self._by_id[self.formerly.get(id, id) if id not in self._by_id else id]

    def find(self, id: str) -> AnyBlock | None:
        """The block with an id, or with what used to be its id; `None` if there is none."""
        return self._by_id.get(self.formerly.get(id, id) if id not in self._by_id else id)

    def __contains__(self, id: object) -> bool:
        """Whether a block has this id now."""
        return id in self._by_id

    def of_kind(self, type_: type[_Kind]) -> Iterator[_Kind]:
        """All blocks of one type, such as `Rule`, in order."""
        return (block for block in self.blocks if isinstance(block, type_))

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters in reading order."""
        return tuple(self.of_kind(Chapter))

    def authored(self, chapter: str) -> list[AnyBlock]:
        """The blocks that the author wrote in a chapter, each before those inside it.

        Those without a parent partition the chapter: joining their `text` gives its source.
        """
        return self._authored.get(chapter, [])

    def children(self, id: str) -> list[AnyBlock]:
        """The blocks inside a block, authored ones first."""
        return self._children.get(id, [])

    def place(self, block: Block) -> str:
        """Where a block stands, as a reader would say it: "6.2 Parameters"."""
        section = self._by_id.get(block.section)
        if not isinstance(section, (Chapter, Section)):
            return ""
        return f"{section.number} {section.title}".strip()
