"""Holding an answer to a budget of tokens."""

import dataclasses
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from vulgate.model.tokens import count_tokens

LEAST: Final = 250
"""The smallest budget, in tokens; smaller ones are taken for it."""
MOST: Final = 10_000
"""The largest budget; clients warn of larger results, or cut them."""
OVERHEAD: Final = 150
"""What stamps, notes and a cursor may take besides, in tokens, for one book."""
A_BOOK: Final = 60
"""What each further book's stamp takes."""
_TRIES: Final = 10
_STEP: Final = 0.95
"""Passages come whole, so what is left out may be more or less than what was too much."""

Answer = TypeVar("Answer")


def as_data(answer: Any) -> dict[str, Any]:
    """An answer as plain data: what MCP calls structured content, and HTTP and the command line print."""
    data: dict[str, Any] = msgspec.to_builtins(answer)
    return data


def clamped(max_tokens: int, default: int) -> int:
    """A budget within the limits; 0 or less stands for the default."""
    return min(max(max_tokens if max_tokens > 0 else default, LEAST), MOST)


def size_of(answer: Any, text: str) -> int:
    """How many tokens a result takes in the form that takes more: clients show a model its text or its data, not both."""
    return max(count_tokens(text), count_tokens(msgspec.json.encode(answer).decode()))


def fitted(make: Callable[[int], Answer], render: Callable[[Any], str], max_tokens: int) -> Answer:
    """The largest answer that fits.

    What `search` counts are its passages; ids, places and the marks of Markdown or JSON come on top. So the answer is measured as
    it will be sent, and asked for again with less room until it fits.

    Args:
        make: Gives the answer for a number of tokens; an answer for fewer tokens is smaller.
        render: Its text.
        max_tokens: What the result may take, but for `OVERHEAD`.
    """
    answer = make(max_tokens)
    room = max_tokens
    for _ in range(_TRIES):
        allowed = max_tokens + OVERHEAD + A_BOOK * max(0, len(getattr(answer, "books", ())) - 1)
        size = size_of(answer, render(answer))
        if size <= allowed or room <= 1:
            break
        room = max(1, int(room * allowed / size * _STEP))
        answer = make(room)
    return answer


def with_notes(answer: Answer, notes: list[str]) -> Answer:
    """The answer with more notes, if it is of a kind that has any."""
    if not notes or not hasattr(answer, "notes"):
        return answer
    return dataclasses.replace(answer, notes=[*notes, *answer.notes])  # type: ignore[type-var]
