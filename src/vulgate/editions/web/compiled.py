"""What templates were compiled to, kept in the user's cache: compiling them takes as long as making fifty pages.

Never in the book's folder: what lies there may come from somebody else, and this is code.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

import jinja2
import msgspec
from jinja2.bccache import Bucket

from vulgate.store.atomic import write_file
from vulgate.store.cache import compiler_digest, seal, unsealed
from vulgate.store.user_cache import user_cache

_Kept = dict[str, tuple[str, bytes]]


class _Compiled(jinja2.BytecodeCache):
    """Code by template, with the checksum of the source that it was made from; one file for all."""

    def __init__(self) -> None:
        self._found: _Kept | None = None
        self._is_new = False

    def load_bytecode(self, bucket: Bucket) -> None:
        """Finds what a template was compiled to."""
        if self._found is None:
            self._found = _read()
        checksum, code = self._found.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps it."""
        assert self._found is not None
        self._found[bucket.key] = (bucket.checksum, bucket.bytecode_to_string())
        self._is_new = True

    def save(self) -> None:
        """Writes what is new; a cache that cannot be written costs time, and nothing else."""
        if self._is_new:
            self._is_new = False
            data = msgspec.msgpack.encode((compiler_digest(), self._found))
            with suppress(OSError, RuntimeError):
                write_file(_place(), seal(data) + data, durable=False)


def _place() -> Path:
    return user_cache() / "templates"


def _read() -> _Kept:
    with suppress(OSError, RuntimeError, ValueError):
        digest, found = msgspec.msgpack.decode(unsealed(_place()), type=tuple[str, _Kept])
        if digest == compiler_digest():  # it holds the versions of Python and Jinja
            return found
    return {}


COMPILED: Final = _Compiled()
"""The one that all sites share."""
