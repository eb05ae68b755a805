"""The chapters of a book in Pandoc's Markdown, each with the ids that tell what its passages are."""

from typing import Final
from urllib.parse import quote, unquote

from vulgate.editions.anchors import surroundings
from vulgate.model.blocks import AnyBlock
from vulgate.model.book import CompiledBook
from vulgate.model.plain import Surroundings, plain_passage

BLOCK: Final = "vulgate-block:"
"""Addresses of blocks, until the compositor knows where they stand."""
FILE: Final = "vulgate-file:"
"""Addresses of files beside the chapters."""
KEY: Final = "vulgate"
"""The attribute that holds the id of a block."""


def manuscript(book: CompiledBook) -> list[str]:
    """The Markdown of each chapter."""
    around = _surroundings(book)
    return [plain_passage(book.authored(chapter.id), around) for chapter in book.chapters]


def attributes(id: str) -> str:
    """Attributes in Pandoc's Markdown that name a block."""
    return f'{KEY}="{quote(id)}"'


def named(value: str) -> str:
    """The id in the value of such an attribute, or in the address behind `BLOCK` or `FILE`."""
    return unquote(value)


def _surroundings(book: CompiledBook) -> Surroundings:
    around = surroundings(
        book.find,
        book.targets,
        lambda anchor: BLOCK + quote(anchor),
        file=lambda path: FILE + quote(path),
    )

    def of_block(block: AnyBlock) -> str:
        return attributes(block.id)

    return around._replace(attributes=of_block)
