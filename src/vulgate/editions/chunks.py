"""The book in pieces for retrieval: one JSON object a line, each a passage that can be read alone.

Which blocks belong together is decided at compile time (`chunk` of a block). Headings go with what they are over; passages that
are longer than a model takes are cut between sentences.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Struct

from vulgate.editions.anchors import anchor_of
from vulgate.editions.pieces import pieces
from vulgate.model.blocks import AnyBlock, Chapter, Link, Rule, Section, Status
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain
from vulgate.model.plain import Surroundings, plain_passage
from vulgate.model.tokens import count_tokens
from vulgate.model.versions import python_range
from vulgate.passes.identify import digest
from vulgate.store.search_index import COMMENTS

MOST: Final = 1_000
LEAST: Final = 64
_WORST: Final = (Status.FAILED, Status.SKIPPED, Status.UNPROVEN, Status.PROVEN)
_CLAIMS: Final = ("example", "fact", "rule", "exercise")


class ChunkLink(Struct, frozen=True):
    """Where a chunk leads.

    Attributes:
        type: `block`, `file` (a file beside the chapters) or `external`.
        target: Id of a block, a path or an address.
    """

    type: str
    target: str


class Chunk(Struct, frozen=True):
    """A line of the edition.

    Attributes:
        made_by: The compiler and its version.
        book: Id of the book.
        edition: The author's name for the edition.
        id: Id of the block that it begins with; with `#2` and so on behind it where that block goes on in further chunks.
        title: The block's title as plain text; where it has none, the heading above it.
        path: Numbers and titles of the headings around it, the chapter's first.
        chapter: Id of the chapter.
        kind: Kind of the block: `rule`, `fact`, `concept`.
        severity: Of a rule; empty for others.
        text: Markdown that can be read alone. Links to other blocks lead to the web book, or to `vulgate:ID`.
        tokens: About how many tokens the text has.
        importance: 0 to 1: the highest among its blocks.
        scope: How far its meaning reaches: `book`, `chapter` or `section`.
        chunk: Id of the block that leads the passage; chunks that were cut out of one passage share it.
        blocks: Ids of all blocks in it, those inside others too; of a block that is cut, in each of its chunks.
        links: Where it leads, each place once.
        status: The worst among its examples, facts and rules; empty where it has none.
        versions: Status by what it was put to the proof on: a Python version, a program.
        python: The versions of Python that it is about; empty for all of the book.
        tags: The author's tags.
        asked: How readers ask for it, in their words.
        digest: Of the text: the same as long as that is, so that only what changed is embedded again.
    """

    made_by: str
    book: str
    edition: str
    id: str
    title: str
    path: tuple[str, ...]
    chapter: str
    kind: str
    severity: str
    text: str
    tokens: int
    importance: float
    scope: str
    chunk: str
    blocks: tuple[str, ...]
    links: tuple[ChunkLink, ...]
    status: str
    versions: dict[str, str]
    python: str
    tags: tuple[str, ...]
    asked: tuple[str, ...]
    digest: str


class ChunksOptions(Struct, frozen=True):
    """The keys of `[editions.chunks]`.

    Attributes:
        max_tokens: The size of a chunk; a sentence or code block that is longer stays whole.
        base: The address of the web book, for links; without it they lead to `vulgate:ID`.
    """

    max_tokens: Annotated[int, msgspec.Meta(ge=LEAST)] = MOST
    base: str = ""


class ChunksEdition:
    """`NAME.chunks.jsonl`."""

    name = "chunks"
    options = ChunksOptions

    def render(self, book: CompiledBook, options: ChunksOptions) -> Mapping[str, bytes]:
        """The file."""
        data = b"".join(msgspec.json.encode(chunk) + b"\n" for chunk in chunks(book, options))
        return {f"{book.book.id}.chunks.jsonl": data}


class _Passage(NamedTuple):
    """What is retrieved together: headings, and the blocks under them."""

    tops: list[AnyBlock]
    path: tuple[str, ...]


def chunks(book: CompiledBook, options: ChunksOptions) -> Iterator[Chunk]:
    """The chunks of a book, in reading order."""
    around = _surroundings(book, options.base.strip())
    for chapter in book.chapters:
        blocks = book.authored(chapter.id)
        inside: dict[str, list[AnyBlock]] = {}
        for block in blocks:
            inside.setdefault(anchor_of(book.find, block.id), []).append(block)
        for passage in _passages(block for block in blocks if not block.parent):
            yield from _chunks(book, passage, inside, around, options.max_tokens)


def _surroundings(book: CompiledBook, base: str) -> Surroundings:
    root = base if not base or base.endswith("/") else f"{base}/"

    def href(target: str) -> str:
        block = book.find(target)
        return f"{root}{block.chapter or block.id}.html#{target}" if root and block else f"vulgate:{target}"

    def title(id: str) -> str | None:
        block = book.find(id)
        return block.title if block else None

    return Surroundings(title=title, href=href, file=(lambda path: root + path) if root else None)


def _passages(tops: Iterable[AnyBlock]) -> Iterator[_Passage]:
    """The blocks of a chapter by what leads them; headings go with what comes next."""
    path: list[tuple[int, str]] = []
    waiting: list[AnyBlock] = []
    for _, group in groupby(tops, key=lambda block: block.chunk):
        run = list(group)
        for block in run:
            if isinstance(block, (Chapter, Section)):
                depth = block.depth if isinstance(block, Section) else 1
                path = [*(step for step in path if step[0] < depth), (depth, _numbered(block))]
        waiting += run
        if not all(_is_bare(block) for block in run):
            yield _Passage(waiting, tuple(label for _, label in path))
            waiting = []
    if waiting:
        yield _Passage(waiting, tuple(label for _, label in path))


def _is_bare(block: AnyBlock) -> bool:
    """Whether a block is a heading that says nothing beside its title, or says nothing at all."""
    if isinstance(block, Chapter):
        return not (block.summary or block.objectives)
    return isinstance(block, Section) or not block.text.strip() or bool(COMMENTS.fullmatch(block.text))


def _numbered(block: Chapter | Section) -> str:
    return f"{block.number} {plain(block.title) or block.id}".strip()


def _chunks(
    book: CompiledBook, passage: _Passage, inside: Mapping[str, list[AnyBlock]], around: Surroundings, most: int
) -> Iterator[Chunk]:
    """A passage as one chunk where it fits, else as several, cut between blocks where that is enough."""
    whole = plain_passage([block for top in passage.tops for block in inside[top.id]], around)
    if not whole.strip():
        return
    if count_tokens(whole.strip()) <= most:
        yield _chunk(book, passage, passage.tops, inside, whole, 1)
        return
    taken: list[AnyBlock] = []
    text = ""
    for top in passage.tops:
        more = plain_passage(inside[top.id], around)
        has_prose = not all(_is_bare(block) for block in taken)
        if has_prose and count_tokens((text + more).strip()) > most:
            yield from _cut(book, passage, taken, inside, text, most)
            taken, text = [], ""
        taken.append(top)
        text += more
    yield from _cut(book, passage, taken, inside, text, most)


def _cut(
    book: CompiledBook,
    passage: _Passage,
    tops: list[AnyBlock],
    inside: Mapping[str, list[AnyBlock]],
    text: str,
    most: int,
) -> Iterator[Chunk]:
    for number, piece in enumerate(pieces(text, most), 1):
        yield _chunk(book, passage, tops, inside, piece, number)


def _chunk(
    book: CompiledBook,
    passage: _Passage,
    tops: list[AnyBlock],
    inside: Mapping[str, list[AnyBlock]],
    text: str,
    number: int,
) -> Chunk:
    first = next((block for block in tops if not _is_bare(block)), tops[-1])
    blocks = [block for top in tops for block in inside[top.id]]
    section = book.find(first.section)
    chapter = book.find(first.chapter)
    versions = _versions(blocks)
    clean = text.strip("\n")
    return Chunk(
        made_by=f"Generated by Vulgate {book.summary.version}",
        book=book.book.id,
        edition=book.book.edition,
        id=first.id if number == 1 else f"{first.id}#{number}",
        title=plain(first.title) or (plain(section.title) if section else ""),
        path=passage.path,
        chapter=first.chapter or first.id,
        kind=first.kind,
        severity=first.severity if isinstance(first, Rule) else "",
        text=clean,
        tokens=count_tokens(clean),
        importance=max(block.importance for block in blocks),
        scope=first.scope,
        chunk=first.chunk or first.id,
        blocks=tuple(block.id for block in blocks),
        links=_links(link for block in blocks for link in block.links),
        status=min((block.status for block in blocks if block.kind in _CLAIMS), key=_WORST.index, default=""),
        versions=versions,
        python=python_range(first, chapter.python if isinstance(chapter, Chapter) else ""),
        tags=tuple(dict.fromkeys(tag for block in blocks for tag in block.tags)),
        asked=tuple(dict.fromkeys(words for block in blocks for words in block.asked)),
        digest=digest(clean),
    )


def _links(links: Iterable[Link]) -> tuple[ChunkLink, ...]:
    ordered = sorted(links, key=lambda link: link.start)
    return tuple(dict.fromkeys(ChunkLink(link.type, link.target) for link in ordered))


def _versions(blocks: Iterable[AnyBlock]) -> dict[str, str]:
    """The worst status on each runtime."""
    found: dict[str, Status] = {}
    for verdict in (verdict for block in blocks for verdict in block.verdicts):
        known = found.get(verdict.runtime, Status.PROVEN)
        found[verdict.runtime] = min(known, verdict.status, key=_WORST.index)
    return {runtime: str(status) for runtime, status in sorted(found.items())}
