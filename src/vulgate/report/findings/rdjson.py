"""Findings as reviewdog's Diagnostic Result (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf)."""

from typing import Any, Final

from vulgate.model.findings import CheckResult, Finding, Position, Problem, RuleInfo
from vulgate.report.findings.common import (
    ERROR,
    LEVELS,
    NOTE,
    WARNING,
    Options,
    advice,
    located,
    problem_text,
    rule_of,
    statement,
)
from vulgate.report.jsons import encode

_SEVERITIES: Final = {ERROR: "ERROR", WARNING: "WARNING", NOTE: "INFO"}


def render(result: CheckResult, options: Options) -> str:
    """One object. Columns count bytes of UTF-8, from 1."""
    found = [_finding(finding, rule_of(finding, result), options) for finding in result.findings]
    problems = [_problem(problem, options) for problem in result.problems]
    return encode({"source": {"name": "vulgate"}, "diagnostics": [*found, *problems]}) + "\n"


def _finding(finding: Finding, rule: RuleInfo, options: Options) -> dict[str, Any]:
    diagnostic = {
        "message": f"{statement(finding, rule)}\n{advice(rule)}",
        "location": {"path": located(finding.path, options), "range": _range(finding)},
        "severity": _SEVERITIES[LEVELS[finding.severity]],
        "code": {"value": rule.slug, **({"url": rule.url} if rule.url else {})},
    }
    suggestion = _suggestion(finding)
    return {**diagnostic, "suggestions": [suggestion]} if suggestion else diagnostic


def _range(finding: Finding) -> dict[str, Any]:
    """The place; whole lines where the last of them is not at hand, so that its bytes cannot be counted."""
    if finding.cell:
        return {"start": {"line": 1, "column": 1}}
    start, end = _position(finding, finding.start), _position(finding, finding.end)
    if start and end:
        return {"start": start, "end": end}
    return {"start": {"line": finding.start.line}, "end": {"line": finding.end.line}}


def _position(finding: Finding, place: Position) -> dict[str, int] | None:
    line = _line(finding, place.line)
    if line is None and place.column > 1:
        return None
    before = (line or "")[: place.column - 1]
    return {"line": place.line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}


def _line(finding: Finding, number: int) -> str | None:
    index = number - finding.start.line
    return finding.lines[index] if 0 <= index < len(finding.lines) else None


def _suggestion(finding: Finding) -> dict[str, Any] | None:
    """The fix as one replacement, since reviewdog takes several for alternatives; none if source between edits is missing."""
    if finding.cell or not finding.fix or not finding.fix.edits:
        return None
    edits = sorted(finding.fix.edits, key=lambda edit: (edit.start, edit.end))
    text = ""
    at = edits[0].start
    for edit in edits:
        kept = _between(finding, at, edit.start)
        if kept is None:
            return None
        text += kept + edit.text
        at = edit.end
    start, end = _position(finding, edits[0].start), _position(finding, at)
    return {"range": {"start": start, "end": end}, "text": text} if start and end else None


def _between(finding: Finding, start: Position, end: Position) -> str | None:
    """The source from one place to another, which may be one."""
    if (start.line, start.column) == (end.line, end.column):
        return ""
    lines = [_line(finding, number) for number in range(start.line, end.line + 1)]
    known = [line for line in lines if line is not None]
    if not known or len(known) < len(lines) or end < start:
        return None
    known[-1] = known[-1][: end.column - 1]
    known[0] = known[0][start.column - 1 :]
    return "\n".join(known)


def _problem(problem: Problem, options: Options) -> dict[str, Any]:
    diagnostic: dict[str, Any] = {"message": problem_text(problem), "severity": "ERROR"}
    if problem.path:
        place = {"range": {"start": {"line": problem.line}}} if problem.line else {}
        diagnostic["location"] = {"path": located(problem.path, options), **place}
    return diagnostic
