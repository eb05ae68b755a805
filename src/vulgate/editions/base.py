"""What an edition is: a compiled book in, files out."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from vulgate.model.book import CompiledBook
from vulgate.model.spans import Span


class EditionError(Exception):
    """An edition cannot be written; a build reports why, and leaves everything as it was.

    Attributes:
        edition: The name of the edition; a build fills it in.
    """

    edition = ""


class EditionOptionsError(EditionError):
    """An edition cannot be written with the options that the book gives it; the text says why, and what to do."""


class EditionFileError(EditionError):
    """A file of the book's folder that an edition needs cannot be used.

    Args:
        path: The file, by its path in the folder.
        reason: Why.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


class EditionExtraError(EditionError):
    """An edition needs packages that the plain install does not bring.

    Args:
        extra: The optional extra of our package that has them.
        missing: The modules that are not there.
    """

    def __init__(self, extra: str, missing: Sequence[str]) -> None:
        super().__init__(extra, missing)
        self.extra = extra
        self.missing = missing


class EditionProgramError(EditionError):
    """The program that makes an edition failed; the text says how."""


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

    def report(self, code_name: str, span: Span | None = None, **values: str) -> None:
        """Reports a warning about the edition, at a place in the book if it has one; see `vulgate.model.codes`."""
        ...


class NoFolder:
    """A workspace where there is no folder."""

    def read(self, path: str) -> bytes | None:
        """Nothing."""
        return None

    def read_outside(self, path: str) -> bytes | None:
        """Nothing."""
        return None

    def variable(self, name: str) -> str:
        """Nothing."""
        return ""

    def recall(self, key: bytes) -> bytes | None:
        """Nothing."""
        return None

    def keep(self, key: bytes, data: bytes) -> None:
        """Keeps nothing."""

    def report(self, code_name: str, span: Span | None = None, **values: str) -> None:
        """Tells nobody."""


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
            EditionError: The edition cannot be written.
        """
        ...
