"""Findings as a Code Quality report of GitLab (https://docs.gitlab.com/ci/testing/code_quality/)."""

from typing import Any, Final

from vulgate.model.findings import CheckResult, Finding, Problem
from vulgate.report.findings.common import (
    Options,
    digest,
    fingerprints,
    located,
    problem_text,
    rule_of,
    span,
    statement,
)
from vulgate.report.jsons import encode

_SEVERITIES: Final = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}
_NO_PATH: Final = "."
"""GitLab demands a path; a problem may have none."""


def render(result: CheckResult, options: Options) -> str:
    """A list of an object for each finding and problem."""
    marks = fingerprints(result.findings)
    found = [_finding(finding, mark, result, options) for finding, mark in zip(result.findings, marks, strict=True)]
    problems = [_problem(problem, number, options) for number, problem in enumerate(result.problems)]
    return encode([*found, *problems]) + "\n"


def _finding(finding: Finding, mark: str, result: CheckResult, options: Options) -> dict[str, Any]:
    rule = rule_of(finding, result)
    line, column, end_line, end_column = span(finding)
    positions = {"begin": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}}
    return {
        "description": statement(finding, rule),
        "check_name": rule.slug,
        "fingerprint": mark,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": located(finding.path, options),
            "lines": {"begin": line, "end": end_line},
            "positions": positions,
        },
    }


def _problem(problem: Problem, number: int, options: Options) -> dict[str, Any]:
    return {
        "description": problem_text(problem),
        "check_name": "vulgate-not-checked",
        "fingerprint": digest("problem", str(number), problem.path, problem.rule, problem.message),
        "severity": "major",
        "location": {
            "path": located(problem.path, options) or _NO_PATH,
            "lines": {"begin": problem.line or 1},
        },
    }
