"""What to read next after a block: its neighbours in the book's graph and the headings around it."""

from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import AnyBlock, Chapter, Section
from vulgate.model.inline import plain
from vulgate.search.answers import Reference
from vulgate.search.contents import Heading

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

MOST: Final = 12
TO: Final = {
    "contradicts": "contradicts",
    "requires": "requires",
    "extends": "extends",
    "defines": "defines",
    "see-also": "see also",
    "uses": "uses",
}
FROM: Final = {
    "contradicts": "contradicted by",
    "requires": "required by",
    "extends": "extended by",
    "defines": "defined in",
    "see-also": "referred to by",
    "uses": "used by",
}
"""How relations are called, seen from the block that they start from and from the one that they lead to; what comes first
matters more."""
_ORDER: Final = {
    name: place for place, names in enumerate(zip(TO.values(), FROM.values(), strict=True)) for name in names
}
_NEIGHBOURS: Final = """
SELECT relation.type, 0, block.id, block.kind, block.title, block.section, block.importance
FROM relation JOIN block ON block.id = relation.target WHERE relation.source IN ({marks})
UNION ALL
SELECT relation.type, 1, block.id, block.kind, block.title, block.section, block.importance
FROM relation JOIN block ON block.id = relation.source WHERE relation.target IN ({marks})
"""
_ASKED: Final = 500
"""Blocks of a section whose neighbours count as the section's."""


def related_to(book: "OpenBook", block: AnyBlock) -> list[Reference]:
    """What a block is related with, the most important first: what is around it, then by relation and importance."""
    contents = book.contents
    around = contents.by_id.get(block.section if block.parent or not _is_heading(block) else "")
    heading = contents.by_id.get(block.id)
    if heading and heading.around:
        around = heading.around[-1]
    found: dict[str, Reference] = {}
    if block.parent and (parent := book.block(block.parent)):
        found[parent.id] = Reference(
            book=book.book.id, id=parent.id, title=plain(parent.title), kind=parent.kind, relation="part of"
        )
    if around:
        found[around.id] = Reference(
            book=book.book.id, id=around.id, title=around.title, kind=around.kind, relation="in"
        )
    own = {block.id, *(_below(book, heading) if heading else ())}
    for reference in _neighbours(book, own):
        if reference.id not in own:
            found.setdefault(reference.id, reference)
    return list(found.values())[:MOST]


def _is_heading(block: AnyBlock) -> bool:
    return isinstance(block, (Chapter, Section))


def _below(book: "OpenBook", heading: Heading) -> list[str]:
    """The blocks whose relations count as those of a section; of a chapter only its own do."""
    if heading.kind == "chapter":
        return []
    rows = book.rows(
        "SELECT id FROM block WHERE position > ? AND position < ? ORDER BY position LIMIT ?",
        (heading.start, heading.end, _ASKED),
    )
    return [str(id) for (id,) in rows]


def _neighbours(book: "OpenBook", own: set[str]) -> list[Reference]:
    ids = sorted(own)
    rows = book.rows(_NEIGHBOURS.format(marks=", ".join("?" * len(ids))), (*ids, *ids))
    named = []
    for type_, backwards, id, kind, title, section, importance in rows:
        relation = (FROM if backwards else TO).get(str(type_))
        if relation is None:  # `part-of` is told by what is around, and newer types are not known
            continue
        name = book.contents.titled(str(title), str(section))
        named.append((_ORDER[relation], -float(str(importance)), str(id), relation, str(kind), name))
    return [
        Reference(book=book.book.id, id=id, title=name, kind=kind, relation=relation)
        for _, _, id, relation, kind, name in sorted(named)
    ]
