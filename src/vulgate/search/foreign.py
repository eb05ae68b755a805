"""The names in a question of what lies outside a book: React, Kafka, AWS. A book may speak of these, yet is not about them.

The capitals tell. A word is such a name if the question writes it as one (in mid-sentence with a capital, or with two: AWS,
JavaScript), or if the book writes it as one and hardly ever otherwise (Rust, Kafka), or if it begins the question with a
capital and the book's prose does not hold it. What the book's own code and terms are called, and what it speaks of all the
time, is not foreign to it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from vulgate.search.mentions import stem
from vulgate.search.query import parse
from vulgate.store.words import WORD

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

OFTEN: Final = 50
MANY: Final = 6
"""What one passage in so many holds, and no fewer than so many passages, is a subject of the book."""
READ: Final = 24
"""Passages in which is looked how the book writes a word."""
SELDOM: Final = 4
"""How many times as often a name is written as one than in any other way."""
_MID_SENTENCE: Final = re.compile(r"[\w,)]\s\(?\Z|\w\s\Z")
_CODE: Final = re.compile(r"(`{3,}|~{3,}).*?\1|`[^`]*`", re.DOTALL)
_DIAGRAM: Final = re.compile(r"[`~]+mermaid")
_NO_PROSE: Final = re.compile(
    rf"{_CODE.pattern}|<!--.*?-->|^[ \t>]*:[\w-]+:[^\n]*|\S*(?:/|\w\.\w)\S*", re.DOTALL | re.MULTILINE
)
"""Code, comments, options of directives, paths."""
_SAID: Final = re.compile(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'")
"""What code says in words: its comments and strings."""


def foreign_names(books: Sequence["OpenBook"], question: str, words: Iterable[str]) -> dict[str, str]:
    """The foreign names in a question, as they are to be written, by their lower case.

    Args:
        books: The books.
        question: The question.
        words: Its main words, in lower case; the others are no names.
    """
    quoted = parse(question).quoted
    asked = _capitals(question)
    names = {}
    for word in words:
        if word.isalpha() and len(word) > 1 and word not in quoted:
            texts = [text for book in books for text in _passages(book, word)]
            written = asked.get(word)
            name = written[0] if written and _is_name(*written) else _only_name(texts, word, written)
            if name and not _is_own(books, texts, name):
                names[word] = name
    return names


def held_names(text: str, names: Iterable[str]) -> set[str]:
    """Those of some names that a text writes as they are."""
    return set(names) & set(WORD.findall(text))


def _capitals(question: str) -> dict[str, tuple[str, str]]:
    """The words of a question that begin with a capital, and what stands before them, by their lower case.

    Where most words have a capital, as in a headline, capitals tell nothing.
    """
    found = [match for match in WORD.finditer(question) if match[0].isalpha()]
    capitals = [match for match in found if match[0][0].isupper()]
    if len(found) > 3 and 2 * len(capitals) > len(found):
        return {}
    return {match[0].lower(): (match[0], question[: match.start()]) for match in capitals}


def _is_name(word: str, before: str) -> bool:
    """Whether a word with a capital is written as a name: it has two of them, or stands in mid-sentence."""
    return sum(map(str.isupper, word)) > 1 or bool(_MID_SENTENCE.search(before[-3:]))


def _only_name(texts: Sequence[str], word: str, asked: tuple[str, str] | None) -> str:
    """How the book writes a word that it hardly ever writes otherwise than as a name; empty for any other word."""
    form = re.compile(rf"\b{re.escape(stem(word))}\w*(?![+-]\w)", re.IGNORECASE)  # `Ctrl+C` is no name
    name = word.capitalize()
    as_name = otherwise = 0
    for text in texts:
        prose = _NO_PROSE.sub("`", text)
        for match in form.finditer(prose):
            otherwise += match[0][0].islower()
            as_name += match[0] == name and _is_name(name, prose[: match.start()])
    if as_name > SELDOM * otherwise:
        return name
    return asked[0] if asked and not asked[1].strip() and not otherwise else ""


def _passages(book: "OpenBook", word: str) -> list[str]:
    """Passages of a book that hold a word in any of its forms."""
    rows = book.rows(
        "SELECT text FROM block WHERE position IN (SELECT rowid FROM search WHERE search MATCH ? LIMIT ?)",
        (f'text : "{word}"', READ),
    )
    return [str(text) for (text,) in rows]


def _is_own(books: Sequence["OpenBook"], texts: Sequence[str], name: str) -> bool:
    """Whether the books have a module, a name in code or a term that is called so, or many of their passages speak of it."""
    code = [found[0] for text in texts for found in _CODE.finditer(text) if not _DIAGRAM.match(found[0])]
    if any(name in WORD.findall(_SAID.sub("", each)) for each in code):
        return True
    for book in books:
        ((held,),) = book.rows("SELECT coalesce(sum(passages), 0) FROM word WHERE word = ?", (name.lower(),))
        if int(str(held)) >= max(MANY, len(book.contents.blocks[0]) / OFTEN):
            return True
        if book.rows("SELECT 1 FROM symbol WHERE name IN (?, ?) LIMIT 1", (name, name.lower())):
            return True
    return False
