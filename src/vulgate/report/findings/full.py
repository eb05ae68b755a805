"""Findings for a person: the rule, the place with its source underlined, why, and the fix."""

import textwrap
from collections.abc import Iterator

from vulgate.model.findings import CheckResult, Finding, Problem, RuleInfo
from vulgate.report.findings.common import Options, one_line, reference, remark, rule_of
from vulgate.report.findings.concise import place, problem_place
from vulgate.report.findings.source import excerpt
from vulgate.report.findings.totals import totals
from vulgate.report.text import escaped, paint

_COLORS = {"critical": "35", "high": "31", "medium": "33", "low": "36"}
_PROBLEM = "31"


def render(result: CheckResult, options: Options) -> str:
    """All findings and problems, with an empty line between them, and the totals.

    What a rule says is printed with the first finding that breaks it.
    """
    parts = []
    told: set[str] = set()
    for finding in result.findings:
        rule = rule_of(finding, result)
        parts.append("\n".join(_finding(finding, rule, options, tell=rule.id not in told)))
        told.add(rule.id)
    parts += ["\n".join(_problem(problem, options)) for problem in result.problems]
    return "\n\n".join([*parts, "\n".join(totals(result, color=options.color))]) + "\n"


def _finding(finding: Finding, rule: RuleInfo, options: Options, *, tell: bool) -> Iterator[str]:
    tone = _COLORS.get(finding.severity, "33")
    yield "  ".join(
        [
            paint(f"1;{tone}", finding.severity, color=options.color),
            paint("1", escaped(rule.slug), color=options.color),
            escaped(one_line(rule.title)),
        ]
    )
    code = excerpt(finding, tone, options)
    yield f"{code.gutter}{paint('34', '-->', color=options.color)} {escaped(place(finding, options))}"
    yield from code.lines
    for label, text in _notes(finding, rule, tell=tell):
        yield from _note(label, text, code.gutter, options)


def _notes(finding: Finding, rule: RuleInfo, *, tell: bool) -> Iterator[tuple[str, str]]:
    """Labels and texts of what is said below the source."""
    yield "note", remark(finding, rule)
    yield "why", rule.why if tell else ""
    mends = _mends(finding)
    if tell and rule.fix:
        yield "fix", f"{rule.fix} {mends}"
    else:
        yield "fix", mends
    yield "also", ", ".join(id.rpartition("/")[2] for id in finding.also)
    yield "book", reference(rule) if tell else ""


def _mends(finding: Finding) -> str:
    if not finding.fix:
        return ""
    return "[*] --fix mends it" if finding.fix.safe else "[*] --fix --unsafe-fixes mends it"


def _note(label: str, text: str, gutter: str, options: Options) -> Iterator[str]:
    text = escaped(one_line(text))
    if not text:
        return
    indent = f"{gutter}   "
    room = max(options.width - len(indent), 40) if options.width else 0
    text = f"{label}: {text}"
    wrapped = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) if room else [text]
    first, *more = wrapped
    sign = paint("34", "=", color=options.color)
    yield f"{gutter} {sign} {paint('1', label, color=options.color)}{first[len(label) :]}"
    yield from (indent + line for line in more)


def _problem(problem: Problem, options: Options) -> Iterator[str]:
    slug = problem.rule.rpartition("/")[2]
    head = [paint(f"1;{_PROBLEM}", "problem", color=options.color), paint("1", escaped(slug), color=options.color)]
    yield "  ".join([*(head if slug else head[:1]), escaped(one_line(problem.message))])
    where = problem_place(problem, options)
    if where:
        yield f" {paint('34', '-->', color=options.color)} {escaped(where)}"
    yield from _note("help", problem.help, " " if where else "", options)
