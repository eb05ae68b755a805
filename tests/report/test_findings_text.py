"""Findings for a person: `full` and `concise`."""

import re
import unicodedata

import msgspec
import pytest

from tests.report.samples import (
    ALL,
    BROKEN,
    CLEAN,
    DEFAULT,
    EVAL,
    HERE,
    LENGTH,
    NASTY,
    TYPICAL,
    edit,
    finding,
    result,
    shown,
)
from vulgate.model.findings import CheckResult, Fix, Problem
from vulgate.report.findings import FORMATS, Options
from vulgate.report.text import columns, escaped, window


def code(text: str, what: str, **values: int) -> str:
    """The source of a finding as `full` shows it, without the rest."""
    lines = shown("full", result(finding(LENGTH, "a.py", 9, text, what)), **values).splitlines()
    return "\n".join(line for line in lines if re.match(r"\s*\d* \| ", line))


@pytest.mark.parametrize("form", ["full", "concise"])
def test_the_typical_result(form: str) -> None:
    golden = (HERE / "golden" / f"{form}.txt").read_text(encoding="utf-8")
    assert shown(form, TYPICAL, width=100) == golden


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_can_be_written_and_ends_with_a_line_end(form: str, name: str) -> None:
    text = shown(form, ALL[name], prefix="sub/folder")
    text.encode()
    assert text.endswith("\n") or (form in ("concise", "github") and name == "clean" and not text)
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("form", ["full", "concise"])
def test_no_control_character_reaches_a_terminal(form: str) -> None:
    text = shown(form, NASTY)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)
    assert "\\x1b[2J" in text


def test_concise_is_one_line_each() -> None:
    lines = shown("concise", NASTY).splitlines()
    assert len(lines) == len(NASTY.findings) + len(NASTY.problems)
    assert "a b/100%,c:d\\n::error::x#?é日.py:1:16: high no-mutable-default: one two ::three" in lines


def test_concise_of_nothing_is_empty() -> None:
    assert shown("concise", CLEAN) == ""


@pytest.mark.parametrize(("safe", "mark"), [(True, " [*]"), (False, "")])
def test_concise_marks_what_fix_mends(safe: bool, mark: str) -> None:
    fix = Fix((edit(1, 1, 2, ""),), safe=safe)
    line = shown("concise", result(finding(LENGTH, "a.py", 1, "x", fix=fix)))
    assert line == f"a.py:1:1: low short-lines: Keep lines short{mark}\n"


@pytest.mark.parametrize(("prefix", "path"), [("", "a.py"), (".", "a.py"), ("x/y", "x/y/a.py"), ("../", "../a.py")])
def test_paths_have_the_prefix(prefix: str, path: str) -> None:
    checked = result(finding(LENGTH, "a.py", 1, "x"), problems=(Problem("no", path="a.py", line=2),))
    assert shown("concise", checked, prefix=prefix).splitlines() == [
        f"{path}:1:1: low short-lines: Keep lines short",
        f"{path}:2: problem: no",
    ]


# ------------------------------------------------------------------------------------------------ source


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        ("see this here", "this", "9 | see this here\n  |     ^^^^"),
        ("\tsee\tthis\t", "this", "9 |     see    this    \n  |            ^^^^"),
        ("see\tthis\there", "this\there", "9 | see    this    here\n  |        ^^^^^^^^^^^^"),
        ("日本 this", "this", "9 | 日本 this\n  |      ^^^^"),
        ("the 日本 this", "日本", "9 | the 日本 this\n  |     ^^^^"),
        ("se\u0301e this", "this", "9 | se\u0301e this\n  |     ^^^^"),
        ("a\x1b[31mb this", "this", "9 | a\\x1b[31mb this\n  |            ^^^^"),
        ("a\u202eb this", "\u202eb", "9 | a\\u202eb this\n  |  ^^^^^^^"),
        ("a\xa0b this", "this", "9 | a\xa0b this\n  |     ^^^^"),
        ("f(\n  a)", "(\n  a)", " 9 | f(\n   |  ^\n10 |   a)\n   |   ^^"),
        ("f(\n\n  a)", "(\n\n  a)", " 9 | f(\n   |  ^\n11 |   a)\n   |   ^^"),
        ("this\nthat", "this\n", "9 | this\n  | ^^^^"),
    ],
)
def test_the_source_is_underlined(text: str, what: str, expected: str) -> None:
    assert code(text, what) == expected


def test_an_empty_place_has_one_caret() -> None:
    item = msgspec.structs.replace(finding(LENGTH, "a.py", 3, "x = 1", "x"), end=finding(LENGTH, "", 3, "").end)
    assert "3 | x = 1\n  | ^\n" in shown("full", result(item))


def test_a_long_place_shows_its_first_line() -> None:
    text = shown("full", result(finding(LENGTH, "a.py", 8, "def f(\n  a,\n  b,\n  c,\n): ...")))
    assert "  |\n8 | def f(\n  | ^^^^^^\n  | ... 4 more lines\n" in text


@pytest.mark.parametrize("char", ["a", "日", "\x1b", "\t"])
@pytest.mark.parametrize(("before", "after"), [(0, 500), (500, 0), (500, 500), (79, 79), (10, 60), (3, 3)])
@pytest.mark.parametrize("width", [0, 30, 60, 80, 200])
def test_long_lines_are_cut_around_the_place(char: str, before: int, after: int, width: int) -> None:
    source, carets = code(f"{char * before}THIS{char * after}", "THIS", width=width).splitlines()
    assert columns(source) <= max(44, min(width or 160, 160))
    start = carets.index("^")
    lead = source.partition("THIS")[0]
    assert columns(lead) == start
    assert carets.count("^") == 4


def test_a_long_place_is_cut() -> None:
    source, carets = code("x" * 2000, "x" * 2000, width=80).splitlines()
    assert len(source) == len(carets) == 80
    assert source.endswith("x...")


@pytest.mark.parametrize("room", range(30))
def test_windows_are_never_wider_than_their_room(room: int) -> None:
    for parts in [("a" * 40, "日" * 40, "b" * 40), ("", "", "b" * 40), ("a" * 40, "", ""), ("ab", "cd", "ef")]:
        text, lead, length = window(*parts, room)
        assert columns(text) <= max(room, 3)
        assert lead + length <= columns(text)


def test_escapes_can_be_read_back() -> None:
    for text in ("plain é日", "a\nb\x00\x85\u202e", "\udcff", "\ue000\U000e0001"):
        assert escaped(text).isprintable()
    assert escaped("a\nb\x1b\u202e\udcff") == r"a\nb\x1b\u202e\udcff"
    assert all(unicodedata.category(char)[0] != "C" for char in escaped("\x9b\ufeff\u200d"))


# ------------------------------------------------------------------------------------------------ words


def test_what_the_rule_says_is_told_once() -> None:
    text = shown("full", result(*(finding(DEFAULT, "a.py", line, "f()") for line in range(1, 6))))
    for label in ("why", "fix", "book"):
        assert text.count(f"= {label}: ") == 1
    assert text.count("no-mutable-default  Never use") == 5


@pytest.mark.parametrize(
    ("message", "noted"),
    [
        ("", False),
        ("Never use a mutable default argument.", False),
        ("never use a `mutable` default argument", False),
        ("`to` is made once", True),
    ],
)
def test_messages_that_say_no_more_than_the_title_are_left_out(message: str, noted: bool) -> None:
    text = shown("full", result(finding(DEFAULT, "a.py", 1, "x", message=message)))
    assert ("= note: " in text) is noted


def test_notes_are_wrapped_in_line() -> None:
    text = shown("full", result(finding(DEFAULT, "a.py", 1, "x")), width=50)
    assert "  = why: The default is made once, when the\n    function is defined, and all calls share it.\n" in text
    assert shown("full", result(finding(DEFAULT, "a.py", 1, "x"))).count("share it.") == 1


@pytest.mark.parametrize("name", ["typical", "nasty", "broken", "clean"])
@pytest.mark.parametrize("width", [0, 60])
def test_colours_add_nothing_but_colours(name: str, width: int) -> None:
    colored = shown("full", ALL[name], color=True, width=width)
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == shown("full", ALL[name], width=width)
    assert "\x1b[" in colored
    assert shown("concise", ALL[name], color=True) == shown("concise", ALL[name])


SAFE, UNSAFE = Fix((), safe=True), Fix((), safe=False)


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (CLEAN, "no findings in 240 files"),
        (result(files=1), "no findings in 1 file"),
        (result(files=0, fixed=1200), "no findings in 0 files\n1,200 fixed"),
        (result(finding(EVAL, "a.py", 1, "x"), files=1), "1 finding (1 critical) in 1 file"),
        (
            result(*(finding(EVAL, "a.py", n, "x", fix=fix) for n, fix in enumerate([SAFE, SAFE, UNSAFE, None], 1))),
            "4 findings (4 critical) in 240 files; 2 can be fixed with --fix, 1 more with --fix --unsafe-fixes",
        ),
        (
            result(finding(LENGTH, "a.py", 1, "x", fix=SAFE), baselined=1, suppressed=2),
            "1 finding (1 low) in 240 files; 1 can be fixed with --fix\n2 suppressed, 1 in the baseline",
        ),
        (BROKEN, "no findings in 1 file\n1 problem: not everything was checked"),
        (
            result(stale=tuple(f"entry {number}" for number in range(12))),
            "no findings in 240 files\n12 entries of the baseline no longer found "
            "(`--baseline-update` takes out what is gone):\n  entry 0\n",
        ),
    ],
)
def test_totals(checked: CheckResult, expected: str) -> None:
    text = shown("full", checked)
    assert f"\n{expected}" in f"\n{text}"
    if checked.stale:
        assert text.endswith("  entry 9\n  ... and 2 more\n")
    else:
        assert text.endswith(f"{expected}\n")


def test_options_have_defaults() -> None:
    assert Options() == Options(color=False, width=0, prefix="", automation="")
