"""Comments that let findings pass."""

import subprocess
from pathlib import Path

import pytest

from tests.check.projects import Project, notebook
from vulgate.detect.ruff import ruff_program


def code(project: Project, text: str, *words: str) -> list[str]:
    """The findings in a file, as `line rule`."""
    return [one.removeprefix("a.py:") for one in project.put({"a.py": text}).found(*words)]


def fixed(project: Project, text: str, *words: str) -> str:
    """A file after `--fix`."""
    project.put({"a.py": text}).check("--fix", *words)
    return project.read("a.py").decode()


# ------------------------------------------------------------------------------------------------ the forms


@pytest.mark.parametrize(
    "text",
    [
        "print(1)  # vulgate: ignore[no-print] why\n",
        "print(1)  # vulgate: ignore[code/no-print] why\n",
        "print(1)  #vulgate:ignore[no-print]why\n",
        "print(1)  # vulgate: ignore [ no-print ] why\n",
        "print(1)  # noqa: E501  # vulgate: ignore[no-print] why\n",
        "print(1)  # vulgate: ignore[no-print] why",
        "print(1)  # vulgate: ignore[no-print] why\r\n",
        "x = 1\rprint(1)  # vulgate: ignore[no-print] why\r",
        "# vulgate: ignore[no-print] why\nprint(1)\n",
        "# vulgate: ignore[no-print] why\n\n# more words\nprint(1)\n",
        "# words  # vulgate: ignore[no-print] why\nprint(1)\n",
        "if x:\n    # vulgate: ignore[no-print] why\n    print(1)\n",
        "print(  # vulgate: ignore[no-print] why\n    1,\n)\n",
        "print(\n    1,\n)  # vulgate: ignore[no-print] why\n",
        "# vulgate: ignore-file[no-print] why\nx = 1\nprint(1)\n",
        "print(1)\n# vulgate: ignore-file[no-print] why\n",
        "# vulgate: disable[no-print] why\nprint(1)\n# vulgate: enable[no-print]\n",
        "# vulgate: disable[no-print] why\nprint(1)\n",
        "# vulgate: disable[no-print] why\nprint(1)\nprint(2)\n# vulgate: enable[no-print]\n",
        "print(x, '# vulgate')  # vulgate: ignore[no-print] why\n",
        "print('ü😀')  # vulgate: ignore[no-print] why\n",
        "\ufeffprint(1)  # vulgate: ignore[no-print] why\n",
    ],
)
def test_a_finding_passes(text: str, project: Project) -> None:
    told = project.put({"a.py": text}).told()
    assert told["findings"] == []
    assert told["exit"] == 0
    assert told["summary"]["suppressed"] >= 1


def test_an_old_name_counts(project: Project) -> None:
    assert code(project, "len(x) == 0  # vulgate: ignore[len-is-zero] why\n") == []
    assert code(project, "len(x) == 0  # vulgate: ignore[code/len-is-zero] why\n") == []


def test_several_rules(project: Project) -> None:
    text = "print(len(x) == 0)  # vulgate: ignore[no-print, empty-length] why\n"
    assert code(project, text) == []


def test_two_comments(project: Project) -> None:
    text = "# vulgate: ignore[empty-length] why\nprint(len(x) == 0)  # vulgate: ignore[no-print] why\n"
    assert code(project, text) == []


def test_it_speaks_of_its_lines_only(project: Project) -> None:
    text = "print(1)\n# vulgate: ignore[no-print] why\nprint(2)\nprint(3)\n"
    assert code(project, text) == ["1 no-print", "4 no-print"]
    text = "print(1)\n# vulgate: disable[no-print] why\nprint(2)\n# vulgate: enable[no-print]\nprint(3)\n"
    assert code(project, text) == ["1 no-print", "5 no-print"]


def test_it_speaks_of_its_rule_only(project: Project) -> None:
    text = "print(len(x) == 0)  # vulgate: ignore[no-print] why\n"
    assert code(project, text) == ["1 empty-length"]


@pytest.mark.parametrize(
    "text",
    [
        "x = '# vulgate: ignore[no-print] why'; print(1)\n",
        "print('# vulgate: ignore[no-print] why')\n",
        '"""\n# vulgate: ignore-file[no-print] why\n"""\nprint(1)\n',
        "x = f'{1} # vulgate: ignore[no-print] why'; print(1)\n",
        "print(1)  # write `# vulgate: ignore[no-print] why` here\n",
        "print(1)  # -- vulgate: ignore[no-print] why\n",
    ],
)
def test_what_looks_like_a_comment_is_none(text: str, project: Project) -> None:
    assert [one.partition(" ")[2] for one in code(project, text)] == ["no-print"]


@pytest.mark.parametrize("text", ["# vulgate: the compiler of handbooks\n", "x = 1  # vulgate: see the manual\n"])
def test_words_that_begin_with_our_name_are_no_suppression(text: str, project: Project) -> None:
    assert code(project, text) == []


def test_in_a_file_that_is_not_python(project: Project) -> None:
    project.put({"a.cfg": "[a]  # SHOUT\nb = 1  # SHOUT  # vulgate: ignore[shouting] why\n; SHOUT\n"})
    assert project.found() == ["a.cfg:1 shouting", "a.cfg:3 shouting"]


def test_in_a_notebook(project: Project) -> None:
    project.put(
        {"a.ipynb": notebook("print(1)  # vulgate: ignore[no-print] why", "print(2)", "# vulgate: ignore[no-print]")}
    )
    told = project.told()
    places = [(one["slug"], one["cell"], one["line_in_cell"]) for one in told["findings"]]
    assert places == [("no-print", 2, 1), ("unused-suppression", 3, 1)]


def test_a_rule_of_ruff_passes_by_its_own_comments(project: Project) -> None:
    assert code(project, "def f(a=[]):  # noqa: B006\n    pass\n") == []
    assert code(project, "def f(a=[]):  # noqa\n    pass\n") == []
    assert code(project, "# ruff: noqa: B006\ndef f(a=[]):\n    pass\n") == []
    assert code(project, "def f(a=[]):  # noqa: B007\n    pass\n") == ["1 mutable-default"]
    assert code(project, "def f(a=[]):  # vulgate: ignore[mutable-default] why\n    pass\n") == []


# ------------------------------------------------------------------------------------------------ what is wrong with them


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1  # vulgate: ignore[no-pirnt] why\n", "the book has no rule `no-pirnt`"),
        ("x = 1  # vulgate: ingore[no-print] why\n", "`ingore` is none of ignore, ignore-file, disable, enable"),
        ("x = 1  # vulgate: ignroe\n", "`ignroe` is none of"),
        ("x = 1  # vulgate: ignore why\n", "it names no rule; write `# vulgate: ignore[rule] reason`"),
        ("x = 1  # vulgate: ignore[] why\n", "it names no rule"),
        ("# vulgate: enable[no-print]\n", "`no-print` is not disabled above"),
        (
            "# vulgate: disable[no-print] a\nprint(1)\n# vulgate: disable[no-print] b\nprint(1)\n",
            "is disabled already, in line 1",
        ),
    ],
)
def test_a_comment_that_is_not_understood(text: str, message: str, project: Project) -> None:
    (finding,) = project.put({"a.py": text}).told()["findings"]
    assert finding["slug"] == "wrong-suppression"
    assert finding["severity"] == "medium"
    assert message in finding["message"]
    assert finding["lines"][0].endswith(text.splitlines()[finding["start"]["line"] - 1][-10:])


def test_a_comment_without_a_reason(project: Project) -> None:
    assert code(project, "print(1)  # vulgate: ignore[no-print]\n") == ["1 suppression-without-reason"]
    assert code(project, "print(1)  # vulgate: ignore[no-print]  # noqa: E501\n") == ["1 suppression-without-reason"]
    assert code(project, "print(1)  # vulgate: ignore[no-print] see #12\n") == []


def test_the_finding_about_a_comment_is_shown_with_its_line(project: Project) -> None:
    shown = project.put({"a.py": "x = 1  # vulgate: ignore[no-print] why\n"}).check().output
    assert "a.py:1:8" in shown
    assert "1 | x = 1  # vulgate: ignore[no-print] why" in shown
    assert "nothing to let pass for `no-print`" in shown


# ------------------------------------------------------------------------------------------------ unused ones


def test_an_unused_one_is_not_reported_where_its_rule_was_not_looked_for(project: Project) -> None:
    text = "x = 1  # vulgate: ignore[no-print] why\n"
    assert code(project, text) == ["1 unused-suppression"]
    assert code(project, text, "--ignore", "no-print") == []
    assert code(project, text, "--select", "shouting") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # vulgate: ignore[no-print] why\n", "x = 1\n"),
        ("x = 1 # vulgate: ignore[no-print] why", "x = 1"),
        ("x = 1  # vulgate: ignore[no-print] why\r\ny = 1\r\n", "x = 1\r\ny = 1\r\n"),
        ("# vulgate: ignore[no-print] why\nx = 1\n", "x = 1\n"),
        ("if x:\n    # vulgate: ignore[no-print] why\n    x = 1\n", "if x:\n    x = 1\n"),
        ("x = 1  # words  # vulgate: ignore[no-print] why\n", "x = 1  # words\n"),
        ("x = 1  # vulgate: ignore[no-print] why  # noqa: E501\n", "x = 1  # noqa: E501\n"),
        ("# vulgate: ignore[no-print] why  # pylint: disable=all\nx = 1\n", "# pylint: disable=all\nx = 1\n"),
        ("x = 1\n# vulgate: ignore-file[no-print] why", "x = 1\n"),
        ("# vulgate: disable[no-print] why\nx = 1\n# vulgate: enable[no-print]\n", "x = 1\n"),
        ("# vulgate: disable[no-print] why\nx = 1\n", "x = 1\n"),
        # One of two names.
        (
            "print(x)  # vulgate: ignore[no-print, empty-length] why\n",
            "print(x)  # vulgate: ignore[no-print] why\n",
        ),
        (
            "print(x)  # vulgate: ignore[empty-length,no-print] why\n",
            "print(x)  # vulgate: ignore[no-print] why\n",
        ),
        (
            "# vulgate: disable[no-print, shouting] why\nprint(x)\n# vulgate: enable[no-print, shouting]\n",
            "# vulgate: disable[no-print] why\nprint(x)\n# vulgate: enable[no-print]\n",
        ),
        (
            "# vulgate: disable[no-print, shouting] why\nprint(x)\n# vulgate: enable[shouting]\n# vulgate: enable[no-print]\n",
            "# vulgate: disable[no-print] why\nprint(x)\n# vulgate: enable[no-print]\n",
        ),
        (
            "# vulgate: disable[empty-length, no-print, shouting] why\nprint(x)\n# vulgate: enable[shouting]\n",
            "# vulgate: disable[no-print] why\nprint(x)\n",
        ),
        (
            "# vulgate: disable[no-print, shouting] why\nx = 1\n# vulgate: enable[shouting]\n# vulgate: enable[no-print]\n",
            "x = 1\n",
        ),
    ],
)
def test_fix_takes_an_unused_one_away(before: str, after: str, project: Project) -> None:
    assert "unused-suppression" in str(code(project, before))
    assert fixed(project, before) == after
    assert project.check().exit_code == 0


@pytest.mark.parametrize(
    "cells",
    [
        ("x = 1\n# vulgate: ignore[no-print] why", "y = 1"),
        ("# vulgate: ignore[no-print] why\nx = 1", "y = 1"),
        ("x = 1  # vulgate: ignore[no-print] why", "y = 1"),
        ("x = 1", "y = 1\n# vulgate: ignore[no-print] why"),
    ],
)
def test_fix_takes_an_unused_one_out_of_a_notebook(cells: tuple[str, ...], project: Project) -> None:
    project.put({"a.ipynb": notebook(*cells)})
    assert project.check("--fix").exit_code == 0
    assert project.read("a.ipynb").decode().replace('"x = 1\\n"', '"x = 1"').replace(
        '"y = 1\\n"', '"y = 1"'
    ) == notebook("x = 1", "y = 1")


def test_the_edits_of_a_fix_have_places(project: Project) -> None:
    (finding,) = project.put({"a.py": "\nx = 1  # vulgate: ignore[no-print] why\n"}).told()["findings"]
    (edit,) = finding["fix"]["edits"]
    assert edit["start"] == {"line": 2, "column": 6, "offset": 6}
    assert edit["end"] == {"line": 2, "column": 39, "offset": 39}
    (finding,) = project.put({"a.py": "print(1)  # vulgate: ignore[no-print,shouting] why\n"}).told()["findings"]
    (edit,) = finding["fix"]["edits"]
    assert (edit["start"]["column"], edit["end"]["column"], edit["text"]) == (29, 46, "no-print")


def test_one_of_a_detector_that_failed_is_kept(wild: Project) -> None:
    text = "x = 1  # RAISES vulgate\ny = 1  # vulgate: ignore[it-raises] why\nlen(x) == 0\n"
    wild.put({"a.py": text})
    told = wild.told("--fix")
    assert told["exit"] == 2
    assert wild.read("a.py").decode() == text.replace("len(x) == 0", "not x")


def test_one_of_a_rule_about_the_whole_project_is_kept_where_only_a_part_is_looked_at(project: Project) -> None:
    text = "x = 1  # vulgate: ignore[twins] why\nlen(x) == 0\n"
    project.configure("").put({"a/twin.py": text, "b/twin.py": "y = 1\n"})
    assert project.found("a/twin.py") == ["a/twin.py:2 empty-length"]
    project.check("--fix")
    assert project.read("a/twin.py").decode() == text.replace("len(x) == 0", "not x")
    (project.folder / "b/twin.py").unlink()
    assert project.found() == ["a/twin.py:1 unused-suppression"]
    project.check("--fix")
    assert b"vulgate" not in project.read("a/twin.py")


# ------------------------------------------------------------------------------------------------ other linters


def test_ruff_has_nothing_against_them(project: Project, tmp_path: Path) -> None:
    lines = [
        "# vulgate: ignore-file[no-print] a reason",
        "# vulgate: disable[shouting, no-print] a reason",
        "x = 1  # vulgate: ignore[mutable-default] a reason",
        "# vulgate: enable[shouting, no-print] from here on",
        "y = 2  # vulgate: ignore[code/empty-length] a reason",
    ]
    place = tmp_path / "a.py"
    place.write_text("\n".join(lines) + "\n")
    argv = [
        ruff_program(),
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        "RUF100,RUF102,RUF103,RUF104,ERA",
        "--preview",
    ]
    done = subprocess.run([*argv, str(place)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stderr
