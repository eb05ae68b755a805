"""The tree of an old book: chapters, appendices and sections, found by the numbers that the old text wrote out itself."""

import re
from collections.abc import Collection
from typing import Final

from msgspec import Struct

CHAPTER: Final = re.compile(
    r"^[^\w]*(?P<what>CHAPTER|APPENDIX|Chapter|Appendix) (?P<number>\d{1,2}|[A-Z])\s*[—–:-]+\s*(?P<title>.+)$"
)
PART: Final = re.compile(r"^(?:<!-- SSM:PART [^>]*title=\"(?P<name>[^\"]*)\"[^>]*-->|#? *(?P<said>Part [IVX]+: .+))$")
LEVEL: Final = re.compile(r"\s*(?:🟢|🟡|🟠|🔴|🔒)\s*(?P<level>Beginner|Intermediate|Advanced|Critical|Expert)?\.?\s*$")
NUMBERED: Final = re.compile(
    r"^(?:#+ +)?(?:[^\w\s#*()\[\].,;:\"'`<>|/-]+ +)?(?:\*\*)?"
    r"(?P<number>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){1,4})\.?\s*[—–]?\s+(?P<title>\S.*?)(?:\*\*)?$"
)
HEADING: Final = re.compile(r"^(?P<marks>#{1,5}) +(?P<title>\S.*)$")
_GLUED: Final = re.compile(r"\s+(?=(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){1,4}(?:\s*[—–])?\s+[A-Z`_@*])")
_TITLE_WORD: Final = re.compile(
    r"^(?:[A-Z\d`_@(&/+\"'“*—–-]|(?:a|an|and|as|at|by|for|from|in|is|of|on|or|the|to|vs|with|without|your|via|per)\b)"
)
_COLOURED: Final = re.compile(
    r"(?P<title>.+?\s*(?:🟢|🟡|🟠|🔴|🔒)\s*(?:Beginner|Intermediate|Advanced|Critical|Expert)?)(?P<rest>.*)$"
)
_CODE_BEHIND: Final = re.compile(
    r"\s(?=(?:async )?def \w+\(|class \w+[:(]|from [\w.]+ import |import \w+(?:\s|$)|@\w+|"
    r"for \w+ in \w|\w+ = |with \w+\(|[\w.]+\(\)|```)"
)
CODE: Final = re.compile(
    r"^#+ (?!\*|\d)[^A-Z].*[=()]|\b(?:def|class) \w+[(:]|\bimport \w|\breturn\b|\blambda\b|\bprint\(|\w \+?= |\w\(\w*\)"
)
_LONG_WORD: Final = re.compile(r"\w{3,}")
_LONGEST_MARKER: Final = 160
LONGEST: Final = 90
"""Letters of a heading; in what is longer, text is glued to it."""


class Marker(Struct, frozen=True):
    """The first line of a chapter.

    Attributes:
        number: A number, or the letter of an appendix.
        title: Its title.
        level: beginner, intermediate, advanced, critical, or empty.
        is_appendix: What it is.
        rest: Text that is glued to it.
    """

    number: str
    title: str
    level: str
    is_appendix: bool
    rest: str = ""


def marker(text: str) -> Marker | None:
    """The chapter that begins with a text, if one does."""
    match = CHAPTER.match(text)
    if match is None or "\n" in text:
        return None
    title, rest = match["title"], ""
    if coloured := _COLOURED.match(title):
        title, rest = coloured["title"], coloured["rest"].strip(" .")
    elif len(text) > _LONGEST_MARKER:
        return None
    title, level = without_level(title)
    return Marker(match["number"], title, level, match["what"].lower() == "appendix", rest)


def without_level(title: str) -> tuple[str, str]:
    """A title without the coloured word that says its level, and that level."""
    match = LEVEL.search(title)
    if match is None:
        return title.strip().rstrip("."), ""
    level = (match["level"] or "").lower().replace("expert", "advanced")
    return title[: match.start()].strip(), level


def _is_next(first: str, second: str) -> bool:
    """Whether a number or letter follows another."""
    if first.isdecimal() and second.isdecimal():
        return int(second) == int(first) + 1
    return len(first) == len(second) == 1 and ord(second) == ord(first) + 1


def first_words(title: str) -> tuple[str, ...]:
    """The words by which a chapter is known where it is only announced."""
    return tuple(_LONG_WORD.findall(title.casefold())[:2])


def is_announced(title: str, heads: Collection[tuple[str, ...]]) -> bool:
    """Whether a title is that of a chapter which begins elsewhere: the end of a chapter often tells the next one.

    Args:
        title: The title, with whatever stands behind it.
        heads: The first words of the chapters of which it is known where they begin.
    """
    words = first_words(title)
    return any(words[: len(head)] == head for head in heads if head)


class Numbers:
    """Which numbers may come next: those of a chapter rise."""

    def __init__(self, number: str = "") -> None:
        self.number = number
        self.base = ""
        self.last: tuple[int, ...] = ()

    def take(self, number: str) -> int:
        """The depth of a section with this number, 1 for `6.1`; 0 where such a section cannot come here."""
        first, *rest = number.split(".")
        if self.base and first != self.base:
            return 0
        # A chapter that was put in later may have kept the numbers of the one before it.
        is_near = first == self.number or _is_next(first, self.number)
        if not is_near:
            return 0
        found = tuple(map(int, rest))
        if found <= self.last:
            return 0
        if self.last and found[0] > self.last[0] + 6:
            return 0
        self.base, self.last = first, found
        return len(found)


def unglued(text: str) -> list[str]:
    """The headings and texts that were run together: `1.5 Implementations 1.5.1 CPython` is two headings."""
    pieces = [piece for piece in _GLUED.split(text) if piece]
    return pieces if len(pieces) > 1 else [text]


def titled(text: str) -> tuple[str, str]:
    """A heading's title, and what is glued to it: code from its first sign on, or prose behind words in capitals."""
    if code := _CODE_BEHIND.search(text):
        return text[: code.start()].strip(), text[code.start() :].strip()
    if len(text) <= LONGEST:
        return text, ""
    words = text.split(" ")
    end = next((at for at, word in enumerate(words) if at and not _TITLE_WORD.match(word)), len(words))
    while end > 1 and words[end - 1][:1].islower():
        end -= 1
    end = min(end, 10)
    return " ".join(words[:end]), " ".join(words[end:])
