"""Detectors that raise, crash or hang: their rule is named, the others still report, and the exit code is 2."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check.projects import ARCHITECTURE, CODE, Project, problems, put


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("RAISES", "the detector fails: ValueError: no such thing"),
        ("LIES", "the detector fails: AttributeError"),
        ("LEAVES", ""),
        ("EXITS", "ends the process that it runs in"),
        ("DIES", "ends the process that it runs in"),
        ("HANGS", "takes longer than 1 s"),
    ],
)
def test_the_others_still_report(word: str, message: str, wild: Project) -> None:
    wild.configure(f'timeout = 1\nselect = ["it-{word.lower()}", "no-print", "mutable-default"]\n')
    wild.put({"bad.py": f"x = 1  # {word}\nprint(1)\ndef f(a=[]): pass\n"})
    wild.put({f"good{n}.py": "print(1)\n" for n in range(3)})
    told = wild.told()
    assert told["exit"] == 2
    (problem,) = told["problems"]
    assert problem["rule"] == f"naughty/it-{word.lower()}"
    assert problem["path"] == "bad.py"
    assert problem["kind"] == "check"
    assert message in problem["message"]
    found = [f"{one['path']}:{one['start']['line']} {one['slug']}" for one in told["findings"]]
    assert sorted(found) == [
        "bad.py:2 no-print",
        "bad.py:3 mutable-default",
        *[f"good{n}.py:1 no-print" for n in range(3)],
    ]


def test_a_failure_is_shown_and_counts_more_than_exit_zero(wild: Project) -> None:
    shown = wild.put({"bad.py": "x = 1  # RAISES\n"}).check("--exit-zero")
    assert shown.exit_code == 2
    assert "problem  it-raises  the detector fails: ValueError: no such thing" in shown.output
    assert "--> bad.py" in shown.output


@pytest.mark.parametrize("word", ["EXITS", "RAISES"])
def test_one_alone_that_fails_keeps_nobody_else_away(word: str, wild: Project) -> None:
    wild.put({"bad.py": f"x = 1  # {word}\ndef f(a=[]): pass\n# vulgate: ignore-file[mutable-default] why\n"})
    told = wild.told("--select", f"it-{word.lower()},mutable-default")
    assert len(told["problems"]) == 1
    assert word.lower() in told["problems"][0]["rule"]
    assert (told["exit"], told["findings"], told["summary"]["suppressed"]) == (2, [], 1)


def test_two_that_fail_in_one_file(wild: Project) -> None:
    wild.configure("timeout = 1\n").put({"bad.py": "x = 1  # EXITS HANGS RAISES\nprint(1)\n"})
    told = wild.told("--select", "it-exits,it-hangs,it-raises,no-print")
    assert {one["rule"] for one in told["problems"]} == {"naughty/it-exits", "naughty/it-hangs", "naughty/it-raises"}
    assert [one["slug"] for one in told["findings"]] == ["no-print"]


def test_what_failed_is_tried_again(wild: Project) -> None:
    wild.put({"bad.py": "x = 1  # RAISES\n"})
    first, second = wild.told(), wild.told()
    assert first["problems"] == second["problems"] != []
    assert wild.put({"bad.py": "x = 1\n"}).check().exit_code == 0


def test_a_file_that_changes_while_it_is_checked(wild: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    wild.put({"a.py": "def f(a=[]): pass  # CHANGES\n", "b.py": "print(1)\n"})
    monkeypatch.setenv("CHANGED_FILE", str(wild.folder / "a.py"))
    told = wild.told()
    assert told["exit"] == 2
    assert problems(told) == ["a.py: changed while it was checked; check it again"]
    assert [finding["path"] for finding in told["findings"]] == ["b.py"]


def test_a_plugin_that_is_not_installed(project: Project, tmp_path: Path) -> None:
    book = {
        "vulgate.toml": '[book]\ntitle = "B"\nid = "b"\nchapters = ["architecture.md", "code.md"]\n',
        "code.md": CODE,
    }
    chapter = ARCHITECTURE.replace("detect: plugin shouting", "detect: plugin shuoting")
    project.book = put(tmp_path / "book", {**book, "architecture.md": chapter})
    result = project.put({"a.py": "print(1)  # SHOUT\n"}).check()
    assert result.exit_code == 2
    assert "no plugin `shuoting` is installed; did you mean `shouting`" in " ".join(result.output.split())


def test_a_plugin_that_was_installed_when_the_book_was_compiled(project: Project) -> None:
    """The rule set of the book is known from before, and the package has gone meanwhile."""
    project.put({"a.py": "print(1)  # SHOUT\nx = 1  # vulgate: ignore[shouting] why\n"})
    assert len(project.found()) == 3
    without = "sys.path[:] = [path for path in sys.path if not path.endswith('/site')]"
    script = f"import sys; {without}; from vulgate.cli import main; main()"
    argv = [sys.executable, "-c", script, "check", "--book", str(project.book), "--format", "json"]
    done = subprocess.run(argv, cwd=project.folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    told = json.loads(done.stdout)
    assert [one["slug"] for one in told["findings"]] == ["no-print"], "nobody knows whether the suppression is unused"
    assert {one["rule"] for one in told["problems"]} == {"architecture/shouting", "architecture/twins"}
    assert "no plugin `shouting` is installed" in told["problems"][0]["message"]


def test_a_package_of_plugins_that_cannot_be_imported(project: Project, tmp_path: Path) -> None:
    metadata = tmp_path / "broken" / "broken-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[vulgate.rule_plugins]\nbroken = nowhere_at_all:THING\n")
    project.put({"a.py": "print(1)  # SHOUT\n"})
    done = project.spawn("--format", "concise", PYTHONPATH=str(tmp_path / "broken"))
    assert done.returncode == 1
    assert "no-print" in done.stdout
    assert "shouting" in done.stdout


def test_several_processes_find_the_same(wild: Project) -> None:
    files = {f"f{n}.py": f"print({n})\n" + ("x = 1  # EXITS\n" if n == 170 else "") for n in range(320)}
    told = wild.put(files).told("--jobs", "2")
    assert len(told["findings"]) == 320
    assert problems(told) == ["f170.py it-exits: the detector plugin ends the process that it runs in"]
