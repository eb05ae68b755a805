"""Ranks the blocks of books for a query: by words, by meaning, by section and by the graph; then spreads and shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vulgate.model import blocks as b
from vulgate.model.suggest import did_you_mean
from vulgate.model.versions import holds_on, python_range
from vulgate.search import fusion, lexical, semantic
from vulgate.search.answers import Hit, SearchAnswer, SearchError
from vulgate.search.budgets import page, read_cursor, write_cursor
from vulgate.search.candidates import Candidate, candidates, lifted
from vulgate.search.encoder import Encoder
from vulgate.search.excerpts import EXCERPT, excerpt, findall, gist, highlights
from vulgate.search.library import Library, OpenBook
from vulgate.search.passages import place_of, title_of
from vulgate.search.query import LONGEST, Query, parse
from vulgate.search.spelling import mend
from vulgate.search.synonyms import synonyms
from vulgate.search.wanted import kind_of, version_of

LIMIT: Final = 5
MOST: Final = 50
A_SECTION: Final = 2
"""Hits of one section: more would be one passage in pieces."""
MEANING: Final = 0.6
"""How much the ranking by meaning counts beside the one by words. Less is better for names in code, more for plain questions."""
ENCODED: Final = 1.0
"""How much the ranking by a sentence encoder counts, where there is one."""
LIFT: Final = 0.25
"""What a hit gives to the rule or pattern that it leads to, as a share of its own score."""
SUPPORT: Final = 0.7
"""What code, a task, a picture, a story or a bare heading counts beside one that explains."""
_SUPPORTING: Final = frozenset({"example", "exercise", "diagram", "story", "section", "chapter"})
_DEPTH: Final = 500
_FILTERED_DEPTH: Final = 4000
_NEAREST: Final = 100
_LIFTERS: Final = 20
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
    wanted = Filter(frozenset(kind_of(kind, KINDS) for kind in kinds), _chapter(books, chapter), version_of(python))
    notes = [f"only the first {LONGEST:,} characters of the query were looked at"] if len(query) > LONGEST else []
    ranked: list[Ranked] = []
    understood = parsed
    for each in books:
        mended = parsed.mended(mend(each, parsed, books))
        if mended != parsed:
            understood = mended
        ranked += rank(each, mended, wanted, library.encoder)
    if understood != parsed:
        notes.append(f"searched for: {understood.text}")
    ranked.sort(key=lambda item: -item.score)
    shown = _shown(_spread(ranked), understood, wanted.python)
    request = ([each.stamp.digest for each in books], parsed.text, sorted(wanted.kinds), wanted.chapter, wanted.python)
    (start,) = read_cursor(cursor, 1, *request)
    hits, after = page(shown, start, max_tokens, min(max(limit, 1), MOST))
    notes += [f"{each.book.id} is searched by words alone: {why}" for each in books if (why := semantic.fault(each))]
    if not hits and not wanted.is_open:
        notes.append("nothing passes the filters; ask again without them")
    return SearchAnswer(
        books=[each.stamp for each in books],
        query=understood.text,
        hits=hits,
        notes=notes,
        truncated=bool(after),
        cursor=write_cursor([after], *request) if after else "",
    )


def rank(book: OpenBook, query: Query, wanted: Filter, encoder: Encoder | None = None) -> list[Ranked]:
    """The passages of one book for a query, best first."""
    depth = _DEPTH if wanted.is_open else _FILTERED_DEPTH
    by_words = dict(lexical.rank(book, (*query.terms, *synonyms(book, query)), depth))
    near = _NEAREST if wanted.is_open else depth
    by_meaning = dict(semantic.rank(book, query.said, near))
    by_encoder = _by_encoder(book, encoder, query.text, near) if encoder else {}
    known = {
        position: candidate
        for position, candidate in candidates(book, {*by_words, *by_meaning, *by_encoder}).items()
        if wanted.admits(candidate)
    }
    rankings = ((by_words, 1.0), (by_meaning, MEANING), (by_encoder, ENCODED))
    scores = fusion.fuse((_arranged(found, known), weight) for found, weight in rankings)
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


def _by_encoder(book: OpenBook, encoder: Encoder, text: str, limit: int) -> dict[int, float]:
    from vulgate.search import encodings  # seldom needed

    return dict(encodings.rank(book, encoder, text, limit))


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
        held = versions(item.book, block)
        if python and not holds_on(held, python):
            continue
        best = best or item.score
        text = excerpt(block, query.words)
        title = title_of(item.book, block)
        marks = highlights(text, query.words)
        found = {text.lower() for text in findall(f"{block.title} {block.text}", query.words)}
        yield Hit(
            book=item.book.book.id,
            id=block.id,
            kind=block.kind,
            title=title,
            place=place_of(item.book, block),
            gist=gist(block) or title,
            excerpt=text,
            highlights=marks,
            python=held,
            status=str(block.status),
            score=round(item.score / best, 3),
            why=[*sorted(found), *item.why],
        )


def versions(book: OpenBook, block: b.Block) -> str:
    """The versions of Python that a block holds for; see `vulgate.model.versions.python_range`."""
    chapter = book.contents.by_id.get(block.chapter)
    return python_range(block, chapter.python if chapter else "")


def _chapter(books: Sequence[OpenBook], chapter: str) -> str:
    """Id of a chapter from its id, number or title.

    Raises:
        SearchError: No book has it.
    """
    if not chapter:
        return ""
    names: dict[str, str] = {}
    for book in books:
        for heading in book.contents.headings:
            if heading.kind == "chapter":
                names |= dict.fromkeys((heading.number, heading.title.lower(), heading.id), heading.id)
    low = chapter.strip().lower().removesuffix(".md")
    if low not in names:
        raise SearchError(f"no chapter {chapter[:100]!r}; {did_you_mean(low, set(names.values()))}")
    return names[low]


__all__ = ["EXCERPT", "KINDS", "LIMIT", "MOST", "Filter", "Ranked", "rank", "search", "versions"]
