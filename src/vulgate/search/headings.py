"""Where blocks stand: the headings of a book, with their numbers."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vulgate.model.inline import plain


class Heading(NamedTuple):
    """A chapter or section.

    Attributes:
        title: Its title as plain text.
        number: Its number; empty for a page without one.
        above: Ids of the headings around it, the chapter first.
    """

    title: str
    number: str
    above: tuple[str, ...]

    @property
    def label(self) -> str:
        """As a reader says it: `6.2 Parameters`."""
        return f"{self.number} {self.title}".strip()


class Headings:
    """The headings of a book by id.

    Args:
        rows: Id, title, kind, number and depth of each chapter and section, in reading order.
    """

    def __init__(self, rows: Iterable[tuple[object, ...]]) -> None:
        self._by_id: dict[str, Heading] = {}
        open_: list[str] = []
        for id, title, kind, number, depth in rows:
            del open_[0 if kind == "chapter" else max(int(str(depth)) - 1, 1) :]
            self._by_id[str(id)] = Heading(plain(str(title)), str(number), tuple(open_))
            open_.append(str(id))

    def path(self, section: str) -> tuple[str, ...]:
        """Ids of the headings from the chapter down to a section, itself last."""
        found = self._by_id.get(section)
        return (*found.above, section) if found else ()

    def place(self, section: str) -> str:
        """Where a section stands: `6 Functions > 6.2 Parameters`."""
        return " > ".join(self._by_id[id].label for id in self.path(section))

    def title(self, section: str) -> str:
        """Title of a section; empty for an id that is none."""
        found = self._by_id.get(section)
        return found.title if found else ""

    def chapters(self) -> Iterator[tuple[str, Heading]]:
        """The chapters: ids and headings."""
        return ((id, heading) for id, heading in self._by_id.items() if not heading.above)
