"""Findings in one line each, as editors and `grep` take them."""

from vulgate.model.findings import CheckResult, Finding, Problem
from vulgate.report.findings.common import Options, located, one_line, problem_text, remark, rule_of
from vulgate.report.text import escaped


def render(result: CheckResult, options: Options) -> str:
    """A line for each finding, then for each problem; `[*]` marks what `--fix` mends."""
    found = (_finding(finding, result, options) for finding in result.findings)
    problems = (_problem(problem, options) for problem in result.problems)
    return "".join(f"{escaped(line)}\n" for line in [*found, *problems])


def _finding(finding: Finding, result: CheckResult, options: Options) -> str:
    rule = rule_of(finding, result)
    text = remark(finding, rule) or one_line(rule.title)
    mark = " [*]" if finding.fix and finding.fix.safe else ""
    return f"{place(finding, options)}: {finding.severity} {rule.slug}: {text}{mark}"


def place(finding: Finding, options: Options) -> str:
    """Path, line and column; of a notebook also the cell, in which lines are counted."""
    path = located(finding.path, options)
    if finding.cell:
        return f"{path}:cell {finding.cell}:{finding.line_in_cell}:{finding.start.column}"
    return f"{path}:{finding.start.line}:{finding.start.column}"


def _problem(problem: Problem, options: Options) -> str:
    return f"{problem_place(problem, options) or 'vulgate'}: problem: {problem_text(problem)}"


def problem_place(problem: Problem, options: Options) -> str:
    """Path, line and column, as far as they are known; empty if not even the path is."""
    if not problem.path:
        return ""
    numbers = [number for number in (problem.line, problem.column) if number]
    return ":".join([located(problem.path, options), *map(str, numbers)])
