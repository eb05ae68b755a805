"""The forms of diagnostics: for a person, for programs, for GitHub."""

import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pytest

import vulgate
from tests.build.books import SMALL, run, spawn, write
from vulgate.model.codes import BY_ID
from vulgate.model.spans import LineIndex
from vulgate.report.machine import as_github, as_json, as_sarif
from vulgate.report.terminal import TerminalForm

ERROR: Final = vulgate.Severity.ERROR


def found(text: str, what: str, *, message: str = "it is wrong", help: str = "", labels: tuple[str, ...] = ()) -> Any:
    """A diagnostic at the first place of some words in a file, with further ones at others, and the file's lines."""
    index = LineIndex("a.md", text.encode())

    def span(words: str) -> vulgate.Span:
        start = text.encode().index(words.encode())
        return index.span(start, start + len(words.encode()))

    marks = tuple(vulgate.Label(span(words), f"label {number}") for number, words in enumerate(labels, 1))
    item = vulgate.Diagnostic("VG403", ERROR, message, span(what) if what else None, help, marks)
    return item, lambda path: index if path == "a.md" else None


def shown(text: str, what: str, *, color: bool = False, **values: Any) -> str:
    item, lines = found(text, what, **values)
    return TerminalForm(lines, color=color).render([item])


# ------------------------------------------------------------------------------------------------ for a person


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        ("one\nsee this here\n", "this", "2 | see this here\n  |     ^^^^"),
        ("one\r\nsee this here\r\n", "this", "2 | see this here\n  |     ^^^^"),
        ("one\rsee this here\r", "this", "2 | see this here\n  |     ^^^^"),
        ("\tsee\tthis", "this", "1 |     see    this\n  |            ^^^^"),
        ("see\tthis\there", "this\there", "1 | see    this    here\n  |        ^^^^^^^^^^^^"),
        ("déjà vu this", "this", "1 | déjà vu this\n  |         ^^^^"),
        ("日本 this", "this", "1 | 日本 this\n  |      ^^^^"),
        ("the 日本 this", "日本", "1 | the 日本 this\n  |     ^^^^"),
        ("se\u0301e this", "this", "1 | se\u0301e this\n  |     ^^^^"),
        ("see thïs", "thïs", "1 | see thïs\n  |     ^^^^"),
        ("see this", "s", "1 | see this\n  | ^"),
        ("see this\nand that", "this\nand", "1 | see this\n  |     ^^^^"),
        ("see this  \nand that", "this  \nand", "1 | see this  \n  |     ^^^^"),
        ("a\x1b[31mb this", "this", "1 | a\N{REPLACEMENT CHARACTER}[31mb this\n  |         ^^^^"),
        ("a\u202eb this", "this", "1 | a\N{REPLACEMENT CHARACTER}b this\n  |     ^^^^"),
        ("a\xa0b this", "this", "1 | a\xa0b this\n  |     ^^^^"),
    ],
)
def test_the_source_is_underlined(text: str, what: str, expected: str) -> None:
    lines = shown(text, what).split("\n")
    assert lines[0] == "error[VG403]: it is wrong"
    assert re.fullmatch(r" --> a\.md:\d+:\d+", lines[1])
    assert lines[2] == "  |"
    assert "\n".join(lines[3:]) == expected + "\n"


def test_no_line_but_that_of_an_empty_one() -> None:
    assert shown("a\n\nb", "\n\n") == "error[VG403]: it is wrong\n --> a.md:1:2\n  |\n1 | a\n  |  ^\n"
    assert shown("\n\nb", "\n") == "error[VG403]: it is wrong\n --> a.md:1:1\n"


def test_no_place() -> None:
    assert shown("", "", help="mend it") == "error[VG403]: it is wrong\n  = help: mend it\n"


def test_a_file_that_is_not_there() -> None:
    item, _ = found("x", "x")
    assert TerminalForm(lambda path: None).render([item]) == "error[VG403]: it is wrong\n --> a.md:1\n"


def test_help_and_labels_stand_in_line() -> None:
    text = "first\n" * 8 + "this\nthat\n"
    assert shown(text, "that", help="mend it", labels=("this", "first")) == (
        "error[VG403]: it is wrong\n"
        "  --> a.md:10:1\n"
        "   |\n"
        "10 | that\n"
        "   | ^^^^\n"
        "  ::: a.md:9:1\n"
        "   |\n"
        " 9 | this\n"
        "   | ^^^^ label 1\n"
        "  ::: a.md:1:1\n"
        "   |\n"
        " 1 | first\n"
        "   | ^^^^^ label 2\n"
        "   = help: mend it\n"
    )


@pytest.mark.parametrize(("before", "after"), [(0, 500), (500, 0), (500, 500), (79, 79), (90, 60)])
def test_long_lines_are_cut_around_the_place(before: int, after: int) -> None:
    lines = shown(f"{'a' * before}THIS{'b' * after}", "THIS").split("\n")
    assert len(lines[3]) <= len("1 | ") + 166
    mark = re.search(r"\^+", lines[4])
    assert mark is not None
    assert lines[3][mark.start() : mark.end()] == "THIS"
    assert f"a.md:1:{before + 1}" in lines[1]


def test_a_long_place_is_cut() -> None:
    lines = shown("x" * 2000, "x" * 2000).split("\n")
    assert max(len(line) for line in lines) < 200


@pytest.mark.parametrize("part", ["message", "help"])
def test_control_characters_reach_no_terminal(part: str) -> None:
    text = shown("this", "this", **{part: "a\x1b]0;title\x07b\rc\x9bd"})
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "\x1b" not in shown("this \x1b[2J", "this")


def test_colours_add_nothing_but_colours() -> None:
    values: dict[str, Any] = {"help": "mend it", "labels": ("that",)}
    plain = shown("this\nthat\n", "this", **values)
    colored = shown("this\nthat\n", "this", color=True, **values)
    assert "\x1b[1;31merror[VG403]\x1b[0m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain


def test_diagnostics_stand_apart() -> None:
    item, lines = found("this", "this")
    assert TerminalForm(lines).render([item, item]).count("\n\n") == 1
    assert TerminalForm(lines).render([]) == ""


# ------------------------------------------------------------------------------------------------ JSON


def test_json_places() -> None:
    item, lines = found("é\nsée this\nand that\n", "this\nand", help="mend it", labels=("that",))
    assert json.loads(json.dumps(as_json([item], lines))) == [
        {
            "code": "VG403",
            "name": "dangling-reference",
            "severity": "error",
            "message": "it is wrong",
            "help": "mend it",
            "place": {"file": "a.md", "line": 2, "column": 5, "end_line": 3, "end_column": 4, "start": 8, "end": 16},
            "labels": [
                {
                    "place": {
                        "file": "a.md",
                        "line": 3,
                        "column": 5,
                        "end_line": 3,
                        "end_column": 9,
                        "start": 17,
                        "end": 21,
                    },
                    "text": "label 1",
                }
            ],
        }
    ]


def test_json_without_a_place() -> None:
    item, lines = found("", "")
    assert as_json([item], lines)[0]["place"] is None
    assert as_json([], lines) == []


def test_json_of_a_span_up_to_a_line_s_end() -> None:
    item, lines = found("this\n\nthat", "this\n")
    place = as_json([item], lines)[0]["place"]
    assert place is not None
    assert (place["end_line"], place["end_column"]) == (1, 5)


# ------------------------------------------------------------------------------------------------ SARIF


def assert_sarif(text: str) -> dict[str, Any]:
    """What SARIF 2.1.0 requires of the properties that we write; the run."""
    log = json.loads(text)
    assert log.keys() == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run_,) = log["runs"]
    driver = run_["tool"]["driver"]
    assert driver["name"] == "vulgate"
    assert driver["version"] == vulgate.__version__
    assert run_["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for rule in driver["rules"]:
        assert rule["name"] == BY_ID[rule["id"]].name
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    for result in run_["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        places = [*result.get("locations", []), *result.get("relatedLocations", [])]
        assert len(result.get("locations", [])) <= 1
        assert all(place["id"] >= 0 and place["message"]["text"] for place in result.get("relatedLocations", []))
        for place in places:
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})+", uri), "no reference by RFC 3986"
            assert not urlsplit(uri).scheme
            region = place["physicalLocation"]["region"]
            assert all(isinstance(value, int) and value >= 1 for value in region.values())
            assert (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"])
    assert isinstance(run_, dict)
    return run_


def test_sarif() -> None:
    item, lines = found("see this\nand that\n", "this", help="mend it", labels=("that", "see"))
    other, _ = found("", "")
    run_ = assert_sarif(as_sarif([item, other, item], lines))
    assert [result["ruleId"] for result in run_["results"]] == ["VG403"] * 3
    assert len(run_["tool"]["driver"]["rules"]) == 1
    first, second, _ = run_["results"]
    assert first["message"]["text"] == "it is wrong. Help: mend it"
    assert first["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1,
        "startColumn": 5,
        "endLine": 1,
        "endColumn": 9,
    }
    assert [place["message"]["text"] for place in first["relatedLocations"]] == ["label 1", "label 2"]
    assert "locations" not in second


def test_sarif_of_nothing() -> None:
    assert assert_sarif(as_sarif([], lambda path: None))["results"] == []


@pytest.mark.parametrize("name", ["my chapter.md", "über #1?.md", "100%.md", "sub folder/日本.md"])
def test_sarif_addresses(name: str) -> None:
    item = vulgate.Diagnostic("VG403", ERROR, "m", vulgate.Span(name, 1, 1, 0, 1))
    run_ = assert_sarif(as_sarif([item], lambda path: LineIndex(path, b"x")))
    uri = run_["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == name


# ------------------------------------------------------------------------------------------------ GitHub


def test_github() -> None:
    item, lines = found("see\nthis, here\n", "this", help="mend it")
    assert as_github([item], lines) == (
        "::error file=a.md,line=2,col=1,endLine=2,title=VG403 dangling-reference::it is wrong. mend it\n"
    )
    assert as_github([item], lines, "books/x").startswith("::error file=books/x/a.md,line=2,")


def test_github_severities() -> None:
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    for severity in vulgate.Severity:
        item = vulgate.Diagnostic("VG403", severity, "m")
        expected = f"::{levels[str(severity)]} title=VG403 dangling-reference::m\n"
        assert as_github([item], lambda path: None) == expected


def test_github_escapes() -> None:
    span = vulgate.Span("a,b:c%\nd.md", 1, 1, 0, 1)
    item = vulgate.Diagnostic("VG403", ERROR, "100%\r\nof: a,b", span)
    line = as_github([item], lambda path: None)
    assert line.count("\n") == 1
    assert "file=a%2Cb%3Ac%25%0Ad.md,line=1," in line
    assert line.endswith("::100%25%0D%0Aof: a,b\n")


# ------------------------------------------------------------------------------------------------ by the command


def test_the_command_shows_each_form(tmp_path: Path) -> None:
    book = write(tmp_path / "my book", {**SMALL, "two.md": "# Two\r\n\r\n\tSée [[nowhere]]\tor [[one/nowhere]].\r\n"})
    write(book, {"two.md": "# Two\r\n\r\nSée\t[[nowhere]] or [[one/nowhere]].\r\n"})
    text = spawn("build", str(book), "--format", "text").stderr
    assert "3 | Sée    [[nowhere]] or [[one/nowhere]].\n  |        ^^^^^^^^^^^\n" in text
    assert "  |                       ^^^^^^^^^^^^^^^\n" in text
    assert len(assert_sarif(run("build", str(book), "--format", "sarif").stdout)["results"]) == 2
    github = run("build", str(book), "--format", "github").stdout.splitlines()
    assert [line.partition(" file=")[0] for line in github] == ["::error", "::error"]
    assert f"{book.as_posix()}/two.md".replace(":", "%3A") in github[0]
