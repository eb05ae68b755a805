"""The compiled books that are open for search."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from vulgate.model.blocks import AnyBlock
from vulgate.model.book import Book, Summary
from vulgate.model.suggest import did_you_mean
from vulgate.search import finding
from vulgate.search.answers import BookStamp, SearchError
from vulgate.search.contents import Contents
from vulgate.search.encoder import Encoder
from vulgate.search.rulebook import ShortRule, read_rules
from vulgate.search.signs import Signs, read_signs
from vulgate.store.sqlite import BookFileError, decode_block, open_readonly

_MAPPED: Final = 1 << 30
"""Bytes of a file that are read without copying."""


@dataclass(frozen=True)
class OpenBook:
    """One compiled book, open for reading.

    Attributes:
        path: The file.
        connection: Read-only; used by one thread at a time, under `lock`.
        book: The book as a whole.
        stamp: What every answer says of it.
        formerly: Old ids and the ids they have now.
        lock: Held while the connection is used.
    """

    path: Path
    connection: sqlite3.Connection
    book: Book
    stamp: BookStamp
    formerly: dict[str, str]
    lock: threading.RLock
    _ready: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path) -> "OpenBook":
        """Opens a compiled book.

        Raises:
            BookFileError: The file is missing, damaged, no compiled book, or of another format.
        """
        if not path.is_file():
            raise BookFileError(f"no compiled book at {path}")
        connection = open_readonly(path)
        try:
            connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
            meta = dict(connection.execute("SELECT key, value FROM meta"))
            book = msgspec.json.decode(meta["book"], type=Book)
            summary = msgspec.json.decode(meta["summary"], type=Summary)
            formerly = msgspec.json.decode(meta["formerly"], type=dict[str, str])
            connection.execute("SELECT title, names, asked, anchors, place, text FROM search LIMIT 0")
            connection.execute("SELECT word, passages FROM word LIMIT 0")
            connection.execute("SELECT model, dimensions, positions, data FROM vector LIMIT 0")
        except (sqlite3.Error, KeyError, ValueError) as error:
            connection.close()
            raise BookFileError(f"{path} is damaged, or of an earlier version: {error}; build it again") from error
        built = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        stamp = BookStamp(id=book.id, title=book.title, digest=book.digest, built=built, version=summary.version)
        return cls(path, connection, book, stamp, formerly, threading.RLock())

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query.

        Raises:
            SearchError: The file is damaged.
        """
        with self.lock:
            try:
                return self.connection.execute(query, parameters).fetchall()
            except sqlite3.DatabaseError as error:
                raise SearchError(f"the compiled book {self.path.name} is damaged ({error}); build it again") from error

    @cached_property
    def contents(self) -> Contents:
        """The tree of chapters and sections."""
        with self.intact():
            return Contents(self.rows)

    @cached_property
    def rules(self) -> tuple[ShortRule, ...]:
        """The rules in short, in reading order."""
        with self.intact():
            return read_rules(self.rows)

    @cached_property
    def signs(self) -> dict[str, Signs]:
        """What the fences of the rules show, by id."""
        with self.intact():
            return read_signs(self.rows)

    @cached_property
    def names(self) -> finding.Names:
        """The names that a misspelt one may mean."""
        return finding.Names(self.rows)

    def cached(self, name: str, make: Callable[[], Any]) -> Any:
        """What was made of the book under a name, made once: what search wants to have ready for the next query."""
        with self.lock:
            if name not in self._ready:
                self._ready[name] = make()
            return self._ready[name]

    def block(self, id: str) -> AnyBlock | None:
        """The block that has an id, or had it formerly; `None` if there is none."""
        rows = self.rows("SELECT data, text FROM block WHERE id = ?", (self.formerly.get(id, id),))
        return self.decode(*rows[0]) if rows else None

    def blocks(self, where: str, parameters: Sequence[object] = ()) -> list[AnyBlock]:
        """The blocks for which a condition in SQL holds, in reading order."""
        # The condition is ours; values go in as parameters.
        rows = self.rows(f"SELECT data, text FROM block WHERE {where} ORDER BY position", parameters)  # noqa: S608
        return [self.decode(data, text) for data, text in rows]

    def decode(self, data: object, text: object) -> AnyBlock:
        """A block from two columns of its row.

        Raises:
            SearchError: They are damaged.
        """
        with self.intact():
            return decode_block(str(data), str(text))

    @contextmanager
    def intact(self) -> Iterator[None]:
        """Says so if what is read is damaged.

        Raises:
            SearchError: A value is not what the format says.
        """
        try:
            yield
        except (ValueError, TypeError, RecursionError) as error:
            raise SearchError(f"the compiled book {self.path.name} is damaged ({error}); build it again") from error


class Library:
    """Compiled books, searched together.

    Attributes:
        books: The books, in the order in which they were named.
        encoder: What ranks by meaning besides the word vectors, if anything.
    """

    def __init__(self, books: Sequence[OpenBook], encoder: Encoder | None = None) -> None:
        self.books = tuple(books)
        self.encoder = encoder

    @classmethod
    def open(cls, paths: Sequence[Path], encoder: Encoder | None = None) -> Self:
        """Opens compiled books.

        Args:
            paths: The files.
            encoder: What ranks by meaning besides the word vectors. It encodes each book once, at the first question or in
                `vulgate.search.encodings.encodings`.

        Raises:
            BookFileError: A file is missing, damaged, no compiled book, or of another format; or two books have one id.
        """
        opened: list[OpenBook] = []
        try:
            for path in paths:
                opened.append(OpenBook.open(path))
                _require_own_id(opened)
        except BookFileError:
            for book in opened:
                book.connection.close()
            raise
        return cls(opened, encoder)

    @property
    def stamps(self) -> list[BookStamp]:
        """What every answer says of the books."""
        return [book.stamp for book in self.books]

    def choose(self, book: str) -> list[OpenBook]:
        """The book of an id, or all for the empty text.

        Raises:
            SearchError: There is no such book.
        """
        chosen = [each for each in self.books if book in ("", each.book.id)]
        if not chosen:
            ids = [each.book.id for each in self.books]
            help = did_you_mean(book[:100], ids) or "there are " + ", ".join(ids)
            raise SearchError(f"no book {book[:100]!r} is open; {help}")
        return chosen

    def find(self, id: str, book: str = "") -> tuple[OpenBook, AnyBlock]:
        """The block that a name means: an id, also an old one or its last part, and what else `finding` understands.

        Raises:
            SearchError: No block is meant, and the text names the nearest ids; or several are.
        """
        owner, found = finding.find(self.choose(book), id)
        block = owner.block(found)
        if block is None:
            raise SearchError(f"the compiled book {owner.path.name} is damaged; build it again")
        return owner, block

    def close(self) -> None:
        """Closes all books."""
        for book in self.books:
            book.connection.close()

    def __enter__(self) -> Self:
        """The library itself."""
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes all books."""
        self.close()


def _require_own_id(books: Sequence[OpenBook]) -> None:
    """Refuses the last of some books if another one has its id: answers name books by their ids.

    Raises:
        BookFileError: It has.
    """
    *others, last = books
    for other in others:
        if other.book.id == last.book.id:
            raise BookFileError(f"two books have the id {last.book.id}: {other.path} and {last.path}; name one of them")
