"""What earlier checks found: the same findings, faster, and never wrong ones."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.build.books import environment
from tests.check.projects import PROGRAM, Project

FILES = {"a.py": "print(1)\n", "b.py": "def f(a=[]): pass\n", "sub/c.py": "x = 1  # vulgate: ignore[no-print] why\n"}
FOUND = ["a.py:1 no-print", "b.py:1 mutable-default", "sub/c.py:1 unused-suppression"]


@pytest.fixture
def cached(project: Project) -> Project:
    """A project that was checked, long enough ago for times to be trusted."""
    project.put(FILES)
    for path in FILES:
        os.utime(project.folder / path, (1_000_000_000, 1_000_000_000))
    assert project.found() == FOUND
    return project


def cache_files(project: Project) -> list[Path]:
    return sorted((project.folder / ".vulgate").glob("check-*"))


def test_a_second_run_finds_the_same(cached: Project) -> None:
    first = cached.check("--format", "json", "--no-cache").output
    assert [cached.check("--format", "json").output for _ in range(3)] == [first] * 3
    assert len(cache_files(cached)) == 1


def test_git_does_not_see_it(cached: Project) -> None:
    assert (cached.folder / ".vulgate" / ".gitignore").read_text() == "*\n"
    assert cached.found() == FOUND


def test_without_a_cache_none_is_kept(project: Project) -> None:
    assert project.put(FILES).found("--no-cache") == FOUND
    assert cache_files(project) == []


def test_a_changed_file_is_seen(cached: Project) -> None:
    cached.put({"a.py": "print(1)\nprint(2)\n"})
    assert cached.found() == ["a.py:1 no-print", "a.py:2 no-print", *FOUND[1:]]
    cached.put({"a.py": "x = 12345\n"})
    assert cached.found() == FOUND[1:]


def test_a_change_that_keeps_size_and_time_is_seen(cached: Project) -> None:
    cached.put({"a.py": "printt()\n"})
    os.utime(cached.folder / "a.py", (1_000_000_000, 1_000_000_000))
    assert cached.found() == FOUND[1:]


def test_changes_in_quick_succession_are_seen(cached: Project) -> None:
    for n in range(6):
        cached.put({"a.py": "print(1)\n" if n % 2 else "prin_(1)\n"})
        assert cached.found() == (FOUND if n % 2 else FOUND[1:])


def test_a_touched_file_is_the_same(cached: Project) -> None:
    (cached.folder / "a.py").touch()
    assert cached.found() == FOUND


def test_files_that_come_and_go(cached: Project) -> None:
    (cached.folder / "a.py").unlink()
    cached.put({"d.py": "print(1)\n"})
    assert cached.found() == ["b.py:1 mutable-default", "d.py:1 no-print", "sub/c.py:1 unused-suppression"]


def test_a_moved_file_has_its_new_name(cached: Project) -> None:
    (cached.folder / "a.py").rename(cached.folder / "z.py")
    assert "z.py:1 no-print" in cached.found()


def test_other_rules_have_other_findings(cached: Project) -> None:
    assert cached.found("--select", "mutable-default") == FOUND[1:2]
    assert cached.found() == FOUND
    assert cached.found("--select", "shouting") == []
    assert cached.configure('tests = ["a.py"]\n').found() == FOUND[1:]
    assert cached.configure('severity = {"no-print" = "low"}\n').told()["findings"][-1]["severity"] == "low"


def test_the_target_version_counts(project: Project) -> None:
    project.put({"a.py": "from typing import Union\nx: Union[int, str] = 1\n"})
    assert project.found("--target-version", "3.12") == ["a.py:2 union-syntax"]
    assert project.found("--target-version", "3.10") == []
    assert project.found("--target-version", "3.12") == ["a.py:2 union-syntax"]


def test_a_changed_book_is_seen(cached: Project, tmp_path: Path) -> None:
    import shutil

    book = tmp_path / "book"
    shutil.copytree(cached.book, book)
    cached.book = book
    assert cached.found() == FOUND
    chapter = (book / "code.md").read_text()
    (book / "code.md").write_text(chapter.replace("rule: {pattern: print($$$A)}", "rule: {pattern: 'x = 1'}"))
    assert cached.found() == ["b.py:1 mutable-default"]  # and the suppression is used


def test_the_rules_of_several_books_are_kept(cached: Project, tmp_path: Path) -> None:
    import shutil

    kept = sorted((cached.folder / ".vulgate").glob("rules-*"))
    first, cached.book = cached.book, shutil.copytree(cached.book, tmp_path / "other")
    cached.check()
    both = sorted((cached.folder / ".vulgate").glob("rules-*"))
    assert (len(kept), len(both)) == (1, 2)
    times = [place.stat().st_mtime_ns for place in both]
    cached.book = first
    cached.check()
    assert [place.stat().st_mtime_ns for place in both] == times


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x95\x01\xa0", bytes(range(256)) * 50, b"\x91" * 10_000])
def test_a_broken_cache_costs_time_only(data: bytes, cached: Project) -> None:
    for place in [*cache_files(cached), *(cached.folder / ".vulgate").glob("rules-*")]:
        place.write_bytes(data)
    assert cached.found() == FOUND
    assert cached.found() == FOUND


def test_half_a_cache_costs_time_only(cached: Project) -> None:
    (place,) = cache_files(cached)
    whole = place.read_bytes()
    for size in range(0, len(whole), max(1, len(whole) // 7)):
        place.write_bytes(whole[:size])
        assert cached.found() == FOUND


def test_a_folder_that_cannot_be_made(project: Project) -> None:
    project.put({**FILES, ".vulgate": "a file"})
    assert project.found() == FOUND
    assert project.found() == FOUND
    assert project.read(".vulgate") == b"a file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator writes everywhere")
def test_a_folder_that_cannot_be_written(project: Project) -> None:
    project.put(FILES)
    (project.folder / ".vulgate").mkdir(mode=0o500)
    assert project.found() == FOUND


def test_two_runs_at_once(project: Project) -> None:
    project.put({f"f{n}.py": f"print({n})\n" for n in range(200)})
    argv = [*PROGRAM, "--book", str(project.book), "--jobs", "1", "--format", "concise"]
    runs = [
        subprocess.Popen(argv, cwd=project.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    told = [run.communicate(timeout=120) for run in runs]
    assert {run.returncode for run in runs} == {1}
    assert {err for _, err in told} == {b""}
    assert len({out for out, _ in told}) == 1
    assert told[0][0].count(b"no-print") == 200
    assert len(project.found()) == 200


def test_only_a_few_caches_are_kept(cached: Project) -> None:
    for minor in range(8, 20):
        cached.check("--target-version", f"3.{minor}")
    assert len(cache_files(cached)) <= 8
    assert cached.found() == FOUND
