"""What the areas look at: a compiled book, its files, and its prose with the code blanked out."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from vulgate.forked import Helper, can_fork
from vulgate.model.audit import Item
from vulgate.model.blocks import AnyBlock, Block, Chapter, Diagram, Example, Section, Table
from vulgate.model.book import CompiledBook
from vulgate.model.codes import BY_ID
from vulgate.model.diagnostics import Diagnostic
from vulgate.model.spans import LineIndex, Span
from vulgate.source.book import SourceBook

PYTHON: Final = ("python", "py", "python3", "pycon")
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_DIRECTIVE: Final = re.compile(rb"^[ \t>]*(?::{3,}[ \t]*(?:\{[^}\n]*\})?|:[\w-]+:[^\n]*)", re.MULTILINE)
_TABLE: Final = re.compile(rb"^[ \t>]*\|[^\n]*$", re.MULTILINE)
_INK: Final = re.compile(rb"[^\n]")
_FEW: Final = 200
"""Examples below which a second process costs more than it saves."""


class Passage(NamedTuple):
    """A paragraph, list or quote: lines without an empty one between them.

    Attributes:
        text: Its lines.
        start: Offset of its first byte in the chapter.
        chapter: The prose that it is part of.
    """

    text: str
    start: int
    chapter: "Prose"


class Stretch(NamedTuple):
    """A heading and what stands directly below it, up to the next heading.

    Attributes:
        head: The chapter or section.
        depth: 1 for the chapter.
        blocks: The authored blocks below it, without those of other headings.
        words: Words of prose among them.
        is_last: Whether no heading of a greater depth follows.
    """

    head: Chapter | Section
    depth: int
    blocks: list[AnyBlock]
    words: int
    is_last: bool


class Prose:
    """A chapter's text with everything blanked that is no prose: code, diagrams, headings, comments, the marks of directives.

    Offsets stay as they are in the chapter.
    """

    def __init__(self, chapter: Chapter, data: bytes, blocks: list[AnyBlock]) -> None:
        self.chapter = chapter
        self.path = chapter.span.file
        self.index = LineIndex(self.path, data)
        self.blocks = blocks
        text = bytearray(data)
        for block in blocks:
            if isinstance(block, (Example, Diagram, Chapter, Section)):
                start, end = block.span.start, block.span.end
                if block.parent:  # the marks of the list around it
                    start += len(block.text) - len(block.text.lstrip())
                text[start:end] = _blank(data[start:end])
        for pattern in (_COMMENT, _DIRECTIVE):
            text = bytearray(pattern.sub(lambda match: _blank(match[0]), text))
        self.with_tables = bytes(text)
        self.data = bytes(_TABLE.sub(lambda match: _blank(match[0]), text))

    @cached_property
    def passages(self) -> list[Passage]:
        """The passages of the prose, without tables."""
        found: list[Passage] = []
        first = at = 0
        for line in (*self.data.split(b"\n"), b""):
            if not line.strip():
                if at > first:
                    text = self.data[first : at - 1].decode("utf-8", "replace")
                    found.append(Passage(text, first, self))
                first = at + len(line) + 1
            at += len(line) + 1
        return found

    def words(self, start: int, end: int) -> int:
        """How many words of prose stand between two offsets."""
        return len(self.with_tables[start:end].split())


class Material:
    """A book to look at.

    Args:
        source: Its files.
        book: The compiled book, with the verdicts that are known.
        diagnostics: What the compiler says of it, with places on disk.
        today: The day for which freshness is judged.
        has_run: Whether all examples were run for this audit.
    """

    def __init__(
        self,
        source: SourceBook,
        book: CompiledBook,
        diagnostics: Collection[Diagnostic],
        today: date,
        *,
        has_run: bool = False,
    ) -> None:
        self.source = source
        self.book = book
        self.diagnostics = diagnostics
        self.today = today
        self.has_run = has_run
        self._helped: dict[str, Any] = {}

    def prepare(self, areas: Collection[str]) -> None:
        """Begins the slowest work on a second processor, where there is one and the book is large enough."""
        if "examples" in areas and len(self.python_examples) >= _FEW and can_fork():
            from vulgate.audit.needed import needed_versions
            from vulgate.audit.versions import judged_examples

            self._helped["needed"] = Helper(lambda: needed_versions(judged_examples(self)))

    def helped(self, name: str, type_: Any, function: Callable[[], Any]) -> Any:
        """What a helper found out, or what the function gives where there was none."""
        helper = self._helped.pop(name, None)
        found = helper.result(type_) if helper else None
        return function() if found is None else found

    # ------------------------------------------------------------------------------------------------ places

    def place(self, block: Block) -> Span:
        """The first line of a block, on disk."""
        return self.span(block.span.file, block.span.start, block.span.start + len(block.text.partition("\n")[0]))

    def span(self, path: str, start: int, end: int) -> Span:
        """The place on disk of some bytes of a chapter's text."""
        index = self._by_path[path].index
        first = index.line(start)
        return self.source.place(Span(path, first, index.line(max(start, end - 1)), start, end))

    def line(self, block: Example, line: int) -> Span:
        """A line of an example's code, counted from 1, on disk."""
        index = self._by_path[block.span.file].index
        opening = index.line(block.span.start)
        is_fenced = block.text.lstrip(" \t>*+-0123456789.)").startswith(("```", "~~~"))
        number = min(opening + line - (0 if is_fenced else 1), block.span.last)
        start = index.line_start(number)
        raw = index.data[start : index.line_start(number + 1)].rstrip(b"\r\n")
        return self.span(block.span.file, start + len(raw) - len(raw.lstrip()), start + len(raw))

    def within(self, passage: Passage, start: int, end: int) -> Span:
        """The place on disk of some characters of a passage."""
        before = len(passage.text[:start].encode())
        return self.span(
            passage.chapter.path,
            passage.start + before,
            passage.start + before + len(passage.text[start:end].encode()),
        )

    def text_before(self, example: Example) -> str:
        """The prose of a chapter before one of its examples."""
        return self._by_path[example.span.file].data[: example.span.start].decode("utf-8", "replace")

    # ------------------------------------------------------------------------------------------------ what there is

    @cached_property
    def prose(self) -> list[Prose]:
        """The prose of each chapter."""
        files = {chapter.file.path: chapter.file.data for chapter in self.source.chapters}
        return [
            Prose(chapter, files.get(chapter.span.file, b""), self.book.authored(chapter.id))
            for chapter in self.book.chapters
        ]

    @cached_property
    def _by_path(self) -> dict[str, Prose]:
        return {prose.path: prose for prose in self.prose}

    def passages(self) -> Iterator[Passage]:
        """The passages of all chapters."""
        for prose in self.prose:
            yield from prose.passages

    @cached_property
    def examples(self) -> list[Example]:
        """The code blocks that the author wrote."""
        return [example for example in self.book.of_kind(Example) if example.is_authored]

    @cached_property
    def python_examples(self) -> list[Example]:
        """Those in Python."""
        return [example for example in self.examples if example.language in PYTHON and example.code.strip()]

    @cached_property
    def stretches(self) -> list[Stretch]:
        """All headings with what stands below them."""
        found: list[Stretch] = []
        for prose in self.prose:
            heads = [block for block in prose.blocks if isinstance(block, (Chapter, Section))]
            below: dict[str, list[AnyBlock]] = {head.id: [] for head in heads}
            for block in prose.blocks:
                if not isinstance(block, (Chapter, Section)):
                    below.setdefault(block.section, []).append(block)
            for at, head in enumerate(heads):
                following = heads[at + 1] if at + 1 < len(heads) else None
                end = following.span.start if following else len(prose.data)
                depth = head.depth if isinstance(head, Section) else 1
                is_last = not (isinstance(following, Section) and following.depth > depth)
                found.append(Stretch(head, depth, below[head.id], prose.words(head.span.start, end), is_last))
        return found

    def told(self, *codes: str) -> list[Item]:
        """The diagnostics with some codes, as things to mend."""
        return [as_item(item) for item in self.of_code(*codes)]

    def of_code(self, *codes: str) -> list[Diagnostic]:
        """The diagnostics with some codes."""
        return [item for item in self.diagnostics if item.code in codes]


def as_item(item: Diagnostic, fix: str = "") -> Item:
    """A diagnostic as a thing to mend, with a fix of its own or the compiler's help."""
    return Item(BY_ID[item.code].name, item.message, fix or item.help or "mend it", item.span, item.code)


def shows_something(block: AnyBlock) -> bool:
    """Whether a block is one that readers look at: code, a diagram, a table."""
    return isinstance(block, (Example, Diagram, Table))


def _blank(data: bytes | bytearray) -> bytes:
    """As many spaces, with the line ends where they were."""
    return _INK.sub(b" ", data)
