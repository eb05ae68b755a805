"""Keeping other processes out: SQLite's own lock on an empty database.

It works on every system, waits, and is gone when its process dies.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(place: Path, seconds: float) -> Iterator[bool]:
    """Holds a lock; whether it was free within some seconds.

    Where the folder cannot be written there is no lock to hold, and nothing else that could be written at once.

    Args:
        place: The file of the lock; its folder is made.
        seconds: How long to wait.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(place, timeout=seconds, isolation_level=None)
    except (OSError, sqlite3.OperationalError):
        yield True
        return
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        yield error.sqlite_errorcode != sqlite3.SQLITE_BUSY
        return
    else:
        yield True
    finally:
        lock.close()
