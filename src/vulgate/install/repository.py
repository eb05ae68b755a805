"""The files of a repository: read as text, written all or none, never outside of it."""

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from vulgate.install.forms import FormError
from vulgate.install.lock import NAME
from vulgate.model.codes import Reporter
from vulgate.store.atomic import write_all


class Repository:
    """A folder that we write into.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def real(self, path: str) -> str:
        """The path of the file that a path leads to, through links.

        Raises:
            FormError: It leads out of the repository, or in a circle.
        """
        try:
            place = (self.root / path).resolve()
        except (OSError, RuntimeError) as error:
            raise FormError("it is a link that cannot be followed; put a file in its place") from error
        if ".." in path.split("/"):
            raise FormError(f"the path leads out of the repository; take it out of {NAME}")
        if not place.is_relative_to(self.root):
            raise FormError("it is a link that leads out of the repository; put a file in its place")
        return place.relative_to(self.root).as_posix()

    def read(self, path: str) -> str | None:
        """The text of a file that may be written, or `None` where there is none.

        Raises:
            FormError: It cannot be read or written.
        """
        place = self.root / self.real(path)
        try:
            if not place.exists():
                self._look_for_file_above(place)
                return None
            if not place.is_file():
                raise FormError("it is no file")
            text = place.read_bytes().decode("utf-8")
            if not place.stat().st_mode & stat.S_IWUSR:
                raise FormError("it is read-only; make it writable, or leave this agent out")
        except UnicodeDecodeError as error:
            raise FormError("it is not UTF-8; save it as UTF-8") from error
        except OSError as error:
            raise FormError(_reason(error)) from error
        return text

    def write(self, texts: Mapping[str, str], reporter: Reporter) -> bool:
        """Writes files, all of them or none; what stops it is reported.

        Args:
            texts: Contents by path.
            reporter: Takes a diagnostic.

        Returns:
            Whether they were written.
        """
        before = len(reporter.items)
        write_all(self.root, {path: text.encode() for path, text in texts.items()}, reporter, force=True)
        return len(reporter.items) == before

    def delete(self, path: str) -> None:
        """Deletes a file, and the folders above that it leaves empty.

        Raises:
            FormError: It cannot be deleted.
        """
        place = self.root / self.real(path)
        try:
            place.unlink(missing_ok=True)
        except OSError as error:
            raise FormError(_reason(error)) from error
        with suppress(OSError):  # others have files there
            for folder in place.parents:
                if folder == self.root or not folder.is_relative_to(self.root):
                    break
                folder.rmdir()

    @contextmanager
    def locked(self, seconds: float = 30.0) -> Iterator[bool]:
        """Keeps other installs out; whether that worked in time. The lock lies in the user's cache, not in the repository."""
        from vulgate.store.locking import exclusive
        from vulgate.store.user_cache import user_cache

        try:
            folder = user_cache() / "installs"
        except RuntimeError:  # nobody's home: then nobody else's either
            yield True
            return
        import hashlib

        name = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        with exclusive(folder / f"{name}.lock", seconds) as held:
            yield held

    def _look_for_file_above(self, place: Path) -> None:
        for folder in place.parents:
            if folder == self.root.parent:
                return
            if folder.is_file():
                raise FormError(
                    f"`{folder.relative_to(self.root).as_posix()}` is a file, and would have to be a folder"
                )


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
