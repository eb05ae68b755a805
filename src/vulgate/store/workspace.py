"""The folder of a book for editions that show more than the compiled book holds: pictures, a theme; and their cache."""

import os
from pathlib import Path

from vulgate.model.codes import Reporter
from vulgate.model.spans import Span
from vulgate.source.files import exists_inside
from vulgate.store.atomic import file_digest, write_file
from vulgate.store.cache import Cache, compiler_digest, seal, unsealed


class BookFolder:
    """Reads files inside a book's folder, and remembers what was in them.

    Args:
        root: The folder.
        cache: The book's cache.
        reporter: Takes what editions report.
    """

    def __init__(self, root: Path, cache: Cache, reporter: Reporter) -> None:
        self.root = root
        self.cache = cache
        self.reporter = reporter
        self.digests: dict[str, str] = {}
        """Digest of each file, by path, and variable, by `$` and its name, that was asked for; empty for what was not there."""
        self._used: set[str] = set()

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

    def recall(self, key: bytes) -> bytes | None:
        """What an earlier build kept under a key; `None` if there is nothing, or it is damaged."""
        try:
            return unsealed(self._place(key))
        except (OSError, ValueError):
            return None

    def keep(self, key: bytes, data: bytes) -> None:
        """Keeps data for the next build; a cache that cannot be written costs time, never the build."""
        place = self._place(key)
        try:
            self.cache.make_folder()
            place.parent.mkdir(exist_ok=True)
            write_file(place, seal(data) + data, durable=False)
        except OSError:
            pass

    def report(self, code_name: str, span: Span | None = None, **values: str) -> None:
        """Reports a warning about an edition, at a place in the book if it has one."""
        self.reporter.add(code_name, span, help="", labels=(), **values)

    @property
    def is_used(self) -> bool:
        """Whether this build looked for anything that an earlier one kept."""
        return bool(self._used)

    def prune(self) -> None:
        """Deletes what was kept and not used in this build."""
        try:
            for place in (self.cache.folder / "pages").iterdir():
                if place.name not in self._used:
                    place.unlink(missing_ok=True)
        except OSError:
            pass

    def _place(self, key: bytes) -> Path:
        name = file_digest(compiler_digest().encode() + key)
        self._used.add(name)
        return self.cache.folder / "pages" / name

    def _bytes(self, path: str) -> bytes | None:
        if not Path(path).is_absolute() and not exists_inside(self.root, path):
            return None
        try:
            return (self.root / path).read_bytes()
        except (OSError, ValueError):
            return None
