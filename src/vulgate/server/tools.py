"""The six tools. Each is a method with typed parameters, from which the SDK makes its schema, and answers with a dataclass."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from vulgate.search import advising, comparing, outlining, ranking, reading
from vulgate.search.answers import BlockAnswer, CompareAnswer, OutlineAnswer, RulesAnswer, SearchAnswer, SearchError
from vulgate.server.checking import CodeChecker
from vulgate.server.fitting import LEAST, MOST, clamped, fitted
from vulgate.server.rendering import render
from vulgate.server.reports import CheckAnswer
from vulgate.server.shelf import Shelf

DEFAULTS: Final = {
    "search": 1_000,
    "get": 2_000,
    "check_code": 2_000,
    "rules_for": 1_200,
    "compare": 1_500,
    "outline": 1_500,
}
"""What a result of each tool takes in tokens, unless the client says otherwise."""
HITS: Final = ranking.LIMIT
MOST_HITS: Final = ranking.MOST
RULES: Final = 10
DEEPEST: Final = 6
ANY_DEPTH: Final = -1
FITTING: Final = (2, 1, 0)
"""The depths that an outline is tried with unless the client says one: the deepest that fits in whole is shown."""
A_FINDING: Final = 40
"""Tokens of a short finding: more findings than fit by this are not tried."""

Query = Annotated[str, Field(description="A question, an error message, a name in code, a linter's code, or words.")]
Kinds = Annotated[
    Sequence[str],
    Field(description="Only these kinds: rule, fact, example, term, pattern, contrast, table, qa, section ..."),
]
Chapter = Annotated[str, Field(description="Only this chapter, by its id.")]
Python = Annotated[str, Field(description="Only what holds for this Python version, such as 3.12.")]
Book = Annotated[str, Field(description="Only this book, by its id; all served books by default.")]
Limit = Annotated[int, Field(description=f"How many hits at most, 1 to {MOST_HITS}.")]
Tokens = Annotated[int, Field(description=f"Tokens that the answer may take, {LEAST} to {MOST:,}.")]
Cursor = Annotated[str, Field(description="Where to go on: the `cursor` of an answer to the same call.")]
Id = Annotated[str, Field(description="The id of a block, such as `functions/no-mutable-default`.")]
View = Annotated[Literal["brief", "full", "examples"], Field(description="How much of it: brief, full or examples.")]
Code = Annotated[str, Field(description="The code to check, up to 1 MB.")]
Path = Annotated[
    str, Field(description="A file of the project, from its folder. With `code`: what that code is called.")
]
Select = Annotated[
    Sequence[str], Field(description="Only these rules: ids, chapters, tags, severities, `default` or `all`.")
]
Target = Annotated[str, Field(description="The oldest Python version that the code runs on, such as 3.11.")]
Thing = Annotated[str, Field(description="One of the two: words or an id.")]
Under = Annotated[str, Field(description="Only what lies below this block, by its id.")]
Depth = Annotated[
    int, Field(description=f"Levels of sections below a chapter, 0 to {DEEPEST}; as many as fit by default.")
]
FilePath = Annotated[str, Field(description="The file that is written or changed, from the project's folder.")]
Imports = Annotated[Sequence[str], Field(description="Modules or names that the code imports.")]
Task = Annotated[str, Field(description="What the code is to do, in words.")]


class Tools:
    """What the server answers from.

    Args:
        shelf: The books.
        checker: Checks code.
    """

    def __init__(self, shelf: Shelf, checker: CodeChecker) -> None:
        self.shelf = shelf
        self.checker = checker
        self._render = partial(render, many=shelf.many)

    def all(self) -> dict[str, Callable[..., Any]]:
        """The tools by name."""
        return {
            "search": self.search,
            "get": self.get,
            "check_code": self.check_code,
            "rules_for": self.rules_for,
            "compare": self.compare,
            "outline": self.outline,
        }

    def search(
        self,
        query: Query,
        kinds: Kinds = (),
        chapter: Chapter = "",
        python: Python = "",
        book: Book = "",
        limit: Limit = HITS,
        max_tokens: Tokens = DEFAULTS["search"],
        cursor: Cursor = "",
    ) -> SearchAnswer:
        """Finds blocks."""
        if not query:
            raise SearchError("`query` is empty; pass a question, an error message, a name or words")
        wanted = min(max(limit, 1), MOST_HITS)
        if ":" in chapter:  # as answers show it where there are several books
            book, _, chapter = chapter.partition(":")
        with self.shelf.library() as library:
            return fitted(
                lambda room: ranking.search(
                    library,
                    query,
                    kinds=kinds,
                    chapter=chapter,
                    python=python,
                    book=book,
                    limit=wanted,
                    max_tokens=room,
                    cursor=cursor,
                ),
                self._render,
                clamped(max_tokens, DEFAULTS["search"]),
            )

    def get(
        self,
        id: Id,
        view: View = "brief",
        book: Book = "",
        max_tokens: Tokens = DEFAULTS["get"],
        cursor: Cursor = "",
    ) -> BlockAnswer:
        """Reads a block."""
        with self.shelf.library() as library:
            return fitted(
                lambda room: reading.get(library, id, view=view, book=book, max_tokens=room, cursor=cursor),
                self._render,
                clamped(max_tokens, DEFAULTS["get"]),
            )

    def check_code(
        self,
        code: Code = "",
        path: Path = "",
        book: Book = "",
        select: Select = (),
        python: Target = "",
        max_tokens: Tokens = DEFAULTS["check_code"],
        cursor: Cursor = "",
    ) -> CheckAnswer:
        """Checks code."""
        checked = self.checker.check(code=code, path=path, book=book, select=select, python=python)
        start = checked.start(cursor)
        budget = clamped(max_tokens, DEFAULTS["check_code"])
        return fitted(lambda room: checked.answer(start, room // A_FINDING), self._render, budget)

    def rules_for(
        self,
        path: FilePath = "",
        imports: Imports = (),
        task: Task = "",
        book: Book = "",
        python: Python = "",
        limit: Limit = RULES,
        max_tokens: Tokens = DEFAULTS["rules_for"],
        cursor: Cursor = "",
    ) -> RulesAnswer:
        """Lists rules."""
        wanted = min(max(limit, 1), MOST_HITS)
        with self.shelf.library() as library:
            return fitted(
                lambda room: advising.rules_for(
                    library,
                    path=path,
                    imports=imports,
                    task=task,
                    book=book,
                    python=python,
                    limit=wanted,
                    max_tokens=room,
                    cursor=cursor,
                ),
                self._render,
                clamped(max_tokens, DEFAULTS["rules_for"]),
            )

    def compare(self, a: Thing, b: Thing, book: Book = "", max_tokens: Tokens = DEFAULTS["compare"]) -> CompareAnswer:
        """Compares two things."""
        if not a or not b:
            raise SearchError("`a` and `b` are the two things to compare; one of them is empty")
        with self.shelf.library() as library:
            return fitted(
                lambda room: comparing.compare(library, a, b, book=book, max_tokens=room),
                self._render,
                clamped(max_tokens, DEFAULTS["compare"]),
            )

    def outline(
        self,
        under: Under = "",
        book: Book = "",
        depth: Depth = ANY_DEPTH,
        kinds: Kinds = (),
        max_tokens: Tokens = DEFAULTS["outline"],
        cursor: Cursor = "",
    ) -> OutlineAnswer:
        """Shows the tree."""
        # A page that another follows is of the least depth, so that is what a cursor belongs to; so is a list of kinds.
        fitting = (0,) if kinds or cursor else FITTING
        levels = fitting if depth < 0 else (min(depth, DEEPEST),)
        with self.shelf.library() as library:

            def shown(level: int) -> OutlineAnswer:
                return fitted(
                    lambda room: outlining.outline(
                        library, under, book=book, depth=level, kinds=kinds, max_tokens=room, cursor=cursor
                    ),
                    self._render,
                    clamped(max_tokens, DEFAULTS["outline"]),
                )

            answers = map(shown, levels[:-1])
            return next((answer for answer in answers if not answer.truncated), None) or shown(levels[-1])
