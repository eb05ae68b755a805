"""What an edition is: a compiled book in, files out."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from vulgate.model.book import CompiledBook


class EditionError(Exception):
    """An edition cannot be written with the options that the book gives it; the text says why, and what to do.

    Attributes:
        edition: The name of the edition.
    """

    edition = ""


class NoOptions(Struct, frozen=True):
    """The options of an edition that has none."""


class Edition(Protocol):
    """Writes a book for one kind of reader. Register one under the entry point `vulgate.editions`."""

    name: str
    options: type[Struct]
    """The keys of the manifest's `[editions.NAME]` table, each with a default."""

    def render(self, book: CompiledBook, options: Any) -> Mapping[str, bytes]:
        """The edition's files: contents by path in the output folder.

        Args:
            book: The compiled book, the only thing an edition reads.
            options: An instance of the type in `options`.
        """
        ...


class Workspace(Protocol):
    """The book's folder, for an edition that shows more of it than the compiled book holds."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; `None` if there is none inside the folder. A build is done again when the file changes."""
        ...

    def read_outside(self, path: str) -> bytes | None:
        """The bytes of a file that the manifest or the environment names; a relative path counts from the folder."""
        ...

    def variable(self, name: str) -> str:
        """A variable of the environment, empty if it is not set. A build is done again when it changes."""
        ...

    def recall(self, key: bytes) -> bytes | None:
        """What an earlier build kept under a key, which must hold all that decides it but the compiler; `None` if nothing."""
        ...

    def keep(self, key: bytes, data: bytes) -> None:
        """Keeps data for the next build."""
        ...

    def report(self, code_name: str, **values: str) -> None:
        """Reports a diagnostic about the edition; see `vulgate.model.codes`."""
        ...


class EditionFileError(Exception):
    """A file of the book's folder that an edition needs cannot be used.

    Args:
        path: The file, by its path in the folder.
        reason: Why.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason
        self.edition = ""


@runtime_checkable
class FolderEdition(Protocol):
    """An edition that copies files of the book's folder, such as pictures."""

    def render_with(self, book: CompiledBook, options: Any, workspace: Workspace) -> Mapping[str, bytes]:
        """The edition's files, as `Edition.render` gives them.

        Args:
            book: The compiled book.
            options: An instance of the type in `options`.
            workspace: The book's folder.

        Raises:
            EditionFileError: A file of the folder cannot be used.
        """
        ...
