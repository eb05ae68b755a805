"""Files of the book's folder that an edition shows or reads: pictures, a theme; and what is named beside it."""

import os
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
        """Digest of each file that was asked for, by path, and of each variable, by `$` and its name; empty for what was not there."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; `None` if there is none inside the folder."""
        return None if Path(path).is_absolute() else self._noted(path)

    def read_outside(self, path: str) -> bytes | None:
        """The bytes of a file anywhere; a relative path counts from the folder. `None` if it cannot be read."""
        return self._noted(str((self.root / path).absolute()))

    def variable(self, name: str) -> str:
        """A variable of the environment; empty if it is not set."""
        self.digests[f"${name}"] = self.digest(f"${name}")
        return os.environ.get(name, "")

    def _noted(self, path: str) -> bytes | None:
        data = self._bytes(path)
        self.digests[path] = "" if data is None else file_digest(data)
        return data

    def digest(self, path: str) -> str:
        """The digest of a file or variable as it is now; empty if there is none."""
        if path.startswith("$"):
            return file_digest(os.fsencode(os.environ[path[1:]])) if path[1:] in os.environ else ""
        data = self._bytes(path)
        return "" if data is None else file_digest(data)

    def _bytes(self, path: str) -> bytes | None:
        if not Path(path).is_absolute() and not exists_inside(self.root, path):
            return None
        try:
            return (self.root / path).read_bytes()
        except (OSError, ValueError):
            return None
