"""Findings for code hosts and build servers: GitHub, GitLab, JUnit."""

import json
import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.report.samples import (
    ALL,
    BROKEN,
    CLEAN,
    DEFAULT,
    LENGTH,
    NASTY,
    TYPICAL,
    finding,
    many,
    result,
    schema,
    shown,
)
from vulgate.model.findings import CheckResult, Problem

# ------------------------------------------------------------------------------------------------ GitHub


def commands(checked: CheckResult, **values: Any) -> list[tuple[str, dict[str, str], str]]:
    """Level, properties and message of each command, read as GitHub reads them."""
    found = []
    for line in shown("github", checked, **values).splitlines():
        match = re.fullmatch(r"::(error|warning|notice)(?: ([^:]*))?::(.*)", line)
        assert match, line
        pairs = (pair.partition("=") for pair in (match[2] or "").split(",") if pair)
        properties = {name: _read(value) for name, _, value in pairs}
        assert properties.keys() <= {"title", "file", "line", "col", "endLine", "endColumn"}
        found.append((match[1], properties, _read(match[3])))
    return found


def _read(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_github() -> None:
    found = commands(TYPICAL, prefix="sub")
    assert found[0] == (
        "error",
        {"file": "sub/src/app/bad.py", "line": "4", "col": "7", "title": "vulgate: not checked"},
        "this file does not parse: invalid syntax",
    )
    assert found[3] == (
        "error",
        {
            "file": "sub/src/app/orders.py",
            "line": "12",
            "col": "19",
            "endLine": "12",
            "endColumn": "21",
            "title": "high: no-mutable-default",
        },
        "Never use a mutable default argument: Do not use mutable data structures for argument defaults\n"
        "The default is made once, when the function is defined, and all calls share it.\n"
        "Fix: Use None, and make the list in the body.\n"
        "Book: Functions §6.2 · vulgate explain no-mutable-default",
    )
    assert [level for level, _, _ in found] == ["error"] * 5 + ["warning", "notice"]
    assert found[-1][1]["line"] == "1"
    assert found[-1][2].startswith("cell 3, line 2: ")


def test_github_has_no_last_column_of_several_lines() -> None:
    assert "endColumn" not in commands(result(finding(LENGTH, "a.py", 1, "a\nb")))[0][1]


def test_github_escapes() -> None:
    text = shown("github", NASTY)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text)
    files = [properties.get("file") for _, properties, _ in commands(NASTY)]
    assert "a b/100%,c:d\n::error::x#?é日.py" in files
    assert len(files) == len(NASTY.findings) + len(NASTY.problems)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"low": 7}, ["notice"] * 7),
        ({"high": 10, "medium": 10}, ["error"] * 10 + ["warning"] * 10),
        ({"critical": 6, "high": 6}, ["error"] * 10 + ["2 more errors"] + ["error"] * 2),
        (
            {"critical": 11, "medium": 12, "low": 9},
            [
                *["error"] * 10,
                "1 more error",
                *["warning"] * 10,
                "2 more warnings",
                "2 more notices",
                *["notice"] * 7,
                "error",
                *["warning"] * 2,
                *["notice"] * 2,
            ],
        ),
    ],
)
def test_github_shows_ten_of_a_level(numbers: dict[str, int], expected: list[str]) -> None:
    found = commands(many(numbers))
    words = [text.removesuffix(" in the log of this step") if "more" in text else level for level, _, text in found]
    assert words == expected
    first = found[: sum(min(10, number) for number in numbers.values())]
    assert Counter(level for level, _, _ in first)["notice"] <= 10


def test_github_of_nothing_is_empty() -> None:
    assert shown("github", CLEAN) == ""


# ------------------------------------------------------------------------------------------------ GitLab


def issues(checked: CheckResult, **values: Any) -> list[dict[str, Any]]:
    text = shown("gitlab", checked, **values)
    assert text.startswith("[")
    found: list[dict[str, Any]] = json.loads(text)
    jsonschema.Draft202012Validator(schema("gitlab")).validate(found)
    marks = [item["fingerprint"] for item in found]
    assert len(set(marks)) == len(marks)
    return found


@pytest.mark.parametrize("name", ALL)
def test_gitlab_meets_the_schema(name: str) -> None:
    assert len(issues(ALL[name], prefix="sub")) == len(ALL[name].findings) + len(ALL[name].problems)


def test_gitlab() -> None:
    found = issues(TYPICAL)
    assert found[1] == {
        "description": "Never use a mutable default argument: Do not use mutable data structures for argument defaults",
        "check_name": "no-mutable-default",
        "fingerprint": "0" * 31 + "1",
        "severity": "critical",
        "location": {
            "path": "src/app/orders.py",
            "lines": {"begin": 12, "end": 12},
            "positions": {"begin": {"line": 12, "column": 19}, "end": {"line": 12, "column": 21}},
        },
    }
    severities = [item["severity"] for item in found]
    assert severities == ["blocker", "critical", "critical", "major", "minor", "major", "major"]
    assert found[-1]["location"]["path"] == "."
    assert issues(CLEAN) == []


def test_gitlab_problems_that_are_alike_stay_apart() -> None:
    assert len(issues(result(problems=(Problem("no"), Problem("no"))))) == 2


# ------------------------------------------------------------------------------------------------ JUnit


def suites(checked: CheckResult, **values: Any) -> ElementTree.Element:
    """The document, whose elements and counts are checked."""
    root = ElementTree.fromstring(shown("junit", checked, **values).encode())
    assert root.tag == "testsuites"
    for element in [root, *root]:
        cases = list(element.iter("testcase"))
        assert {name: int(element.attrib[name]) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": len(cases),
            "failures": len(list(element.iter("failure"))),
            "errors": len(list(element.iter("error"))),
            "skipped": 0,
        }
    for suite in root:
        assert suite.tag == "testsuite"
        assert {case.tag for case in suite} == {"testcase"}
        assert suite.attrib["name"]
        for case in suite:
            assert case.attrib["classname"]
            assert case.attrib["name"]
            assert [outcome.tag for outcome in case] in ([], ["failure"], ["error"])
            assert all(outcome.attrib["message"] and outcome.attrib["type"] for outcome in case)
    return root


@pytest.mark.parametrize("name", ALL)
def test_junit_is_well_formed(name: str) -> None:
    root = suites(ALL[name], prefix="sub")
    names = [suite.attrib["name"] for suite in root]
    assert len(set(names)) == len(names)
    assert int(root.attrib["failures"]) == len(ALL[name].findings)
    assert int(root.attrib["errors"]) == len(ALL[name].problems)


def test_junit() -> None:
    root = suites(TYPICAL)
    case = root[1][0]
    path = "src/app/orders.py"
    assert root[1].attrib["name"] == path
    assert case.attrib == {
        "classname": path,
        "name": "no-mutable-default (12:19)",
        "file": path,
        "line": "12",
    }
    assert case[0].attrib["type"] == "high"
    assert case[0].attrib["message"].startswith("Never use a mutable default argument: Do not")
    assert (case[0].text or "").startswith("def add(order, to=[], *, at=None):\n\nThe default")
    (notebook,) = (case for case in root.iter("testcase") if case.attrib["file"] == "nb.ipynb")
    assert notebook.attrib["name"] == "short-lines (cell 3:2:5)"


def test_junit_of_nothing_passes() -> None:
    root = suites(CLEAN)
    assert [case.attrib["name"] for case in root.iter("testcase")] == ["no findings"]
    assert [case[0].tag for case in suites(BROKEN).iter("testcase")] == ["error"]


def test_junit_replaces_what_xml_has_no_place_for() -> None:
    checked = result(finding(DEFAULT, "a\x00\udcff.py", 1, "x\x1b\x0c\ufffe", message="]]>&<\x08"))
    (case,) = suites(checked).iter("testcase")
    assert case.attrib["file"] == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}.py"
    assert case[0].attrib["message"].endswith(": ]]>&<\N{REPLACEMENT CHARACTER}")
    assert (case[0].text or "").startswith("x" + "\N{REPLACEMENT CHARACTER}" * 3)
