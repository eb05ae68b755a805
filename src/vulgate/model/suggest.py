"""The nearest known words to a misspelt one."""

from collections.abc import Iterable
from typing import Final

SHORT: Final = 4


def nearest(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known words most like `word`, best first; none when nothing is alike."""
    from rapidfuzz import fuzz, process, utils

    # Two letters that changed places make a third of a short word.
    cutoff = 60 if len(word) <= SHORT else 75
    found = process.extract(
        word, _ordered(known), scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=cutoff
    )
    return [candidate for candidate, _, _ in found]


def did_you_mean(word: str, known: Iterable[str], limit: int = 3) -> str:
    """A help line with the nearest known words, or all of them when they are few and none is alike."""
    choices = _ordered(known)
    best = nearest(word, choices, limit)
    if best:
        return "did you mean " + " or ".join(f"`{choice}`" for choice in best) + "?"
    if 0 < len(choices) <= 20:
        return "known are " + ", ".join(f"`{choice}`" for choice in sorted(choices))
    return ""


def _ordered(known: Iterable[str]) -> list[str]:
    """The words in an order that is the same in every process: of two that are as near, the first one is named."""
    return sorted(known) if isinstance(known, (set, frozenset)) else list(known)
