"""What `check_code` answers with."""

from dataclasses import dataclass, field

from vulgate.model.findings import CheckResult, Finding, Problem, RuleInfo, TextEdit
from vulgate.search.answers import BookStamp, SearchError

LONGEST = 400
"""Characters of a message; what detectors say of the code may quote it."""
LONGEST_EDITS = 2_000
"""Characters of the edits of one finding; a larger mend is `vulgate check --fix`'s to make."""
MOST_PROBLEMS = 10


@dataclass(frozen=True, kw_only=True)
class CodeEdit:
    """A replacement: the text from a line and column to before another, from 1, gives way to `text`."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, kw_only=True)
class CodeFinding:
    """A place in the code where a rule is broken.

    Attributes:
        book: Slug of the book.
        rule: Id of the rule; `rules` of the answer says what it demands.
        severity: critical, high, medium or low.
        line: Line of the first character, from 1.
        column: Its column, from 1.
        end_line: Line after the last character.
        end_column: Its column.
        message: What is wrong in this very place; empty if the rule's title says it.
        code: The detector's own name for it, such as `B006`; empty if it has none.
        edits: What mends it, where a machine can.
        safe: Whether the program does the same after these edits.
        also: Other rules that see the same fault.
    """

    book: str
    rule: str
    severity: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    code: str
    edits: list[CodeEdit]
    safe: bool
    also: list[str]


@dataclass(frozen=True, kw_only=True)
class BrokenRule:
    """A rule that is broken in the code.

    Attributes:
        book: Slug of the book.
        id: Id of the rule.
        title: What it demands.
        severity: critical, high, medium or low.
        gist: Why, in a sentence.
        fix: How to mend it; empty if the book does not say.
        place: Where the book says so: `Functions §6.2`.
        status: `proven`, `failed`, `skipped` or `unproven`.
    """

    book: str
    id: str
    title: str
    severity: str
    gist: str
    fix: str
    place: str
    status: str


@dataclass(frozen=True, kw_only=True)
class CheckAnswer:
    """What breaks the rules of the books in a piece of code.

    Attributes:
        books: The books whose rules were looked for.
        path: The file; for code alone the name that it was checked under.
        checked: How many rules were looked for.
        found: How many findings there are, also where `findings` holds fewer.
        findings: The findings, the worst first.
        rules: The rules that these break, each once.
        problems: What kept the code, or a rule, from being checked, such as a syntax error.
        notes: What a reader should know.
        truncated: Whether there are more findings.
        cursor: Where to go on; empty if there is nothing more.
    """

    books: list[BookStamp]
    path: str
    checked: int
    found: int
    findings: list[CodeFinding]
    rules: list[BrokenRule]
    problems: list[str]
    notes: list[str] = field(default_factory=list)
    truncated: bool = False
    cursor: str = ""


@dataclass(frozen=True)
class Checked:
    """A check that was made, of which an answer shows a part.

    Attributes:
        books: The books whose rules were looked for.
        path: What the code is called.
        digest: Of the code; a cursor is good for it alone.
        results: What was found, by the id of the book.
        notes: What a reader should know.
    """

    books: list[BookStamp]
    path: str
    digest: str
    results: list[tuple[str, CheckResult]]
    notes: list[str]

    def start(self, cursor: str) -> int:
        """The finding that a cursor points to.

        Raises:
            SearchError: It belongs to other code, or is none of ours.
        """
        if not cursor:
            return 0
        digest, _, number = cursor.partition("-")
        if digest != self.digest or not (number.isascii() and number.isdigit() and len(number) < 7):
            raise SearchError("the cursor belongs to other code, or to none; call again without it")
        return int(number)

    def answer(self, start: int, count: int) -> CheckAnswer:
        """The answer that shows some findings: `count` from `start` on, and at least one."""
        found = [(book, finding) for book, result in self.results for finding in result.findings]
        end = start + max(1, count)
        shown = found[start:end]
        wanted = {(book, finding.rule) for book, finding in shown}
        more = end < len(found)
        return CheckAnswer(
            books=self.books,
            path=self.path,
            checked=sum(len(result.rules) for _, result in self.results),
            found=len(found),
            findings=[_finding(book, finding) for book, finding in shown],
            rules=[
                _rule(book, rule)
                for book, result in self.results
                for rule in result.rules.values()
                if (book, rule.id) in wanted
            ],
            problems=list(dict.fromkeys(_problem(one) for _, result in self.results for one in result.problems))[
                :MOST_PROBLEMS
            ],
            notes=self.notes,
            truncated=more,
            cursor=f"{self.digest}-{end}" if more else "",
        )


def _finding(book: str, finding: Finding) -> CodeFinding:
    edits = finding.fix.edits if finding.fix else ()
    if sum(len(one.text) for one in edits) > LONGEST_EDITS:
        edits = ()
    return CodeFinding(
        book=book,
        rule=finding.rule,
        severity=finding.severity,
        line=finding.line_in_cell or finding.start.line,
        column=finding.start.column,
        end_line=finding.end.line - finding.start.line + (finding.line_in_cell or finding.start.line),
        end_column=finding.end.column,
        message=finding.message[:LONGEST],
        code=finding.code,
        edits=[_edit(one) for one in edits],
        safe=bool(edits and finding.fix and finding.fix.safe),
        also=list(finding.also[:MOST_PROBLEMS]),
    )


def _edit(edit: TextEdit) -> CodeEdit:
    start, end = edit.start, edit.end
    return CodeEdit(line=start.line, column=start.column, end_line=end.line, end_column=end.column, text=edit.text)


def _rule(book: str, rule: RuleInfo) -> BrokenRule:
    return BrokenRule(
        book=book,
        id=rule.id,
        title=rule.title,
        severity=rule.severity,
        gist=rule.why,
        fix=rule.fix,
        place=rule.place,
        status=rule.status,
    )


def _problem(problem: Problem) -> str:
    where = f"line {problem.line}: " if problem.line else ""
    rule = f" (rule {problem.rule})" if problem.rule else ""
    return f"{where}{problem.message[:LONGEST]}{rule}" + (f"; {problem.help[:LONGEST]}" if problem.help else "")
