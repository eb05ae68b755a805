"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from vulgate.model.findings import CheckResult, Finding, Problem, RuleInfo
from vulgate.report.findings.common import (
    ERROR,
    LEVELS,
    NOTE,
    WARNING,
    Options,
    advice,
    count,
    located,
    problem_text,
    rule_of,
    span,
    statement,
)
from vulgate.report.text import escaped
from vulgate.report.workflow import command

_COMMANDS: Final = {ERROR: "error", WARNING: "warning", NOTE: "notice"}
_SHOWN: Final = {ERROR: 10, WARNING: 10, NOTE: 7}
"""How many of a level GitHub shows for a step: ten; of the notices, three tell how many more there are."""


class _Item(NamedTuple):
    level: str
    command: str


def render(result: CheckResult, options: Options) -> str:
    """A command for each problem and finding.

    Those that GitHub shows come first, level by level, each with a notice of how many more there are; then those that only
    the step's log has.
    """
    items = [*_problems(result, options), *_findings(result, options)]
    groups = {level: [item.command for item in items if item.level == level] for level in _COMMANDS}
    shown = "".join(_shown(level, commands) for level, commands in groups.items())
    return shown + "".join("".join(commands[_SHOWN[level] :]) for level, commands in groups.items())


def _shown(level: str, commands: list[str]) -> str:
    hidden = len(commands) - _SHOWN[level]
    first = "".join(commands[: _SHOWN[level]])
    if hidden <= 0:
        return first
    more = command(
        "notice", {"title": "vulgate"}, f"{count(hidden, f'more {_COMMANDS[level]}')} in the log of this step"
    )
    return more + first if level == NOTE else first + more


def _findings(result: CheckResult, options: Options) -> Iterator[_Item]:
    for finding in result.findings:
        rule = rule_of(finding, result)
        properties = {**_place(finding, options), "title": f"{finding.severity}: {rule.slug}"}
        level = LEVELS[finding.severity]
        yield _Item(level, command(_COMMANDS[level], properties, _message(finding, rule)))


def _message(finding: Finding, rule: RuleInfo) -> str:
    """What is shown; a log is a terminal too, so control characters are escaped."""
    return "\n".join(escaped(line) for line in [statement(finding, rule), *advice(rule).split("\n")])


def _place(finding: Finding, options: Options) -> dict[str, str]:
    """File, line and columns; GitHub takes the last column only of places in one line."""
    line, column, end_line, end_column = span(finding)
    place = {"file": located(finding.path, options), "line": str(line), "col": str(column), "endLine": str(end_line)}
    return {**place, "endColumn": str(end_column)} if line == end_line else place


def _problems(result: CheckResult, options: Options) -> Iterator[_Item]:
    for problem in result.problems:
        properties = {**_problem_place(problem, options), "title": "vulgate: not checked"}
        yield _Item(ERROR, command("error", properties, escaped(problem_text(problem))))


def _problem_place(problem: Problem, options: Options) -> dict[str, str]:
    if not problem.path:
        return {}
    place = {"file": located(problem.path, options), "line": str(problem.line or 1)}
    return {**place, "col": str(problem.column)} if problem.column else place
