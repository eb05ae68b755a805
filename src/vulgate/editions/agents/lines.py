"""Texts of a book in the places of a skill: in names, in one line, and with everything to be seen."""

import re
from typing import Final

_SLUG: Final = 60
_UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


def slug(text: str, most: int = _SLUG) -> str:
    """Small letters, digits and single hyphens, of whole words where they fit; empty where a text has none of them."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if len(words) <= most:
        return words
    return (words[: most + 1].rpartition("-")[0] or words[:most]).strip("-")


def line_of(text: str) -> str:
    """A text in one line, without characters that nobody sees."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def visible(text: str) -> str:
    """A text in which characters that a reviewer cannot see, and an agent reads, are written as `<U+200F>`.

    Which they are: https://trojansource.codes and the tag characters, with which instructions are smuggled. Joiners stay: scripts
    and emoji need them.
    """
    return _UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)
