"""Books that are replaced, damaged or taken away while they are served."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.server.serving import BOOK, answer, call, compile_to, error, text_of
from vulgate.cli import main
from vulgate.server.app import BookServer
from vulgate.server.shelf import Shelf
from vulgate.store.sqlite import BookFileError


@pytest.fixture
def copy(compiled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(compiled, tmp_path / "copy.sqlite"))


@pytest.fixture
def served(copy: Path) -> Iterator[BookServer]:
    server = BookServer([copy])
    yield server
    server.close()


def replace(place: Path, data: bytes) -> None:
    """Replaces a file as a build does."""
    place.with_suffix(".new").write_bytes(data)
    place.with_suffix(".new").replace(place)


def other_version(place: Path) -> bytes:
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    return place.read_bytes()


DAMAGES = {
    "no database": (lambda data: b"nonsense " * 1_000, "no compiled book"),
    "empty": (lambda data: b"", "no compiled book"),
    "cut off": (lambda data: data[: len(data) // 2], "cut off"),
    "other database": (lambda data: data[:68] + b"\0\0\0\0" + data[72:], "no compiled book"),
}


def test_a_book_that_was_built_again_is_opened_again(served: BookServer, copy: Path, tmp_path: Path) -> None:
    before = answer(served, "search", query="default")["books"]
    files = {**BOOK, "functions.md": str(BOOK["functions.md"]).replace("Never use a mutable", "Never write a mutable")}
    replace(copy, compile_to(tmp_path / "next.sqlite", files).read_bytes())
    assert answer(served, "get", id="functions/mutable-default")["title"] == "Never write a mutable default argument"
    assert answer(served, "check_code", code="def f(x=[]): pass\n")["rules"][0]["title"].startswith("Never write")
    after = answer(served, "search", query="default")["books"]
    assert before[0]["digest"] != after[0]["digest"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_book_is_told_and_the_server_lives_on(served: BookServer, copy: Path, damage: str) -> None:
    whole = copy.read_bytes()
    make, message = DAMAGES[damage]
    replace(copy, make(whole))
    text = error(served, "search", query="default")
    assert message in text
    assert "`vulgate build` writes it again" in text
    assert message in error(served, "check_code", code="x = 1\n")
    replace(copy, whole)
    assert answer(served, "search", query="default")["hits"]


def test_a_book_that_was_taken_away_is_told(served: BookServer, copy: Path) -> None:
    whole = copy.read_bytes()
    copy.unlink()
    assert "no compiled book at" in error(served, "search", query="default")
    replace(copy, whole)
    assert answer(served, "search", query="default")["hits"]


def test_a_book_of_another_format_is_told(served: BookServer, copy: Path) -> None:
    other_version(copy)
    assert "of format 99, and this program reads" in error(served, "search", query="default")


def test_a_page_that_is_damaged_costs_its_answers_alone(copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    data[4096 * 3 :] = os.urandom(4096) * ((len(data) - 4096 * 3) // 4096)
    copy.write_bytes(data)
    try:
        served = BookServer([copy])
    except BookFileError as found:
        assert "damaged" in str(found)
        return
    for name, arguments in {"search": {"query": "default"}, "outline": {}, "get": {"id": "functions"}}.items():
        assert "damaged" in error(served, name, **arguments)
    served.close()


@pytest.mark.parametrize("damage", [*DAMAGES, "other version", "missing"])
@pytest.mark.parametrize("command", [["mcp"], ["serve", "--mcp", "--port", "0"]])
def test_what_cannot_be_served_ends_the_command(copy: Path, damage: str, command: list[str]) -> None:
    if damage == "missing":
        copy.unlink()
    elif damage == "other version":
        other_version(copy)
    else:
        copy.write_bytes(DAMAGES[damage][0](copy.read_bytes()))
    done = CliRunner().invoke(main, [*command, str(copy)])
    assert done.exit_code == 2
    assert "copy.sqlite" in done.output
    assert "vulgate build" in done.output


def test_a_request_keeps_its_book_while_another_one_is_opened(copy: Path, tmp_path: Path) -> None:
    shelf = Shelf([copy])
    with shelf.library() as old:
        files = {**BOOK, "errors.md": "# Errors\n"}
        replace(copy, compile_to(tmp_path / "next.sqlite", files).read_bytes())
        with shelf.library() as new:
            assert new is not old
            assert new.find("errors")[1].id == "errors"
        assert old.find("errors/bare-except")[1].id == "errors/bare-except"
    with pytest.raises(sqlite3.ProgrammingError):
        old.books[0].connection.execute("SELECT 1")
    shelf.close()


def test_two_books_are_told_apart(compiled: Path, tmp_path: Path) -> None:
    with pytest.raises(BookFileError, match="two books have the id small"):
        BookServer([compiled, Path(shutil.copy(compiled, tmp_path / "again.sqlite"))])
    files = {
        "vulgate.toml": '[book]\ntitle = "Other"\nid = "other"\nchapters = ["a.md"]\n',
        "a.md": "# Default\n\nText.\n",
    }
    served = BookServer([compiled, compile_to(tmp_path / "other.sqlite", files)])
    found = answer(served, "search", query="default", limit=50)
    assert {stamp["id"] for stamp in found["books"]} == {"small", "other"}
    assert {hit["book"] for hit in found["hits"]} == {"small", "other"}
    assert answer(served, "get", id="other:a")["books"][0]["id"] == "other"
    assert [stamp["id"] for stamp in answer(served, "check_code", code="x = 1\n", book="small")["books"]] == ["small"]
    served.close()


def test_an_id_that_is_shown_leads_back_to_its_book(compiled: Path, tmp_path: Path) -> None:
    """Two books with the same ids; what an answer names is handed to the next call."""
    other = {**BOOK, "vulgate.toml": BOOK["vulgate.toml"].replace('"small"', '"other"')}
    served = BookServer([compiled, compile_to(tmp_path / "other.sqlite", other)])
    try:
        for name, arguments in {
            "search": {"query": "mutable default", "book": "other"},
            "get": {"id": "other:functions/defaults"},
            "check_code": {"code": "def f(x=[]): pass\n", "book": "other"},
            "rules_for": {"path": "app.py", "book": "other"},
            "compare": {"a": "closure", "b": "class", "book": "other"},
            "outline": {"under": "other:functions"},
        }.items():
            text = text_of(call(served, name, **arguments))
            found = re.search(r"`(other:[\w/-]+)`", text)
            assert found is not None, text
            (stamp,) = answer(served, "get", id=found[1])["books"]
            assert stamp["id"] == "other"
        assert answer(served, "search", query="default", chapter="other:functions")["hits"]
    finally:
        served.close()
