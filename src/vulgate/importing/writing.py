"""Writes the files of an imported book; a second import overwrites what the first one wrote, and nothing else."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from vulgate.model.codes import Reporter
from vulgate.store.atomic import file_digest, write_all, write_file
from vulgate.store.cache import FOLDER, Cache

RECORD: Final = "import"


def write_book(into: Path, files: Mapping[str, bytes], reporter: Reporter, *, force: bool = False) -> list[str]:
    """Writes a book, all of it or nothing.

    Args:
        into: The folder of the book.
        files: Its files, by path.
        reporter: Takes a diagnostic for each file that cannot be written, or that somebody else wrote.
        force: Whether to overwrite such files.

    Returns:
        The paths of the files that have changed.
    """
    record = into / FOLDER / RECORD
    ours: dict[str, str] = {}
    with suppress(OSError, ValueError):
        ours = msgspec.json.decode(record.read_bytes(), type=dict[str, str])
    written = write_all(into, files, reporter, force=force, ours=ours)
    if not reporter.items:
        with suppress(OSError):  # the next import asks for `--force`
            Cache(into / FOLDER).make_folder()
            write_file(record, msgspec.json.encode({path: file_digest(data) for path, data in files.items()}))
    return written
