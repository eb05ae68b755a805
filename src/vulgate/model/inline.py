"""Inline Markdown as plain text, for places that show none."""

import re
from typing import Final

_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)|\[\[[^\]|]*\|([^\]|]*)\]\]|\[\[(?:[^\]|]*/)?([^\]|]*)\]\]")
# A code span keeps what is in it: the stars of `except*` and `**options` are code.
_MARKUP: Final = re.compile(
    r"(`+)(?!`)(.+?)(?<!`)\1(?!`)|(?<![\s*])\*\*?(?!\*)|(?<!\*)\*\*?(?![\s*])|`|\\([!-/:-@\[-`{-~])", re.DOTALL
)
_SENTENCE: Final = re.compile(r"(?s)(.+?[.!?])(?:\s|$)")


def plain(text: str) -> str:
    """Inline Markdown without its marks, in one line."""
    return " ".join(_MARKUP.sub(lambda match: match[2] or match[3] or "", unlinked(text)).split())


def unlinked(text: str) -> str:
    """Inline Markdown with its links as their texts; code spans and emphasis stay."""
    return _LINK.sub(lambda match: match[1] or match[2] or match[3] or "", text)


def first_sentence(text: str) -> str:
    """A text up to the end of its first sentence; all of it where none ends."""
    match = _SENTENCE.match(text)
    return match[1] if match else text
