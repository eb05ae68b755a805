"""The verdicts of earlier runs: one SQLite file in `.vulgate/`, which survives kills and concurrent runs, and can be deleted.

A verdict is kept under its claim (the digest of the code, what runs before it and what is expected) and its runtime. `build` is
the rest that a run depends on: the interpreter's build and its packages. A later run uses a verdict of the same build only;
what is shown of a book is the last verdict of each runtime.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from vulgate.model.blocks import Status, Verdict

if TYPE_CHECKING:
    import sqlite3

NAME: Final = "proofs.sqlite"
_FORMAT: Final = 2
_BUSY_SECONDS: Final = 30
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS verdict (
    claim TEXT NOT NULL, runtime TEXT NOT NULL, build TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
    day TEXT NOT NULL DEFAULT '', PRIMARY KEY (claim, runtime)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run (key TEXT PRIMARY KEY, result BLOB NOT NULL) WITHOUT ROWID;
"""


class Entry(Struct, frozen=True):
    """A verdict as it is kept; `day` is when it was found, in UTC."""

    claim: str
    runtime: str
    build: str
    status: Status
    reason: str = ""
    day: str = ""

    @property
    def verdict(self) -> Verdict:
        """What a block shows of it."""
        return Verdict(self.runtime, self.status, self.reason, self.day)


class Proofs:
    """The verdicts of one book.

    Args:
        folder: The book's `.vulgate` folder, which exists if anything is to be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def read(self) -> list[Entry]:
        """All verdicts, in order; none if there is no file, or none that can be read."""
        if not self.path.is_file():
            return []
        import sqlite3

        try:
            with self._connection() as connection:
                rows = connection.execute(
                    "SELECT claim, runtime, build, status, reason, day FROM verdict ORDER BY 1, 2"
                )
                return [
                    Entry(claim, runtime, build, Status(status), reason, day)
                    for claim, runtime, build, status, reason, day in rows
                ]
        except (sqlite3.DatabaseError, ValueError):
            return []

    def add(self, entries: Iterable[Entry]) -> None:
        """Keeps verdicts, in place of older ones of the same claim and runtime. A file that cannot be written costs time only."""
        rows = [
            (entry.claim, entry.runtime, entry.build, str(entry.status), entry.reason, entry.day) for entry in entries
        ]
        self._write("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?)", rows)

    def keep_only(self, claims: Iterable[str]) -> None:
        """Deletes the verdicts on claims that the book no longer makes."""
        wanted = set(claims)
        gone = {(entry.claim,) for entry in self.read() if entry.claim not in wanted}
        if gone:
            self._write("DELETE FROM verdict WHERE claim = ?", sorted(gone))

    def read_run(self, key: str) -> bytes | None:
        """What was kept of the last run, if it had this key."""
        if not self.path.is_file():
            return None
        import sqlite3

        try:
            with self._connection() as connection:
                row = connection.execute("SELECT result FROM run WHERE key = ?", (key,)).fetchone()
                return row[0] if row else None
        except sqlite3.DatabaseError:
            return None

    def write_run(self, key: str, result: bytes) -> None:
        """Keeps the result of a run, in place of all earlier ones."""
        self._write("DELETE FROM run WHERE key != ?", [(key,)])
        self._write("INSERT OR REPLACE INTO run VALUES (?, ?)", [(key, result)])

    def _write(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        import sqlite3

        for attempt in range(2):
            try:
                with self._connection() as connection, connection:
                    connection.executemany(statement, list(rows))
                return
            except sqlite3.OperationalError:  # busy, full, or not ours to write
                return
            except sqlite3.DatabaseError:  # damaged: what it held can be found out again
                if attempt == 0:
                    with suppress(OSError):
                        self.path.unlink()
            except OSError:
                return

    @contextmanager
    def _connection(self) -> "Iterator[sqlite3.Connection]":
        import sqlite3

        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
        try:
            connection.execute("PRAGMA synchronous=OFF")  # a kill loses nothing, only a power cut may
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version != _FORMAT:
                connection.executescript("DROP TABLE IF EXISTS verdict; DROP TABLE IF EXISTS run;" + _SCHEMA)
                connection.execute(f"PRAGMA user_version={_FORMAT}")
            yield connection
        finally:
            connection.close()


def by_claim(entries: Iterable[Entry]) -> dict[str, list[Verdict]]:
    """The verdicts on each claim, by runtime."""
    found: dict[str, list[Verdict]] = {}
    for entry in entries:
        found.setdefault(entry.claim, []).append(entry.verdict)
    return found


def proofs_digest(entries: Iterable[Entry]) -> str:
    """Digest of what a compiled book takes from the verdicts."""
    said: list[tuple[str, ...]] = [(e.claim, e.runtime, str(e.status), e.reason, e.day) for e in entries]
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()
