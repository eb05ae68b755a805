"""The differences of two books for programs."""

from typing import Final

from msgspec import Struct

from vulgate.model.changes import Aspect, Change, Comparison, Side, Tally
from vulgate.report.jsons import encode

TITLE: Final = "The differences of two books, as `vulgate diff --json` prints them"


class JsonComparison(Struct, frozen=True):
    """The differences of two books.

    Attributes:
        old: The earlier book.
        new: The later book.
        breaking: How many changes are breaking.
        summary: How many changes there are of each kind.
        book: What is not as it was in the book as a whole.
        changes: The parts that are not as they were, in reading order.
        notes: What limits the comparison.
    """

    old: Side
    new: Side
    breaking: int
    summary: dict[str, Tally]
    book: tuple[Aspect, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def as_json(found: Comparison) -> str:
    """The differences as JSON, in one line."""
    return encode(
        JsonComparison(found.old, found.new, len(found.breaking), found.tallies, found.book, found.changes, found.notes)
    )
