"""`--changed-since`: only findings on lines that are not as they were."""

import os
from pathlib import Path

import pytest

from tests.check.projects import Project, git, notebook

LINES = "".join(f"x{n} = {n}\n" for n in range(20))


@pytest.fixture
def repository(project: Project) -> Project:
    """A project with a commit."""
    git(project.folder, "init", "-q", "-b", "main")
    project.put({"a.py": "print(1)\nprint(2)\nprint(3)\n", "b.py": "print(1)\n" + LINES, "gone.py": "print(1)\n"})
    return commit(project)


def commit(project: Project) -> Project:
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "a commit")
    return project


def found(project: Project, *words: str) -> list[str]:
    return project.found("--changed-since", "main", *words)


def test_nothing_has_changed(repository: Project) -> None:
    told = repository.told("--changed-since", "main")
    assert (told["exit"], told["findings"]) == (0, [])


def test_a_changed_line(repository: Project) -> None:
    repository.put({"a.py": "print(1)\nprint(4)\nprint(3)\n"})
    assert found(repository) == ["a.py:2 no-print"]


def test_an_added_line(repository: Project) -> None:
    repository.put({"b.py": "print(1)\n" + LINES.replace("x9", "print(9)\nx9")})
    assert found(repository) == ["b.py:11 no-print"]


def test_changes_are_seen_whether_staged_or_committed(repository: Project) -> None:
    git(repository.folder, "checkout", "-qb", "work")
    commit(repository.put({"a.py": "print(9)\nprint(2)\nprint(3)\n"}))
    git(repository.put({"a.py": "print(9)\nprint(2)\nprint(8)\n"}).folder, "add", ".")
    assert found(repository) == ["a.py:1 no-print", "a.py:3 no-print"]
    assert repository.found("--changed-since", "HEAD") == ["a.py:3 no-print"]


def test_beside_a_line_that_was_taken_away(repository: Project) -> None:
    repository.put({"a.py": "print(1)\nprint(3)\n"})
    assert found(repository) == ["a.py:1 no-print", "a.py:2 no-print"]


def test_a_file_that_git_does_not_know(repository: Project) -> None:
    repository.put({"new.py": "print(1)\n\nprint(2)\n", ".gitignore": "old.py\n", "old.py": "print(1)\n"})
    assert found(repository) == ["new.py:1 no-print", "new.py:3 no-print"]


def test_a_file_that_is_gone(repository: Project) -> None:
    (repository.folder / "gone.py").unlink()
    assert found(repository) == []


def test_a_renamed_file_is_new(repository: Project) -> None:
    git(repository.folder, "mv", "gone.py", "here.py")
    assert found(repository) == ["here.py:1 no-print"]


def test_a_finding_over_several_lines(repository: Project) -> None:
    commit(repository.put({"c.py": "print(\n    1,\n    2,\n)\n"}))
    repository.put({"c.py": "print(\n    1,\n    3,\n)\n"})
    assert repository.found("--changed-since", "HEAD") == ["c.py:1 no-print"]


@pytest.mark.parametrize(
    "name",
    [
        "with space.py",
        'quote".py',
        "apostrophe's.py",
        "new\nline.py",
        "tab\t.py",
        "back\\slash.py",
        "ünï 😀.py",
        "b/+++ c.py",
        "end .py",
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
def test_strange_names(name: str, known: bool, repository: Project) -> None:
    repository.put({name: "x = 1\nprint(1)\n"})
    if known:
        commit(repository)
        git(repository.folder, "branch", "-f", "start")
        repository.put({name: "x = 1\nprint(2)\n"})
    revision = "start" if known else "main"
    assert repository.found("--changed-since", revision) == [f"{name}:2 no-print"]


def test_lines_that_look_like_a_diff(repository: Project) -> None:
    repository.put({"a.py": 'x = """\n++ b.py\n@@ -1 +1 @@\ndiff --git a b\n"""\nprint(4)\nprint(2)\nprint(3)\n'})
    assert found(repository) == ["a.py:6 no-print"]


def test_the_users_own_settings_of_git_do_not_matter(repository: Project) -> None:
    for setting in (
        "diff.noprefix=true",
        "diff.mnemonicPrefix=true",
        "color.ui=always",
        "diff.renames=copies",
        "diff.interHunkContext=50",
        "core.quotePath=false",
        "diff.context=9",
        "diff.external=false",
    ):
        git(repository.folder, "config", *setting.split("="))
    repository.put({"a.py": "print(7)\nprint(2)\nprint(8)\n"})
    assert found(repository) == ["a.py:1 no-print", "a.py:3 no-print"]


def test_a_filter_for_showing_changes_does_not_matter(repository: Project) -> None:
    git(repository.folder, "config", "diff.sorted.textconv", "sort -r")
    commit(repository.put({".gitattributes": "*.py diff=sorted\n"}))
    repository.put({"b.py": "print(5)\n" + LINES})
    assert repository.found("--changed-since", "HEAD") == ["b.py:1 no-print"]


def test_a_project_in_a_folder_of_the_repository(repository: Project) -> None:
    repository.put({"sub/vulgate-check.toml": "", "sub/c.py": "print(1)\nprint(2)\n"})
    commit(repository)
    inside = Project(repository.folder / "sub", repository.book)
    inside.put({"c.py": "print(1)\nprint(3)\n", "d.py": "print(1)\n"})
    repository.put({"a.py": "print(0)\n"})
    assert inside.found("--changed-since", "HEAD") == ["c.py:2 no-print", "d.py:1 no-print"]


def test_a_changed_notebook_counts_as_a_whole(repository: Project) -> None:
    commit(repository.put({"n.ipynb": notebook("x = 1", "print(1)"), "m.ipynb": notebook("print(1)")}))
    repository.put({"n.ipynb": notebook("x = 2", "print(1)")})
    assert repository.found("--changed-since", "HEAD") == ["n.ipynb:2 no-print"]


def test_a_rule_about_the_whole_project_counts_in_each_changed_file(repository: Project) -> None:
    commit(repository.put({"sub/twin.py": "x = 1\n\n\ny = 2\n", "twin.py": "x = 1\n"}))
    repository.put({"sub/twin.py": "x = 1\n\n\ny = 3\n"})
    assert repository.found("--changed-since", "HEAD") == ["sub/twin.py:1 twins"]


def test_only_changed_lines_are_mended(repository: Project) -> None:
    commit(repository.put({"c.py": "len(x) == 0\nlen(y) == 0\n"}))
    repository.put({"c.py": "len(x) == 0\nlen(z) == 0\n"})
    repository.check("--changed-since", "HEAD", "--fix")
    assert repository.read("c.py") == b"len(x) == 0\nnot z\n"


@pytest.mark.parametrize("revision", ["nowhere", "-n", "--output=x", "main..", "", "HEAD~99", "a b", "\U0001f600"])
def test_a_revision_that_is_none(revision: str, repository: Project) -> None:
    if not revision:
        assert len(repository.found("--changed-since", "")) == 5
        return
    result = repository.check("--changed-since", revision)
    assert result.exit_code == 2
    assert "Error" in result.output
    assert not (repository.folder / "x").exists()


def test_without_a_repository(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.folder.parent))
    result = project.put({"a.py": "print(1)\n"}).check("--changed-since", "main")
    assert result.exit_code == 2
    assert "not a git repository" in result.output


def test_without_git(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = project.put({"a.py": "print(1)\n"}).check("--changed-since", "main")
    assert result.exit_code == 2
    assert "git does not run" in " ".join(result.output.split())
    assert os.environ["PATH"] == str(tmp_path)
