"""What earlier checks found, by project and set of rules.

A record holds for a file's bytes. So that unchanged files need not be read again, their times and sizes are kept as well, as Git
does it: a file is taken as unchanged if its size, its inode and both its times are the same, and if it was older than the cache
when that was written. Otherwise it is read and its digest decides.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.check.records import FileRecord
from vulgate.store.atomic import write_file
from vulgate.version import __version__

_FORMAT: Final = 3
_KEPT: Final = 8  # caches of a kind: of books, of sets of rules
_RACE: Final = 2_000_000_000  # nanoseconds in which a file may change without another time

Stamp = tuple[int, int, int, int]
"""Size, inode, time of change and of status change."""


class _Kept(Struct, frozen=True, array_like=True):
    stamp: Stamp
    record: FileRecord


class _File(Struct, array_like=True):
    format: int
    version: str
    written: int
    files: dict[str, _Kept]
    whole: dict[str, bytes]


class CheckCache:
    """The cache of one project for one set of rules.

    Args:
        folder: Where caches are kept; made when something is written.
        key: Digest of the rules, the detectors' versions and the settings that findings hang on.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._place = folder / f"check-{key[:16]}"
        self._key = key
        self._old = self._read()
        self._new: dict[str, _Kept] = {}
        self._whole: dict[str, bytes] = {}
        self._changed = False

    def _read(self) -> _File:
        try:
            kept = msgspec.msgpack.decode(self._place.read_bytes(), type=_File)
        except (OSError, ValueError, RecursionError):
            return _File(_FORMAT, "", 0, {}, {})
        if kept.format != _FORMAT or kept.version != self._version:
            return _File(_FORMAT, "", 0, {}, {})
        return kept

    @property
    def _version(self) -> str:
        return f"{__version__} {self._key}"

    def find(self, root: Path, path: str) -> tuple[Stamp | None, FileRecord | None]:
        """A file's stamp, and its record if the file surely has not changed."""
        stamp = _stamp(os.path.join(root, path))
        kept = self._old.files.get(path)
        if stamp is None or kept is None or kept.stamp != stamp or max(stamp[2:]) > self._old.written - _RACE:
            return stamp, None
        self._new[path] = kept
        return stamp, kept.record

    def find_by_digest(self, path: str, stamp: Stamp | None, digest: Callable[[], bytes]) -> FileRecord | None:
        """The record of a file that has the digest of the one known."""
        kept = self._old.files.get(path)
        if kept is None or stamp is None or kept.record.digest != digest():
            return None
        self._new[path] = _Kept(stamp, kept.record)
        self._changed = True
        return kept.record

    def keep(self, path: str, stamp: Stamp | None, record: FileRecord) -> None:
        """Keeps a new record."""
        if stamp is not None:
            self._new[path] = _Kept(stamp, record)
            self._changed = True

    def whole(self, key: str) -> bytes | None:
        """What was kept for the whole project under a key."""
        found = self._old.whole.get(key)
        if found is not None:
            self._whole[key] = found
        return found

    def keep_whole(self, key: str, value: bytes) -> None:
        """Keeps something for the whole project."""
        self._whole[key] = value
        self._changed = True

    def write(self) -> None:
        """Writes what is new. A cache that cannot be written costs time, never the check."""
        if not self._changed:
            return
        # What this run did not look at is kept: it may have been asked for one folder only.
        files = {**self._old.files, **self._new}
        kept = _File(_FORMAT, self._version, time.time_ns(), files, {**self._old.whole, **self._whole})
        keep_file(self._place, msgspec.msgpack.encode(kept))


def keep_file(place: Path, data: bytes) -> None:
    """Writes a cache named `KIND-DIGEST`, and deletes the oldest of its kind. One that cannot be written is made again."""
    folder = place.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        write_file(place, data, durable=False)
        same = sorted(
            folder.glob(f"{place.name.partition('-')[0]}-*"), key=lambda one: one.stat().st_mtime_ns, reverse=True
        )
        for old in same[_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        pass


def _stamp(place: str) -> Stamp | None:
    try:
        told = os.stat(place)
    except (OSError, ValueError):
        return None
    return told.st_size, told.st_ino, told.st_mtime_ns, told.st_ctime_ns


def digest_of(parts: Iterable[bytes]) -> str:
    """One digest for several pieces."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def project_digest(digests: Mapping[str, bytes]) -> bytes:
    """A digest of all files of a project."""
    return digest_of(
        part for path in sorted(digests) for part in (path.encode("utf-8", "replace"), digests[path])
    ).encode()
