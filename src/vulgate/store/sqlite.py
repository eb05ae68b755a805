"""The compiled book as one SQLite file. `docs/compiled-book.md` documents the schema.

Opened read-only by everything that reads it. The bytes depend on the book alone: rows are inserted in order, and the header
field that names the SQLite library is set to zero (bytes 96 to 99 of the database header, https://www.sqlite.org/fileformat2.html).
"""

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from vulgate.model.blocks import AnyBlock, Relation
from vulgate.model.book import FORMAT, Book, CompiledBook, Summary, Symbol
from vulgate.store.search_index import write_index

APPLICATION_ID: Final = 0x56554C47
"""`VULG` in ASCII: tells our files from other SQLite files."""

_SCHEMA: Final = f"""
PRAGMA page_size = 4096;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE block (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    chapter TEXT NOT NULL,
    section TEXT NOT NULL,
    parent TEXT NOT NULL,
    file TEXT NOT NULL,
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    importance REAL NOT NULL,
    confidence REAL NOT NULL,
    status TEXT NOT NULL,
    text TEXT NOT NULL, -- long: what stands before it is read without it
    data TEXT NOT NULL
);
CREATE TABLE link (source TEXT NOT NULL, target TEXT NOT NULL, type TEXT NOT NULL, start INTEGER NOT NULL);
CREATE TABLE relation (
    source TEXT NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (source, type, target)
) WITHOUT ROWID;
CREATE TABLE symbol (name TEXT NOT NULL, type TEXT NOT NULL, block TEXT NOT NULL, PRIMARY KEY (name, type, block)) WITHOUT ROWID;
"""
_INDEXES: Final = """
CREATE INDEX block_kind ON block (kind);
CREATE INDEX block_parent ON block (parent) WHERE parent <> '';
CREATE INDEX link_source ON link (source);
CREATE INDEX link_target ON link (target);
CREATE INDEX relation_target ON relation (target);
CREATE INDEX symbol_block ON symbol (block);
"""
_SYMBOLS: Final = """
SELECT symbol.name, symbol.type, symbol.block FROM symbol JOIN block ON block.id = symbol.block
ORDER BY symbol.name, symbol.type, block.position
"""
_VERSION_FIELD: Final = slice(96, 100)
_Blocks: Final = msgspec.json.Decoder(AnyBlock)
_encode: Final = msgspec.json.Encoder().encode


class BookFileError(Exception):
    """A file is no compiled book, or one of another format."""


def to_sqlite(book: CompiledBook) -> bytes:
    """The compiled book as the bytes of a SQLite file."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(_SCHEMA)
        with connection:
            connection.executemany("INSERT INTO meta VALUES (?, ?)", _meta(book))
            connection.executemany(
                "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(_row, range(1, len(book.blocks) + 1), book.blocks),
            )
            links = ((block.id, link.target, link.type, link.start) for block in book.blocks for link in block.links)
            connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?)", links)
            relations = ((relation.source, relation.type, relation.target) for relation in book.of_kind(Relation))
            connection.executemany("INSERT INTO relation VALUES (?, ?, ?)", relations)
            symbols = ((symbol.name, symbol.type, block) for symbol in book.symbols for block in symbol.blocks)
            connection.executemany("INSERT INTO symbol VALUES (?, ?, ?)", symbols)
        connection.executescript(_INDEXES)  # indexes are made faster when the rows are there
        write_index(connection, book)
        data = memoryview(connection.serialize())
    finally:
        connection.close()
    return b"".join((data[: _VERSION_FIELD.start], bytes(4), data[_VERSION_FIELD.stop :]))


def read_book(path: str | Path) -> CompiledBook:
    """Reads a compiled book.

    Args:
        path: The SQLite file.

    Raises:
        BookFileError: The file is missing, is no compiled book, or was written by a newer version.
    """
    place = Path(path)
    try:
        is_file = place.is_file()
    except OSError:  # a path that the system refuses
        is_file = False
    if not is_file:
        raise BookFileError(f"no compiled book at {place}")
    connection = open_readonly(place)
    try:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        order: dict[tuple[str, str], list[str]] = {}
        for name, type_, block in connection.execute(_SYMBOLS):
            order.setdefault((name, type_), []).append(block)
        rows = connection.execute("SELECT data, text FROM block ORDER BY position")
        return CompiledBook(
            book=msgspec.json.decode(meta["book"], type=Book),
            blocks=tuple(decode_block(data, text) for data, text in rows),
            symbols=tuple(Symbol(name, type_, tuple(ids)) for (name, type_), ids in order.items()),
            formerly=msgspec.json.decode(meta["formerly"], type=dict[str, str]),
            summary=msgspec.json.decode(meta["summary"], type=Summary),
        )
    except (sqlite3.Error, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BookFileError(f"{place} is damaged: {error}") from error
    finally:
        connection.close()


def open_readonly(path: Path) -> sqlite3.Connection:
    """A read-only connection to a compiled book.

    Raises:
        BookFileError: The file is no compiled book, or was written by a newer version.
    """
    if _is_cut_off(path):
        raise BookFileError(f"{path} is cut off: it is shorter than its header says")
    # Threads take turns: who shares a connection holds a lock.
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise BookFileError(f"{path} is no compiled book: {error}") from error
    if application != APPLICATION_ID or version != FORMAT:
        connection.close()
        what = (
            "no compiled book"
            if application != APPLICATION_ID
            else f"a compiled book of format {version}, and this program reads {FORMAT}"
        )
        raise BookFileError(f"{path} is {what}")
    return connection


def _is_cut_off(path: Path) -> bool:
    """Whether a database has not all the pages that its header counts (bytes 16 and 28, as the file format has it)."""
    try:
        with path.open("rb") as stream:
            header = stream.read(32)
        size = path.stat().st_size
    except OSError:  # SQLite will say what is wrong
        return False
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    return header.startswith(b"SQLite format 3\0") and size < (65536 if page == 1 else page) * pages


def decode_block(data: str, text: str) -> AnyBlock:
    """A block from its row.

    Raises:
        TypeError: The text is none, which only damage brings about.
    """
    if not isinstance(text, str):
        raise TypeError("a block's text is no text")
    block: AnyBlock = msgspec.structs.replace(_Blocks.decode(data), text=text)
    return block


def _meta(book: CompiledBook) -> list[tuple[str, str]]:
    values = {"book": book.book, "formerly": book.formerly, "summary": book.summary}
    return [(key, _encode(value).decode()) for key, value in values.items()]


def _row(position: int, block: AnyBlock) -> tuple[object, ...]:
    span = block.span
    data = _encode(msgspec.structs.replace(block, text="")).decode()
    return (
        position,
        block.id,
        block.kind,
        block.title,
        block.chapter,
        block.section,
        block.parent,
        span.file,
        span.first,
        span.last,
        block.importance,
        block.confidence,
        str(block.status),
        block.text,
        data,
    )
