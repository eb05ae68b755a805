"""Findings for programs: JSON, SARIF, rdjson."""

import json
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import msgspec
import pytest

from tests.report.samples import (
    ALL,
    BROKEN,
    CLEAN,
    DEFAULT,
    EVAL,
    LENGTH,
    NASTY,
    RULES,
    TYPICAL,
    edit,
    finding,
    many,
    result,
    schema,
    shown,
)
from vulgate.model.findings import SEVERITIES, CheckResult, Fix, Position, RuleInfo
from vulgate.report.findings import data, log
from vulgate.report.findings.schema import findings_schema


def data_of(form: str, checked: CheckResult, **values: Any) -> Any:
    """What a form writes, held against its schema."""
    value = json.loads(shown(form, checked, **values))
    described = findings_schema() if form == "json" else schema(form)
    jsonschema.Draft202012Validator.check_schema(described)
    jsonschema.Draft202012Validator(described, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER).validate(
        value
    )
    return value


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("form", ["json", "sarif", "rdjson"])
def test_every_result_meets_the_schema(form: str, name: str) -> None:
    text = shown(form, ALL[name])
    assert text.count("\n") == 1
    data_of(form, ALL[name])
    data_of(form, ALL[name], prefix="sub/folder")


# ------------------------------------------------------------------------------------------------ JSON


def test_json_says_all_of_a_finding() -> None:
    value = data_of("json", TYPICAL, prefix="sub")
    assert {name: value[name] for name in ("format", "book", "title", "edition")} == {
        "format": data.FORMAT,
        "book": "python",
        "title": "Python",
        "edition": "2026.11",
    }
    assert value["findings"][1] == {
        "rule": "functions/no-mutable-default",
        "slug": "no-mutable-default",
        "severity": "high",
        "path": "sub/src/app/orders.py",
        "start": {"line": 12, "column": 19, "offset": 0},
        "end": {"line": 12, "column": 21, "offset": 0},
        "title": "Never use a mutable default argument",
        "message": "Do not use mutable data structures for argument defaults",
        "code": "B006",
        "lines": ["def add(order, to=[], *, at=None):"],
        "cell": 0,
        "line_in_cell": 0,
        "fix": {
            "edits": [
                {
                    "start": {"line": 12, "column": 19, "offset": 0},
                    "end": {"line": 12, "column": 21, "offset": 0},
                    "text": "None",
                }
            ],
            "safe": False,
        },
        "fingerprint": "0" * 31 + "1",
        "also": ["typing/name-types"],
    }
    assert value["problems"][0]["path"] == "sub/src/app/bad.py"
    assert value["summary"] == {
        "files": 1240,
        "rules": 4,
        "findings": 5,
        "severities": {"critical": 1, "high": 2, "medium": 1, "low": 1},
        "fixable": 1,
        "unsafe_fixable": 1,
        "fixed": 3,
        "suppressed": 2,
        "baselined": 5,
        "stale": ["src/app/old.py no-mutable-default"],
        "problems": 2,
    }


def test_json_has_the_rules_that_are_named() -> None:
    assert data_of("json", CLEAN)["rules"] == {}
    item = finding(DEFAULT, "a.py", 1, "x", also=(EVAL.id, "gone/away"))
    assert list(data_of("json", result(item))["rules"]) == [DEFAULT.id, EVAL.id]
    assert "gone/no-such-rule" in data_of("json", NASTY)["rules"]


def test_json_fingerprints_are_unique() -> None:
    marks = [item["fingerprint"] for item in data_of("json", NASTY)["findings"]]
    assert len(set(marks)) == len(marks)
    assert "f" * 32 in marks
    same = [finding(LENGTH, "a.py", 1, "x")] * 5000
    assert len({item["fingerprint"] for item in json.loads(shown("json", result(*same)))["findings"]}) == 5000


def test_the_schema_refuses_what_is_wrong() -> None:
    value = data_of("json", TYPICAL)
    del value["findings"][0]["path"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, findings_schema())


# ------------------------------------------------------------------------------------------------ SARIF


def run_of(checked: CheckResult, **values: Any) -> dict[str, Any]:
    (run,) = data_of("sarif", checked, **values)["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("name", ALL)
def test_sarif_refers_to_its_rules(name: str) -> None:
    run = run_of(ALL[name])
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids) >= len(RULES)
    assert len(run["results"]) == len(ALL[name].findings)
    for item in run["results"]:
        assert ids[item["ruleIndex"]] == item["ruleId"]
    for note in run["invocations"][0]["toolExecutionNotifications"]:
        if "associatedRule" in note:
            assert ids[note["associatedRule"]["index"]] == note["associatedRule"]["id"]


def rule_entry(rule: RuleInfo) -> dict[str, Any]:
    (entry,) = run_of(result(rules={rule.id: rule}))["tool"]["driver"]["rules"]
    assert isinstance(entry, dict)
    return entry


def test_sarif_rules() -> None:
    entry = rule_entry(DEFAULT)
    assert entry["id"] == entry["name"] == "no-mutable-default"
    assert entry["deprecatedIds"] == ["mutable-default"]
    assert entry["helpUri"] == DEFAULT.url
    assert entry["defaultConfiguration"] == {"level": "error"}
    assert entry["properties"] == {
        "tags": ["functions", "arguments", "defaults"],
        "precision": "very-high",
        "problem.severity": "error",
    }
    assert entry["help"]["markdown"].startswith(DEFAULT.text)
    assert "Fix: Use None" in entry["help"]["text"]
    assert "security-severity" not in entry["properties"]


@pytest.mark.parametrize(
    ("right", "read", "word"),
    [(0, 0, None), (19, 20, "very-high"), (94, 100, "high"), (17, 20, "high"), (3, 5, "medium"), (1, 2, "low")],
)
def test_sarif_precision(right: int, read: int, word: str | None) -> None:
    rule = msgspec.structs.replace(DEFAULT, precision=(right, read))
    assert rule_entry(rule)["properties"].get("precision") == word


@pytest.mark.parametrize(
    ("values", "is_security"),
    [({"tags": ("security",)}, True), ({"chapter": "web/security"}, True), ({"chapter": "insecurity"}, False)],
)
def test_sarif_security(values: dict[str, Any], is_security: bool) -> None:
    for severity, number in zip(SEVERITIES, ["9.0", "7.5", "5.0", "2.0"], strict=True):
        properties = rule_entry(RuleInfo("a/b", "Do", severity, **values))["properties"]
        assert properties.get("security-severity") == (number if is_security else None)
        assert ("security" in properties["tags"]) is is_security
    assert rule_entry(EVAL)["properties"]["tags"] == ["security", "external/cwe/cwe-095", "external/cwe/cwe-094"]


def test_sarif_limits_of_a_rule() -> None:
    rule = RuleInfo("a/" + "b" * 400, "t" * 5000, "low", why="w" * 5000, tags=tuple(f"t{n}" for n in range(50)))
    entry = rule_entry(rule)
    assert len(entry["shortDescription"]["text"]) == len(entry["fullDescription"]["text"]) == 1024
    assert len(entry["properties"]["tags"]) == 20


def test_sarif_tells_apart_rules_with_one_slug() -> None:
    rules = [RuleInfo(id, "Do", "low") for id in ("a/x", "b/x", "b/y")]
    run = run_of(result(finding(rules[1], "a.py", 1, "x"), rules={rule.id: rule for rule in rules}))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["a/x", "b/x", "y"]
    assert run["results"][0]["ruleId"] == "b/x"


def test_sarif_results() -> None:
    run = run_of(TYPICAL, prefix="sub")
    item = run["results"][1]
    region = {"startLine": 12, "startColumn": 19, "endLine": 12, "endColumn": 21}
    file = {"uri": "sub/src/app/orders.py", "uriBaseId": "%SRCROOT%"}
    assert item["locations"] == [{"physicalLocation": {"artifactLocation": file, "region": region}}]
    assert item["partialFingerprints"] == {"primaryLocationLineHash": "0" * 31 + "1"}
    assert item["properties"] == {"severity": "high", "code": "B006", "also": ["typing/name-types"]}
    assert item["fixes"][0]["artifactChanges"] == [
        {
            "artifactLocation": file,
            "replacements": [{"deletedRegion": region, "insertedContent": {"text": "None"}}],
        }
    ]
    assert [entry["level"] for entry in run["results"]] == ["error", "error", "error", "warning", "note"]
    assert list(run["originalUriBaseIds"]) == ["%SRCROOT%"]


def test_sarif_of_a_notebook_points_to_its_start() -> None:
    item = run_of(TYPICAL)["results"][-1]
    region = item["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    assert item["message"]["text"] == "cell 3, line 2: Keep lines short"
    assert "fixes" not in item


def test_sarif_addresses_can_be_read_back() -> None:
    uris = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in run_of(NASTY)["results"]]
    paths = [unquote_to_bytes(uri).decode("utf-8", "surrogateescape") for uri in uris]
    assert paths == [item.path for item in NASTY.findings]


def test_sarif_problems_are_notifications() -> None:
    (invocation,) = run_of(BROKEN)["invocations"]
    assert invocation["executionSuccessful"]
    (note,) = invocation["toolExecutionNotifications"]
    assert note["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    (invocation,) = run_of(TYPICAL)["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][1]["associatedRule"] == {"id": "short-lines", "index": 2}


def test_sarif_keeps_the_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    assert log._MOST_RESULTS == 25_000
    monkeypatch.setattr(log, "_MOST_RESULTS", 3)
    run = run_of(many({"low": 4, "critical": 2}))
    assert [item["properties"]["severity"] for item in run["results"]] == ["critical", "critical", "low"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "Only the 3 worst of 6 findings are listed."
    assert run_of(many({"low": 3}))["invocations"][0]["toolExecutionNotifications"] == []


@pytest.mark.parametrize(
    ("book", "edition", "automation", "expected"),
    [
        ("python", "2026.11", "", "vulgate/python/2026.11/"),
        ("python", "", "", "vulgate/python/"),
        ("", "", "", "vulgate/"),
        ("python", "1", "nightly/linux/", "nightly/linux/"),
    ],
)
def test_sarif_automation(book: str, edition: str, automation: str, expected: str) -> None:
    run = run_of(result(book=book, edition=edition), automation=automation)
    assert run["automationDetails"] == {"id": expected}


# ------------------------------------------------------------------------------------------------ rdjson


def diagnostic(text: str, what: str, *edits: Any, **values: Any) -> dict[str, Any]:
    fix = Fix(edits) if edits else None
    (item,) = data_of("rdjson", result(finding(DEFAULT, "a.py", 5, text, what, fix=fix, **values)))["diagnostics"]
    assert isinstance(item, dict)
    return item


def positions(start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    (line, column), (end_line, end_column) = start, end
    return {"start": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}}


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        ("a = f(x)", "f(x)", positions((5, 5), (5, 9))),
        ("é = '日' + f(x)", "f(x)", positions((5, 14), (5, 18))),
        ("é = '日𐐀'", "'日𐐀'", positions((5, 6), (5, 15))),
        ("f(é,\n  é)", "(é,\n  é)", positions((5, 2), (6, 6))),
        ("f(\n1,\n2,\n3,\n4,\n5,\né)", "(\n1,\n2,\n3,\n4,\n5,\né)", {"start": {"line": 5}, "end": {"line": 11}}),
    ],
)
def test_rdjson_counts_bytes(text: str, what: str, expected: dict[str, Any]) -> None:
    assert diagnostic(text, what)["location"]["range"] == expected


def test_rdjson_of_a_finding() -> None:
    item = diagnostic("x = []", "[]", message="`x` is shared")
    assert item["severity"] == "ERROR"
    assert item["code"] == {"value": "no-mutable-default", "url": DEFAULT.url}
    assert item["message"].startswith("Never use a mutable default argument: `x` is shared\n")
    assert "suggestions" not in item
    levels = [item["severity"] for item in data_of("rdjson", TYPICAL)["diagnostics"]]
    assert levels == ["ERROR", "ERROR", "ERROR", "WARNING", "INFO", "ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("text", "edits", "suggestion"),
    [
        ("é = []", [edit(5, 5, 7, "é()")], (positions((5, 6), (5, 8)), "é()")),
        ("é = []", [edit(5, 5, 5, "x")], (positions((5, 6), (5, 6)), "x")),
        ("a é b", [edit(5, 5, 6, "d"), edit(5, 1, 2, "c")], (positions((5, 1), (5, 7)), "c é d")),
        ("a é b", [edit(5, 1, 2, "c"), edit(5, 2, 3, "")], (positions((5, 1), (5, 3)), "c")),
        ("a\né\nb", [edit(5, 1, 2, "c"), edit(7, 1, 2, "d")], (positions((5, 1), (7, 2)), "c\né\nd")),
        ("a\n\nb", [edit(5, 1, 1, "", end_line=6)], (positions((5, 1), (6, 1)), "")),
        ("last", [edit(5, 1, 1, "", end_line=6)], (positions((5, 1), (6, 1)), "")),
        ("a", [edit(1, 1, 1, "import b\n")], (positions((1, 1), (1, 1)), "import b\n")),
        ("a", [edit(1, 1, 1, "import b\n"), edit(5, 1, 2, "b")], None),
        ("a", [edit(2, 4, 5, "b")], None),
        ("a", [], None),
    ],
)
def test_rdjson_suggestions(text: str, edits: list[Any], suggestion: tuple[Any, str] | None) -> None:
    item = diagnostic(text, text, *edits)
    expected = [{"range": suggestion[0], "text": suggestion[1]}] if suggestion else None
    assert item.get("suggestions") == expected


def test_rdjson_of_notebooks_and_problems() -> None:
    *_, cell, in_file, crash = data_of("rdjson", TYPICAL)["diagnostics"]
    assert cell["location"]["range"] == {"start": {"line": 1, "column": 1}}
    assert "suggestions" not in cell
    assert in_file["location"] == {"path": "src/app/bad.py", "range": {"start": {"line": 4}}}
    assert "location" not in crash


def test_rdjson_of_a_finding_without_its_source() -> None:
    item = msgspec.structs.replace(finding(DEFAULT, "a.py", 5, "x = []", "[]"), lines=())
    (found,) = data_of("rdjson", result(item))["diagnostics"]
    assert found["location"]["range"] == {"start": {"line": 5}, "end": {"line": 5}}
    at_start = msgspec.structs.replace(item, start=Position(1, 1), end=Position(1, 1))
    (found,) = data_of("rdjson", result(at_start))["diagnostics"]
    assert found["location"]["range"] == positions((1, 1), (1, 1))
