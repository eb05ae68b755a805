"""Answers in pages: what fits into a budget of tokens, and where to go on."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, TypeVar

import msgspec

from vulgate.model.tokens import count_tokens
from vulgate.search.answers import SearchError

LEAST: Final = 32
"""The smallest budget in tokens; a smaller number is taken for this one."""
_Item = TypeVar("_Item")


def budget_of(max_tokens: int) -> int:
    """The budget that a number means; 0 for none."""
    return max(LEAST, max_tokens) if max_tokens > 0 else 0


def write_cursor(place: Sequence[int], *request: object) -> str:
    """Where to go on with a request.

    Args:
        place: Numbers that say where.
        request: What was asked for, of which copy of a book; the cursor is good for nothing else.
    """
    return base64.urlsafe_b64encode(msgspec.json.encode([_digest(request), *place])).decode().rstrip("=")


def read_cursor(cursor: str, count: int, *request: object) -> tuple[int, ...]:
    """The numbers of a cursor; zeros for the empty one.

    Args:
        cursor: What an earlier answer gave.
        count: How many numbers it has.
        request: As in `write_cursor`.

    Raises:
        SearchError: The cursor is none, or of another request.
    """
    if not cursor:
        return (0,) * count
    try:
        digest, *place = msgspec.json.decode(base64.urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise SearchError("the cursor is damaged; ask again without it") from None
    if digest != _digest(request) or len(place) != count or not all(type(each) is int and each >= 0 for each in place):
        raise SearchError("the cursor belongs to another request, or the book was built again; ask again without it")
    return tuple(place)


def page(items: Iterable[_Item], start: int, max_tokens: int, most: int = 0) -> tuple[list[_Item], int]:
    """The items from `start` on that fit into a budget, and where the next page starts; 0 if there is nothing more.

    At least one item is given, so that every page goes further. Items may be made as they are asked for: none is after the one
    that finds no room.
    """
    taken: list[_Item] = []
    budget = left = budget_of(max_tokens)
    for item in islice(items, start, None):
        left -= tokens_of(item) if budget else 0
        if taken and (left < 0 or len(taken) == most):
            return taken, start + len(taken)
        taken.append(item)
    return taken, 0


def fitting(items: Sequence[_Item], budget: int, tokens: Callable[[_Item], int], least: int = 1) -> int:
    """How many of the items fit into a budget, in order; no fewer than `least` if there are so many."""
    if not budget:
        return len(items)
    used = 0
    for index, item in enumerate(items):
        used += tokens(item)
        if used > budget and index >= least:
            return index
    return len(items)


def tokens_of(item: object) -> int:
    """How much room a value takes as JSON."""
    return count_tokens(msgspec.json.encode(item).decode())


def _digest(request: tuple[object, ...]) -> str:
    return hashlib.blake2b(repr(request).encode("utf-8", "replace"), digest_size=6).hexdigest()
