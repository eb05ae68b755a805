"""The terms of a book, and where prose uses them first."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

import ahocorasick_rs
from msgspec import Struct

from vulgate.editions.web.text import attribute
from vulgate.model.blocks import Term
from vulgate.model.book import CompiledBook
from vulgate.model.inline import first_sentence, plain

_WORD: Final = re.compile(rb"\w")
_TIP: Final = 240
_TOO_SHORT: Final = 3


class Entry(NamedTuple):
    """A term: the id of its block, and the attributes of links to it."""

    id: str
    attributes: str


class Use(NamedTuple):
    """A place in a chapter where a term may be explained; offsets in its bytes."""

    start: int
    end: int
    entry: Entry


class Glossary(Struct, frozen=True, dict=True):
    """The terms by their words in lower case, aliases too."""

    entries: dict[str, Entry]

    @cached_property
    def _automaton(self) -> tuple[ahocorasick_rs.BytesAhoCorasick | None, Sequence[Entry], int]:
        words = [word.encode() for word in self.entries]
        automaton = (
            ahocorasick_rs.BytesAhoCorasick(words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
            if words
            else None
        )
        return automaton, list(self.entries.values()), len(words)

    def uses(self, source: bytes) -> list[Use]:
        """All places where a text names a term in whole words, the longest term at each."""
        automaton, entries, _ = self._automaton
        if automaton is None:
            return []
        lower = source.lower()
        return [
            Use(start, end, entries[index])
            for index, start, end in automaton.find_matches_as_indexes(lower)
            if not _WORD.match(lower, end) and not (start and _WORD.match(lower, start - 1))
        ]


def glossary_of(book: CompiledBook) -> Glossary:
    """The terms that the author defines."""
    entries: dict[str, Entry] = {}
    for term in book.of_kind(Term):
        if not term.is_authored:
            continue
        tip = first_sentence(plain(term.body.strip()))
        tip = tip if len(tip) <= _TIP else tip[:_TIP].rsplit(" ", 1)[0] + " …"
        entry = Entry(term.id, f' class=term data-tip="{attribute(tip)}"')
        for word in (term.title, *term.aliases):
            key = plain(word).lower()
            if len(key) >= _TOO_SHORT:
                entries.setdefault(key, entry)
    return Glossary(entries)
