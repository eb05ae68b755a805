"""Where `search`, `ask`, `mcp` and `serve` compile books to, and how what they find is printed."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from tests.build.books import RULE, SMALL, build, run, spawn, tree, write
from tests.search.shop import FILES, OTHER, compiled_file
from vulgate.cli import searching
from vulgate.report.text import folded
from vulgate.store import user_cache
from vulgate.store.user_cache import keep_book

QUERY = ("search", "text", "--json")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's project is the current folder; the bundled book lies in an installed package, and the cache beside both."""
    installed = write(tmp_path / "site-packages" / "vulgate" / "books" / "python", SMALL)
    monkeypatch.setattr("vulgate.cli.common.bundled_book", lambda: installed)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write(tmp_path / "project", {"app.py": "x = 1\n"})
    monkeypatch.chdir(folder)
    return folder


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").rglob("*.*"))


# ------------------------------------------------------------------------------------------------ where books go


@pytest.mark.parametrize("command", [("search", "text"), ("ask", "text")])
def test_the_bundled_book_is_compiled_into_the_users_cache(
    project: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    before = tree(tmp_path / "site-packages")
    first = run(*command)
    assert "compiling" in first.stderr
    (file,) = kept(tmp_path)
    assert re.fullmatch(r"cache/vulgate/books/small-[0-9a-f]{16}\.sqlite", file.relative_to(tmp_path).as_posix())
    assert tree(project) == {"app.py": b"x = 1\n"}
    assert tree(tmp_path / "site-packages") == before
    second = run(*command)
    assert "compiling" not in second.stderr
    assert second.stdout == first.stdout
    assert kept(tmp_path) == [file]


def test_the_server_leaves_the_current_folder_alone(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vulgate.server.app.BookServer.run", lambda self: None)
    assert run("mcp").exit_code == 0
    assert tree(project) == {"app.py": b"x = 1\n"}
    assert len(kept(tmp_path)) == 1


def test_another_source_or_compiler_has_another_file(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*QUERY)
    write(tmp_path / "site-packages/vulgate/books/python", {"one.md": "# One\n\n## Inside\n\nOther.\n"})
    assert "compiling" in run(*QUERY).stderr
    monkeypatch.setattr("vulgate.store.cache.compiler_digest", lambda: "another")
    assert "compiling" in run(*QUERY).stderr
    assert len(kept(tmp_path)) == 3


def test_a_damaged_file_in_the_cache_is_written_again(project: Path, tmp_path: Path) -> None:
    run(*QUERY)
    (file,) = kept(tmp_path)
    file.write_bytes(b"no book")
    assert run(*QUERY).exit_code == 0
    assert file.read_bytes().startswith(b"SQLite")


def test_without_a_cache_a_temporary_folder_serves(project: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    done = spawn(*QUERY, "--book", str(tmp_path / "site-packages/vulgate/books/python"), TMPDIR=str(project.parent))
    assert done.returncode == 0
    assert "cannot be written (" in done.stderr
    assert "compiled again each time" in done.stderr
    assert tree(project) == {"app.py": b"x = 1\n"}
    assert not list(project.parent.glob("vulgate-*"))  # gone with the process


def test_a_book_in_a_folder_that_cannot_be_written_is_kept_in_the_cache(project: Path, tmp_path: Path) -> None:
    book = write(tmp_path / "mine", {**SMALL, "dist": "a file where the folder would be"})
    first = run(*QUERY, "--book", str(book))
    assert first.exit_code == 0
    assert "mine cannot be written; the compiled book is kept elsewhere" in first.stderr
    assert len(kept(tmp_path)) == 1
    assert run(*QUERY, "--book", str(book)).stderr == ""


def test_a_book_of_ones_own_is_compiled_into_its_own_dist(project: Path, tmp_path: Path) -> None:
    book = write(tmp_path / "mine", SMALL)
    assert run(*QUERY, "--book", str(book)).exit_code == 0
    assert (book / "dist" / "small.sqlite").is_file()
    assert kept(tmp_path) == []
    assert run(*QUERY, "--book", str(book)).stderr == ""


def test_what_was_verified_meanwhile_is_told(tmp_path: Path) -> None:
    book = write(tmp_path / "mine", {**SMALL, "one.md": f"# One\n\n## Inside\n\n{RULE}"})
    search = ("search", "keep it short", "--kind", "rule", "--book", str(book))
    assert "rule one/keep-it-short (unproven)" in run(*search).stdout
    assert run("verify", "--trust", str(book)).exit_code == 0
    assert "rule one/keep-it-short (proven)" in run(*search).stdout


def test_the_authors_choice_of_editions_stands(tmp_path: Path) -> None:
    book = write(tmp_path / "mine", SMALL)
    build(book, editions=["sqlite"])
    write(book, {"one.md": "# One\n\n## Inside\n\nNew text.\n"})
    assert "New text" in run("search", "new text", "--book", str(book)).stdout
    assert list(tree(book / "dist")) == ["small.sqlite"]


def test_a_book_named_twice_answers_once(tmp_path: Path) -> None:
    book = write(tmp_path / "mine", SMALL)
    once = run(*QUERY, "--book", str(book)).stdout
    named = (str(book), f"{book}/.", str(book / "dist" / "small.sqlite"))
    assert run(*QUERY, *(word for each in named for word in ("--book", each))).stdout == once


def test_two_books_of_one_id_are_refused(tmp_path: Path) -> None:
    first, second = (str(compiled_file(tmp_path / name, OTHER)) for name in "ab")
    shown = run("search", "list", "--book", first, "--book", second)
    assert shown.exit_code == 2
    assert "two books have the id other" in shown.stderr
    assert first in shown.stderr.replace("\n", "")


def test_old_books_leave_the_cache(tmp_path: Path) -> None:
    old, recent, other = (tmp_path / name for name in ("shop-1.sqlite", "shop-2.sqlite", "tea-1.sqlite"))
    long_ago = time.time() - 2 * user_cache.OLD
    for file in (old, recent, other):
        file.write_bytes(b"")
    for file in (old, other):
        os.utime(file, (long_ago, long_ago))
    keep_book(tmp_path / "shop-3.sqlite", b"new", "shop")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["shop-2.sqlite", "shop-3.sqlite", "tea-1.sqlite"]


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
@pytest.mark.parametrize(
    ("system", "environ", "place"),
    [
        ("linux", {"XDG_CACHE_HOME": "/var/c"}, "/var/c/vulgate"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "HOME/.cache/vulgate"),
        ("linux", {}, "HOME/.cache/vulgate"),
        ("darwin", {}, "HOME/Library/Caches/vulgate"),
        ("win32", {"LOCALAPPDATA": "/users/ada/local"}, "/users/ada/local/vulgate/Cache"),
        ("win32", {}, "HOME/AppData/Local/vulgate/Cache"),
    ],
)
def test_the_cache_is_where_the_system_has_it(system: str, environ: dict[str, str], place: str) -> None:
    assert user_cache.user_cache(system, environ).as_posix() == place.replace("HOME", Path.home().as_posix())


# ------------------------------------------------------------------------------------------------ what is printed


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(compiled_file(tmp_path_factory.mktemp("printed"), FILES))


def test_a_hit_without_a_passage_leaves_no_gap(file: str) -> None:
    shown = run("search", "lambdas", "--kind", "section", "--book", file).stdout
    assert "section functions/lambdas" in shown
    assert "\n\n\n" not in shown
    assert not re.search(r"[ \t]$", shown, re.MULTILINE)


def test_prose_is_broken_at_the_width_of_the_terminal_and_code_is_not(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "prose_width", lambda: 40)
    monkeypatch.setattr("vulgate.cli.search.prose_width", lambda: 40)
    shown = run("search", "mutable default", "--kind", "rule", "--limit", "1", "--book", file).stdout
    before, _, code = shown.partition("```")
    assert "def add(item, into=[]):  # error: [no-mutable-default]" in code
    prose = before.split("\n\n", 1)[1].rstrip().split("\n")
    assert len(prose) > 1
    assert max(map(len, prose)) <= 40
    assert " ".join(line.strip() for line in prose).startswith("The default is shared by all calls.")


def test_folding_moves_nothing() -> None:
    prose, table, quote = "some words of prose", "| a | table stays |", "> quoted words here"
    text = f"{prose}\n\n{table}\n\n{quote}\n\n```\ncode that is long\n```\nlonglonglonglong x\n"
    narrow = folded(text, 10)
    assert len(narrow) == len(text)
    assert [new for old, new in zip(text, narrow, strict=True) if old != new] == ["\n"] * 3
    assert "| a | table stays |" in narrow
    assert "code that is long" in narrow
    assert "longlonglonglong\nx" in narrow
    assert folded(text, sys.maxsize) == text


def test_nothing_in_a_book_moves_the_cursor(tmp_path: Path) -> None:
    place = str(compiled_file(tmp_path, "# Odd\n\n## Escape\n\nAn escape \x1b[2J here,\tafter a tab.\n"))
    for command in (("search", "escape"), ("ask", "what is an escape here")):
        shown = run(*command, "--book", place).stdout
        assert "\x1b" not in shown
        assert "\N{REPLACEMENT CHARACTER}[2J" in shown
        assert "here,\tafter" in shown


def test_a_word_that_one_book_knows_is_not_mended_by_another(tmp_path: Path) -> None:
    first = str(compiled_file(tmp_path / "a", OTHER))
    second = str(compiled_file(tmp_path / "b", "# Words\n\n## Amortise\n\nThe verb is amortize or amortizer.\n"))
    assert "searched for" in run("search", "amortizer", "--book", first).stderr
    assert "searched for" not in run("search", "amortizer", "--book", first, "--book", second).stderr
