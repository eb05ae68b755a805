"""`[tool.vulgate]` and `vulgate-check.toml`: where they are found, what they say, and what is wrong with them."""

import json
from typing import Any

import pytest

from tests.check.projects import Project, git

PRINT = "print(1)\n"


def settings(project: Project, *words: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(project.check("--show-settings", *words).stdout)
    return value


# ------------------------------------------------------------------------------------------------ which file counts


def test_pyproject(project: Project) -> None:
    project.put({"a.py": PRINT, "pyproject.toml": '[tool.vulgate]\nignore = ["no-print"]\n'})
    assert project.found() == []


def test_the_own_file_counts_more_than_pyproject(project: Project) -> None:
    project.put({"a.py": PRINT, "pyproject.toml": '[tool.vulgate]\nignore = ["no-print"]\n'})
    assert project.configure("").found() == ["a.py:1 no-print"]


def test_the_nearest_file_counts(project: Project) -> None:
    project.configure('ignore = ["no-print"]\n')
    project.put({"a.py": PRINT, "sub/b.py": PRINT, "sub/vulgate-check.toml": ""})
    assert [finding["slug"] for finding in project.told("sub")["findings"]] == ["no-print"]
    assert project.found() == []


def test_a_pyproject_without_our_table_is_passed_over(project: Project) -> None:
    project.configure('ignore = ["no-print"]\n')
    project.put({"sub/a.py": PRINT, "sub/pyproject.toml": '[project]\nname = "vulgate-user"\n'})
    assert project.found("sub") == []


def test_nothing_above_the_repository_counts(project: Project) -> None:
    project.configure('ignore = ["no-print"]\n').put({"sub/a.py": PRINT})
    git(project.folder / "sub", "init", "-q")
    assert project.found("sub") == ["sub/a.py:1 no-print"]


def test_a_file_that_is_named(project: Project) -> None:
    project.configure('ignore = ["no-print"]\n').put({"a.py": PRINT, "other.toml": 'ignore = ["shouting"]\n'})
    assert project.found("--config", "other.toml") == ["a.py:1 no-print"]


def test_a_named_file_that_is_missing(project: Project) -> None:
    result = project.check("--config", "other.toml")
    assert result.exit_code == 2
    assert "other.toml" in result.output


def test_the_book_is_relative_to_the_configuration(project: Project) -> None:
    import shutil

    shutil.copytree(project.book, project.folder / "handbook")
    project.configure('book = "handbook"\n').put({"sub/a.py": PRINT})
    inside = Project(project.folder / "sub", project.book)
    result = inside.check("--format", "json", book=False)
    assert [finding["slug"] for finding in json.loads(result.stdout)["findings"]] == ["no-print"]


# ------------------------------------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("text", "place", "message", "help"),
    [
        ('selct = ["all"]', "1:1", "selct", "did you mean `select`"),
        ('fail-on = "hihg"', "1:1", "fail-on", ""),
        ('select = "all"', "1:1", "select", "a list"),
        ("timeout = true", "1:1", "timeout", "a number"),
        ('a = 1\nseverity = {"no-print" = "urgent"}', "2:1", "severity", ""),
        ('ignore = ["shouting", "no-pirnt"]', "1:23", "no rule, chapter or tag `no-pirnt`", "did you mean `no-print`"),
        ('severity = {"no-pirnt" = "low"}', "1:13", "`no-pirnt`", "did you mean `no-print`"),
        ('[per-file-ignores]\n"a.py" = ["no-pirnt"]', "2:11", "`no-pirnt`", "did you mean `no-print`"),
        ('target-version = "four"', "1:1", "target-version", "such as `3.12`"),
        ('[[contracts]]\ntype = "layer"', "1:1", "contracts", "did you mean `layers`"),
        ('[[contracts]]\ntype = "layers"\nlayres = ["a", "b"]', "1:1", "contracts", "layres"),
        ("[thresholds]\ncomplexty = 10", "2:1", "complexty", "did you mean `complexity`"),
        ("timeout = 0", "1:1", "timeout", ""),
        ("timeout = -3", "1:1", "timeout", ""),
        ("select = [", "2:1", "not valid TOML", ""),
    ],
    ids=lambda text: text.replace("\n", " ")[:40] if isinstance(text, str) else "",
)
@pytest.mark.parametrize("own", [True, False], ids=["own", "pyproject"])
def test_a_fault_is_shown_at_its_place(
    own: bool, text: str, place: str, message: str, help: str, project: Project
) -> None:
    if own:
        project.configure(text + "\n")
    else:
        line, _, column = place.partition(":")
        place = f"{int(line) + 1}:{column}"
        text = text.replace("\n[[", "\n[[tool.vulgate.").replace("\n[per", "\n[tool.vulgate.per")
        for table in ("[[", "["):
            if text.startswith(table):
                text = f"{table}tool.vulgate.{text.removeprefix(table)}"
                break
        project.put({"pyproject.toml": f"[tool.vulgate]\n{text}\n"})
    result = project.put({"a.py": PRINT}).check()
    assert result.exit_code == 2
    file = "vulgate-check.toml" if own else "pyproject.toml"
    shown = " ".join(result.output.split())
    assert f"{file}:{place}" in shown
    assert message in shown
    assert help in shown


@pytest.mark.parametrize(
    "text", ["tool = 3  # vulgate\n", "[tool]\nvulgate = 3\n", "project = 3\n", "[project]\nrequires-python = 3\n"]
)
def test_tables_that_are_none(text: str, project: Project) -> None:
    result = project.put({"a.py": PRINT, "pyproject.toml": text}).check("--format", "concise")
    assert result.exit_code == (2 if "vulgate = " in text else 1)


def test_a_broken_pyproject_that_is_not_ours_is_no_fault(project: Project) -> None:
    project.put({"a.py": PRINT, "pyproject.toml": "[project\n"})
    assert project.found() == ["a.py:1 no-print"]


def test_a_configuration_that_is_not_utf8(project: Project) -> None:
    project.put({"a.py": PRINT, "vulgate-check.toml": b'ignore = ["\xff"]\n'})
    assert project.check().exit_code == 2


# ------------------------------------------------------------------------------------------------ what it says


def test_the_edition_is_pinned(project: Project) -> None:
    project.put({"a.py": PRINT})
    assert project.configure('edition = "2.1"\n').check().exit_code == 1
    result = project.configure('edition = "2.0"\n').check()
    assert result.exit_code == 2
    assert "the book has the edition 2.1, and `edition` asks for 2.0" in " ".join(result.output.split())


@pytest.mark.parametrize("name", ["no-print", "code/no-print"])
def test_severities_of_the_users_own(name: str, project: Project) -> None:
    project.configure(f'severity = {{"{name}" = "low"}}\nfail-on = "medium"\n').put({"a.py": PRINT})
    told = project.told()
    assert told["exit"] == 0
    assert [finding["severity"] for finding in told["findings"]] == ["low"]


def test_a_severity_of_a_rule_of_ours(project: Project) -> None:
    project.configure('severity = {"unused-suppression" = "critical"}\n')
    (finding,) = project.put({"a.py": "x = 1  # vulgate: ignore[no-print] why\n"}).told()["findings"]
    assert finding["severity"] == "critical"


def test_a_severity_does_not_make_a_rule_default(project: Project) -> None:
    project.configure('severity = {"unused-import" = "critical"}\n').put({"a.py": "import os\n"})
    assert project.found() == []


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("a.py", ["sub/b.py:1 no-print", "sub/c.py:1 no-print"]),
        ("sub/*", ["a.py:1 no-print"]),
        ("sub/**", ["a.py:1 no-print"]),
        ("b.py", ["a.py:1 no-print", "sub/c.py:1 no-print"]),
        ("*.py", []),
        ("**/*.py", []),
        ("nothing", ["a.py:1 no-print", "sub/b.py:1 no-print", "sub/c.py:1 no-print"]),
    ],
)
def test_per_file_ignores(pattern: str, left: list[str], project: Project) -> None:
    project.configure(f'[per-file-ignores]\n"{pattern}" = ["no-print"]\n')
    project.put({"a.py": PRINT, "sub/b.py": PRINT, "sub/c.py": PRINT})
    assert project.found() == left


@pytest.mark.parametrize("word", ["code", "high", "ast-grep", "all"])
def test_per_file_ignores_take_every_selector(word: str, project: Project) -> None:
    project.configure(f'[per-file-ignores]\n"a.py" = ["{word}"]\n').put({"a.py": PRINT})
    told = project.told()
    assert told["findings"] == []
    assert told["summary"]["suppressed"] == 1


def test_per_file_ignores_of_our_own_rules(project: Project) -> None:
    project.configure('[per-file-ignores]\n"a.py" = ["vulgate"]\n"b.py" = ["unused-suppression"]\n')
    code = "x = 1  # vulgate: ignore[no-print] why\n"
    assert project.put({"a.py": code, "b.py": code, "c.py": code}).found() == ["c.py:1 unused-suppression"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [("old", ["a.py:1 no-print"]), ("old/*", ["a.py:1 no-print"]), ("*.py", []), ("b.py", ["a.py:1 no-print"])],
)
def test_excluded_files(pattern: str, left: list[str], project: Project) -> None:
    project.configure(f'exclude = ["{pattern}"]\n').put({"a.py": PRINT, "old/b.py": PRINT})
    assert project.found() == left


def test_excluded_files_are_left_out_where_they_are_named(project: Project) -> None:
    project.configure('exclude = ["old"]\n').put({"old/b.py": PRINT})
    assert project.found("old/b.py") == []


@pytest.mark.parametrize(
    ("requires", "python"),
    [
        (">=3.11", "3.11"),
        (">= 3.11, <4", "3.11"),
        ("<4,>=3.9", "3.9"),
        ("~=3.12", "3.12"),
        ("==3.12.*", "3.12"),
        (">=3", None),
        ("<3.13", None),
        (">=2.7", None),
    ],
)
def test_requires_python_is_read(requires: str, python: str | None, project: Project) -> None:
    text = f'[project]\nname = "a"\nrequires-python = "{requires}"\n'
    assert settings(project.put({"pyproject.toml": text}))["python"] == python
    assert settings(project.put({"pyproject.toml": text + "[tool.vulgate]\n"}))["python"] == python
    project.put({"pyproject.toml": text}).configure("")
    assert settings(project)["python"] == python


def test_requires_python_of_the_nearest_pyproject_counts(project: Project) -> None:
    project.put({"pyproject.toml": '[project]\nrequires-python = ">=3.11"\n', "src/a.py": PRINT})
    assert settings(project, "src")["python"] == "3.11"
    git(project.folder, "init", "-q")
    assert settings(project, "src")["python"] == "3.11"


def test_the_target_version_counts_more_than_requires_python(project: Project) -> None:
    project.put({"pyproject.toml": '[project]\nrequires-python = ">=3.9"\n[tool.vulgate]\ntarget-version = "3.12"\n'})
    assert settings(project)["python"] == "3.12"
    assert settings(project, "--target-version", "3.13")["python"] == "3.13"


@pytest.mark.parametrize("version", ["3.5", "3.6", "3.99"])
def test_versions_that_ruff_does_not_know(version: str, project: Project) -> None:
    project.put({"a.py": "def f(a=[]): pass\n", "pyproject.toml": f'[project]\nrequires-python = ">={version}"\n'})
    told = project.told()
    assert told["problems"] == []
    assert "mutable-default" in {finding["slug"] for finding in told["findings"]}


@pytest.mark.parametrize("version", ["3", "py312", "three", "4.0", "3.x", "2.7", ""])
def test_a_target_version_that_is_none(version: str, project: Project) -> None:
    result = project.put({"a.py": PRINT}).check("--target-version", version, "--format", "concise")
    assert result.exit_code == (2 if version else 1)
    assert "ruff" not in result.output


def test_the_threshold_of_a_metric(project: Project, tmp_path: Any) -> None:
    from tests.check.projects import MANIFEST, put, rule

    chapter = "# Code\n\n## Size\n" + rule("long-file", "severity: high", "detect: metric file-lines <= 10")
    manifest = MANIFEST.replace(', "architecture.md"', "")
    project.book = put(tmp_path / "book", {"vulgate.toml": manifest, "code.md": chapter})
    project.put({"a.py": "x = 1\n" * 8})
    assert project.found() == []
    assert len(project.configure("[thresholds]\nfile-lines = 5\n").found()) == 1


def test_fail_on_of_the_command_line_counts_more(project: Project) -> None:
    project.configure('fail-on = "critical"\n').put({"a.py": PRINT})
    assert project.check().exit_code == 0
    assert project.check("--fail-on", "low").exit_code == 1


def test_select_of_the_command_line_counts_more(project: Project) -> None:
    project.configure('select = ["compare-none"]\nextend-select = ["shouting"]\n')
    project.put({"a.py": "x == None\nprint(1)\n# SHOUT\n"})
    assert project.found() == ["a.py:1 compare-none", "a.py:3 shouting"]
    assert project.found("--select", "no-print") == ["a.py:2 no-print", "a.py:3 shouting"]
