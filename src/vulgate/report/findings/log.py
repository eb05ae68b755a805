"""Findings as a SARIF 2.1.0 log, with all that GitHub's code scanning makes use of.

See https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

from collections.abc import Sequence
from typing import Any, Final

from vulgate.model.findings import CheckResult, Finding, Problem, ProblemKind, RuleInfo, TextEdit
from vulgate.report import sarif
from vulgate.report.findings.common import (
    ERROR,
    LEVELS,
    WARNING,
    Options,
    fingerprints,
    located,
    problem_text,
    rule_of,
    span,
    statement,
)
from vulgate.report.findings.log_rules import rule_entry, rule_names

_MOST_RESULTS: Final = 25_000
"""GitHub takes no log with more."""

_ROOT: Final = "%SRCROOT%"
_ROOT_TEXT: Final = "The folder that all paths are relative to: as a rule the repository's root."


def render(result: CheckResult, options: Options) -> str:
    """The log, on one line."""
    rules = {rule.id: rule for rule in [*result.rules.values(), *(rule_of(item, result) for item in result.findings)]}
    ordered = [rules[id] for id in sorted(rules)]
    names = rule_names(ordered)
    places = {rule.id: number for number, rule in enumerate(ordered)}
    findings = result.findings[:_MOST_RESULTS]
    marks = fingerprints(findings)
    run = {
        "automationDetails": {"id": _automation(result, options)},
        "originalUriBaseIds": {_ROOT: {"description": {"text": _ROOT_TEXT}}},
        "invocations": [_invocation(result, options, names, places)],
        "properties": {
            "files": result.files,
            "suppressed": result.suppressed,
            "baselined": result.baselined,
            "fixed": result.fixed,
        },
    }
    results = [
        _result(finding, mark, rules[finding.rule], (names[finding.rule], places[finding.rule]), options)
        for finding, mark in zip(findings, marks, strict=True)
    ]
    return sarif.log([rule_entry(rule, names[rule.id]) for rule in ordered], results, run) + "\n"


def _automation(result: CheckResult, options: Options) -> str:
    """What tells the results of this run from those of others; GitHub takes what stands before the last slash."""
    parts = [options.automation.strip("/")] if options.automation else ["vulgate", result.book, result.edition]
    return "".join(f"{part}/" for part in parts if part)


def _result(finding: Finding, mark: str, rule: RuleInfo, name: tuple[str, int], options: Options) -> dict[str, Any]:
    file = _file(finding.path, options)
    entry: dict[str, Any] = {
        "ruleId": name[0],
        "ruleIndex": name[1],
        "level": LEVELS[finding.severity],
        "message": {"text": statement(finding, rule)},
        "locations": [sarif.location(file, sarif.region(*span(finding)))],
        "partialFingerprints": {"primaryLocationLineHash": mark},
        "properties": _properties(finding),
    }
    if finding.fix and finding.fix.edits and not finding.cell:
        change = {"artifactLocation": file, "replacements": [_replacement(edit) for edit in finding.fix.edits]}
        entry["fixes"] = [{"description": {"text": _description(rule, finding.fix.safe)}, "artifactChanges": [change]}]
    return entry


def _properties(finding: Finding) -> dict[str, Any]:
    cell = {"cell": finding.cell, "lineInCell": finding.line_in_cell} if finding.cell else {}
    optional = {"code": finding.code, "also": finding.also}
    return {"severity": finding.severity, **{name: value for name, value in optional.items() if value}, **cell}


def _description(rule: RuleInfo, safe: bool) -> str:
    text = rule.fix or "Mend it."
    return text if safe else f"{text} (This may change what the program does.)"


def _replacement(edit: TextEdit) -> dict[str, Any]:
    region = sarif.region(edit.start.line, edit.start.column, edit.end.line, edit.end.column)
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _file(path: str, options: Options) -> dict[str, Any]:
    return {**sarif.artifact(located(path, options)), "uriBaseId": _ROOT}


def _invocation(result: CheckResult, options: Options, names: dict[str, str], places: dict[str, int]) -> dict[str, Any]:
    notes: list[dict[str, Any]] = []
    for problem in result.problems:
        note = _notification(problem, options)
        if problem.rule in names:
            note["associatedRule"] = {"id": names[problem.rule], "index": places[problem.rule]}
        notes.append(note)
    hidden = _hidden(result.findings)
    crashed = any(problem.kind is ProblemKind.CHECK for problem in result.problems)
    return {"executionSuccessful": not crashed, "toolExecutionNotifications": [*notes, *hidden]}


def _notification(problem: Problem, options: Options) -> dict[str, Any]:
    level = ERROR if problem.kind is ProblemKind.CHECK else WARNING
    note: dict[str, Any] = {"message": {"text": problem_text(problem)}, "level": level}
    if problem.path:
        region = {"startLine": problem.line} if problem.line else {}
        if problem.line and problem.column:
            region["startColumn"] = problem.column
        note["locations"] = [sarif.location(_file(problem.path, options), region)]
    return note


def _hidden(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Says how many findings the log leaves out."""
    if len(findings) <= _MOST_RESULTS:
        return []
    text = f"Only the {_MOST_RESULTS:,} worst of {len(findings):,} findings are listed."
    return [{"message": {"text": text}, "level": WARNING}]
