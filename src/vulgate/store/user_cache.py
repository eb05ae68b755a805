"""The user's own folder for what can be made again, and compiled books in it."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vulgate.store.atomic import write_file

OLD: Final = 30 * 24 * 3600
"""Seconds after which another version's book that nobody read is deleted."""


def user_cache(system: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for caches, as the system has it: `XDG_CACHE_HOME` where it is set, else the usual one.

    Raises:
        RuntimeError: The user has no home folder.
    """
    named = environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():  # the specification of XDG says to ignore others
        return Path(named) / "vulgate"
    if system == "win32":
        local = environ.get("LOCALAPPDATA", "")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "vulgate" / "Cache"
    return Path.home() / ("Library/Caches" if system == "darwin" else ".cache") / "vulgate"


def keep_book(place: Path, data: bytes, book: str) -> None:
    """Writes a compiled book into the cache, and deletes those of other versions that are out of use.

    Args:
        place: Where; the name begins with the id of the book.
        data: The file.
        book: The id of the book.

    Raises:
        OSError: It cannot be written.
    """
    write_file(place, data, durable=False)
    before = time.time() - OLD
    for other in place.parent.glob(f"{book}-*{place.suffix}"):
        try:
            found = other.stat()
            if other != place and max(found.st_atime, found.st_mtime) < before:
                other.unlink()
        except OSError:  # gone already, or open somewhere
            continue
