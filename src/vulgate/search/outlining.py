"""The tree of the books: parts, chapters, sections, and the blocks in them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, get_args

from vulgate.model.blocks import AnyBlock, Block
from vulgate.model.book import Part
from vulgate.model.inline import plain
from vulgate.search.answers import OutlineAnswer, OutlineEntry
from vulgate.search.budgets import page, read_cursor, write_cursor
from vulgate.search.contents import AUTHORED, Heading
from vulgate.search.library import Library
from vulgate.search.wanted import kind_of

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

DEPTH: Final = 2
KINDS: Final = ("part", *(str(kind.__struct_config__.tag) for kind in get_args(AnyBlock)))
DERIVED: Final = ("relation", "inference", "pathway", "reasoning", "test-hint", "uncertainty")
"""The kinds that no author writes; of the others, only what an author wrote is shown."""
_EVERYTHING: Final = (0, 1 << 62)


def outline(
    library: Library,
    under: str = "",
    *,
    book: str = "",
    depth: int = DEPTH,
    kinds: Sequence[str] = (),
    max_tokens: int = 0,
    cursor: str = "",
) -> OutlineAnswer:
    """Lists what the books hold, in reading order.

    Args:
        library: The books.
        under: Only what lies below this part, chapter, section or block (its id, or what `vulgate.search.finding` takes for it).
        book: Only this book (its id).
        depth: How many levels of sections to show; 0 shows parts and chapters only. Below a chapter or section at least one.
        kinds: Instead of the tree the blocks of these kinds, such as `rule`.
        max_tokens: How much room the entries may take together; 0 for no limit. At least one entry is given.
        cursor: Where an earlier answer to the same request ended.

    Raises:
        SearchError: There is no such block, kind or book, or the cursor is not of this request.
    """
    wanted = tuple(kind_of(kind, KINDS) for kind in kinds)
    books = library.choose(book)
    if under:
        owner, entries = _under(library, under, book, max(depth, 0), wanted)
        books = [owner]
    elif wanted:
        entries = [entry for each in books for entry in _of_kinds(each, wanted, *_EVERYTHING)]
    else:
        entries = [entry for each in books for entry in _tree(each, each.book.parts, each.book.front, max(depth, 0))]
    request = ([each.stamp.digest for each in books], under, depth, wanted)
    (start,) = read_cursor(cursor, 1, *request)
    shown, after = page(entries, start, max_tokens)
    return OutlineAnswer(
        books=[each.stamp for each in books],
        entries=shown,
        truncated=bool(after),
        cursor=write_cursor([after], *request) if after else "",
    )


def _under(
    library: Library, under: str, book: str, depth: int, kinds: tuple[str, ...]
) -> tuple["OpenBook", list[OutlineEntry]]:
    for owner in library.choose(book):
        for part in owner.book.parts:
            if under in (part.id, f"{owner.book.id}:{part.id}"):
                if not kinds:
                    return owner, _chapters(owner, part.chapters, 0, depth)
                found = [owner.contents.by_id[id] for id in part.chapters]
                return owner, [entry for each in found for entry in _of_kinds(owner, kinds, each.start + 1, each.end)]
    owner, block = library.find(under, book)
    heading = owner.contents.by_id.get(block.id)
    if heading and kinds:
        return owner, _of_kinds(owner, kinds, heading.start + 1, heading.end)
    if heading:
        below = [each for each in owner.contents.below(heading) if each.depth - heading.depth <= max(depth, 1)]
        return owner, [_entry(owner, each, each.depth - heading.depth - 1) for each in below]
    return owner, [
        _row_entry(owner, each.id, each.kind, each.title, each.section) for each in _inside(owner, block, kinds)
    ]


def _tree(book: "OpenBook", parts: Sequence[Part], front: Sequence[str], depth: int) -> list[OutlineEntry]:
    entries = _chapters(book, front, 0, depth)
    for part in parts:
        if part.title:
            entries.append(
                OutlineEntry(
                    book=book.book.id,
                    id=part.id,
                    kind="part",
                    number=part.number,
                    title=plain(part.title),
                    depth=0,
                    blocks={},
                )
            )
        entries += _chapters(book, part.chapters, 1 if part.title else 0, depth)
    return entries


def _chapters(book: "OpenBook", ids: Sequence[str], indent: int, depth: int) -> list[OutlineEntry]:
    chapters = [book.contents.by_id[id] for id in ids if id in book.contents.by_id]
    headings = [each for chapter in chapters for each in (chapter, *book.contents.below(chapter))]
    return [_entry(book, each, indent + each.depth - 1) for each in headings if each.depth - 1 <= depth]


def _entry(book: "OpenBook", heading: Heading, depth: int) -> OutlineEntry:
    return OutlineEntry(
        book=book.book.id,
        id=heading.id,
        kind=heading.kind,
        number=heading.number,
        title=heading.title,
        depth=depth,
        blocks=book.contents.count(heading),
    )


def _of_kinds(book: "OpenBook", kinds: Sequence[str], start: int, end: int) -> list[OutlineEntry]:
    """The blocks of some kinds whose positions are from `start` to before `end`."""
    if "part" in kinds and (start, end) == _EVERYTHING:
        parts = [entry for entry in _tree(book, book.book.parts, (), 0) if entry.kind == "part"]
    else:
        parts = []
    marks = ", ".join("?" * len(kinds))
    derived = ", ".join(f"'{kind}'" for kind in DERIVED)
    rows = book.rows(
        f"SELECT id, kind, title, section FROM block WHERE kind IN ({marks}) AND position >= ? AND position < ?"  # noqa: S608
        f" AND (kind IN ({derived}) OR {AUTHORED}) ORDER BY position",
        (*kinds, start, end),
    )
    return [*parts, *(_row_entry(book, *map(str, row)) for row in rows)]


def _row_entry(book: "OpenBook", id: str, kind: str, title: str, section: str) -> OutlineEntry:
    heading = book.contents.by_id.get(id)
    if heading:
        return _entry(book, heading, 0)
    name = book.contents.titled(title, section)
    return OutlineEntry(book=book.book.id, id=id, kind=kind, number="", title=name, depth=0, blocks={})


def _inside(book: "OpenBook", block: Block, kinds: tuple[str, ...]) -> list[AnyBlock]:
    inside = book.blocks(f"parent = ? AND parent <> '' AND {AUTHORED}", (block.id,))
    return [each for each in inside if not kinds or each.kind in kinds]
