"""Blocks of a compiled book as plain Markdown, read one passage at a time."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import AnyBlock, Chapter, DirectiveBlock, Quick, Section
from vulgate.model.plain import Surroundings, plain_passage
from vulgate.search.answers import Cited
from vulgate.search.contents import AUTHORED, Heading
from vulgate.search.cutting import is_fence, lines, paragraphs

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

_BATCH: Final = 64
_INSIDE: Final = f"""
WITH RECURSIVE inside (id) AS (
    VALUES (?) UNION SELECT block.id FROM block JOIN inside ON block.parent = inside.id WHERE block.parent <> ''
)
SELECT data, text FROM block WHERE id IN inside AND {AUTHORED} ORDER BY position
"""  # noqa: S608 - a condition of ours
_PREFIX: Final = re.compile(r"[ \t>]*")
_QUOTE: Final = re.compile(r"^[ \t]*>[ \t]?(?:\[!\w+\][ \t]*\n)?", re.MULTILINE)
_NO_PROSE: Final = re.compile(r"\s*(?:#{1,6}\s|\||>|[-*+]\s|\d+[.)]\s|<!--|\[\^|(?:Use|Avoid) when: )")


def title_of(book: "OpenBook", block: AnyBlock) -> str:
    """A block's title as plain text; where it has none, the heading above it."""
    return book.contents.titled(block.title, block.section)


def place_of(book: "OpenBook", block: AnyBlock) -> str:
    """Where a block stands: `6 Functions > 6.2 Parameters`; for a heading the headings around it and its own."""
    return book.contents.place(block.id if isinstance(block, (Chapter, Section)) else block.section)


def surroundings(book: "OpenBook") -> Surroundings:
    """Links go under the titles of blocks to their ids, which `get` takes."""
    titles: dict[str, str | None] = {}

    def title(id: str) -> str | None:
        if id not in titles:
            rows = book.rows("SELECT title FROM block WHERE id = ?", (id,))
            titles[id] = str(rows[0][0]) if rows else None
        return titles[id]

    return Surroundings(title=title, href=lambda target: target)


def whole(book: "OpenBook", block: AnyBlock) -> list[AnyBlock]:
    """A block and the authored ones inside it, in reading order."""
    inside = [book.decode(data, text) for data, text in book.rows(_INSIDE, (block.id,))]
    return inside or [block]


def markdown_of(book: "OpenBook", block: AnyBlock) -> str:
    """A block with all that is inside it, as plain Markdown."""
    text = plain_passage(whole(book, block), surroundings(book))
    return _moved_left(text) if block.parent and text else text


def quick_of(book: "OpenBook", heading: Heading) -> Quick | None:
    """The short answer on top of a section."""
    where = "kind = 'quick' AND position > ? AND position < ? AND section = ?"
    found = book.blocks(where, (heading.start, heading.end, heading.id))
    return next((each for each in found if isinstance(each, Quick)), None)


def cited(book: "OpenBook", block: AnyBlock, text: str) -> Cited:
    """A passage with where it comes from; blank lines around it are left out."""
    return Cited(
        book=book.book.id,
        id=block.id,
        kind=block.kind,
        title=title_of(book, block),
        place=place_of(book, block),
        status=str(block.status),
        text=text.strip("\n"),
    )


def passages(book: "OpenBook", start: int, end: int) -> Iterator[tuple[int, list[AnyBlock]]]:
    """The passages at the positions from `start` to before `end`: each with its position and the blocks inside it.

    They are read as they are asked for.
    """
    position, passage = start, list[AnyBlock]()
    after = start - 1
    while rows := book.rows(
        f"SELECT position, parent, data, text FROM block WHERE position > ? AND position < ? AND {AUTHORED}"  # noqa: S608
        " ORDER BY position LIMIT ?",
        (after, end, _BATCH),
    ):
        for at, parent, data, text in rows:
            if not parent and passage:
                yield position, passage
                passage = []
            if not parent:
                position = int(str(at))
            passage.append(book.decode(data, text))
        after = int(str(rows[-1][0]))
    if passage:
        yield position, passage


def first_prose(book: "OpenBook", block: AnyBlock) -> str:
    """The first paragraph of prose of a block, as Markdown in one line; empty where there is none."""
    text = markdown_of(book, block)
    if text.startswith(">"):  # an alert, or a quote
        text = _QUOTE.sub("", text)
    begins_with_title = isinstance(block, DirectiveBlock) and block.text.startswith(":::")
    for part in paragraphs(text)[begins_with_title:]:
        if part.strip() and not is_fence(part) and not _NO_PROSE.match(part):
            return " ".join(part.split())
    return ""


def _moved_left(text: str) -> str:
    """A block out of a list or quote, without what stands in front of each of its lines there."""
    first, *rest = lines(text)
    size = min((len(found[0]) for line in rest if line.strip() and (found := _PREFIX.match(line))), default=0)
    return "".join([first.lstrip(" \t"), *(line[size:] if line.strip() else line for line in rest)])
