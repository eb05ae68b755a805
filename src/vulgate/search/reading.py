"""Reads one block: in brief, whole, or its code."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal

from vulgate.model.blocks import AnyBlock, Chapter, Example, Section
from vulgate.model.plain import plain_passage
from vulgate.model.suggest import did_you_mean
from vulgate.model.tokens import BYTES_A_TOKEN
from vulgate.search.answers import BlockAnswer, Reference, SearchError
from vulgate.search.briefs import brief, told
from vulgate.search.budgets import budget_of, fitting, read_cursor, tokens_of, write_cursor
from vulgate.search.cutting import cut, is_fence, paragraphs
from vulgate.search.library import Library
from vulgate.search.passages import markdown_of, passages, place_of, surroundings, title_of, whole
from vulgate.search.ranking import versions
from vulgate.search.related import related_to

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

View = Literal["brief", "full", "examples"]
VIEWS: Final = ("brief", "full", "examples")
_RELATED_SHARE: Final = 4
"""The related blocks take no more than this part of a budget."""
_Part = tuple[int, str]
"""The position of a passage, or 0, and its Markdown."""


def get(
    library: Library,
    id: str,
    *,
    view: View = "brief",
    book: str = "",
    max_tokens: int = 0,
    cursor: str = "",
) -> BlockAnswer:
    """Reads a block.

    Args:
        library: The books.
        id: The id of the block, or what `vulgate.search.finding` takes for it.
        view: `brief`: what it says, for a rule with its fix and good example, for a heading with what is under it; `full`: all of
            it, of a section and chapter everything under it; `examples`: its code with what it prints.
        book: Only in this book (its id).
        max_tokens: How much room the text and the related blocks may take together; 0 for no limit. It is cut between
            paragraphs and fences, inside one only where that is longer than the budget, and then `notes` says so.
        cursor: Where an earlier answer ended. The texts of all answers, joined, are the whole text.

    Raises:
        SearchError: There is no such block, view or book, or the cursor is not of this request.
    """
    if view not in VIEWS:
        raise SearchError(f"no view {view!r}; {did_you_mean(view, VIEWS)}")
    owner, block = library.find(id, book)
    request = (owner.stamp.digest, owner.stamp.version, block.id, view)
    place = read_cursor(cursor, 3, *request)
    budget = budget_of(max_tokens)
    related: list[Reference] = []
    if not cursor:
        related = related_to(owner, block)
        related = related[: fitting(related, budget // _RELATED_SHARE, tokens_of, least=0)]
    left = budget and budget - sum(map(tokens_of, related))
    text, after, notes = _page(_parts(owner, block, view, place[0]), place, left)
    span = block.span
    return BlockAnswer(
        books=[owner.stamp],
        id=block.id,
        kind=block.kind,
        title=title_of(owner, block),
        place=place_of(owner, block),
        file=f"{span.file}:{span.first}-{span.last}" if span.file else "",
        text=text,
        python=versions(owner, block),
        status=str(block.status),
        proof=[f"{each.runtime}: {each.status}{f' ({each.reason})' if each.reason else ''}" for each in block.verdicts],
        related=related,
        notes=notes,
        truncated=after is not None,
        cursor=write_cursor(after, *request) if after else "",
    )


def _parts(book: "OpenBook", block: AnyBlock, view: View, start: int) -> Iterator[_Part]:
    """The text of a view in parts; those before the position `start` are left out where that saves reading them."""
    if view == "brief":
        yield 0, brief(book, block) + "\n"
    elif isinstance(block, (Chapter, Section)):
        heading = book.contents.by_id[block.id]
        around = surroundings(book)
        for position, passage in passages(book, max(start, heading.start), heading.end):
            yield position, (plain_passage(passage, around) if view == "full" else _code(book, passage))
    elif view == "full":
        yield 0, markdown_of(book, block) or told(block)
    else:
        yield 0, _code(book, whole(book, block))


def _code(book: "OpenBook", passage: list[AnyBlock]) -> str:
    """The examples of a passage, under its title, without detectors."""
    found = [each for each in passage if isinstance(each, Example) and each.fence.role != "detect"]
    if not found:
        return ""
    first = passage[0]
    head = [f"{first.kind.capitalize()} `{first.id}`: {title_of(book, first)}"] if first.title else []
    return "\n\n".join([*head, *(markdown_of(book, each).strip("\n") for each in found)]) + "\n\n"


def _page(
    parts: Iterable[_Part], start: tuple[int, ...], budget: int
) -> tuple[str, tuple[int, int, int] | None, list[str]]:
    """As much of a text as fits into a budget, from a place on; where the next page starts; what is to be said of the cut."""
    room = int(budget * BYTES_A_TOKEN)
    taken: list[str] = []
    for position, markdown in parts:
        for index, whole_part in enumerate(paragraphs(markdown)):
            if (position, index) < start[:2]:
                continue
            offset = start[2] if (position, index) == start[:2] else 0
            part = whole_part[offset:]
            size = len(part.encode())
            if not budget or size <= room:
                taken.append(part)
                room -= size
                continue
            if taken:
                return "".join(taken), (position, index, offset), []
            piece = cut(part, budget)
            what = "code block" if is_fence(whole_part) else "paragraph"
            note = f"a {what} is longer than the budget of {budget} tokens; it is cut and goes on at the cursor"
            return piece, (position, index, offset + len(piece)), [note]
    return "".join(taken), None, []
