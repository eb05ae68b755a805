"""Sets two things side by side, in the book's words."""

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import AnyBlock, Contrast, DirectiveBlock, Table, Term
from vulgate.model.inline import plain
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
MOST_ALONE: Final = 2
NOT_SIDE_BY_SIDE: Final = "the book does not set them side by side"
KINDS: Final = ("contrast", "table", "qa", "quick", "fact", "rule", "pattern")
"""What can speak of two things at once."""
ALONE: Final = ("term", "quick", "fact", "pattern", "section", "rule", "qa", "concept")
"""What can say what one thing is."""
SIDES: Final = 1.0
TITLE: Final = {"contrast": 0.95, "qa": 0.9, "rule": 0.75, "fact": 0.75, "pattern": 0.7}
HEADERS: Final = 0.85
CELLS: Final = 0.65
TEXT: Final = {"contrast": 0.7, "quick": 0.7, "qa": 0.5, "fact": 0.4, "rule": 0.3, "pattern": 0.3}
"""How well a passage compares, by where it names both things."""
ENOUGH: Final = 0.6
"""Passages below this are shown only where none is above it."""
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
    direct = [each for owner in books for each in _direct(owner, first.subject, second.subject)]
    direct.sort(key=attrgetter("score"), reverse=True)  # stable: of two that are as good, the one read first
    if direct and direct[0].score >= ENOUGH:
        direct = [each for each in direct if each.score >= ENOUGH]
    direct = direct[:MOST_DIRECT]
    seen = {(each.book.book.id, each.block.id) for each in direct}
    alone = [_alone(library, side, book, seen) for side in (first, second)]
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


def _understood(library: Library, name: str, book: str) -> _Side:
    """The block that a name means, or else the words themselves."""
    words = " ".join(name[:_LONGEST].split())
    if not stems(words):
        raise SearchError("name two things to compare, such as `thread` and `process`")
    owner, block = None, None
    try:
        if any(char.isalpha() for char in words):
            owner, block = library.find(words, book)
    except SearchError:
        pass
    if owner is None or block is None:
        return _Side(words, Subject.of([words, " ".join(telling(words))]))
    title = title_of(owner, block)
    names = [title, *(block.aliases if isinstance(block, Term) else ())]
    if "/" not in words:
        names.append(words)
    return _Side(title, Subject.of(names), owner, block)


def _direct(book: "OpenBook", a: Subject, b: Subject) -> list[_Found]:
    """The passages of a book that speak of both."""
    marks = ", ".join("?" * len(KINDS))
    parameters: list[object] = [*KINDS]
    condition = f"kind IN ({marks}) AND {AUTHORED}"
    for subject in (a, b):
        # What holds no stem of a name cannot name it, and need not be decoded.
        condition += f" AND ({' OR '.join(['(title LIKE ? OR text LIKE ?)'] * len(subject.rarest))})"
        parameters += [f"%{word}%" for word in subject.rarest for _ in range(2)]
    found = [_Found(book, block, _score(block, a, b)) for block in book.blocks(condition, parameters)]
    chosen = {each.block.id for each in found if each.score}
    # A table inside a contrast that is shown would be shown twice.
    return [each for each in found if each.score and each.block.parent not in chosen]


def _score(block: AnyBlock, a: Subject, b: Subject) -> float:
    title = stems(plain(block.title))
    score = 0.0
    if isinstance(block, Contrast):
        sides = [stems(plain(side)) for side in block.sides]
        if _apart(sides, a, b):
            score = SIDES
    if isinstance(block, Table):
        headers = [stems(plain(cell)) for cell in block.headers]
        firsts = [stems(plain(row[0])) for row in block.rows if row]
        cells = [stems(plain(cell)) for row in block.rows for cell in row]
        if _apart(headers, a, b):
            score = HEADERS
        elif _apart(firsts, a, b):
            score = (HEADERS + CELLS) / 2
        elif _apart(cells, a, b):
            score = CELLS
    elif a.is_in(title) and b.is_in(title):
        score = max(score, TITLE.get(block.kind, 0.0))
    elif isinstance(block, DirectiveBlock):
        words = [*title, *stems(block.body)]
        if a.is_in(words) and b.is_in(words):
            score = max(score, TEXT.get(block.kind, 0.0))
    return score + block.importance / 100 if score else 0.0


def _apart(texts: list[list[str]], a: Subject, b: Subject) -> bool:
    """Whether one of the texts names one thing and another one the other."""
    of_a = {index for index, words in enumerate(texts) if a.is_in(words)}
    of_b = {index for index, words in enumerate(texts) if b.is_in(words)}
    return bool(of_a and of_b and len(of_a | of_b) > 1)


def _alone(library: Library, side: _Side, book: str, seen: set[tuple[str, str]]) -> list[_Found]:
    """What the book says of one thing: its own block, then the best hits that name it."""
    found: list[_Found] = []
    if side.book and side.block and (side.book.book.id, side.block.id) not in seen:
        found.append(_Found(side.book, side.block, 1.0))
    if len(found) < MOST_ALONE and any(word.isalnum() for word in stems(side.name)):
        for hit in search(library, side.name, kinds=ALONE, book=book, limit=10).hits:
            owner = library.choose(hit.book)[0]
            block = owner.block(hit.id)
            named = stems(f"{hit.title} {hit.gist} {hit.excerpt}")
            is_new = (hit.book, hit.id) not in seen and all(each.block.id != hit.id for each in found)
            if block and is_new and side.subject.is_in(named):
                found.append(_Found(owner, block, hit.score))
    found = found[:MOST_ALONE]
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
