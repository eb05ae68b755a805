"""What findings are as JSON: its types, and their JSON Schema (2020-12)."""

from typing import Any, Final

from msgspec import Struct

from vulgate.model.findings import Fix, Position

FORMAT: Final = 1
TITLE: Final = "Findings, as `vulgate check --format json` prints them"


class JsonFinding(Struct, frozen=True):
    """A place where a rule is broken.

    Attributes:
        rule: Id of the rule, a key of `rules`.
        slug: The id's last part, the name that people type.
        severity: `critical`, `high`, `medium` or `low`.
        path: The file, with forward slashes.
        start: First character.
        end: After the last character.
        title: The rule, as an order.
        message: What the detector says of this very place; may be empty.
        code: The detector's own name for it, such as `B006`; may be empty.
        lines: The lines from `start` to `end`, without line ends; at most five.
        cell: Of a notebook, the number of the cell, from 1; 0 for other files.
        line_in_cell: Line in that cell, from 1; 0 for other files.
        fix: What mends it, if a machine can, in places counted like `start`; `safe` says whether `--fix` alone does it.
        fingerprint: The same for the same fault when lines above it come or go; unique in the report.
        also: Ids of other rules that see the same fault in the same place.
    """

    rule: str
    slug: str
    severity: str
    path: str
    start: Position
    end: Position
    title: str
    message: str
    code: str
    lines: tuple[str, ...]
    cell: int
    line_in_cell: int
    fix: Fix | None
    fingerprint: str
    also: tuple[str, ...]


class JsonProblem(Struct, frozen=True):
    """What kept a file, or a rule, from being checked.

    Attributes:
        kind: `file` if the code is at fault, `check` if the checking is.
        message: What is the matter.
        path: The file; empty if it is about no file.
        line: From 1; 0 if nowhere in particular.
        column: From 1; 0 if nowhere in particular.
        rule: Id of the rule that could not be looked for; empty if it is about all of them.
        help: The likely cure, or empty.
    """

    kind: str
    message: str
    path: str
    line: int
    column: int
    rule: str
    help: str


class JsonRule(Struct, frozen=True):
    """A rule that a finding or a problem names.

    Attributes:
        slug: The id's last part.
        title: The rule, as an order.
        severity: `critical`, `high`, `medium` or `low`.
        place: Where the rule stands in the book.
        why: The first sentence of the rationale; may be empty.
        fix: How to mend what breaks the rule; may be empty.
        detect: The detector and what it looks for.
        tags: The rule's tags.
        precision: How many of the findings that were read are right, and how many were read; zeros if none were.
        noise: Findings in a thousand lines outside tests, measured; null if not measured.
        fixable: Whether a machine can mend some of its findings.
        url: Where the rule can be read in the web, or empty.
    """

    slug: str
    title: str
    severity: str
    place: str
    why: str
    fix: str
    detect: str
    tags: tuple[str, ...]
    precision: tuple[int, int]
    noise: float | None
    fixable: bool
    url: str


class JsonSummary(Struct, frozen=True):
    """What the check comes to.

    Attributes:
        files: Number of files that were looked at.
        rules: Number of rules that were looked for.
        findings: Number of findings.
        severities: Number of findings of each severity.
        fixable: Number of findings that `--fix` mends.
        unsafe_fixable: Number of findings that only `--fix --unsafe-fixes` mends.
        fixed: Number of findings that were mended in this run.
        suppressed: Number of findings that a comment or `per-file-ignores` lets pass.
        baselined: Number of findings that the baseline lets pass.
        stale: What the baseline lists and is no longer there.
        problems: Number of problems.
    """

    files: int
    rules: int
    findings: int
    severities: dict[str, int]
    fixable: int
    unsafe_fixable: int
    fixed: int
    suppressed: int
    baselined: int
    stale: tuple[str, ...]
    problems: int


class JsonReport(Struct, frozen=True):
    """All that a check has to say. Lines and columns count from 1, in characters; `offset` counts from 0.

    Attributes:
        format: Version of this form.
        book: Id of the book.
        title: Its title.
        edition: Its edition.
        findings: The worst first, then by file and place.
        problems: What could not be checked.
        rules: The rules that findings and problems name, by id.
        summary: What the check comes to.
    """

    format: int
    book: str
    title: str
    edition: str
    findings: tuple[JsonFinding, ...]
    problems: tuple[JsonProblem, ...]
    rules: dict[str, JsonRule]
    summary: JsonSummary


def findings_schema() -> dict[str, Any]:
    """The schema of what the form `json` writes."""
    from vulgate.model.schema import json_schema

    return json_schema(JsonReport, TITLE)
