"""The files that a server may read for a client: those below its roots, and nothing else."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from vulgate.search.answers import SearchError

MAX_BYTES: Final = 1_000_000
"""The most that `check_code` takes, of code or of a file."""


class Roots:
    """Folders that a client's paths may lead into.

    Args:
        folders: The roots; a path that is not absolute starts from each of them in turn.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folder.resolve() for folder in folders)

    def find(self, named: str) -> Path:
        """The file that a client names, with links followed.

        Raises:
            SearchError: It lies outside the roots, or is no file. Whether something is there is told of the roots alone.
        """
        try:
            places = [(folder / _plain(named)).resolve() for folder in self.folders if not self._leads_away(named)]
        except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, links in a circle
            raise SearchError(f"{named[:200]!r} is no path") from error
        inside = [place for place in places if self._holds(place)]
        if not inside:
            raise SearchError(f"{named[:200]!r} is outside the folders that this server may read; pass `code` instead")
        found = next((place for place in inside if _is_there(place)), None)
        if found is None:
            raise SearchError(f"no file {named[:200]!r}; paths start from the project's folder")
        if not found.is_file():
            raise SearchError(f"{named[:200]!r} is no file; name one file")
        return found

    def _leads_away(self, named: str) -> bool:
        """Whether a path names another machine or a device: on Windows, only to look at it would log in there."""
        drive = PureWindowsPath(_plain(named)).drive
        return drive.startswith("\\\\") and not any(drive == PureWindowsPath(folder).drive for folder in self.folders)

    def _holds(self, place: Path) -> bool:
        return any(place.is_relative_to(folder) for folder in self.folders)


def read_limited(place: Path) -> bytes:
    """The bytes of a file.

    Raises:
        SearchError: It cannot be read, or is too large.
    """
    try:
        # A name may have come to mean another thing since it was looked at: no link is followed, no pipe waited for.
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise SearchError(f"{place.name} is no file")
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SearchError(f"{place.name} cannot be read: {(error.strerror or str(error)).lower()}") from error
    return limited(data)


def limited(data: bytes) -> bytes:
    """The bytes themselves.

    Raises:
        SearchError: They are too many.
    """
    if len(data) > MAX_BYTES:
        raise SearchError(f"the code has more than {MAX_BYTES:,} bytes; check a part of it")
    return data


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # a name that is too long
        return False


def _plain(named: str) -> str:
    """A path, also where it is written as a `file:` URI."""
    if not named.startswith("file:"):
        return named
    parts = urlsplit(named)
    host = "" if parts.netloc.lower() == "localhost" else parts.netloc
    return url2pathname(f"//{host}{parts.path}" if host else parts.path)
