"""Which rules are looked for, and what the exit code says."""

import json

import pytest

from tests.check.projects import Project

CODE = """\
import os
def f(a=[]):
    if len(a) == 0:
        print(a == None)
# SHOUT
"""
ALL = [
    "a.py:1 unused-import",
    "a.py:2 mutable-default",
    "a.py:3 empty-length",
    "a.py:4 compare-none",
    "a.py:4 no-print",
    "a.py:5 shouting",
]
DEFAULT = [ALL[1], ALL[2], ALL[4], ALL[5]]


@pytest.fixture
def faulty(project: Project) -> Project:
    return project.put({"a.py": CODE})


# ------------------------------------------------------------------------------------------------ selecting


def test_the_default_rules(faulty: Project) -> None:
    assert faulty.found() == DEFAULT


@pytest.mark.parametrize(
    ("word", "rules"),
    [
        ("all", ALL),
        ("default", DEFAULT),
        ("compare-none", ALL[3:4]),
        ("code/compare-none", ALL[3:4]),
        ("len-is-zero", ALL[2:3]),
        ("code/len-is-zero", ALL[2:3]),
        ("architecture", ALL[5:]),
        ("functions", ALL[1:2]),
        ("low", ALL[:1]),
        ("medium", ALL[3:4]),
        ("ruff", [ALL[0], ALL[1], ALL[3]]),
        ("plugin", ALL[5:]),
        ("F401", ALL[:1]),
        ("compare-none,unused-import", [ALL[0], ALL[3]]),
        ("critical", []),
        ("review", []),
    ],
)
def test_a_word_selects_rules(word: str, rules: list[str], faulty: Project) -> None:
    assert faulty.found("--select", word) == rules


def test_select_twice_adds_up(faulty: Project) -> None:
    assert faulty.found("--select", "low", "-s", "medium") == [ALL[0], ALL[3]]


def test_extend_select_adds_to_the_default(faulty: Project) -> None:
    assert faulty.found("--extend-select", "low") == sorted([*DEFAULT, ALL[0]])


@pytest.mark.parametrize("word", ["ast-grep", "empty-length,no-print", "empty-length, no-print"])
def test_what_is_ignored_is_not_looked_for(word: str, faulty: Project) -> None:
    assert faulty.found("--ignore", word) == [ALL[1], ALL[5]]


def test_ignore_counts_more_than_select(faulty: Project) -> None:
    assert faulty.found("--select", "all", "--ignore", "code") == ALL[5:]


@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
def test_an_unknown_word_is_wrong_usage(option: str, faulty: Project) -> None:
    result = faulty.check(option, "mutable-defualt")
    assert result.exit_code == 2
    assert f"{option}: the book has no rule, chapter or tag `mutable-defualt`" in result.output
    assert "did you mean `mutable-default`" in " ".join(result.output.split())


@pytest.mark.parametrize("word", ["vulgate", "suppressions", "unused-suppression", "vulgate/unused-suppression"])
def test_our_own_rules_can_be_ignored(word: str, project: Project) -> None:
    project.put({"a.py": "x = 1  # vulgate: ignore[no-print] it is long gone\n"})
    assert project.found() == ["a.py:1 unused-suppression"]
    assert project.found("--ignore", word) == []


def test_a_review_rule_is_never_run(faulty: Project) -> None:
    assert "ask-a-person" not in str(faulty.told("--select", "all"))


def test_a_severity_of_the_book_without_findings_is_a_known_word(project: Project) -> None:
    assert project.put({"a.py": "x = 1\n"}).check("--select", "critical").exit_code == 0


# ------------------------------------------------------------------------------------------------ scopes and versions


def test_a_rule_for_asynchronous_code(project: Project) -> None:
    code = "from time import sleep as nap\ndef f():\n    nap(1)\nasync def g():\n    nap(2)\n    def h():\n        nap(3)\n"
    assert project.put({"a.py": code}).found() == ["a.py:5 blocking-sleep"]


def test_a_rule_that_does_not_hold_in_tests(project: Project) -> None:
    project.put(dict.fromkeys(("a.py", "tests/b.py", "test_c.py", "sub/tests/d.py", "conftest.py"), "print(1)\n"))
    assert project.found() == ["a.py:1 no-print"]
    project.configure('tests = ["a.py"]\n')
    assert project.found() == [
        "conftest.py:1 no-print",
        "sub/tests/d.py:1 no-print",
        "test_c.py:1 no-print",
        "tests/b.py:1 no-print",
    ]


@pytest.mark.parametrize(("version", "found"), [("3.10", []), ("3.12", ["a.py:2 union-syntax"])])
def test_a_rule_for_some_versions(version: str, found: list[str], project: Project) -> None:
    project.put({"a.py": "from typing import Union\nx: Union[int, str] = 1\n"})
    assert project.found("--target-version", version) == found


# ------------------------------------------------------------------------------------------------ exit codes


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 1),
        (("--select", "low"), 1),
        (("--select", "low", "--fail-on", "low"), 1),
        (("--select", "low", "--fail-on", "medium"), 0),
        (("--select", "low,medium", "--fail-on", "medium"), 1),
        (("--select", "all", "--fail-on", "high"), 1),
        (("--select", "all", "--fail-on", "critical"), 0),
        (("--exit-zero",), 0),
        (("--select", "critical"), 0),
        (("--fail-on", "urgent"), 2),
        (("--nonsense",), 2),
        (("--allow-new",), 2),
        (("--baseline-update",), 2),
        (("-", "a.py"), 2),
        (("--stdin-filename", "b.py", "a.py"), 2),
        (("--watch", "--fix"), 2),
        (("--jobs", "0"), 2),
    ],
)
def test_the_exit_code(words: tuple[str, ...], code: int, faulty: Project) -> None:
    assert faulty.check(*words).exit_code == code


def test_exit_zero_does_not_hide_wrong_usage(faulty: Project) -> None:
    assert faulty.check("--exit-zero", "--select", "nonsense").exit_code == 2


def test_clean_code_exits_with_zero(project: Project) -> None:
    result = project.put({"a.py": "x = 1\n"}).check()
    assert result.exit_code == 0
    assert "0 findings" in result.output or "no findings" in result.output.lower()


def test_no_files_at_all(project: Project) -> None:
    told = project.told()
    assert told["exit"] == 0
    assert told["summary"]["files"] == 0
    assert told["problems"] == []


# ------------------------------------------------------------------------------------------------ other forms of output


def test_statistics(faulty: Project) -> None:
    faulty.put({"b.py": "print(1)\nprint(2)\nif len(x) == 0: pass\n"})
    result = faulty.check("--statistics")
    assert result.exit_code == 1
    rows = [line.split() for line in result.output.splitlines()]
    assert rows[0] == ["3", "high", "no-print"]
    assert ["2", "high", "empty-length", "[*]"] in rows
    assert rows[-1] == ["7", "findings", "in", "2", "files"]


def test_the_list_of_rules(project: Project) -> None:
    shown = project.check("--rules").output
    assert "mutable-default      high      ruff" in shown
    assert "no: medium, and not measured" in shown
    assert shown.endswith("11 rules, 8 looked for by default, 8 here\n")
    rows = {row["slug"]: row for row in json.loads(project.check("--rules", "--format", "json").stdout)}
    assert len(rows) == 11
    assert rows["mutable-default"]["fixable"] is True
    assert rows["mutable-default"]["selected"] is True
    assert rows["unused-import"]["selected"] is False
    assert rows["blocking-sleep"]["applies"] == ["async"]
    assert rows["union-syntax"]["python"] == ">=3.12"


def test_the_settings_that_hold(project: Project) -> None:
    project.configure('ignore = ["ast-grep"]\nfail-on = "medium"\nseverity = {"shouting" = "low"}\n')
    shown = json.loads(project.check("--show-settings", "--target-version", "3.11").stdout)
    assert shown["configuration"] == str(project.folder / "vulgate-check.toml")
    assert shown["project"] == str(project.folder)
    assert shown["python"] == "3.11"
    assert shown["settings"]["fail-on"] == "medium"
    assert shown["settings"]["target-version"] == "3.11"
    assert shown["book"] == {"id": "team", "title": "Team rules", "edition": "2.1"}
    assert shown["rules"]["architecture/shouting"] == "low"
    assert "code/no-print" not in shown["rules"]


def test_output_goes_to_a_file(faulty: Project) -> None:
    printed = faulty.check("--format", "concise").output
    result = faulty.check("--format", "concise", "--output", "new/report.txt")
    assert result.exit_code == 1
    assert result.output == ""
    assert faulty.read("new/report.txt").decode() == printed


def test_output_that_cannot_be_written(faulty: Project) -> None:
    (faulty.folder / "taken").mkdir()
    result = faulty.check("--output", "taken")
    assert result.exit_code == 2
    assert "cannot write `taken`" in result.output


def test_findings_are_the_worst_first(project: Project) -> None:
    project.put({"a.py": CODE, "z.py": "import time\nasync def f():\n    time.sleep(1)\n"})
    severities = [finding["severity"] for finding in project.told("--select", "all")["findings"]]
    assert severities == ["critical", "high", "high", "high", "high", "medium", "low"]


def test_one_finding_where_rules_of_a_section_see_the_same_place(project: Project) -> None:
    (finding,) = project.put({"a.py": "y = len(x == None) == 0\n"}).told("--select", "all")["findings"]
    assert finding["slug"] == "empty-length"
    assert finding["also"] == ["code/compare-none"]


def test_two_faults_of_a_line_are_two_findings(project: Project) -> None:
    found = project.put({"a.py": "y = len(x) == 0 and x == None\n"}).told("--select", "all")["findings"]
    assert [(finding["slug"], finding.get("also", [])) for finding in found] == [
        ("empty-length", []),
        ("compare-none", []),
    ]


def test_the_same_from_a_folder_inside(faulty: Project) -> None:
    faulty.configure("").put({"sub/b.py": "print(1)\n"})
    inside = Project(faulty.folder / "sub", faulty.book)
    (finding,) = inside.told()["findings"]
    assert finding["path"] == "../sub/b.py" or finding["path"] == "b.py"
    assert finding["fingerprint"] in {one["fingerprint"] for one in faulty.told()["findings"]}


# ------------------------------------------------------------------------------------------------ the bundled handbook


def test_the_bundled_handbook_in_a_folder_without_configuration(project: Project) -> None:
    project.put({"a.py": "def f(a=[]):\n    return a\n"})
    result = project.check("a.py", book=False)
    assert result.exit_code == 1
    assert "mutable-default" in result.output
    assert "vulgate explain" in result.output


def test_the_rules_of_the_bundled_handbook(project: Project) -> None:
    rows = json.loads(project.check("--rules", "--format", "json", book=False).stdout)
    assert len(rows) > 200
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["reason"] for row in rows if not row["default"])
    assert {"ruff", "ast-grep", "layers", "metric", "type-checker", "plugin", "review"} <= {
        row["detector"] for row in rows
    }


def test_mending_with_the_bundled_handbook(project: Project) -> None:
    text = "import os\n\n\ndef f(a=[]):\n    return len(a) == 0 or a == None\n"
    project.put({"a.py": text})
    words = ("--fix", "--unsafe-fixes", "--select", "ruff", "--format", "concise")
    first = project.check(*words, book=False)
    assert first.exit_code in (0, 1)
    mended = project.read("a.py").decode()
    assert "a=None" in mended
    compile(mended, "a.py", "exec")
    assert project.check(*words, book=False).output == first.output
    assert project.read("a.py").decode() == mended


def test_words_that_name_no_book(project: Project) -> None:
    result = project.check("--book", "nowhere", book=False)
    assert result.exit_code == 2
    assert "no book `nowhere`" in result.output


def test_a_book_with_errors(project: Project) -> None:
    project.put(
        {"book/vulgate.toml": '[book]\ntitle = "B"\nchapters = ["a.md"]\n', "book/a.md": "# A\n\n[[nowhere]]\n"}
    )
    result = project.check("--book", "book", book=False)
    assert result.exit_code == 2
    assert "has errors" in result.output


def test_a_compiled_book(project: Project, faulty: Project) -> None:
    from tests.build.books import run

    assert run("build", str(project.book), "--out", str(project.folder / "dist")).exit_code == 0
    (compiled,) = (project.folder / "dist").glob("*.sqlite")
    result = project.check("--book", str(compiled), "--format", "concise", book=False)
    assert result.output == faulty.check("--format", "concise").output
    compiled.write_bytes(b"no database")
    assert project.check("--book", str(compiled), book=False).exit_code == 2
