"""Inline Markdown as plain text, for places that show none."""

import re
from typing import Final

_MARKUP: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)|\[\[(?:[^\]|]*/)?([^\]|]*)\]\]|\*\*?|`")
_SENTENCE: Final = re.compile(r"(?s)(.+?[.!?])(?:\s|$)")


def plain(text: str) -> str:
    """Inline Markdown without its marks, in one line."""
    return " ".join(_MARKUP.sub(lambda match: match[1] or match[2] or "", text).split())


def first_sentence(text: str) -> str:
    """A text up to the end of its first sentence; all of it where none ends."""
    match = _SENTENCE.match(text)
    return match[1] if match else text
