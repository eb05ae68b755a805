"""Examples: code that parses, runs, knows its names, is up to date, and stands in a fence with its language."""

from collections import Counter
from collections.abc import Iterator

from vulgate.audit import languages, runs, undefined, unfenced, versions
from vulgate.audit.deprecations import SOURCE, deprecations
from vulgate.audit.linting import DEPRECATED, Told, lint
from vulgate.audit.material import Material
from vulgate.audit.versions import oldest_named
from vulgate.detect.base import DetectorError
from vulgate.model.audit import Area, Figure, Item, Measure
from vulgate.model.blocks import Example
from vulgate.model.proofs import Share

SHOWN_WRONG = ("bad", "near", "harm", "detect")
"""Roles of fences that show what is not to be done, or are no example of code."""


def look(material: Material) -> Area:
    """Looks at every code block; those in Python are read by ruff and vermin, too."""
    kept = [example for example in material.python_examples if is_meant(example)]
    notes: list[str] = []
    told: dict[str, list[Told]] = {}
    try:
        told = lint(kept, oldest_named(material.book))
    except DetectorError as error:
        notes.append(f"undefined names and what ruff knows as deprecated were not looked for: {error}")
        measured_names = Share()
    else:
        measured_names = Share(len(kept), len(kept))
    parsing = _parsing(material)
    names = list(undefined.items(material, kept, told))
    old = list(_deprecated(material, kept, told))
    needs = versions.look(material)
    running = runs.look(material)
    outside = list(unfenced.items(material))
    nameless = list(languages.items(material))
    fences = len(material.examples)
    return Area(
        "examples",
        "Examples",
        weight=3,
        measures=(
            Measure("blocks of code parse", parsing, 3),
            Measure("blocks of code do what they show when they are run", running.share, 4),
            Measure("Python examples know all their names", _less(measured_names, names), 2),
            Measure("Python examples use nothing deprecated", _less(Share(len(kept), len(kept)), old), 1),
            Measure("Python examples run on the oldest version they are for", needs.share, 1),
            Measure("passages of code stand in fences", Share(fences, fences + len(outside)), 2),
            Measure("blocks of code say their language", Share(fences - len(nameless), fences), 1),
        ),
        items=(
            *material.told("VG301", "VG310", "VG203"),
            *running.items,
            *names,
            *old,
            *needs.items,
            *outside,
            *nameless,
        ),
        figures=(_languages(material), *running.figures, *needs.figures),
        notes=(*notes, *running.notes),
    )


def is_meant(example: Example) -> bool:
    """Whether an example shows how something is done, and not a fault or a text that is no whole program."""
    fence = example.fence
    return fence.role not in SHOWN_WRONG and not fence.syntax_error and not fence.skip


def _less(share: Share, items: list[Item]) -> Share:
    """A share without the examples, a line each, that have an item."""
    faulty = len({(item.span.file, item.span.first) for item in items if item.span})
    return Share(max(0, share.covered - faulty), share.total)


def _parsing(material: Material) -> Share:
    readable = [example for example in material.examples if languages.is_read(example)]
    faults = len(material.of_code("VG301"))
    return Share(max(0, len(readable) - faults), len(readable))


def _deprecated(material: Material, kept: list[Example], told: dict[str, list[Told]]) -> Iterator[Item]:
    """One item for each example and name; what the table says goes before ruff."""
    for example in kept:
        lines = set()
        for found in deprecations(example.code) if "<" not in example.fence.python else ():
            gone = f"removed in Python {found.removed}" if found.removed else f"deprecated since Python {found.since}"
            lines.add(found.line)
            place = material.line(example, found.line)
            yield Item("deprecated", f"`{found.name}` is {gone}", f"use {found.instead}", place, SOURCE)
        seen = set()
        for each in told.get(example.id, ()):
            if each.code in DEPRECATED and each.line not in lines and (each.code, each.text) not in seen:
                seen.add((each.code, each.text))
                place = material.line(example, each.line)
                fix = "take the newer form; `ruff check --fix` does it"
                yield Item("deprecated", each.message.rstrip("."), fix, place, f"ruff {each.code}")


def _languages(material: Material) -> Figure:
    counts = Counter(example.language or "none named" for example in material.examples)
    return Figure("languages", ", ".join(f"{name} {count:,}" for name, count in counts.most_common(12)) or "none")
