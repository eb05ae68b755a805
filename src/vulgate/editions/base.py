"""What an edition is: a compiled book in, files out."""

from collections.abc import Mapping
from typing import Any, Protocol

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
