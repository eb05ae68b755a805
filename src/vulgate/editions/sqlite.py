"""The compiled book itself, as a file: what search, servers and other programs open."""

from collections.abc import Mapping

from vulgate.editions.base import NoOptions
from vulgate.model.book import CompiledBook
from vulgate.store.sqlite import to_sqlite


class SqliteEdition:
    """One SQLite file, `NAME.sqlite`."""

    name = "sqlite"
    options = NoOptions

    def render(self, book: CompiledBook, options: NoOptions) -> Mapping[str, bytes]:
        """The file."""
        return {f"{book.book.id}.sqlite": to_sqlite(book)}
