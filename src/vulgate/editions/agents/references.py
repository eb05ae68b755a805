"""The reference files of a skill: whole chapters, long ones in several files.

A file is what an agent reads at once. A chapter that is short enough is one; else it is divided at its sections, these at theirs,
and neighbours that are small are put together again. No block is ever cut.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, groupby
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.lines import line_of, slug, visible
from vulgate.editions.anchors import Find, anchor_of, surroundings, targets_of
from vulgate.model.blocks import AnyBlock, Chapter, Section
from vulgate.model.inline import plain
from vulgate.model.plain import plain_passage
from vulgate.model.tokens import count_tokens

MOST: Final = 8_000
"""Tokens of a file from which on it is divided: agents read files of that size whole."""
JOINED: Final = 4_000
"""Tokens that small neighbours may have together."""
FILES: Final = 40
"""Files of a skill; the table of contents in its SKILL.md names all of them. A longer chapter gets larger files."""
FOLDER: Final = "references"
_DEEPEST: Final = 6

_Run = list[AnyBlock]
"""Neighbouring blocks without a parent."""


class Reference(Struct, frozen=True):
    """A reference file.

    Attributes:
        path: Where it is in the folder of its skill.
        title: Number and title of the heading that it begins with.
        headings: Numbers and titles of all chapter and `##` headings in it.
        text: Its contents.
    """

    path: str
    title: str
    headings: tuple[str, ...]
    text: str


def references(chapters: Sequence[Sequence[AnyBlock]], find: Find, look_up: Callable[[str], str]) -> list[Reference]:
    """The files of some chapters.

    Args:
        chapters: The authored blocks of each chapter, in reading order.
        find: All blocks of the book.
        look_up: The address of a block that is in no file of this skill.
    """
    inside: dict[str, _Run] = {}
    for block in chain.from_iterable(chapters):
        inside.setdefault(anchor_of(find, block.id), []).append(block)
    runs = _runs([[block for block in blocks if not block.parent] for blocks in chapters])
    paths = _paths(runs, alone=len(chapters) == 1)
    files = {block.id: path for run, path in zip(runs, paths, strict=True) for block in run}
    targets = targets_of(chain.from_iterable(chapters))

    def text_of(run: _Run, path: str) -> str:
        def href(anchor: str) -> str:
            there = files.get(anchor)
            if there is None:
                return look_up(anchor)
            return f"#{anchor}" if there == path else f"{there.rpartition('/')[2]}#{anchor}"

        around = surroundings(find, targets, href)
        blocks = (block for top in run for block in inside[top.id])
        chapters = groupby(blocks, key=lambda block: block.span.file)
        return visible("\n".join(plain_passage(list(inside), around) for _, inside in chapters))

    return [
        Reference(path, _label(run[0], find), _headings(run), _continued(run[0], find) + text_of(run, path))
        for run, path in zip(runs, paths, strict=True)
    ]


def _runs(chapters: Sequence[_Run]) -> list[_Run]:
    """The blocks of each file; no more than `FILES`, which grow for that, in the end over the bounds of chapters."""
    scale = 1
    while True:
        runs = [run for blocks in chapters for run in _divided(blocks, 2, scale)]
        if scale > 1:
            runs = _joined(runs, JOINED * scale)
        if len(runs) <= FILES:
            return runs
        scale *= 2


def _divided(blocks: _Run, depth: int, scale: int) -> list[_Run]:
    """A run cut at its headings, from a depth on, where it is too long; where there is none, between blocks."""
    if _tokens(blocks) <= MOST * scale:
        return [blocks]
    if depth > _DEEPEST:
        return _joined([[block] for block in blocks], JOINED * scale)
    below: list[_Run] = [[]]
    for block in blocks:
        if isinstance(block, Section) and block.depth == depth and below[-1]:
            below.append([])
        below[-1].append(block)
    return _joined([run for each in below for run in _divided(each, depth + 1, scale)], JOINED * scale)


def _joined(runs: Iterable[_Run], most: int) -> list[_Run]:
    """Neighbours put together as long as they are small."""
    joined: list[_Run] = []
    size = 0
    for run in runs:
        tokens = _tokens(run)
        if joined and size + tokens <= most:
            joined[-1] = [*joined[-1], *run]
            size += tokens
        else:
            joined.append(run)
            size = tokens
    return joined


def _tokens(blocks: _Run) -> int:
    return sum(count_tokens(block.text) for block in blocks)


def _paths(runs: Sequence[_Run], *, alone: bool) -> list[str]:
    """Where the files are: `chapter.md` where the skill has one chapter, and the names of sections and chapters."""
    paths: dict[str, None] = {}
    for run in runs:
        first = run[0]
        name = first.id.rpartition("/")[2]
        if isinstance(first, Chapter):
            name = "chapter" if alone else first.id
        elif not alone:
            name = f"{first.chapter}-{name}"
        base = slug(name) or "part"
        path, number = f"{FOLDER}/{base}.md", 2
        while path in paths:
            path, number = f"{FOLDER}/{base}-{number}.md", number + 1
        paths[path] = None
    return list(paths)


def _label(block: AnyBlock, find: Find) -> str:
    """Number and title of the heading that a block is, or stands under."""
    heading = block if isinstance(block, (Chapter, Section)) else find(block.section)
    if not isinstance(heading, (Chapter, Section)):
        return block.id
    return line_of(f"{heading.number} {plain(heading.title)}") or heading.id


def _headings(run: _Run) -> tuple[str, ...]:
    shown = (block for block in run if isinstance(block, Chapter) or (isinstance(block, Section) and block.depth == 2))
    return tuple(line_of(f"{block.number} {plain(block.title)}") or block.id for block in shown)


def _continued(block: AnyBlock, find: Find) -> str:
    """What chapter a file is of that does not begin with one."""
    chapter = None if isinstance(block, Chapter) else find(block.chapter)
    return f"From {_label(chapter, find)}.\n\n" if chapter else ""
