"""An audit for programs."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from vulgate.model.audit import Area, Audit, Figure, Item
from vulgate.model.spans import LineIndex
from vulgate.report.jsons import encode

TITLE: Final = "What an audit found out, as `vulgate audit --json` prints it"
Lines = Callable[[str], LineIndex | None]


class JsonItem(Struct, frozen=True):
    """One thing to mend.

    Attributes:
        check: What looked for it, a slug or a diagnostic code.
        what: What is wrong.
        fix: How to mend it.
        path: The file, with forward slashes; empty for the book as a whole.
        line: From 1; 0 for the book as a whole.
        column: From 1, in characters; 0 for the book as a whole.
        source: Who says so, where it is not Vulgate itself; may be empty.
    """

    check: str
    what: str
    fix: str
    path: str
    line: int
    column: int
    source: str


class JsonMeasure(Struct, frozen=True):
    """A share: `good` of `total` NAME; `weight` is how much it counts in its area."""

    name: str
    good: int
    total: int
    weight: int


class JsonArea(Struct, frozen=True):
    """One side of the book.

    Attributes:
        name: A slug, as `--area` takes it.
        title: What it is about.
        score: From 0 to 100; null where there was nothing to look at.
        formula: How the score comes about.
        weight: How much it counts in the total.
        measures: What the score is made of; those with a total of 0 do not count.
        figures: What else was measured.
        items: What is to be mended.
        notes: What limits the answer.
    """

    name: str
    title: str
    score: float | None
    formula: str
    weight: int
    measures: tuple[JsonMeasure, ...]
    figures: tuple[Figure, ...]
    items: tuple[JsonItem, ...]
    notes: tuple[str, ...]


class JsonAudit(Struct, frozen=True):
    """What an audit found out about a book.

    Attributes:
        title: The book's title.
        layout: Name of the reader that understood its files.
        date: The day for which freshness was judged.
        score: From 0 to 100; null where nothing could be looked at.
        formula: How the total comes about.
        areas: The areas that were looked at.
    """

    title: str
    layout: str
    date: str
    score: float | None
    formula: str
    areas: tuple[JsonArea, ...]


def as_json(audit: Audit, lines: Lines) -> str:
    """The audit as JSON, in one line.

    Args:
        audit: What was found out.
        lines: Finds the source of a file, for columns.
    """
    areas = tuple(_area(area, lines) for area in audit.areas)
    return encode(JsonAudit(audit.title, audit.layout, audit.date, _rounded(audit.score), audit.formula, areas))


def _area(area: Area, lines: Lines) -> JsonArea:
    measures = tuple(
        JsonMeasure(measure.name, measure.share.covered, measure.share.total, measure.weight)
        for measure in area.measures
    )
    return JsonArea(
        area.name,
        area.title,
        _rounded(area.score),
        area.formula,
        area.weight,
        measures,
        area.figures,
        tuple(_item(item, lines) for item in area.items),
        area.notes,
    )


def _item(item: Item, lines: Lines) -> JsonItem:
    path, line, column = "", 0, 0
    if item.span:
        index = lines(item.span.file)
        path, line = item.span.file, item.span.first
        column = index.column(item.span.start) if index else 1
    return JsonItem(item.check, item.what, item.fix, path, line, column, item.source)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 2)
