"""Audits a book: what is sick in it, where, and how to mend it. One module an area, each a pure function of the material.

    Material (compiled book, its files, its diagnostics, a day) ──AREAS──▶ Audit

The order of `AREAS` is that of the reports.
"""

from collections.abc import Callable, Collection
from importlib import import_module
from typing import Final

from vulgate.audit.material import Material
from vulgate.model.audit import Area, Audit

AREAS: Final = {
    "structure": "headings, their order and their size",
    "references": "links, ids and numbers that lead somewhere",
    "examples": "code that parses, runs, knows its names and is up to date",
    "repetition": "passages that stand in the book twice",
    "terms": "words that are defined, and used",
    "illustration": "sections that show what they say",
    "claims": "facts, rules and figures that rest on something",
    "reading": "how long chapters take to read",
    "diagrams": "diagrams that can be drawn",
    "spelling": "names of the standard library and of the book",
    "freshness": "versions that are still supported",
}
"""The areas and what each looks at; a module of this package each, with a function `look` that gives an `Area`."""


def audit(material: Material, areas: Collection[str] = ()) -> Audit:
    """Audits a book.

    Args:
        material: What there is to look at.
        areas: Names of the areas to look at; all of them if there are none.

    Raises:
        KeyError: There is no area of a name.
    """
    for name in areas:
        AREAS[name]
    wanted = [name for name in AREAS if not areas or name in areas]
    lookers: list[Callable[[Material], Area]] = [import_module(f"{__name__}.{name}").look for name in wanted]
    material.prepare(wanted)
    found = tuple(look(material) for look in lookers)
    return Audit(material.book.book.title, material.source.layout, material.today.isoformat(), found)
