"""What somebody typed, taken apart: words that carry meaning, names in code, and what is said of the spelling."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vulgate.store.words import WORD, parts

LONGEST: Final = 2000
"""Characters of a query that are looked at: more than any question, less than somebody's whole file."""
MOST_TERMS: Final = 24
_SPACE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_DOTTED: Final = re.compile(r"\w+(?:\.\w+)+")
_QUOTED: Final = re.compile(r"'[^'\s]{1,60}'|`[^`]{1,60}`|\"[^\"\s]{1,60}\"")

# Words that say nothing about what is sought. Some are keywords of Python: they count where little else is left.
_STOP_WORDS: Final = """
a about after again all also am an and any are as at be because been before being between both but by can cannot could did do
does doing done down each few for from further get gets getting give given go goes going got had has have having he her here
hers him his how i if in into is it its itself just like let ll make makes me more most much my need needs no nor not now of
off on once one only or other our ours out over own please put re really s same she should show so some someone something such
t than that the their theirs them then there these they thing things this those through to too under until up us use used uses
using ve very want wants was way we were what when where which who whom whose why will with without work works would yet
you your yours
"""
_STOP: Final = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True)
class Query:
    """A query, taken apart.

    Attributes:
        text: What was typed, without control characters, cut to `LONGEST` characters.
        words: The words that carry meaning, as they were typed, each once, in order. A name of several parts is one word here.
        phrases: Dotted names, as words that must follow each other: `functools lru_cache`.
        quoted: Words that stood in quotes: names of somebody's own, perhaps, whose spelling is not to be doubted.
    """

    text: str
    words: tuple[str, ...]
    phrases: tuple[str, ...]
    quoted: frozenset[str]

    @property
    def said(self) -> list[str]:
        """All words as they stand, also those that say little: the table of word vectors knows how much each one means."""
        return WORD.findall(self.text)

    @property
    def terms(self) -> tuple[str, ...]:
        """What the full text is asked for: the phrases, the words, and names of several parts also as their parts in a row."""
        split = [" ".join(found) for word in self.words if len(found := parts(word)) > 1]
        return tuple(dict.fromkeys((*self.phrases, *self.words, *split)))[:MOST_TERMS]

    def mended(self, spelling: Mapping[str, str]) -> "Query":
        """The query with some words replaced."""
        if not spelling:
            return self
        text = WORD.sub(lambda found: spelling.get(found[0], found[0]), self.text)
        words = tuple(dict.fromkeys(spelling.get(word, word) for word in self.words))
        return Query(text, words, self.phrases, self.quoted)


def parse(text: str) -> Query:
    """Takes a query apart."""
    clean = _SPACE.sub(" ", text[:LONGEST]).strip()
    words = list(dict.fromkeys(WORD.findall(clean)))
    telling = [word for word in words if word.lower() not in _STOP]
    # `10` of `10,000` is everywhere.
    telling = [word for word in telling if len(word) > 2 or not word.isdigit()] or telling
    if len(telling) < 2:  # `with`, `for else`: the keywords are the question
        telling = words
    quoted = {word.lower() for found in _QUOTED.findall(clean) for word in WORD.findall(found)}
    phrases = [" ".join(WORD.findall(dotted)).lower() for dotted in _DOTTED.findall(clean)]
    return Query(clean, tuple(telling), tuple(phrases), frozenset(quoted))
