"""Findings as JUnit XML, which build servers show as failed tests."""

from collections.abc import Sequence
from xml.etree import ElementTree

from vulgate.model.findings import CheckResult, Finding, Problem
from vulgate.report.findings.common import Options, advice, located, problem_text, rule_of, span, statement
from vulgate.report.text import xml_text

_NOWHERE = "vulgate"


def render(result: CheckResult, options: Options) -> str:
    """A suite for each file, a case for each finding and problem; one case that passes if there are none.

    The elements and attributes are those that Jenkins, GitLab and GitHub's reporters read
    (https://github.com/testmoapp/junitxml).
    """
    root = ElementTree.Element("testsuites", name=xml_text(result.title or "vulgate"))
    everything: list[Finding | Problem] = [*result.findings, *result.problems]
    items: dict[str, list[Finding | Problem]] = {}
    for item in everything:
        items.setdefault(located(item.path, options) or _NOWHERE, []).append(item)
    for path, members in items.items():
        suite = _suite(root, path, members)
        for member in members:
            _case(suite, path, member, result)
    if not items:
        ElementTree.SubElement(_suite(root, _NOWHERE, [None]), "testcase", classname=_NOWHERE, name="no findings")
    _count(root, everything or [None])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, name: str, members: Sequence[object]) -> ElementTree.Element:
    suite = ElementTree.SubElement(root, "testsuite", name=xml_text(name))
    _count(suite, members)
    return suite


def _count(element: ElementTree.Element, items: Sequence[object]) -> None:
    element.set("tests", str(len(items)))
    element.set("failures", str(sum(isinstance(item, Finding) for item in items)))
    element.set("errors", str(sum(isinstance(item, Problem) for item in items)))
    element.set("skipped", "0")


def _case(suite: ElementTree.Element, path: str, item: Finding | Problem, result: CheckResult) -> None:
    if isinstance(item, Problem):
        case = _element(suite, path, "not checked", item.line or 1)
        ElementTree.SubElement(case, "error", type="problem", message=xml_text(problem_text(item)))
        return
    rule = rule_of(item, result)
    line, column, *_ = span(item)
    where = f"cell {item.cell}:{item.line_in_cell}:{item.start.column}" if item.cell else f"{line}:{column}"
    case = _element(suite, path, f"{rule.slug} ({where})", line)
    message = xml_text(statement(item, rule))
    failure = ElementTree.SubElement(case, "failure", type=item.severity, message=message)
    failure.text = xml_text("\n".join([*item.lines, "", advice(rule)]).strip("\n"))


def _element(suite: ElementTree.Element, path: str, name: str, line: int) -> ElementTree.Element:
    path = xml_text(path)
    return ElementTree.SubElement(suite, "testcase", classname=path, name=xml_text(name), file=path, line=str(line))
