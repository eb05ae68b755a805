"""Reading time: how long chapters take, and those that are longer than one sitting or than they promise."""

from typing import Final

from vulgate.audit.material import Material
from vulgate.model.audit import Area, Figure, Item, Measure
from vulgate.model.blocks import Chapter
from vulgate.model.inline import plain
from vulgate.model.proofs import Share

WORDS_A_MINUTE: Final = 238
"""Of non-fiction in English, read in silence (Brysbaert, How many words do we read per minute?, 2019)."""
LINES_A_MINUTE: Final = 30
"""Of code that is read for the first time: two seconds a line; our estimate."""
LONGEST: Final = 60
"""Minutes of reading without a stated time (`hours`) above which a chapter is more than one sitting."""


def look(material: Material) -> Area:
    """Measures each chapter."""
    minutes = {prose.chapter.id: _minutes(material, prose.chapter) for prose in material.prose}
    items = []
    for chapter in material.book.chapters:
        took, title = minutes[chapter.id], plain(chapter.title)[:60]
        if chapter.hours and took > chapter.hours * 60:
            what = f"“{title}” takes {_time(took)} to read, and promises {chapter.hours:g} h"
            items.append(Item("more-than-promised", what, "raise `hours`, or shorten it", material.place(chapter)))
        elif not chapter.hours and took > LONGEST:
            what = f"“{title}” takes {_time(took)} to read"
            fix = f"divide it into chapters of at most {LONGEST} min, or say how long it takes in `hours`"
            items.append(Item("too-long", what, fix, material.place(chapter)))
    total = sum(minutes.values())
    longest = max(material.book.chapters, key=lambda chapter: minutes[chapter.id], default=None)
    figures = [Figure("the whole book", _time(total))]
    if longest is not None:
        figures.append(Figure("longest chapter", f"{plain(longest.title)[:60]}, {_time(minutes[longest.id])}"))
    return Area(
        "reading",
        "Reading time",
        measures=(Measure("chapters take no longer than they promise, or than one sitting", _share(material, items)),),
        items=tuple(items),
        figures=tuple(figures),
        notes=(f"{WORDS_A_MINUTE} words or {LINES_A_MINUTE} lines of code a minute",),
    )


def _share(material: Material, items: list[Item]) -> Share:
    return Share(len(material.book.chapters) - len(items), len(material.book.chapters))


def _minutes(material: Material, chapter: Chapter) -> float:
    words = sum(stretch.words for stretch in material.stretches if stretch.head.chapter == chapter.id)
    lines = sum(
        sum(bool(line.strip()) for line in example.code.split("\n"))
        for example in material.examples
        if example.chapter == chapter.id
    )
    return words / WORDS_A_MINUTE + lines / LINES_A_MINUTE


def _time(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"
