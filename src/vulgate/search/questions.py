"""What a question asks: two things to compare, a word to define, or the words that a passage must speak of to answer it.

The main words of a question, without those that every question has, weigh the more the fewer passages of the book use them. A
passage covers the words that it or the headings around it hold, in any form.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import AnyBlock
from vulgate.search.answers import Hit
from vulgate.search.mentions import stem, stems, telling

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

ALIKE: Final = 0.84
"""How alike a word must be to the one that the search took it for, to count as that one misspelt."""
LONGEST: Final = 500
"""Characters in which a question is looked through for two sides."""
SIDE_WORDS: Final = 2
"""Main words of a side: `asyncio` of "or asyncio for 10,000 sockets", `class method` of "a class method"."""
_WORD: Final = re.compile(r"\w+")
_DEFINITION: Final = re.compile(
    r"\s*(?:what\s+(?:is|are|does)|define|explain|meaning\s+of)\s+(?:the\s+|an?\s+)?(.{1,60}?)(?:\s+mean)?\s*[?.!]*\s*",
    re.IGNORECASE,
)
_SIDE: Final = r"(?:the\s+|an?\s+)?([\w.`@*/()' +-]{1,60}?|==|!=)"
_END: Final = (
    r"(?=\s*(?:[?,;:]|\.\s|\.?$)|\s+(?:for|in|on|when|if|to|with|as|at|of|where|while|from|vs\.?|versus|or)\s)"
)
_COMPARISONS: Final = (
    re.compile(rf"differ\w*\s+between\s+{_SIDE}\s+and\s+{_SIDE}{_END}", re.IGNORECASE),
    re.compile(rf"compare\s+{_SIDE}\s+(?:and|with|to)\s+{_SIDE}{_END}", re.IGNORECASE),
    re.compile(rf"how\s+(?:does|do|is|are)\s+{_SIDE}\s+differ\w*\s+from\s+{_SIDE}{_END}", re.IGNORECASE),
    re.compile(rf"{_SIDE}\s+(?:vs\.?|versus|instead\s+of|rather\s+than|or)\s+{_SIDE}{_END}", re.IGNORECASE),
)


def sides(question: str) -> tuple[str, str] | None:
    """The two things that a question compares; `None` if it compares none."""
    for pattern in _COMPARISONS:
        if match := pattern.search(question[:LONGEST]):
            a, b = (" ".join(telling(side)[-SIDE_WORDS:]) for side in match.groups())
            is_named = any(map(str.isalpha, a + b)) or not (a + b).replace(" ", "").isalnum()
            if stems(a) and stems(b) and stems(a) != stems(b) and is_named:
                return a, b
    return None


def defined(question: str) -> str:
    """The word whose meaning a question asks for; empty if it asks for none."""
    match = _DEFINITION.fullmatch(question[:LONGEST])
    return match[1] if match else ""


def weights(books: Sequence["OpenBook"], question: str, guesses: Mapping[str, str]) -> dict[str, float]:
    """How much each main word of a question weighs; one put in place of a name as much as one that no passage uses.

    Args:
        books: The books.
        question: The question as it was understood.
        guesses: What `guessed` says of it.
    """
    passages = sum(len(book.contents.blocks[0]) for book in books)
    found = {}
    for word in telling(question):
        root = stem(word)
        used = sum(
            int(str(count or 0))
            for book in books
            for (count,) in book.rows(
                "SELECT sum(passages) FROM word WHERE word >= ? AND word < ?", (root, root + "\uffff")
            )
        )
        found[word] = math.log1p(passages / (1 + (0 if guesses.get(word, word)[0].isupper() else used)))
    return found


def guessed(question: str, understood: str) -> dict[str, str]:
    """The words that the search put in place of ones that are spelt too differently to be misspelt, and what stood there."""
    before, after = (_WORD.findall(text) for text in (question, understood))
    if len(before) != len(after):
        return {}
    from rapidfuzz import fuzz

    pairs = zip(before, after, strict=True)
    return {new: old for old, new in pairs if old != new and fuzz.ratio(old.lower(), new) < 100 * ALIKE}


def covered(hit: Hit, block: AnyBlock, words: Mapping[str, float]) -> set[str]:
    """The main words that a hit or the headings around it hold."""
    held = set(stems(f"{hit.title} {hit.place} {hit.id} {block.text}"))
    # A name of several parts holds its parts: `lru_cache` speaks of a cache.
    held.update(stem(part) for word in list(held) if "_" in word for part in word.split("_"))
    return {word for word in words if stem(word) in held}


def share(some: set[str], words: Mapping[str, float]) -> float:
    """The part of the weight of all main words that some of them have."""
    return sum(words[word] for word in some) / (sum(words.values()) or 1.0)
