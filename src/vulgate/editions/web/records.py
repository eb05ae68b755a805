"""What the search of the site finds: a record for each section and for each directive that has a title."""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from vulgate.editions.web.context import Context, home
from vulgate.editions.web.places import Places
from vulgate.model.blocks import AnyBlock, Chapter, DirectiveBlock, Rule, Section, Term
from vulgate.model.inline import plain, unlinked

PROSE: Final = "Text"
KINDS: Final = {
    "rule": "Rules",
    "fact": "Facts",
    "term": "Terms",
    "pattern": "Patterns",
    "contrast": "Contrasts",
    "rationale": "Reasons",
    "qa": "Questions",
    "exercise": "Exercises",
    "story": "Stories",
}
"""What readers call the kinds that they can ask for; everything else is prose."""
_MARKS: Final = re.compile(
    r"<!--.*?-->|^[ \t>]*(?::{3,}|`{3,}|~{3,}).*$|^[ \t>]*#{1,6}[ \t]|^[ \t]*\|?[ \t:|-]+\|[ \t:|-]*$|`|\*\*|[ \t]\|[ \t]",
    re.MULTILINE | re.DOTALL,
)


class Record(Struct, frozen=True):
    """A thing that can be found.

    Attributes:
        url: Where it stands, as seen from the site's folder.
        title: Its title, plain.
        place: The headings around it, plain.
        text: Its words.
        kind: What readers call its kind.
        chapter: Title of its chapter, plain.
        severity: Of a rule; else empty.
    """

    url: str
    title: str
    place: str
    text: str
    kind: str
    chapter: str
    severity: str = ""


def records(context: Context, places: Places) -> list[Record]:
    """All records of a book, in reading order."""
    book = context.book
    texts: dict[str, list[str]] = {}
    for block in book.blocks:
        if block.is_authored and not block.parent:  # what is inside a block is part of its text
            owner = home(book, block)
            texts.setdefault(owner.id, []).append(_text(block, is_owner=owner is block))
    return [
        _record(context, places, found, " ".join(text))
        for id, text in texts.items()
        if (found := book.find(id)) is not None
    ]


def _text(block: AnyBlock, *, is_owner: bool) -> str:
    parts: list[str] = []
    if isinstance(block, Chapter):
        parts += (block.summary, *block.tags)
    elif isinstance(block, DirectiveBlock):
        parts += (block.title if not is_owner else "", block.body)
    elif not isinstance(block, Section):
        parts.append(block.text)
    parts += block.asked
    if isinstance(block, Rule):
        parts += (block.id.rpartition("/")[2], block.detect, block.fix)
    elif isinstance(block, Term):
        parts += block.aliases
    return words(" ".join(filter(None, parts)))


def words(markdown: str) -> str:
    """Markdown without the marks that are no words; code stays as it is."""
    return " ".join(unlinked(_MARKS.sub(" ", markdown)).split())


def _record(context: Context, places: Places, block: AnyBlock, text: str) -> Record:
    title = plain(block.title) or block.id
    chapter = context.book.find(block.chapter)
    return Record(
        places.href(block.id),
        title,
        " › ".join(_headings(context, block)),
        f"{title}. {text}",
        KINDS.get(block.kind, PROSE),
        plain(chapter.title) if chapter else "",
        block.severity if isinstance(block, Rule) else "",
    )


def _headings(context: Context, block: AnyBlock) -> Iterator[str]:
    """The chapter and the section that a block stands in, its own heading left out."""
    for id in dict.fromkeys((block.chapter, block.section)):
        outer = context.book.find(id)
        if isinstance(outer, (Chapter, Section)) and outer is not block:
            yield f"{outer.number} {plain(outer.title)}".strip()
