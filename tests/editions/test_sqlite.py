"""The compiled book as a SQLite file: what a program in any language finds in it, and what is no such file."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import vulgate
from tests.build.books import RULE, SMALL, build, compiled, environment, run, tree, write

COLUMNS: Final = {
    "meta": ["key", "value"],
    "block": [
        "position",
        "id",
        "kind",
        "title",
        "chapter",
        "section",
        "parent",
        "file",
        "first_line",
        "last_line",
        "importance",
        "confidence",
        "status",
        "text",
        "data",
    ],
    "link": ["source", "target", "type", "start"],
    "relation": ["source", "type", "target"],
    "symbol": ["name", "type", "block"],
    "search": ["title", "names", "asked", "anchors", "place", "text"],
    "vector": ["model", "dimensions", "positions", "data"],
    "word": ["id", "word", "passages"],
    "word_trigram": ["word"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of `vulgate init`, built."""
    folder = tmp_path_factory.mktemp("sqlite") / "book"
    assert run("init", str(folder)).exit_code == 0
    assert not build(folder).has_errors
    return folder


@pytest.fixture(scope="module")
def file(folder: Path) -> Path:
    return folder / "dist" / "book.sqlite"


def query(file: Path, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql, values).fetchall()


# ------------------------------------------------------------------------------------------------ the schema


def test_the_header(file: Path) -> None:
    assert query(file, "PRAGMA application_id") == [(0x56554C47,)]
    assert file.read_bytes()[68:72] == b"VULG"
    assert query(file, "PRAGMA user_version") == [(1,)]
    assert query(file, "PRAGMA integrity_check") == [("ok",)]
    assert query(file, "PRAGMA journal_mode") != [("wal",)]


def test_the_tables(file: Path) -> None:
    tables = query(file, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ours = [
        name for (name,) in tables if not name.startswith(("search_", "word_trigram_"))
    ]  # what FTS5 keeps its indexes in
    assert ours == sorted(COLUMNS)
    for table, columns in COLUMNS.items():
        assert [row[1] for row in query(file, f"PRAGMA table_info({table})")] == columns


def test_the_columns_say_what_the_model_says(file: Path, folder: Path) -> None:
    book = compiled(folder)
    rows = query(file, f"SELECT {', '.join(COLUMNS['block'])} FROM block ORDER BY position")
    assert len(rows) == len(book.blocks)
    for position, (row, block) in enumerate(zip(rows, book.blocks, strict=True), 1):
        values = dict(zip(COLUMNS["block"], row, strict=True))
        data = values.pop("data")
        assert values == {
            "position": position,
            **{name: getattr(block, name) for name in ("id", "title", "text", "chapter", "section", "parent")},
            **{name: getattr(block, name) for name in ("kind", "importance", "confidence", "status")},
            "file": block.span.file,
            "first_line": block.span.first,
            "last_line": block.span.last,
        }
        assert msgspec.structs.replace(msgspec.json.decode(data, type=vulgate.AnyBlock), text=block.text) == block


# ------------------------------------------------------------------------------------------------ queries


def test_relations_in_both_directions(file: Path) -> None:
    assert query(file, "SELECT target FROM relation WHERE source = ? AND type = ?", "naming", "requires") == [("tour",)]
    assert query(file, "SELECT source FROM relation WHERE target = ? AND type = ?", "tour", "requires") == [("naming",)]


def test_links(file: Path) -> None:
    rows = query(
        file, "SELECT block.kind, link.target FROM link JOIN block ON block.id = link.source WHERE link.type = 'block'"
    )
    assert ("role", "tour/bind-loop-variable") in rows
    assert ("concept", "tour") in rows


def test_symbols(file: Path) -> None:
    rows = query(
        file,
        "SELECT symbol.type, block.chapter FROM symbol JOIN block ON block.id = symbol.block WHERE name = ?",
        "greet",
    )
    assert rows == [("code", "tour")]
    assert query(file, "SELECT type FROM symbol WHERE name = 'closures'") == [("term",)]


@pytest.mark.parametrize(
    ("word", "stem"), [("closures", "closure"), ("lambda", "lambda")], ids=["prose", "nested code"]
)
def test_full_text_search_finds_each_passage_once(word: str, stem: str, file: Path, folder: Path) -> None:
    rows = query(file, f"SELECT rowid FROM search WHERE search MATCH 'text : {word}' ORDER BY rowid")
    passages = [
        (position,)
        for position, block in enumerate(compiled(folder).blocks, 1)
        if block.is_authored and not block.parent and block.kind != "chapter" and stem in block.text.lower()
    ]
    assert passages
    assert rows == passages


def test_full_text_search_knows_the_headings(file: Path) -> None:
    rows = query(
        file,
        "SELECT block.kind, block.chapter FROM search JOIN block ON block.position = search.rowid"
        " WHERE search MATCH 'place : tour' ORDER BY rank",
    )
    assert ("section", "tour") in rows
    assert {chapter for _, chapter in rows} == {"tour"}


def test_a_chapter_is_the_text_of_its_blocks(file: Path, folder: Path) -> None:
    rows = query(
        file,
        "SELECT text FROM block WHERE chapter = 'tour' AND parent = '' AND data NOT LIKE '%\"origin\"%' ORDER BY position",
    )
    assert "".join(text for (text,) in rows).encode() == (folder / "tour.md").read_bytes()


def test_the_rules_of_a_book_by_severity(file: Path) -> None:
    rows = query(file, "SELECT id FROM block WHERE kind = 'rule' AND json_extract(data, '$.severity') = 'high'")
    assert rows == [("tour/bind-loop-variable",)]


# ------------------------------------------------------------------------------------------------ reading


def test_it_reads_back_as_the_same_book(file: Path, folder: Path) -> None:
    assert vulgate.read_book(file) == compiled(folder)
    assert vulgate.read_book(str(file)) == compiled(folder)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("#`:|-[]>\n\r{} "), max_size=200))
def test_any_book_reads_back(text: str, tmp_path: Path) -> None:
    write(tmp_path, {**SMALL, "one.md": f"# One\n\n## Inside\n{RULE}\n{text}"})
    build(tmp_path, keep_going=True)
    assert vulgate.read_book(tmp_path / "dist" / "small.sqlite") == compiled(tmp_path)


def test_the_same_bytes_from_every_process(folder: Path, tmp_path: Path) -> None:
    program = (
        "import sys, vulgate; from pathlib import Path; "
        "vulgate.Builder(vulgate.open_book(sys.argv[1]), out=Path(sys.argv[2])).run()"
    )
    for seed in ("0", "1", "2"):
        copy = tmp_path / seed / "book"
        write(copy, {path: data for path, data in tree(folder).items() if "/" not in path})
        subprocess.run(
            [sys.executable, "-c", program, str(copy), str(tmp_path / f"out{seed}")],
            env=environment(PYTHONHASHSEED=seed),
            check=True,
            timeout=60,
        )
    assert tree(tmp_path / "out0") == tree(tmp_path / "out1") == tree(tmp_path / "out2") == tree(folder / "dist")


def test_reading_changes_nothing(file: Path, tmp_path: Path) -> None:
    place = tmp_path / "odd ?#% name é.sqlite"
    place.write_bytes(file.read_bytes())
    place.chmod(0o444)
    vulgate.read_book(place)
    assert tree(tmp_path) == {place.name: file.read_bytes()}


def test_a_book_that_is_rebuilt_while_it_is_read(file: Path, tmp_path: Path) -> None:
    place = tmp_path / "book.sqlite"
    place.write_bytes(file.read_bytes())
    from vulgate.store.sqlite import open_readonly

    with closing(open_readonly(place)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM block")
        assert connection.execute("SELECT count(*) FROM block").fetchone() != (0,)


# ------------------------------------------------------------------------------------------------ what is no compiled book


def altered(file: Path, place: Path, *statements: str) -> Path:
    place.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(place)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return place


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("PRAGMA application_id = 1", "is no compiled book"),
        ("PRAGMA user_version = 2", "of format 2, and this program reads 1"),
        ("PRAGMA user_version = 0", "of format 0, and this program reads 1"),
        ("DROP TABLE meta", "is damaged"),
        ("DROP TABLE block", "is damaged"),
        ("DROP TABLE symbol", "is damaged"),
        ("DELETE FROM meta", "is damaged"),
        ("DELETE FROM meta WHERE key = 'summary'", "is damaged"),
        ("UPDATE meta SET value = '{'", "is damaged"),
        ("UPDATE meta SET value = x'ff'", "is damaged"),
        ("UPDATE meta SET value = '[]'", "is damaged"),
        ("UPDATE block SET data = '{}'", "is damaged"),
        ("UPDATE block SET data = '[]'", "is damaged"),
        ("UPDATE block SET data = 1", "is damaged"),
        ("UPDATE block SET data = x'ff'", "is damaged"),
        ('UPDATE block SET data = replace(data, \'"kind":"rule"\', \'"kind":"nonsense"\')', "is damaged"),
        ("UPDATE block SET text = x'ff'", "is damaged"),
    ],
)
def test_an_altered_file(statement: str, message: str, file: Path, tmp_path: Path) -> None:
    place = altered(file, tmp_path / "book.sqlite", statement)
    with pytest.raises(vulgate.BookFileError, match=message) as caught:
        vulgate.read_book(place)
    assert str(place) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\x00", b"# A book\n" * 900, bytes(8192)], ids=len)
def test_a_foreign_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "book.sqlite").write_bytes(content)
    with pytest.raises(vulgate.BookFileError, match="is no compiled book"):
        vulgate.read_book(tmp_path / "book.sqlite")


@pytest.mark.parametrize("path", ["gone.sqlite", "", "a\0b", "x" * 300, "gone/../book"])
def test_no_file(path: str, tmp_path: Path) -> None:
    with pytest.raises(vulgate.BookFileError, match="no compiled book at"):
        vulgate.read_book(tmp_path / path)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_a_book_file_error(data: st.DataObject, file: Path, tmp_path: Path) -> None:
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(0, 20))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "book.sqlite").write_bytes(content)
    try:
        book = vulgate.read_book(tmp_path / "book.sqlite")
    except vulgate.BookFileError:
        return
    assert isinstance(book, vulgate.CompiledBook)
