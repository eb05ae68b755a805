"""Other names of what a query speaks of, from the terms of a book: who asks for a venv means a virtual environment."""

import json

from vulgate.search.library import OpenBook
from vulgate.search.query import MOST_TERMS, Query
from vulgate.store.words import WORD


def synonyms(book: OpenBook, query: Query) -> list[str]:
    """The other names of the terms that a query names, each as words that follow each other."""
    asked = f" {_words(query.text)} "
    named = book.cached("synonyms", lambda: _synonyms(book))
    others = [other for name, names in named.items() if f" {name} " in asked for other in names]
    return [other for other in dict.fromkeys(others) if f" {other} " not in asked][:MOST_TERMS]


def _synonyms(book: OpenBook) -> dict[str, list[str]]:
    """The other names of each term that has some."""
    rows = book.rows(
        "SELECT title, json_extract(data, '$.aliases') FROM block"
        " WHERE kind = 'term' AND json_extract(data, '$.aliases') IS NOT NULL ORDER BY position"
    )
    named: dict[str, list[str]] = {}
    for title, aliases in rows:
        names = [words for name in (str(title), *json.loads(str(aliases))) if (words := _words(name))]
        for name in names:
            named.setdefault(name, []).extend(other for other in names if other != name)
    return named


def _words(text: str) -> str:
    return " ".join(WORD.findall(text)).lower()
