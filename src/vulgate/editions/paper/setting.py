"""The whole book, set: parts, chapters and the colophon, in order."""

from collections.abc import Sequence
from typing import Final

from vulgate.editions.paper.colophon import TITLE, colophon
from vulgate.editions.paper.compositor import Compositor
from vulgate.editions.paper.form import Form, Heading
from vulgate.editions.paper.pandoc import Node
from vulgate.editions.paper.tree import words
from vulgate.model.book import CompiledBook, Part
from vulgate.model.inline import plain

EXTRA: Final = "pdf"
MODULES: Final = ("pypandoc", "typst", "mmdr")
"""The optional extra that has what both forms need, and its modules."""


def has_parts(book: CompiledBook) -> bool:
    """Whether the book has parts that a reader sees; its chapters then stand one level lower."""
    return any(part.title for part in book.book.parts)


def set_book(book: CompiledBook, read: Sequence[Sequence[Node]], compositor: Compositor, form: Form) -> list[Node]:
    """The blocks of the book.

    Args:
        book: The book.
        read: What Pandoc has read of each chapter.
        compositor: Sets the chapters.
        form: Writes headings.
    """
    out: list[Node] = []
    parts = {id: part for part in book.book.parts if part.title for id in part.chapters}
    for chapter, blocks in zip(book.chapters, read, strict=True):
        part = parts.get(chapter.id)
        if part and part.chapters[0] == chapter.id:
            out += form.heading(Heading("part", 1, _number(part), words(plain(part.title))))
        number = f"{'Appendix ' if chapter.number.isalpha() else ''}{chapter.number}"
        out += compositor.chapter(blocks, id=chapter.id, number=number, top=2 if part else 1)
    out += form.heading(Heading("chapter", 1, "", words(TITLE)))
    return out + colophon(book)


def _number(part: Part) -> str:
    return f"Part {part.number}" if part.number else ""
