"""The HTML of chapters and indexes before anything is known of pages: from the cache, or made on two processors."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.editions.base import Workspace
from vulgate.editions.web.chapter import Chunk, chunks
from vulgate.editions.web.context import Context
from vulgate.editions.web.indexes import indexes_of
from vulgate.forked import Helper, can_fork
from vulgate.model.blocks import Chapter, Diagram, Rule, Section

_MIN_TO_FORK: Final = 200_000
"""Bytes of text for which a second processor is worth its start."""
_INDEX_SHARE: Final = 0.25
"""What the indexes cost, in chapters' bytes, for each byte of the book: their share of the work."""
_MEANWHILE: Final = 130_000
"""What loading the template engine and its templates costs, in bytes of chapters."""


class Bodies(Struct, frozen=True):
    """The passages of each chapter by its id, and the body of each index page by its name; what decides each chapter's."""

    chapters: dict[str, list[Chunk]]
    indexes: Mapping[str, str]
    keys: dict[str, bytes] = {}


class Indexes(Mapping[str, str]):
    """The bodies of the index pages, each made when it is asked for.

    Args:
        context: The book.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wanted = {index.name: index for index in indexes_of(context.book)}
        self._made: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._made:
            self._made[name] = self._wanted[name].make(self._context)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._wanted)

    def __len__(self) -> int:
        return len(self._wanted)

    def __contains__(self, name: object) -> bool:
        return name in self._wanted


def render(context: Context, workspace: Workspace, meanwhile: Callable[[], object], *, is_live: bool = False) -> Bodies:
    """The HTML of all chapters and indexes.

    Args:
        context: The book.
        workspace: Keeps chapters for the next build.
        meanwhile: What this process is to do in any case while a helper is at work.
        is_live: Whether there is no helper, and the indexes are made when they are asked for.
    """
    glossary = msgspec.msgpack.encode(context.glossary.entries)
    keys = {chapter.id: _key(chapter, context, glossary) for chapter in context.book.chapters}
    found: dict[str, list[Chunk]] = {}
    for id, key in keys.items():
        if kept := workspace.recall(key):
            found[id] = msgspec.msgpack.decode(kept, type=list[Chunk])
    missing = [chapter for chapter in context.book.chapters if chapter.id not in found]
    made = Bodies(_chapters(context, missing), Indexes(context)) if is_live else _make(context, missing, meanwhile)
    for chapter in missing:
        workspace.keep(keys[chapter.id], msgspec.msgpack.encode(made.chapters[chapter.id]))
    return Bodies(found | made.chapters, made.indexes, keys)


def _key(chapter: Chapter, context: Context, glossary: bytes) -> bytes:
    """All that decides a chapter's HTML.

    That is its source, what linking and proving set on its blocks and a page shows, what of them runs or is drawn, the
    glossary, and the names of its links and backlinks.
    """
    blocks = context.book.authored(chapter.id)
    source = "".join(block.text for block in blocks if not block.parent).encode()
    links = [link.target for block in blocks for link in block.links if link.type == "block"]
    files = [link.target for block in blocks for link in block.links if link.type == "file"]
    sources = [source for block in blocks for source in context.backlinks.get(block.id, ())]
    told = (
        (chapter.id, chapter.path, chapter.number, chapter.part),
        [(block.id, block.links, block.status, block.verdicts) for block in blocks],
        [block.number for block in blocks if isinstance(block, Section)],
        [block.because for block in blocks if isinstance(block, Rule)],
        [context.runs.get(block.id) for block in blocks],
        [(id, context.name(id)) for id in (*links, *sources)],
        [(path, context.address(path), context.size(path)) for path in files],
        [block.code in context.drawings for block in blocks if isinstance(block, Diagram)],
    )
    total = hashlib.blake2b(msgspec.msgpack.encode(told), digest_size=16)
    total.update(glossary)
    total.update(source)
    return total.digest()


def _make(context: Context, chapters: list[Chapter], meanwhile: Callable[[], object]) -> Bodies:
    """Chapters and indexes, of much text on two processors: a helper makes the indexes and its share of the chapters."""
    sizes = {chapter.id: _size(chapter, context) for chapter in chapters}
    whole = sum(_size(chapter, context) for chapter in context.book.chapters)
    if whole < _MIN_TO_FORK or not can_fork():
        meanwhile()
        return Bodies(_chapters(context, chapters), _indexes(context))
    theirs, ours = _shares(chapters, sizes, (whole * _INDEX_SHARE, _MEANWHILE))
    helper = Helper(lambda: Bodies(_chapters(context, theirs), _indexes(context)))
    meanwhile()
    made = _chapters(context, ours)
    helped = helper.result(Bodies) or Bodies(_chapters(context, theirs), _indexes(context))
    return Bodies(made | helped.chapters, helped.indexes)


def _size(chapter: Chapter, context: Context) -> int:
    return sum(len(block.text) for block in context.book.authored(chapter.id) if not block.parent)


def _chapters(context: Context, chapters: Iterable[Chapter]) -> dict[str, list[Chunk]]:
    return {chapter.id: chunks(chapter, context) for chapter in chapters}


def _indexes(context: Context) -> dict[str, str]:
    return {index.name: index.make(context) for index in indexes_of(context.book)}


def _shares(
    chapters: Iterable[Chapter], sizes: Mapping[str, int], busy: tuple[float, float]
) -> tuple[list[Chapter], list[Chapter]]:
    """Chapters in two parts that are about the same work, where both have some already."""
    parts: tuple[list[Chapter], list[Chapter]] = ([], [])
    weights = list(busy)
    for chapter in sorted(chapters, key=lambda chapter: -sizes[chapter.id]):
        lighter = weights.index(min(weights))
        parts[lighter].append(chapter)
        weights[lighter] += sizes[chapter.id]
    return parts
