"""What checking a code base finds: findings, each with its rule, and problems that kept a file from being checked."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

SEVERITIES: Final = ("critical", "high", "medium", "low")
"""What breaking a rule does, the worst first: security or lost data, wrong results, will hurt, style."""


class RelatedFact(Struct, frozen=True, gc=False):
    """A fact that a rule rests on: its id, its claim in plain text, and `proven`, `cited` or what else is known of it."""

    id: str
    title: str
    status: str


class RuleInfo(Struct, frozen=True, omit_defaults=True):
    """A rule of a book, as checking and its reports need it.

    Attributes:
        id: Id of the block, such as `functions/no-mutable-default`.
        title: The rule, as an order; plain text.
        severity: One of `SEVERITIES`: the book's, or what the user's configuration says instead.
        chapter: Id of the chapter.
        chapter_title: Its title.
        section: Number and title of the section, as "6.2 Parameters".
        why: The first sentence of the rationale; plain text.
        fix: How to mend it, in one sentence.
        text: The rule's Markdown: rationale and examples.
        detect: The detector and what it looks for, as the book has it.
        options: The `detect` fence, or empty.
        detector: The detector's name.
        tags: The rule's tags.
        cite: Citations.
        applies: Topics and globs of the files where the rule holds; everywhere if empty.
        python: The versions that the checked code must run on for the rule to hold for it; all if empty.
        noise: Findings in a thousand lines outside tests, measured; `None` if not measured.
        precision: How many of the findings that were read are right, and how many were read; zeros if none were.
        is_default: Whether it is looked for unless the user says otherwise.
        reason: Why it is not looked for by default; empty if it is.
        fixable: Whether a machine can mend some of its findings.
        status: `proven`, `failed`, `skipped` or `unproven`.
        formerly: Ids the rule had before.
        facts: The facts that it rests on.
        url: Where the rule can be read in the web, or empty.
    """

    id: str
    title: str
    severity: str
    chapter: str = ""
    chapter_title: str = ""
    section: str = ""
    why: str = ""
    fix: str = ""
    text: str = ""
    detect: str = ""
    options: str = ""
    detector: str = ""
    tags: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    applies: tuple[str, ...] = ()
    python: str = ""
    noise: float | None = None
    precision: tuple[int, int] = (0, 0)
    is_default: bool = True
    reason: str = ""
    fixable: bool = False
    status: str = "unproven"
    formerly: tuple[str, ...] = ()
    facts: tuple[RelatedFact, ...] = ()
    url: str = ""

    @property
    def slug(self) -> str:
        """The last part of the id: the name that people type."""
        return self.id.rpartition("/")[2]

    @property
    def place(self) -> str:
        """Where the rule stands in the book: "Functions §6.2"."""
        number = self.section.partition(" ")[0]
        return f"{self.chapter_title} §{number}" if number[:1].isdigit() else self.chapter_title


class Position(Struct, frozen=True, order=True, gc=False):
    """A place in a file: line and column, from 1, in characters; and the offset in the text, from 0."""

    line: int
    column: int
    offset: int = 0


class TextEdit(Struct, frozen=True, gc=False):
    """A replacement of the text from `start` to before `end`."""

    start: Position
    end: Position
    text: str


class Fix(Struct, frozen=True):
    """What mends a finding. `safe` says whether the program does the same afterwards."""

    edits: tuple[TextEdit, ...]
    safe: bool = False


class Finding(Struct, frozen=True, omit_defaults=True):
    """A place in a user's code where a rule is broken.

    Attributes:
        rule: Id of the rule.
        path: The file, relative to the project, with forward slashes.
        start: First character.
        end: After the last character.
        severity: The rule's.
        message: What the detector says of this very place; may be empty.
        code: The detector's own name for it, such as `B006`; may be empty.
        lines: The lines from `start` to `end`, as they stand in the file, without line ends; at most five.
        cell: Of a notebook, the number of the cell, from 1, that `line_in_cell` counts in; 0 for other files.
        line_in_cell: Line in that cell, from 1.
        fix: What mends it, if a machine can.
        fingerprint: 32 hexadecimal digits: the same for the same fault when lines above it come or go, and unique in a report.
        also: Ids of other rules that see the same fault in the same place.
    """

    rule: str
    path: str
    start: Position
    end: Position
    severity: str
    message: str = ""
    code: str = ""
    lines: tuple[str, ...] = ()
    cell: int = 0
    line_in_cell: int = 0
    fix: Fix | None = None
    fingerprint: str = ""
    also: tuple[str, ...] = ()

    @property
    def sort_key(self) -> tuple[int, str, Position, str]:
        """The worst first, then by file and place."""
        return SEVERITIES.index(self.severity), self.path, self.start, self.rule


class ProblemKind(StrEnum):
    """What stood in the way: of the code that is checked, or of the checking."""

    FILE = "file"
    CHECK = "check"


class Problem(Struct, frozen=True, omit_defaults=True):
    """What kept a file, or a rule, from being checked.

    Attributes:
        message: What is the matter, in one line, lower case, without a full stop.
        path: The file; empty if it is about no file.
        line: From 1; 0 if nowhere in particular.
        column: From 1; 0 if nowhere in particular.
        kind: Whether the code is at fault (it does not parse) or the checking (a detector crashed).
        rule: Id of the rule that could not be looked for; empty if it is about all of them.
        help: The likely cure, or empty.
    """

    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    kind: ProblemKind = ProblemKind.FILE
    rule: str = ""
    help: str = ""


class CheckResult(Struct, frozen=True):
    """All that a check has to say.

    Attributes:
        findings: Those to be reported, in the order of `Finding.sort_key`.
        rules: The rules that were looked for, by id, and those of `also`.
        problems: What could not be checked.
        files: Number of files that were looked at.
        suppressed: Findings that a comment in the code, or `per-file-ignores`, lets pass.
        baselined: Findings that the baseline lets pass.
        stale: What the baseline lists and is no longer there, as text lines.
        book: Id of the book.
        title: Its title.
        edition: Its edition.
        fixed: Number of findings that were mended in this run.
    """

    findings: tuple[Finding, ...]
    rules: dict[str, RuleInfo]
    problems: tuple[Problem, ...] = ()
    files: int = 0
    suppressed: int = 0
    baselined: int = 0
    stale: tuple[str, ...] = ()
    book: str = ""
    title: str = ""
    edition: str = ""
    fixed: int = 0
