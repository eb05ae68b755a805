"""Findings as one JSON object, which `vulgate schema --of findings` describes."""

from vulgate.model.findings import SEVERITIES, CheckResult, Finding, Problem, RuleInfo
from vulgate.report.findings.common import Options, fingerprints, located, rule_of
from vulgate.report.findings.schema import FORMAT, JsonFinding, JsonProblem, JsonReport, JsonRule, JsonSummary
from vulgate.report.jsons import encode


def render(result: CheckResult, options: Options) -> str:
    """One object, on one line."""
    marks = fingerprints(result.findings)
    report = JsonReport(
        format=FORMAT,
        book=result.book,
        title=result.title,
        edition=result.edition,
        findings=tuple(
            _finding(finding, mark, result, options) for finding, mark in zip(result.findings, marks, strict=True)
        ),
        problems=tuple(_problem(problem, options) for problem in result.problems),
        rules=_rules(result),
        summary=_summary(result),
    )
    return encode(report) + "\n"


def _finding(finding: Finding, mark: str, result: CheckResult, options: Options) -> JsonFinding:
    rule = rule_of(finding, result)
    return JsonFinding(
        rule=finding.rule,
        slug=rule.slug,
        severity=finding.severity,
        path=located(finding.path, options),
        start=finding.start,
        end=finding.end,
        title=rule.title,
        message=finding.message,
        code=finding.code,
        lines=finding.lines,
        cell=finding.cell,
        line_in_cell=finding.line_in_cell,
        fix=finding.fix,
        fingerprint=mark,
        also=finding.also,
    )


def _problem(problem: Problem, options: Options) -> JsonProblem:
    path = located(problem.path, options)
    return JsonProblem(
        problem.kind.value, problem.message, path, problem.line, problem.column, problem.rule, problem.help
    )


def _rules(result: CheckResult) -> dict[str, JsonRule]:
    rules = {finding.rule: rule_of(finding, result) for finding in result.findings}
    named = {id for finding in result.findings for id in finding.also} | {problem.rule for problem in result.problems}
    rules |= {id: result.rules[id] for id in named if id in result.rules}
    return {id: _rule(rules[id]) for id in sorted(rules)}


def _rule(rule: RuleInfo) -> JsonRule:
    return JsonRule(
        slug=rule.slug,
        title=rule.title,
        severity=rule.severity,
        place=rule.place,
        why=rule.why,
        fix=rule.fix,
        detect=rule.detect,
        tags=rule.tags,
        precision=rule.precision,
        noise=rule.noise,
        fixable=rule.fixable,
        url=rule.url,
    )


def _summary(result: CheckResult) -> JsonSummary:
    severities = [finding.severity for finding in result.findings]
    fixes = [finding.fix.safe for finding in result.findings if finding.fix]
    return JsonSummary(
        files=result.files,
        rules=len(result.rules),
        findings=len(result.findings),
        severities={severity: severities.count(severity) for severity in SEVERITIES},
        fixable=fixes.count(True),
        unsafe_fixable=fixes.count(False),
        fixed=result.fixed,
        suppressed=result.suppressed,
        baselined=result.baselined,
        stale=result.stale,
        problems=len(result.problems),
    )
