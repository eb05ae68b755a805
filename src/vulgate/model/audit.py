"""What an audit finds out about a book: areas, what was measured in each, and what is to be mended."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from vulgate.model.proofs import Share
from vulgate.model.spans import Span

FULL: Final = 100.0
"""The best score."""


class Item(Struct, frozen=True, omit_defaults=True):
    """One thing to mend.

    Attributes:
        check: What looked for it, as a slug such as `empty-section`.
        what: What is wrong, in one line, lower case, without a full stop.
        fix: How to mend it, in one line.
        span: The place on disk, or `None` for the book as a whole.
        source: Who says so, where it is not Vulgate itself: `ruff F821`, `vermin`; or the code of a diagnostic.
    """

    check: str
    what: str
    fix: str
    span: Span | None = None
    source: str = ""


class Measure(Struct, frozen=True, omit_defaults=True):
    """A share of a book that is in order; the score of an area is the weighted mean of its measures.

    Attributes:
        name: What is counted, so that `3 of 4 NAME` can be read.
        share: How many are in order, of how many.
        weight: How much it counts in its area.
    """

    name: str
    share: Share
    weight: int = 1


class Figure(Struct, frozen=True):
    """Something measured that is neither good nor bad.

    Attributes:
        name: What it is.
        value: How much, in words.
    """

    name: str
    value: str


class Area(Struct, frozen=True):
    """What was found out about one side of a book.

    Attributes:
        name: A slug, as `--area` takes it.
        title: What it is about, in words.
        weight: How much it counts in the total.
        measures: What its score is made of.
        items: What is to be mended, in the order of the book.
        figures: What else was measured.
        notes: What limits the answer, such as what was not looked at.
    """

    name: str
    title: str
    weight: int = 1
    measures: tuple[Measure, ...] = ()
    items: tuple[Item, ...] = ()
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def counted(self) -> list[Measure]:
        """The measures of which the book has something to count."""
        return [measure for measure in self.measures if measure.share.total]

    @property
    def score(self) -> float | None:
        """From 0 to 100; `None` where there was nothing to look at."""
        return _mean((measure.share.ratio, measure.weight) for measure in self.counted)

    @property
    def formula(self) -> str:
        """How the score comes about, with its numbers; empty where there is none."""
        terms = [f"{measure.weight} x {measure.share.covered}/{measure.share.total}" for measure in self.counted]
        return _formula(terms, sum(measure.weight for measure in self.counted), self.score)


class Audit(Struct, frozen=True):
    """What an audit found out about a book.

    Attributes:
        title: The book's title.
        layout: Name of the reader that understood its files.
        date: The day for which freshness was judged, as in `2026-12-01`.
        areas: The areas that were looked at.
    """

    title: str
    layout: str
    date: str
    areas: tuple[Area, ...]

    @property
    def scored(self) -> list[Area]:
        """The areas that have a score."""
        return [area for area in self.areas if area.score is not None]

    @property
    def score(self) -> float | None:
        """The weighted mean of the areas' scores; `None` where nothing could be looked at."""
        return _mean(((area.score or 0) / FULL, area.weight) for area in self.scored)

    @property
    def formula(self) -> str:
        """How the total comes about, with its numbers."""
        terms = [f"{area.weight} x {shown(area.score)}" for area in self.scored]
        return _formula(terms, sum(area.weight for area in self.scored), self.score, factor="")


def shown(score: float | None) -> str:
    """A score as readers see it, never rounded up: `99.9`; a dash where there is none."""
    return "–" if score is None else f"{int(score * 10 + 1e-6) / 10:g}"


def _mean(parts: Iterable[tuple[float, int]]) -> float | None:
    parts = list(parts)
    weight = sum(weight for _, weight in parts)
    return FULL * sum(ratio * weight for ratio, weight in parts) / weight if weight else None


def _formula(terms: list[str], weight: int, score: float | None, factor: str = "100 x ") -> str:
    if len(terms) == 1 and not factor:
        return shown(score)
    if len(terms) == 1:
        return f"{factor}{terms[0].partition(' x ')[2]} = {shown(score)}"
    return f"{factor}({' + '.join(terms)}) / {weight} = {shown(score)}" if terms else ""
