"""Structure: headings, their order and their size."""

import re
from collections.abc import Iterator
from typing import Final

from vulgate.audit import plain_headings
from vulgate.audit.material import Material, Stretch
from vulgate.model.audit import Area, Figure, Item, Measure
from vulgate.model.blocks import Chapter, Relation
from vulgate.model.ids import slug
from vulgate.model.inline import plain
from vulgate.model.proofs import Share

DEEPEST: Final = 4
"""Depth of a heading (`####`) below which readers lose track of where they are."""
HUGE_WORDS: Final = 1_200
"""Words of prose under one heading that nobody can find a place in: five minutes of reading."""
_NUMBER: Final = re.compile(r"(?:Chapter\s+|Section\s+)?(\d+(?:\.\d+)+)\b", re.IGNORECASE)


def look(material: Material) -> Area:
    """Looks at each heading and what stands directly below it."""
    items = [item for stretch, before in _in_turn(material.stretches) for item in _items(material, stretch, before)]
    items += _order(material)
    items += material.told("VG216", "VG217")
    plain_lines = list(plain_headings.items(material))
    items.sort(key=lambda item: (item.span.file, item.span.start) if item.span else ("", 0))
    heads = len(material.stretches)
    faulty = {(item.span.file, item.span.first) for item in items if item.span}
    depths = [stretch.depth for stretch in material.stretches]
    return Area(
        "structure",
        "Structure",
        measures=(
            Measure("headings are in order", Share(max(0, heads - len(faulty)), heads)),
            Measure("lines that read as headings are headings", Share(heads, heads + len(plain_lines))),
        ),
        items=(*items, *plain_lines),
        figures=(
            Figure("chapters", f"{len(material.book.chapters):,}"),
            Figure("headings", f"{heads:,}"),
            Figure("deepest heading", "#" * max(depths, default=0)),
            Figure("words", f"{sum(stretch.words for stretch in material.stretches):,}"),
        ),
    )


def _in_turn(stretches: list[Stretch]) -> Iterator[tuple[Stretch, Stretch | None]]:
    """Each heading with the one before it in its chapter."""
    before = None
    for stretch in stretches:
        yield stretch, None if isinstance(stretch.head, Chapter) else before
        before = stretch


def _items(material: Material, stretch: Stretch, before: Stretch | None) -> Iterator[Item]:
    head, place = stretch.head, material.place(stretch.head)
    name = _short(plain(head.title))
    if before is not None and stretch.depth > before.depth + 1:
        skipped = "#" * (before.depth + 1)
        yield Item("skipped-level", f"“{name}” skips a level of headings", f"make it `{skipped}`", place)
    if before is not None and stretch.depth == 1:
        yield Item(
            "second-title",
            f"“{name}” is a second title of the chapter",
            "make it `##`; a comment of code belongs into a fence with its code",
            place,
        )
    if stretch.depth > DEEPEST:
        yield Item(
            "too-deep",
            f"“{name}” lies {stretch.depth} levels deep",
            f"raise it to at most `{'#' * DEEPEST}`, or make it a paragraph with a bold lead",
            place,
        )
    if before is not None and stretch.is_last and not stretch.blocks and not stretch.words:
        yield Item("empty-section", f"nothing stands under “{name}”", "write its text, or delete the heading", place)
    if stretch.words > HUGE_WORDS:
        yield Item(
            "huge-section",
            f"{stretch.words:,} words stand under “{name}” without another heading",
            f"divide it: at most {HUGE_WORDS:,} words a heading",
            place,
        )


def _order(material: Material) -> Iterator[Item]:
    """Numbers that the author typed into headings and that do not rise; prerequisites that come later; equal titles."""
    for prose in material.prose:
        last: tuple[int, ...] = ()
        seen: dict[str, str] = {}
        for stretch in (stretch for stretch in material.stretches if stretch.head.chapter == prose.chapter.id):
            title = plain(stretch.head.title)
            number = tuple(map(int, match[1].split("."))) if (match := _NUMBER.match(title)) else ()
            place = material.place(stretch.head)
            if number and number <= last:
                shown = ".".join(map(str, last))
                what = f"“{_short(title)}” comes after {shown}"
                yield Item("number-order", what, "drop the typed numbers: they are computed", place)
            last = number or last
            parent = stretch.head.id.rpartition("/")[0] if stretch.depth > 2 else ""
            key = f"{parent} {stretch.depth} {slug(title)}"
            if slug(title) and key in seen and stretch.depth <= 3:
                what = f"“{_short(title)}” is a heading twice in this chapter"
                yield Item("equal-titles", what, "give each a title that tells them apart", place)
            seen[key] = title
    order = {chapter.id: at for at, chapter in enumerate(material.book.chapters)}
    for relation in material.book.of_kind(Relation):
        if relation.type == "requires" and order.get(relation.target, -1) > order.get(relation.source, len(order)):
            source, target = material.book[relation.source], material.book[relation.target]
            what = f"“{_short(plain(source.title))}” requires “{_short(plain(target.title))}”, which comes later"
            yield Item("late-prerequisite", what, "move the prerequisite up, or drop it", material.place(source))


def _short(title: str) -> str:
    return title if len(title) <= 60 else f"{title[:57].rstrip()}..."
