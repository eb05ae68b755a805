"""The nouns of search: what it answers with. Plain data, the same for the command line, HTTP and MCP.

Token counts are estimates (`vulgate.model.tokens`).
A `cursor` is opaque: handing it back to the same function continues the answer.
"""

from dataclasses import dataclass, field
from typing import Final

CLAIMS: Final = ("rule", "fact", "example", "exercise")
"""The kinds of blocks that can be proven."""


def told_status(kind: str, status: str) -> str:
    """Whether a block is proven, as it is told to a reader; empty for a kind that nothing can prove."""
    return status if kind in CLAIMS else ""


class SearchError(Exception):
    """A request that cannot be answered; the text says what is wrong and how to mend it, for a person or a model."""


@dataclass(frozen=True, kw_only=True)
class BookStamp:
    """Which copy of which book answered.

    Attributes:
        id: Slug of the book.
        title: Its title.
        digest: Digest of its sources.
        built: When the compiled book was written, ISO 8601 in UTC.
        version: Version of the compiler.
    """

    id: str
    title: str
    digest: str
    built: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A block that an answer points to.

    Attributes:
        book: Slug of its book.
        id: Id of the block.
        title: Its title, as plain text.
        kind: Its kind: `rule`, `fact`, `section`, ...
        relation: How it is related to the block that was asked for, such as `requires`, or `in` for the section around it; empty
            if nothing was asked for.
    """

    book: str
    id: str
    title: str
    kind: str
    relation: str = ""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A block that answers a query.

    Attributes:
        book: Slug of its book.
        id: Id of the block.
        kind: Its kind.
        title: Its title as plain text; for prose the heading above it.
        place: Where it stands: `6 Functions > 6.2 Parameters`.
        gist: What it says, in a sentence.
        excerpt: The passage that answers, Markdown, at most about 120 tokens, fences whole.
        highlights: Start and end of the words of the query in `excerpt`, in characters.
        python: The versions that it holds for; empty for all of the book.
        status: `proven`, `failed`, `skipped` or `unproven`.
        score: 0 to 1, comparable within one answer.
        why: The words and relations that brought it here.
    """

    book: str
    id: str
    kind: str
    title: str
    place: str
    gist: str
    excerpt: str
    highlights: list[tuple[int, int]]
    python: str
    status: str
    score: float
    why: list[str]


@dataclass(frozen=True, kw_only=True)
class SearchAnswer:
    """What `search` found, the best first.

    Attributes:
        books: The books that were searched.
        query: The query as it was understood, with spelling corrected.
        hits: The blocks, at most two of a section.
        notes: What a reader should know: corrections, filters that left nothing, a part that did not work.
        truncated: Whether there is more.
        cursor: Where to go on; empty if there is nothing more.
    """

    books: list[BookStamp]
    query: str
    hits: list[Hit]
    notes: list[str] = field(default_factory=list)
    truncated: bool = False
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class BlockAnswer:
    """One block, as `get` gives it.

    Attributes:
        books: The book.
        id: Id of the block.
        kind: Its kind.
        title: Its title as plain text.
        place: Where it stands.
        file: Source file inside the book, with lines: `functions.md:210-231`.
        text: Markdown: a gist (`brief`), everything (`full`), or its code (`examples`).
        python: The versions that it holds for; empty for all of the book.
        status: `proven`, `failed`, `skipped` or `unproven`.
        proof: What came out in each place where it was put to the proof: `3.12: proven`.
        related: Blocks to read next, on the first page.
        notes: What a reader should know, such as that a fence had to be cut.
        truncated: Whether the budget cut the text.
        cursor: Where to go on; empty if there is nothing more.
    """

    books: list[BookStamp]
    id: str
    kind: str
    title: str
    place: str
    file: str
    text: str
    python: str
    status: str
    proof: list[str]
    related: list[Reference]
    notes: list[str] = field(default_factory=list)
    truncated: bool = False
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleAdvice:
    """A rule that matters for a file, an import or a task.

    Attributes:
        book: Slug of its book.
        id: Id of the rule.
        title: What it demands.
        severity: critical, high, medium or low.
        detect: What finds it, such as `ruff B006`; `review` if only a person can.
        fix: How to mend it; empty if the book does not say.
        why: What made it matter here.
    """

    book: str
    id: str
    title: str
    severity: str
    detect: str
    fix: str
    why: list[str]


@dataclass(frozen=True, kw_only=True)
class RulesAnswer:
    """The rules that matter most for what was named, the most important first."""

    books: list[BookStamp]
    rules: list[RuleAdvice]
    notes: list[str] = field(default_factory=list)
    truncated: bool = False
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A passage with where it comes from.

    Attributes:
        book: Slug of its book.
        id: Id of the block.
        kind: Its kind.
        title: Its title as plain text.
        place: Where it stands.
        status: `proven`, `failed`, `skipped` or `unproven`.
        text: Markdown.
    """

    book: str
    id: str
    kind: str
    title: str
    place: str
    status: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CompareAnswer:
    """How two things differ, in the book's words.

    Attributes:
        books: The books that were searched.
        a: The first thing as it was understood.
        b: The second one.
        direct: Passages that speak of both: contrasts, tables, questions.
        of_a: What the book says of the first alone.
        of_b: What it says of the second alone.
        notes: What a reader should know, such as that the book never sets the two side by side.
        truncated: Whether the budget left something out.
    """

    books: list[BookStamp]
    a: str
    b: str
    direct: list[Cited]
    of_a: list[Cited]
    of_b: list[Cited]
    notes: list[str] = field(default_factory=list)
    truncated: bool = False


@dataclass(frozen=True, kw_only=True)
class OutlineEntry:
    """A chapter, section or block of an outline.

    Attributes:
        book: Slug of its book.
        id: Id of the block.
        kind: `part`, `chapter`, `section` or another kind.
        number: Its number, empty if it has none.
        title: Its title as plain text.
        depth: 0 for the top of this outline.
        blocks: How many blocks of which kind are in it, for chapters and sections: `{"rule": 3}`.
    """

    book: str
    id: str
    kind: str
    number: str
    title: str
    depth: int
    blocks: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class OutlineAnswer:
    """The tree of the books, or what lies under one block."""

    books: list[BookStamp]
    entries: list[OutlineEntry]
    truncated: bool = False
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class AskAnswer:
    """An answer put together from the book's own passages.

    Attributes:
        books: The books that were searched.
        question: The question as it was understood.
        answered: Whether the book answers it.
        answer: Markdown, each passage followed by its place in brackets; says so where the book does not answer.
        passages: The passages used, in order: quick answer, contrast, table, rules, example.
        see: What else to read.
        notes: What a reader should know.
    """

    books: list[BookStamp]
    question: str
    answered: bool
    answer: str
    passages: list[Cited]
    see: list[Reference]
    notes: list[str] = field(default_factory=list)
