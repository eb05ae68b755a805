"""Words of a text, as search sees them: the same for a book's passages and for a query."""

import re
from functools import lru_cache
from typing import Final

WORD: Final = re.compile(r"\w+")
"""A word or a whole identifier; FTS5 cuts the same way with `tokenchars '_'`."""
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=1 << 15)
def parts(word: str) -> tuple[str, ...]:
    """The parts of an identifier, in lower case: `UnboundLocalError` has three, `lru_cache` two, a plain word only itself."""
    found = _PART.findall(word) if word.isascii() else [part for part in word.split("_") if part]
    return tuple(part.lower() for part in found)


def is_compound(word: str) -> bool:
    """Whether a word is an identifier of several parts, such as `lru_cache`, `ParamSpec` or `utf8`."""
    return len(parts(word)) > 1
