"""What the forms of findings share: options, paths, words and fingerprints."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from vulgate.model.findings import CheckResult, Finding, Problem, RuleInfo

ERROR, WARNING, NOTE = "error", "warning", "note"
LEVELS: Final = {"critical": ERROR, "high": ERROR, "medium": WARNING, "low": NOTE}
"""The three levels that code hosts know, by severity."""


class Options(Struct, frozen=True):
    """How findings are shown.

    Attributes:
        color: Whether to use ANSI colours.
        width: Columns of the terminal; 0 if unknown.
        prefix: The project's folder as seen from where paths are read, such as a repository's root; empty if it is that one.
        automation: SARIF: what this run is one of, so that code hosts keep the results of several checks apart;
            empty for the book and its edition.
    """

    color: bool = False
    width: int = 0
    prefix: str = ""
    automation: str = ""


def located(path: str, options: Options) -> str:
    """A path as the reader of the report takes it."""
    return f"{options.prefix.rstrip('/')}/{path}" if path and options.prefix not in ("", ".") else path


def rule_of(finding: Finding, result: CheckResult) -> RuleInfo:
    """The rule that a finding breaks."""
    return result.rules.get(finding.rule) or RuleInfo(finding.rule, finding.message or finding.rule, finding.severity)


def one_line(text: str) -> str:
    """Text without line ends and repeated spaces."""
    return " ".join(text.split())


def remark(finding: Finding, rule: RuleInfo) -> str:
    """What the detector says of the place, in one line, if that is more than the rule's title."""
    message = one_line(finding.message)
    return "" if _plain(message) in ("", _plain(rule.title)) else message


def _plain(text: str) -> str:
    return text.replace("`", "").casefold().strip(" .")


def statement(finding: Finding, rule: RuleInfo) -> str:
    """The rule's title and what the detector says of the place; of a notebook, where, since no other form has room for it."""
    where = f"cell {finding.cell}, line {finding.line_in_cell}: " if finding.cell else ""
    more = remark(finding, rule)
    return where + (f"{one_line(rule.title).rstrip('.')}: {more}" if more else one_line(rule.title))


def advice(rule: RuleInfo) -> str:
    """Why the rule stands, how to mend what breaks it, and where to read on: a line each."""
    fix = f"Fix: {one_line(rule.fix)}" if rule.fix else ""
    return "\n".join(filter(None, [one_line(rule.why), fix, f"Book: {reference(rule)}"]))


def reference(rule: RuleInfo) -> str:
    """Where the rule stands in the book, and the command that shows it."""
    return " · ".join(filter(None, [rule.place, f"vulgate explain {rule.slug}"]))


def span(finding: Finding) -> tuple[int, int, int, int]:
    """First line and column, last line and the column after the place, from 1.

    Code hosts see a notebook as JSON, in which a place of its cells is not known: that is its start.
    """
    if finding.cell:
        return 1, 1, 1, 1
    return finding.start.line, finding.start.column, finding.end.line, finding.end.column


def problem_text(problem: Problem) -> str:
    """A problem in one line, with the rule that could not be looked for, and the cure."""
    slug = problem.rule.rpartition("/")[2]
    text = f"{slug}: {one_line(problem.message)}" if slug else one_line(problem.message)
    return f"{text}. Help: {one_line(problem.help)}" if problem.help else text


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A fingerprint for each finding, none twice, since code hosts drop the second."""
    copies: Counter[str] = Counter()
    found = []
    for finding in findings:
        mark = finding.fingerprint or digest(finding.rule, finding.path, finding.message, *finding.lines)
        copies[mark] += 1
        found.append(mark if copies[mark] == 1 else digest(mark, str(copies[mark])))
    return found


def digest(*parts: str) -> str:
    """32 hexadecimal digits for some texts."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def count(number: int, noun: str) -> str:
    """A number and a noun: "1 file", "12 findings"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
