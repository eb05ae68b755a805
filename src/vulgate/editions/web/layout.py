"""Chapters to pages: one page, or one for each top section of a chapter that is too large for one."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from vulgate.editions.web.chapter import Chunk
from vulgate.editions.web.places import INDEX, Names, Places
from vulgate.model.blocks import Chapter
from vulgate.model.book import CompiledBook

LIMIT: Final = 300_000
"""Characters of HTML on a page: some 60 KB as transferred, and a length that a reader still finds the way in."""

MOST: Final = 100
"""Pages of a chapter. Where more sections than that begin one, those that follow each other share pages; and no page but the
chapter's first lists them all."""


class Leaf(Struct, frozen=True):
    """A page of a chapter: its file and its passages. The first leaf has the chapter's head."""

    path: str
    chapter: Chapter
    chunks: tuple[Chunk, ...]
    is_first: bool


def lay_out(book: CompiledBook, chapters: Mapping[str, Sequence[Chunk]], names: Names) -> tuple[list[Leaf], Places]:
    """The pages of all chapters in reading order, and where each block stands.

    Args:
        book: The book.
        chapters: The passages of each chapter.
        names: Gives file names.
    """
    leaves: list[Leaf] = []
    paths = {chapter.id: _path(chapter, names) for chapter in book.chapters}
    for chapter in book.chapters:
        leaves += _leaves(chapter, chapters[chapter.id], paths[chapter.id], names)
    places = Places(book)
    for leaf in leaves:
        for index, chunk in enumerate(leaf.chunks):
            places.put(leaf.path, chunk, is_head=not index and leaf.is_first)
    return leaves, places


def _path(chapter: Chapter, names: Names) -> str:
    """The page of a chapter. One that is called `index` is the cover."""
    return INDEX if chapter.id == "index" else names.give(chapter.id)


def _leaves(chapter: Chapter, chunks: Sequence[Chunk], path: str, names: Names) -> list[Leaf]:
    whole = [Leaf(path, chapter, tuple(chunks), True)]
    if path == INDEX or sum(chunk.size for chunk in chunks) <= LIMIT:
        return whole
    top = min((chunk.depth for chunk in chunks[1:]), default=1)
    groups: list[list[Chunk]] = [[chunks[0]]]
    for chunk in chunks[1:]:
        if chunk.depth <= top:
            groups.append([])
        groups[-1].append(chunk)
    if len(groups) <= 2:
        return whole
    if len(groups) > MOST:
        groups = [groups[0], *_joined(groups[1:])]
    rest = [
        Leaf(
            names.give(f"{chapter.id}--{group[0].id.partition('/')[2].replace('/', '-')}"), chapter, tuple(group), False
        )
        for group in groups[1:]
    ]
    return [Leaf(path, chapter, tuple(groups[0]), True), *rest]


def _joined(groups: Sequence[Sequence[Chunk]]) -> list[list[Chunk]]:
    """Neighbouring sections together, up to the size of a page."""
    joined: list[list[Chunk]] = []
    size = LIMIT
    for group in groups:
        length = sum(chunk.size for chunk in group)
        if size + length > LIMIT:
            joined.append([])
            size = 0
        joined[-1] += group
        size += length
    return joined
