"""Files of the book's folder that an edition shows or reads: pictures, a theme."""

from pathlib import Path

from vulgate.source.files import exists_inside
from vulgate.store.atomic import file_digest


class BookFolder:
    """Reads files inside a book's folder, and remembers what was in them.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.digests: dict[str, str] = {}
        """Digest of each file that was asked for, by path; empty for one that was not there."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; `None` if there is none inside the folder."""
        data = self._bytes(path)
        self.digests[path] = "" if data is None else file_digest(data)
        return data

    def digest(self, path: str) -> str:
        """The digest of a file as it is now; empty if there is none."""
        data = self._bytes(path)
        return "" if data is None else file_digest(data)

    def _bytes(self, path: str) -> bytes | None:
        if not exists_inside(self.root, path):
            return None
        try:
            return (self.root / path).read_bytes()
        except (OSError, ValueError):
            return None
