"""What an edition is: a compiled book in, files out."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct, field

from vulgate.model.book import CompiledBook
from vulgate.model.codes import Reporter


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


class Press(Struct, frozen=True):
    """What an edition may need beside the book.

    Attributes:
        file: The content of a file beside the chapters, by its path in the book; `None` if it cannot be read.
        reporter: Takes what is to be said about the edition. After an error nothing is written.
    """

    file: Callable[[str], bytes | None] = lambda path: None
    reporter: Reporter = field(default_factory=Reporter)


@runtime_checkable
class Printed(Protocol):
    """An edition that holds files of the book, such as pictures, or needs what may be missing. A build calls `press`."""

    def press(self, book: CompiledBook, options: Any, press: Press) -> Mapping[str, bytes]:
        """The edition's files, as `Edition.render` gives them.

        Args:
            book: The compiled book.
            options: An instance of the type in `options`.
            press: Files beside the chapters, and somebody to tell.
        """
        ...
