"""Ranks the blocks of books for a query: by words, by meaning, by section and by the graph; then spreads and shows them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from vulgate.model import blocks as b
from vulgate.model.inline import plain
from vulgate.model.suggest import did_you_mean
from vulgate.model.tokens import count_tokens
from vulgate.model.versions import holds_on
from vulgate.search import fusion, lexical, semantic
from vulgate.search.answers import Hit, SearchAnswer, SearchError
from vulgate.search.candidates import Candidate, candidates, lifted
from vulgate.search.library import Library, OpenBook
from vulgate.search.pages import offset_of, page_after
from vulgate.search.query import LONGEST, Query, parse
from vulgate.search.shown import EXCERPT, excerpt, findall, gist, highlights
from vulgate.search.spelling import mend

LIMIT: Final = 5
MOST: Final = 50
A_SECTION: Final = 2
"""Hits of one section: more would be one passage in pieces."""
MEANING: Final = 0.3
"""How much the ranking by meaning counts beside the one by words."""
LIFT: Final = 0.25
"""What a hit gives to the rule or pattern that it leads to, as a share of its own score."""
SUPPORT: Final = 0.7
"""What code, a task, a picture, a story or a bare heading counts beside one that explains."""
_SUPPORTING: Final = frozenset({"example", "exercise", "diagram", "story", "section", "chapter"})
_DEPTH: Final = 500
_FILTERED_DEPTH: Final = 4000
_NEAREST: Final = 100
_LIFTERS: Final = 20
_VERSION: Final = re.compile(r"[1-9]\d*\.\d+(?:\.\d+)?")
KINDS: Final = tuple(
    str(kind.__struct_config__.tag)
    for kind in (
        *(
            b.Rule,
            b.Fact,
            b.Qa,
            b.Contrast,
            b.Pattern,
            b.Term,
            b.Quick,
            b.Concept,
            b.Table,
            b.Example,
            b.Diagram,
            b.Exercise,
        ),
        *(b.Rationale, b.Intuition, b.Role, b.Story, b.Note, b.Section, b.Chapter),
    )
)
"""The kinds of blocks that search finds."""


@dataclass(frozen=True)
class Filter:
    """What a hit must be.

    Attributes:
        kinds: One of these; any if empty.
        chapter: Id of its chapter; any if empty.
        python: A version that it holds for; any if empty.
    """

    kinds: frozenset[str]
    chapter: str
    python: str

    @property
    def is_open(self) -> bool:
        """Whether everything passes."""
        return not (self.kinds or self.chapter or self.python)

    def admits(self, candidate: Candidate) -> bool:
        """Whether a passage passes, as far as that can be told without reading it."""
        return (not self.kinds or candidate.kind in self.kinds) and self.chapter in ("", candidate.chapter)


@dataclass(frozen=True)
class Ranked:
    """A passage with its score, 0 to about 1, and what else speaks for it than its words."""

    score: float
    book: OpenBook
    candidate: Candidate
    why: tuple[str, ...]


def search(
    library: Library,
    query: str,
    *,
    kinds: Sequence[str] = (),
    chapter: str = "",
    python: str = "",
    book: str = "",
    limit: int = LIMIT,
    max_tokens: int = 0,
    cursor: str = "",
) -> SearchAnswer:
    """Finds the blocks that answer a query, the best first.

    Args:
        library: The books.
        query: Words, a question, a name in code, a linter's code or an error message, in any order and spelling.
        kinds: Only blocks of these kinds; all if empty.
        chapter: Only blocks of this chapter: its id, number or title.
        python: Only blocks that hold for this version, such as `3.12`.
        book: Only this book (its id).
        limit: How many hits, 1 to 50; numbers outside are taken to the nearer end.
        max_tokens: How much room the hits may take together; 0 for no limit. At least one hit is given.
        cursor: Where an earlier answer to the same query ended.

    Raises:
        SearchError: The query is empty, or a kind, chapter, version or book does not exist; the text names the nearest ones.
    """
    parsed = parse(query)
    if not parsed.words:
        raise SearchError("the query has no words; ask a question, or name an error, a rule's code or a name in code")
    books = library.choose(book)
    wanted = Filter(_kinds(kinds), _chapter(books, chapter), _version(python))
    notes = [f"only the first {LONGEST:,} characters of the query were looked at"] if len(query) > LONGEST else []
    ranked: list[Ranked] = []
    understood = parsed
    for each in books:
        mended = parsed.mended(mend(each, parsed))
        if mended != parsed:
            understood = mended
        ranked += rank(each, mended, wanted)
    if understood != parsed:
        notes.append(f"searched for: {understood.text}")
    ranked.sort(key=lambda item: -item.score)
    shown = _shown(_spread(ranked), understood, wanted.python)
    hits, more = page_after(shown, offset_of(cursor), min(max(limit, 1), MOST), max_tokens, _size)
    notes += [f"{each.book.id} is searched by words alone: {why}" for each in books if (why := semantic.fault(each))]
    if not hits and not wanted.is_open:
        notes.append("nothing passes the filters; ask again without them")
    return SearchAnswer(
        books=[each.stamp for each in books],
        query=understood.text,
        hits=hits,
        notes=notes,
        truncated=bool(more),
        cursor=more,
    )


def rank(book: OpenBook, query: Query, wanted: Filter) -> list[Ranked]:
    """The passages of one book for a query, best first."""
    depth = _DEPTH if wanted.is_open else _FILTERED_DEPTH
    by_words = dict(lexical.rank(book, query.terms, depth))
    by_meaning = dict(semantic.rank(book, query.words, _NEAREST if wanted.is_open else depth))
    known = {
        position: candidate
        for position, candidate in candidates(book, {*by_words, *by_meaning}).items()
        if wanted.admits(candidate)
    }
    scores = fusion.fuse([(_arranged(by_words, known), 1.0), (_arranged(by_meaning, known), MEANING)])
    order = fusion.ordered(scores)
    why: dict[int, list[str]] = {}
    before = dict(scores)
    for lift, lifter in lifted(book, [known[position] for position in order[:_LIFTERS]], known.values()):
        scores[lift.position] = max(scores[lift.position], before[lift.position] + LIFT * before[lifter.position])
        why.setdefault(lift.position, []).append(f"{lifter.id} leads to it")
    return [
        Ranked(scores[position], book, known[position], tuple(why.get(position, ())))
        for position in fusion.ordered(scores)
    ]


def _arranged(scores: dict[int, float], known: dict[int, Candidate]) -> list[int]:
    """The known passages of one ranking in order, with what their sections and kinds add."""
    kept = {position: score for position, score in scores.items() if position in known}
    lifted = fusion.with_sections(kept, {position: known[position].section for position in kept})
    return fusion.ordered(
        {
            position: score * (SUPPORT if known[position].kind in _SUPPORTING else 1.0)
            for position, score in lifted.items()
        }
    )


def _spread(ranked: Sequence[Ranked]) -> Iterator[Ranked]:
    """The ranking without more than two passages of a section."""
    given: dict[tuple[str, str], int] = {}
    for item in ranked:
        section = (item.book.book.id, item.candidate.section)
        given[section] = given.get(section, 0) + 1
        if given[section] <= A_SECTION:
            yield item


def _shown(ranked: Iterator[Ranked], query: Query, python: str) -> Iterator[Hit]:
    """Hits, made as they are asked for; those that do not hold for a version are left out."""
    best = 0.0
    for item in ranked:
        block = item.book.block(item.candidate.id)
        if block is None:
            continue
        held = versions(block)
        if python and not holds_on(held, python):
            continue
        best = best or item.score
        text = excerpt(block, query.words)
        title = plain(block.title) or item.book.headings.title(block.section)
        marks = highlights(text, query.words)
        found = {text.lower() for text in findall(f"{block.title} {block.text}", query.words)}
        yield Hit(
            book=item.book.book.id,
            id=block.id,
            kind=block.kind,
            title=title,
            place=item.book.headings.place(block.section),
            gist=gist(block) or title,
            excerpt=text,
            highlights=marks,
            python=held,
            status=str(block.status),
            score=round(item.score / best, 3),
            why=[*sorted(found), *item.why],
        )


def versions(block: b.Block) -> str:
    """The versions of Python that a block says it holds for; empty for those of the whole book."""
    if isinstance(block, b.Fact):
        return block.holds.removeprefix("python").strip()
    if isinstance(block, b.Rule | b.Chapter):
        return block.python
    return block.fence.python if isinstance(block, b.Example) else ""


def _size(hit: Hit) -> int:
    return count_tokens(msgspec.json.encode(hit).decode())


def _kinds(kinds: Sequence[str]) -> frozenset[str]:
    """Kinds as the model writes them; a plural is understood.

    Raises:
        SearchError: There is no such kind.
    """
    found = set()
    for kind in kinds:
        low = kind.strip().lower()
        name = next((known for known in KINDS if low in (known, f"{known}s")), "")
        if not name:
            raise SearchError(f"no kind {kind!r}; {did_you_mean(low, KINDS) or 'known are ' + ', '.join(KINDS)}")
        found.add(name)
    return frozenset(found)


def _chapter(books: Sequence[OpenBook], chapter: str) -> str:
    """Id of a chapter from its id, number or title.

    Raises:
        SearchError: No book has it.
    """
    if not chapter:
        return ""
    names: dict[str, str] = {}
    for book in books:
        for id, heading in book.headings.chapters():
            names |= {heading.number: id, heading.title.lower(): id, id: id}
    low = chapter.strip().lower().removesuffix(".md")
    if low not in names:
        raise SearchError(f"no chapter {chapter[:100]!r}; {did_you_mean(low, set(names.values()))}")
    return names[low]


def _version(python: str) -> str:
    """A version of Python.

    Raises:
        SearchError: It is none.
    """
    bare = python.strip().lower().removeprefix("python").strip()
    if bare and not _VERSION.fullmatch(bare):
        raise SearchError(f"{python[:50]!r} is no version of Python; write one such as 3.12")
    return bare


__all__ = ["EXCERPT", "KINDS", "LIMIT", "MOST", "Filter", "Ranked", "rank", "search", "versions"]
