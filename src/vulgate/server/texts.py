"""What the server says of itself and its tools.

Clients cut each of these texts after 2 KB, and many show a model only the first words.
"""

from collections.abc import Sequence
from typing import Final

from vulgate.search.answers import BookStamp

LONGEST: Final = 2_000
"""Bytes that a description or the instructions may have; clients cut after 2 KB."""

SEARCH: Final = """\
Search the handbook: rules, facts, examples, terms, comparisons and answers, each with its id, place and proof status.

Takes a question, an error message, a name in code (`functools.lru_cache`, `__slots__`), a linter's code (`B006`) or \
plain words; spelling is forgiven. One concept a query finds most. Hits are short passages, the best first, at most \
two of a section; `get` with a hit's id gives the whole block."""

GET: Final = """\
Read one block of the handbook by its id: a rule, a fact, a section or a whole chapter.

`view` is `brief` (gist, fix, the good example), `full` (all of its text) or `examples` (its code and what it \
prints). The answer names related blocks. Ids come from `search`, `outline` and `check_code`; old ids, the last part \
of an id and `book://` addresses work, too."""

CHECK_CODE: Final = """\
Check code against the handbook's rules with real analysers: each finding has the rule, line, column, severity, fix \
and the reason.

Pass `code`, or the `path` of a file in the project; with both, the code is taken as the text of that file. Nothing \
is run and nothing is written. `edits` are exact replacements where a machine can mend the fault; `safe` says \
whether the program does the same afterwards."""

RULES_FOR: Final = """\
List the handbook's rules that matter for a file, for imports or for a task, before the code is written.

Name at least one of `path`, `imports` and `task`. The most important rules come first, each with its severity, its \
fix, what detects it and why it matters here."""

COMPARE: Final = """\
Compare two things as the handbook does: contrasts, decision tables and answers that speak of both, then what it \
says of each alone.

`a` and `b` are words (`threads`, `asyncio`) or ids."""

OUTLINE: Final = """\
Show the handbook's table of contents: parts, chapters and sections with their ids and how many blocks of which kind \
they hold.

`under` shows what lies below one block; `kinds` lists blocks of these kinds, such as all rules of a chapter."""


def instructions(books: Sequence[BookStamp]) -> str:
    """What the server is for, and when to ask it."""
    titles: list[str] = []
    for book in books:
        titles.append(f"{book.title} (`{book.id}`)")
        if len("; ".join(titles)) > LONGEST // 4:
            titles[-1] = f"and {len(books) - len(titles) + 1} more"
            break
    return f"""\
A programming handbook to search and to check code against: {"; ".join(titles)}.

Use it when you write, review or explain code and the question is how it should be done or why it fails: language \
behaviour, design, error handling, typing, testing, concurrency, security, performance, or an error message.

- Before writing code: `rules_for` with the file's path, its imports or the task.
- A question or an error message: `search`, then `get` with the id of the best hit.
- This or that: `compare`.
- After writing code: `check_code`, and mend what it finds.
- What is in the book: `outline`.

Do not use it for facts about the user's own project, for news, or for the reference of a library that the book does \
not name. When two searches find nothing that fits, the book does not say; answer without it.

Passages are the book's own text, and each names the version of the book that it comes from. `status` says whether \
the book's claim was proven by running it. Cite the id of a block that you rely on. Answers keep to `max_tokens`; \
where `truncated` is true, the same call with `cursor` goes on."""
