"""What blocks say, without what is told apart from them."""

import re
from typing import Final

from vulgate.model.blocks import AnyBlock, Block, DirectiveBlock, Example
from vulgate.model.book import CompiledBook
from vulgate.model.changes import KINDS, NAMED

_GAP: Final = "\n\n"
_CODE: Final = " " * 4
_LINES_COUNT: Final = re.compile(r"^ {4}|\t|```|~~~|^ *\||^ *(?:[-*+>#]|\d+[.)])\s|\n\n", re.MULTILINE)
"""What tells that line ends mean something: code, tables, lists, headings, several paragraphs."""


def compared(book: CompiledBook) -> list[AnyBlock]:
    """The blocks of a book that are compared one by one, in reading order.

    A fence or a table inside a block is part of that block.
    """
    return [block for block in book.blocks if _is_compared(block)]


def _is_compared(block: AnyBlock) -> bool:
    if block.kind not in KINDS:
        return False
    if not block.is_authored:
        return block.kind == "pathway"
    return not block.parent or block.kind in NAMED


def normal(text: str) -> str:
    """A text with line ends of one sort, and nothing unseen at their ends or its own: a comment there is about what follows."""
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    while text.endswith("-->"):
        before, _, _ = text.rpartition("<!--")
        if before.rpartition("\n")[2].strip(" ") or before.endswith(_CODE):
            break
        text = before.rstrip()
    return text


def read_the_same(old: str, new: str) -> bool:
    """Whether two texts differ at most in where the lines of their paragraphs end."""
    return old == new or (old.split() == new.split() and not _LINES_COUNT.search(f"{old}\n{new}"))


def prose(book: CompiledBook, block: Block) -> str:
    """The words of a block: its body without options, and without the fences and other blocks that are compared apart."""
    if not isinstance(block, DirectiveBlock):
        return normal(block.text)
    data, start = block.text.encode(), block.span.start
    first, last = block.inner if block.inner != (0, 0) else (start, block.span.end)
    pieces, at = [], first
    for child in sorted(book.children(block.id), key=lambda child: child.span.start):
        if child.is_authored and child.span.start >= at and (isinstance(child, Example) or _is_compared(child)):
            pieces.append(data[at - start : child.span.start - start])
            at = child.span.end
    pieces.append(data[at - start : last - start])
    texts = (normal(piece.decode("utf-8", "replace")) for piece in pieces)
    return _GAP.join(filter(None, texts))


def fences(book: CompiledBook, block: Block) -> dict[str, str]:
    """The fences inside a block as they stand in the source, by the part that they play, such as `bad`."""
    found: dict[str, list[str]] = {}
    for child in book.children(block.id):
        if isinstance(child, Example) and child.is_authored:
            found.setdefault(child.fence.role, []).append(normal(child.text))
    return {role: _GAP.join(texts) for role, texts in found.items()}


def core(book: CompiledBook, block: Block) -> str:
    """What a block says whatever it is called: its words, and the code inside it."""
    if not isinstance(block, DirectiveBlock):
        return normal(block.text)
    return _GAP.join(filter(None, (prose(book, block), *fences(book, block).values())))
