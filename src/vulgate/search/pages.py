"""Answers in pages: how many items fit, and where to go on."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from vulgate.search.answers import SearchError

_PREFIX: Final = "after-"
_FARTHEST: Final = 100_000
_Item = TypeVar("_Item")


def offset_of(cursor: str) -> int:
    """How many items earlier pages gave.

    Raises:
        SearchError: The cursor is none of ours.
    """
    if not cursor:
        return 0
    number = cursor.removeprefix(_PREFIX)
    if number == cursor or not number.isdecimal() or not number.isascii() or len(number) > 6:
        raise SearchError(
            "this cursor is unknown; leave it out to begin again, or hand back one from an earlier answer"
        )
    return min(int(number), _FARTHEST)


def page_after(
    items: Iterable[_Item], offset: int, limit: int, max_tokens: int, size: Callable[[_Item], int]
) -> tuple[list[_Item], str]:
    """The items of one page, and the cursor of the next one; the cursor is empty if there is nothing more.

    Args:
        items: All items in order; only those needed are taken.
        offset: How many to pass over.
        limit: How many at most.
        max_tokens: How many tokens they may have together, the first excepted; 0 for any number.
        size: Tokens of an item.
    """
    page: list[_Item] = []
    left = max_tokens
    for place, item in enumerate(items):
        if place < offset:
            continue
        left -= size(item) if max_tokens else 0
        if len(page) == limit or (page and left < 0):
            return page, f"{_PREFIX}{offset + len(page)}"
        page.append(item)
    return page, ""
