"""What an old edition holds: passages of prose in order, and code that was torn from them."""

import re

from msgspec import Struct


class Passage(Struct, frozen=True, gc=False):
    """A passage of prose.

    Attributes:
        text: Its text; the old compiler wrote most of them in one line.
        line: Where it stands in the edition, counted from 1.
        chapter: The chapter that the edition gives it to; empty where it gives none.
        is_head: Whether the edition itself says that a chapter begins here.
    """

    text: str
    line: int
    chapter: str = ""
    is_head: bool = False


class Snippet(Struct, frozen=True, gc=False):
    """A piece of code.

    Attributes:
        code: The code, with its line ends.
        line: Where it stands in the edition, counted from 1.
        language: Its language; empty where that is not known.
        heap: The heap in which it lay; within one, the order is that of the book.
        chapter: The chapter that the edition gives it to; empty where it gives none.
    """

    code: str
    line: int
    language: str = ""
    heap: str = ""
    chapter: str = ""


class Edition(Struct, frozen=True):
    """An old edition, read.

    Attributes:
        title: The book's title.
        passages: The prose, in the order of the book.
        snippets: The code, in the order of each heap.
        doubled: How many passages stood twice.
        dropped: How many blocks of each kind were generated from the others, and are left out.
        lines_damaged: Lines whose encoding cannot be mended.
    """

    title: str
    passages: tuple[Passage, ...]
    snippets: tuple[Snippet, ...]
    doubled: int = 0
    dropped: dict[str, int] = {}
    lines_damaged: tuple[int, ...] = ()


def letters(text: str) -> str:
    """Letters and digits alone, by which texts are compared that were written in another way."""
    return re.sub(r"[\W_]+", "", text).casefold()
