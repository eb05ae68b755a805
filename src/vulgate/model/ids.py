"""Slugs: the readable ids that survive edits."""

import re
import unicodedata
from functools import lru_cache

_NOT_WORD = re.compile(r"[^\w]+|_+")
_MARKUP = re.compile(r"`+|\*+|!?\[([^\]]*+)\]\([^)]*+\)|<[^>]*+>|\[\[[^|\]]*+\|?([^\]]*+)\]\]")
_MAX_LENGTH = 1000
"""Where a text without an end is cut off: its brackets are tried one by one."""
VALID_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")


@lru_cache(maxsize=16_384)
def slug(text: str, max_words: int = 12) -> str:
    """A lower-case id of letters, digits and hyphens made from Markdown text.

    Letters of every script are kept, accents are folded where Unicode can take them apart. Text without a letter or digit
    gives an empty string.

    Args:
        text: Inline Markdown, such as a heading.
        max_words: How many words the slug keeps.
    """
    plain = _MARKUP.sub(lambda match: match[1] or match[2] or "", text[:_MAX_LENGTH])
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = [word for word in _NOT_WORD.split(plain.casefold().replace("'", "")) if word]
    return "-".join(words[:max_words])
