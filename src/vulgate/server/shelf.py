"""The books that a server answers from, opened again when a file was replaced."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vulgate.search.answers import SearchError
from vulgate.search.encoder import Encoder
from vulgate.search.library import Library
from vulgate.store.sqlite import BookFileError

Mark = tuple[tuple[int, int, int], ...]
"""What tells one state of the files from another: inode, size and time of each."""
_GONE: Final = (0, 0, 0)


@dataclass
class _Lease:
    """A library, and how many requests use it now."""

    library: Library
    mark: Mark
    users: int = 0
    retired: bool = False


class Shelf:
    """Compiled books, always as their files are now.

    Args:
        paths: The compiled books.
        encoder: What ranks by meaning besides the word vectors, if anything.

    Raises:
        BookFileError: A file is missing, damaged, no compiled book, or of another format; or two books have one id.
    """

    def __init__(self, paths: Sequence[Path], encoder: Encoder | None = None) -> None:
        self._encoder = encoder
        self.paths = tuple(path.resolve() for path in paths)
        self._lock = threading.Lock()
        self._lease = self._open(self._mark())

    @contextmanager
    def library(self) -> Iterator[Library]:
        """The books, for one request.

        Raises:
            SearchError: A file was replaced by one that cannot be read.
        """
        lease = self._take()
        try:
            yield lease.library
        finally:
            with self._lock:
                lease.users -= 1
                self._close_unused(lease)

    @property
    def many(self) -> bool:
        """Whether there are several books."""
        return len(self.paths) > 1

    def mark(self) -> Mark:
        """The state of the files that the books were opened in; what was made from the books is good while it is the same."""
        with self._lock:
            return self._lease.mark

    def close(self) -> None:
        """Closes the books as soon as no request uses them."""
        with self._lock:
            self._lease.retired = True
            self._close_unused(self._lease)

    def _take(self) -> _Lease:
        mark = self._mark()
        with self._lock:
            if mark != self._lease.mark:
                self._lease, old = self._reopened(mark), self._lease
                old.retired = True
                self._close_unused(old)
            self._lease.users += 1
            return self._lease

    def _reopened(self, mark: Mark) -> _Lease:
        try:
            return self._open(mark)
        except BookFileError as error:
            message = f"the book was replaced and cannot be read: {error}; `vulgate build` writes it again"
            raise SearchError(message) from error

    def _open(self, mark: Mark) -> _Lease:
        return _Lease(Library.open(self.paths, self._encoder), mark)

    def _mark(self) -> Mark:
        return tuple(map(_mark_of, self.paths))

    @staticmethod
    def _close_unused(lease: _Lease) -> None:
        if lease.retired and not lease.users:
            lease.library.close()


def _mark_of(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return _GONE
    return found.st_ino, found.st_size, found.st_mtime_ns
