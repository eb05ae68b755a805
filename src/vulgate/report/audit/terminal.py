"""An audit for a person at a terminal."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from vulgate.model.audit import FULL, Area, Audit, Item, shown
from vulgate.report.audit.grouping import by_check, common_fix, place
from vulgate.report.text import paint, printable

FEW: Final = 3
"""Items of a kind that are shown unless all are asked for."""
_GOOD: Final = 90
_FAIR: Final = 70


def as_text(audit: Audit, *, everything: bool = False, color: bool = False) -> str:
    """The audit as text, which ends with a line end.

    Args:
        audit: What was found out.
        everything: Whether to show every item, and not the first few of each kind.
        color: Whether to use ANSI colours.
    """
    return "\n".join(_Text(everything=everything, color=color).lines(audit)) + "\n"


class _Text:
    def __init__(self, *, everything: bool, color: bool) -> None:
        self.everything = everything
        self.paint = partial(paint, color=color)

    def lines(self, audit: Audit) -> Iterator[str]:
        for area in audit.areas:
            yield from self._area(area)
        width = max((len(area.title) for area in audit.areas), default=0)
        yield self.paint("1", f"{'score'.rjust(width + 7)}  to mend")
        for area in audit.areas:
            score = self._score(area.score, shown(area.score).rjust(6))
            yield f"{area.title.ljust(width)} {score}  {len(area.items):>7,}"
        items = sum(len(area.items) for area in audit.areas)
        total = self._score(audit.score, shown(audit.score).rjust(6))
        yield f"{self.paint('1', 'Total'.ljust(width))} {total}  {items:>7,}"
        yield ""
        yield f"total = {audit.formula or 'nothing to look at'}"
        yield f"{printable(audit.title)}, read as {audit.layout}, on {audit.date}"

    def _score(self, score: float | None, text: str) -> str:
        if score is None:
            return text
        return self.paint("32" if score >= _GOOD else "33" if score >= _FAIR else "31", text)

    def _area(self, area: Area) -> Iterator[str]:
        yield f"{self.paint('1', area.title)}  {self._score(area.score, shown(area.score))} of {FULL:g}"
        for measure in area.counted:
            yield f"  {measure.share.covered:,} of {measure.share.total:,} {measure.name}"
        if area.formula:
            yield f"  score: {area.formula}"
        for figure in area.figures:
            yield f"  {figure.name}: {printable(figure.value)}"
        for note in area.notes:
            yield f"  note: {printable(note)}"
        for check, items in by_check(area.items).items():
            yield from self._items(check, items)
        yield ""

    def _items(self, check: str, items: list[Item]) -> Iterator[str]:
        fix = common_fix(items)
        yield f"  {self.paint('33', check)}  {len(items):,}" + (
            f"  {self.paint('34', 'fix:')} {printable(fix)}" if fix else ""
        )
        chosen = items if self.everything else items[:FEW]
        for item in chosen:
            told = " ".join(filter(None, (place(item), item.what)))
            source = f" ({item.source})" if item.source else ""
            yield f"    {printable(told)}{source}"
            if not fix and item.fix:
                yield f"      {self.paint('34', 'fix:')} {printable(item.fix)}"
        if len(items) > len(chosen):
            yield f"    and {len(items) - len(chosen):,} more; --all shows them"
