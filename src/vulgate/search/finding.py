"""Finds the block that a name means: ids as they are, as they were, cut short, or written as links and addresses are.

Also a chapter's file, a number of the table of contents, a code of a linter, and a title. What means several blocks is refused
with their ids, what means none with the nearest ones.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from vulgate.model.inline import plain
from vulgate.search.answers import SearchError
from vulgate.search.contents import Rows

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

SHOWN: Final = 5
_LONGEST: Final = 300
_WIKI: Final = re.compile(r"\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]")
_LINK: Final = re.compile(r"\[[^\[\]]*\]\(([^()\s]+)\)")
_NUMBER: Final = re.compile(r"(?:(?:chapter|section|appendix)\s+|§\s*)?([0-9A-Z]+(?:\.[0-9]+)*)\.?", re.IGNORECASE)
_WORDS: Final = re.compile(r"[\s,]+")
_UNNAMED: Final = ("relation", "inference", "reasoning", "test-hint", "uncertainty", "example")
_CUTOFF: Final = 75
_CUTOFF_SHORT: Final = 60
"""How alike the nearest names must be, 0 to 100: those of usual length, and those of four letters or fewer."""
_BEHIND: Final = 8
"""How far behind the best name another one may lie."""


class Names:
    """The names of a book's blocks, for those who misspell them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    @cached_property
    def _titles(self) -> list[tuple[str, str]]:
        marks = ", ".join("?" * len(_UNNAMED))
        found = self._rows(
            f"SELECT id, title FROM block WHERE kind NOT IN ({marks}) AND title <> '' ORDER BY position",  # noqa: S608
            _UNNAMED,
        )
        return [(str(id), plain(str(title))) for id, title in found if "--" not in str(id)]

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """What a name may be misspelt from, and the id it means; whole ids last, so that they win."""
        spelt = {_spelling(title): id for id, title in reversed(self._titles)}
        spelt.update({_spelling(id.rpartition("/")[2]): id for id, _ in reversed(self._titles)})
        spelt.update({_spelling(id): id for id, _ in self._titles})
        return spelt

    @cached_property
    def _ends(self) -> dict[str, list[str]]:
        """What ids end in after each of their slashes, and the ids."""
        ends: dict[str, list[str]] = {}
        for (found,) in self._rows("SELECT id FROM block ORDER BY id"):
            id = str(found)
            at = id.find("/")
            while at >= 0:
                ends.setdefault(id[at + 1 :], []).append(id)
                at = id.find("/", at + 1)
        return ends

    def ending(self, end: str) -> list[str]:
        """The ids that end in some of their parts."""
        return list(self._ends.get(end, ()))

    def titled(self, title: str) -> list[str]:
        """The ids of the blocks with a title, whatever its case."""
        wanted = plain(title).casefold()
        return [id for id, each in self._titles if each.casefold() == wanted]

    def nearest(self, name: str, limit: int = 3) -> list[tuple[float, str]]:
        """The ids that look or are titled most like a name, each with a likeness of 0 to 100, best first."""
        from rapidfuzz import fuzz, process

        wanted = _spelling(name[:_LONGEST])
        cutoff = _CUTOFF_SHORT if len(wanted) <= 4 else _CUTOFF
        found = process.extract(wanted, self._spelt.keys(), scorer=fuzz.WRatio, limit=4 * limit, score_cutoff=cutoff)
        best = dict.fromkeys(self._spelt[spelt] for spelt, _, _ in found)
        scores = {id: max(score for spelt, score, _ in found if self._spelt[spelt] == id) for id in best}
        top = max(scores.values(), default=0.0)
        return [(scores[id], id) for id in best if scores[id] >= top - _BEHIND][:limit]


def find(books: Sequence["OpenBook"], name: str) -> tuple["OpenBook", str]:
    """The book and the id of the block that a name means.

    Raises:
        SearchError: The name means no block, or several.
    """
    found = meant(books, name)
    if len(found) > 1:
        raise SearchError(_several(_unwrapped(name), [_full(book, id, books) for book, id in found]))
    if not found:
        raise SearchError(_none(books, name, _unwrapped(name)))
    return found[0]


def meant(books: Sequence["OpenBook"], name: str) -> list[tuple["OpenBook", str]]:
    """The blocks that a name means: books and ids. Where books share an id, only the one named first has it."""
    wanted = _unwrapped(name)
    owner, _, rest = wanted.partition(":")
    owned = [book for book in books if book.book.id == owner]
    if owned and rest:
        books, wanted = owned, rest.strip("/")
    if wanted.isprintable() and 0 < len(wanted) <= _LONGEST:
        for step in _STEPS:
            found = [(book, id) for book in books for id in step(book, wanted)]
            if found:
                return found[:1] if step is _exact else found
    return []


def _unwrapped(name: str) -> str:
    """The name without the marks of a link, a code span or an address."""
    text = name[: 2 * _LONGEST].strip()
    if link := _WIKI.fullmatch(text) or _LINK.fullmatch(text):
        text = link[1].strip()
    text = text.strip("`")
    if text.startswith("book://"):
        book, _, rest = unquote(text.removeprefix("book://")).partition("/")
        return f"{book}:{rest}"
    return text


def _exact(book: "OpenBook", wanted: str) -> list[str]:
    for name in (wanted, wanted.lower()):
        id = book.formerly.get(name, name)
        if book.rows("SELECT 1 FROM block WHERE id = ?", (id,)):
            return [id]
    return []


def _last_part(book: "OpenBook", wanted: str) -> list[str]:
    """Ids that end in a name; those right below their chapter before parts of other blocks."""
    ending = wanted.lower().lstrip("/")
    found = book.names.ending(ending)
    found += [now for old, now in book.formerly.items() if old.endswith(f"/{ending}") and now not in found]
    found = [id for id in found if "--" not in id] or found  # relations are called after both their ends
    return [id for id in found if id.count("/") == 1] or found


def _file(book: "OpenBook", wanted: str) -> list[str]:
    path, _, anchor = wanted.partition("#")
    path = path.removeprefix("./")
    chapters = [each for each in book.contents.headings if each.kind == "chapter" and path]
    found = [each for each in chapters if each.file == path] or [
        each for each in chapters if each.file.endswith(f"/{path}")
    ]
    if not anchor:
        return [each.id for each in found]
    return [id for each in found for id in _exact(book, f"{each.id}/{anchor}") or _exact(book, anchor)]


def _number(book: "OpenBook", wanted: str) -> list[str]:
    match = _NUMBER.fullmatch(wanted)
    return [each.id for each in book.contents.headings if match and each.number == match[1].upper()]


def _code(book: "OpenBook", wanted: str) -> list[str]:
    return [rule.id for rule in book.rules if wanted.casefold() in _WORDS.split(rule.detect.casefold())[1:]]


def _titled(book: "OpenBook", wanted: str) -> list[str]:
    return book.names.titled(wanted)


_STEPS: Final[Sequence[Callable[["OpenBook", str], list[str]]]] = (_exact, _last_part, _file, _number, _code, _titled)


def _several(wanted: str, ids: Sequence[str]) -> str:
    more = f", and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return f"`{wanted}` means several blocks: {', '.join(f'`{id}`' for id in ids[:SHOWN])}{more}; name one of them"


def _none(books: Sequence["OpenBook"], name: str, wanted: str) -> str:
    shown = repr(name if len(name) <= 80 else name[:80] + "...")
    near = ((score, book, id) for book in books if wanted.isprintable() for score, id in book.names.nearest(wanted))
    found = sorted(near, key=lambda item: -item[0])
    if not found:
        return f"no block {shown}; search for it, or look at the outline"
    ids = [f"`{_full(book, id, books)}`" for _, book, id in found[:3]]
    return f"no block {shown}; did you mean {' or '.join(ids)}?"


def _full(book: "OpenBook", id: str, books: Sequence["OpenBook"]) -> str:
    return f"{book.book.id}:{id}" if len(books) > 1 else id


def _spelling(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.lower()))
