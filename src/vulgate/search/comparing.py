"""Sets two things side by side, in the book's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import AnyBlock, Contrast, DirectiveBlock, Table, Term
from vulgate.model.inline import plain
from vulgate.search import finding
from vulgate.search.answers import Cited, CompareAnswer, SearchError
from vulgate.search.briefs import brief
from vulgate.search.budgets import budget_of, tokens_of
from vulgate.search.contents import AUTHORED
from vulgate.search.cutting import shortened
from vulgate.search.library import Library
from vulgate.search.mentions import Subject, stems, telling
from vulgate.search.passages import cited, markdown_of, title_of
from vulgate.search.ranking import search

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

MOST_DIRECT: Final = 4
LEAST_ALONE: Final = 1
MOST_ALONE: Final = 2
LOOKED_AT: Final = 8
"""How many passages an answer has of both things, of each where there are such ones and where there are none, and how many hits
are looked at for the latter."""
NOT_SIDE_BY_SIDE: Final = "the book does not set them side by side"
KINDS: Final = ("contrast", "table", "qa", "quick")
"""What may set things side by side in its text."""
CLAIMS: Final = ("rule", "fact", "pattern")
"""What may do so in its title."""
ALONE: Final = ("term", "quick", "fact", "pattern", "section", "rule", "qa", "concept")
"""What can say what one thing is."""
SIDES: Final = 1.0
TITLE: Final = {"contrast": 0.95, "qa": 0.9, "rule": 0.5, "fact": 0.5, "pattern": 0.45}
CLAIM_COMPARES: Final = 0.25
HEADERS: Final = 0.85
FIRST_CELLS: Final = 0.75
CELLS: Final = 0.65
TEXT: Final = {"contrast": 0.7, "quick": 0.7, "qa": 0.5}
"""How well a passage compares, by where it names both things; a claim the better, if a word of its title sets things apart."""
ENOUGH: Final = 0.6
"""Passages below this are shown only where none is above it."""
_APART: Final = frozenset(stems("than instead rather not unlike differ while versus vs or but prefer"))
_LONGEST: Final = 200
_LEAST: Final = 48


@dataclass(frozen=True)
class _Side:
    """A thing to compare: how it was understood, its names, and its block if it has one."""

    name: str
    subject: Subject
    book: "OpenBook | None" = None
    block: AnyBlock | None = None


@dataclass(frozen=True)
class _Found:
    book: "OpenBook"
    block: AnyBlock
    score: float


def compare(library: Library, a: str, b: str, *, book: str = "", max_tokens: int = 0) -> CompareAnswer:
    """Says how two things differ.

    Args:
        library: The books.
        a: One thing: words, or the id of a block.
        b: The other one.
        book: Only in this book (its id).
        max_tokens: How much room the passages may take together; 0 for no limit.

    Raises:
        SearchError: A thing is missing, both are the same, or there is no such book.
    """
    books = library.choose(book)
    first, second = (_understood(library, name, book) for name in (a, b))
    if first.subject == second.subject:
        raise SearchError("both things are the same; name two that differ")
    direct = _best_direct(books, first, second)
    seen = {(each.book.book.id, each.block.id) for each in direct}
    wanted = LEAST_ALONE if direct else MOST_ALONE
    alone = [_alone(library, side, book, seen, wanted) for side in (first, second)]
    notes = [] if direct else [NOT_SIDE_BY_SIDE]
    notes += [
        f"the book does not say what `{side.name}` is"
        for side, found in zip((first, second), alone, strict=True)
        if not found and not direct
    ]
    groups, truncated = _fitted([direct, *alone], budget_of(max_tokens))
    return CompareAnswer(
        books=[each.stamp for each in books],
        a=first.name,
        b=second.name,
        direct=groups[0],
        of_a=groups[1],
        of_b=groups[2],
        notes=notes,
        truncated=truncated,
    )


def side_by_side(library: Library, a: str, b: str, *, book: str = "") -> list[Cited]:
    """The passages that set two things side by side and say so in a title, a heading or a short text, the best first.

    Raises:
        SearchError: A thing has no name, or there is no such book.
    """
    first, second = (_understood(library, name, book) for name in (a, b))
    if first.subject == second.subject:
        return []
    found = _best_direct(library.choose(book), first, second)
    return [cited(each.book, each.block, markdown_of(each.book, each.block)) for each in found if each.score >= ENOUGH]


def _best_direct(books: Sequence["OpenBook"], a: _Side, b: _Side) -> list[_Found]:
    direct = [each for book in books for each in _direct(book, a.subject, b.subject)]
    direct.sort(key=attrgetter("score"), reverse=True)  # stable: of two that are as good, the one read first
    if direct and direct[0].score >= ENOUGH:
        direct = [each for each in direct if each.score >= ENOUGH]
    return direct[:MOST_DIRECT]


def _understood(library: Library, name: str, book: str) -> _Side:
    """The block that a name means, or else the words themselves."""
    words = " ".join(name[:_LONGEST].split())
    if not stems(words):
        raise SearchError("name two things to compare, such as `thread` and `process`")
    found = finding.meant(library.choose(book), words) if any(map(str.isalpha, words)) else []
    block = found[0][0].block(found[0][1]) if len(found) == 1 else None
    if block is None:
        return _Side(words, Subject.of([words, " ".join(telling(words))]))
    owner = found[0][0]
    title = title_of(owner, block)
    names = [title, *(block.aliases if isinstance(block, Term) else ()), *([] if "/" in words else [words])]
    return _Side(title, Subject.of(names), owner, block)


def _direct(book: "OpenBook", a: Subject, b: Subject) -> list[_Found]:
    """The passages of a book that speak of both."""
    texts, text_values = _naming("(title LIKE ? OR text LIKE ?)", a, b)
    titles, title_values = _naming("title LIKE ?", a, b)
    condition = f"((kind IN {KINDS} AND {texts}) OR (kind IN {CLAIMS} AND {titles})) AND {AUTHORED}"
    blocks = book.blocks(condition, [*text_values, *title_values])
    found = [_Found(book, block, score) for block in blocks if (score := _score(block, a, b))]
    chosen = {each.block.id for each in found}
    # A table inside a contrast that is shown would be shown twice.
    return [each for each in found if each.block.parent not in chosen]


def _naming(condition: str, *subjects: Subject) -> tuple[str, list[object]]:
    """The condition in SQL that a row may name all subjects: what has no stem of a name cannot, and need not be decoded."""
    values: list[object] = []
    parts = []
    for subject in subjects:
        parts.append(" OR ".join([condition] * len(subject.rarest)))
        values += [f"%{word}%" for word in subject.rarest for _ in range(condition.count("?"))]
    return " AND ".join(f"({part})" for part in parts), values


def _score(block: AnyBlock, a: Subject, b: Subject) -> float:
    """How well a block compares two things; 0 where it does not."""
    score = 0.0
    if isinstance(block, Table):
        rows = [[_plain_stems(cell) for cell in row] for row in block.rows]
        if _apart([_plain_stems(cell) for cell in block.headers], a, b):
            score = HEADERS
        elif _apart([row[0] for row in rows if row], a, b):
            score = FIRST_CELLS
        elif _apart([cell for row in rows for cell in row], a, b):
            score = CELLS
    elif isinstance(block, Contrast) and _apart([_plain_stems(side) for side in block.sides], a, b):
        score = SIDES
    elif (title := _plain_stems(block.title)) and a.is_named(title) and b.is_named(title):
        score = TITLE.get(block.kind, 0.0)
        if block.kind in CLAIMS and not _APART.isdisjoint(title):
            score += CLAIM_COMPARES
    elif isinstance(block, DirectiveBlock) and block.kind in TEXT:
        words = [*title, *stems(block.body)]
        score = TEXT[block.kind] if a.is_in(words) and b.is_in(words) else 0.0
    return score + block.importance / 100 if score else 0.0


def _plain_stems(markdown: str) -> list[str]:
    return stems(plain(markdown))


def _apart(texts: list[list[str]], a: Subject, b: Subject) -> bool:
    """Whether one of the texts names one thing and another one the other."""
    of_a = {index for index, words in enumerate(texts) if a.is_named(words)}
    of_b = {index for index, words in enumerate(texts) if b.is_named(words)}
    return bool(of_a and of_b and len(of_a | of_b) > 1)


def _alone(library: Library, side: _Side, book: str, seen: set[tuple[str, str]], wanted: int) -> list[_Found]:
    """What the book says of one thing: its own block, then the best hits that name it."""
    found: list[_Found] = []
    if side.book and side.block and (side.book.book.id, side.block.id) not in seen:
        found.append(_Found(side.book, side.block, 1.0))
    if len(found) < wanted and any(word.isalnum() for word in stems(side.name)):
        for hit in search(library, side.name, book=book, limit=LOOKED_AT).hits:
            owner = library.choose(hit.book)[0]
            block = owner.block(hit.id)
            named = stems(f"{hit.title} {hit.gist} {hit.excerpt}")
            is_new = (
                hit.kind in ALONE and (hit.book, hit.id) not in seen and all(each.block.id != hit.id for each in found)
            )
            if block and is_new and side.subject.is_in(named):
                found.append(_Found(owner, block, hit.score))
    found = found[:wanted]
    seen.update((each.book.book.id, each.block.id) for each in found)
    return found


def _fitted(groups: list[list[_Found]], budget: int) -> tuple[list[list[Cited]], bool]:
    """The passages that fit into a budget: the best of each group first."""
    shown: list[list[Cited]] = [[] for _ in groups]
    truncated = False
    left = budget
    turns = sorted((place, group) for group, found in enumerate(groups) for place in range(len(found)))
    for place, group in turns:
        each = groups[group][place]
        text = markdown_of(each.book, each.block) if group == 0 else brief(each.book, each.block)
        passage = cited(each.book, each.block, text)
        if budget and tokens_of(passage) > left:
            truncated = True
            frame = tokens_of(cited(each.book, each.block, ""))
            if left - frame < _LEAST:
                continue
            passage = cited(each.book, each.block, shortened(text, left - frame))
            if tokens_of(passage) > left:  # escapes in JSON take room as well
                continue
        left -= tokens_of(passage)
        shown[group].append(passage)
    return shown, truncated
