"""Which files are looked at."""

import os
from pathlib import Path

import pytest

from tests.check.projects import Project, git

PRINT = "print(1)\n"


def paths(project: Project, *words: str) -> list[str]:
    return sorted(finding["path"] for finding in project.told(*words)["findings"])


def test_what_git_ignores_is_left_out(project: Project) -> None:
    git(
        project.put({"a.py": PRINT, "build.py": PRINT, "out/b.py": PRINT, "sub/c.py": PRINT, "sub/d.py": PRINT}).folder,
        "init",
        "-q",
    )
    project.put({".gitignore": "build.py\nout/\n", "sub/.gitignore": "c.py\n"})
    assert paths(project) == ["a.py", "sub/d.py"]


def test_a_named_file_is_taken_even_if_git_ignores_it(project: Project) -> None:
    git(project.put({"a.py": PRINT, ".gitignore": "a.py\n"}).folder, "init", "-q")
    assert paths(project) == []
    assert paths(project, "a.py") == ["a.py"]


def test_files_and_folders_together_and_each_once(project: Project) -> None:
    project.put({"a.py": PRINT, "sub/b.py": PRINT, "sub/c.py": PRINT, "other/d.py": PRINT})
    assert paths(project, "sub", "a.py", "sub/b.py", "./a.py", "sub/../sub") == ["a.py", "sub/b.py", "sub/c.py"]


def test_environments_are_left_out(project: Project) -> None:
    project.put({".venv/lib/a.py": PRINT, "node_modules/b.py": PRINT, "c.py": PRINT})
    assert paths(project) == ["c.py"]


def test_files_that_are_no_python(project: Project) -> None:
    project.put({"a.cfg": "# SHOUT\n", "b.txt": "# SHOUT\n"})
    assert project.found() == ["a.cfg:1 shouting"]


def test_the_project_file(project: Project) -> None:
    """Ruff has one code that is about `pyproject.toml`; the others are not asked about it."""
    project.put({"a.py": PRINT, "sub/pyproject.toml": "[project]\nname = 'sub'\nversion = 1.10\n", "b.toml": "[x\n"})
    result = project.check("--select", "valid-pyproject", "--format", "concise", book=False)
    assert result.stdout.splitlines()[0].startswith("sub/pyproject.toml:3:11: high valid-pyproject:")
    assert result.stdout.count("valid-pyproject") == 1


@pytest.mark.parametrize("name", ["nothing.py", "x" * 300 + ".py"], ids=["missing", "too long"])
def test_a_path_that_is_not_there(name: str, project: Project) -> None:
    told = project.put({"a.py": PRINT}).told("a.py", name)
    assert told["exit"] in (1, 2)
    assert len(told["findings"]) == 1
    (problem,) = told["problems"]
    assert problem["path"] == name
    assert "no such file" in problem["message"] or "too long" in problem["message"]


def test_files_outside_the_project(project: Project, tmp_path: Path) -> None:
    project.configure("").put({"a.py": PRINT, "../b.py": PRINT})
    told = project.told("--config", "vulgate-check.toml", "a.py", "../b.py")
    assert [finding["path"] for finding in told["findings"]] == ["a.py"]
    (problem,) = told["problems"]
    assert "lies outside the project" in problem["message"]
    assert told["exit"] == 1


@pytest.mark.parametrize(
    "name",
    [
        "with space.py",
        "quote'\".py",
        "new\nline.py",
        "tab\t.py",
        "ünï.py",
        "emoji😀.py",
        "[a].py",
        "-dash.py",
        "a=b.py",
        "%41.py",
    ],
)
def test_strange_names(name: str, project: Project) -> None:
    project.put({f"sub/{name}": PRINT, "b.py": PRINT})
    assert paths(project) == ["b.py", f"sub/{name}"]
    assert paths(project, f"sub/{name}") == [f"sub/{name}"]
    for form in ("full", "concise", "github", "sarif", "junit", "gitlab", "rdjson"):
        result = project.check("--format", form)
        assert result.exit_code == 1


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_unicode(project: Project) -> None:
    (project.folder / os.fsdecode(b"caf\xe9.py")).write_text(PRINT)
    project.put({"b.py": PRINT})
    for form in ("json", "full", "concise", "github", "sarif", "junit", "gitlab", "rdjson"):
        result = project.check("--format", form)
        assert result.exit_code == 1
        assert "caf" in result.output
        assert "b.py" in result.output
    done = project.spawn(os.fsdecode(b"caf\xe9.py"), "--format", "json")
    assert "has a name that is not UTF-8" in done.stdout


# ------------------------------------------------------------------------------------------------ links and pipes


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_in_circles(project: Project) -> None:
    project.put({"a.py": PRINT, "sub/b.py": PRINT})
    (project.folder / "sub" / "loop").symlink_to("..", target_is_directory=True)
    (project.folder / "self.py").symlink_to("self.py")
    (project.folder / "gone.py").symlink_to("nowhere.py")
    told = project.told()
    assert sorted(finding["path"] for finding in told["findings"]) == ["a.py", "sub/b.py"]
    assert len(project.told("self.py")["problems"]) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_project_behind_a_link(project: Project, tmp_path: Path) -> None:
    project.put({"a.py": "print(1)\ndef f(a=[]): pass\n"})
    (tmp_path / "link").symlink_to(project.folder, target_is_directory=True)
    linked = Project(tmp_path / "link", project.book)
    assert linked.found() == ["a.py:1 no-print", "a.py:2 mutable-default"]
    above = Project(tmp_path, project.book)
    assert len(above.found("link")) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_not_waited_for(project: Project) -> None:
    project.put({"a.py": PRINT})
    os.mkfifo(project.folder / "pipe.py")
    assert paths(project) == ["a.py"]
    told = project.told("pipe.py")
    assert "is no file with code" in told["problems"][0]["message"]
