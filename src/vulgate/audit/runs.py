"""Examples that were run: by this audit, or by an earlier `vulgate verify`."""

import re
import sys
from collections import Counter
from typing import Final, NamedTuple

from vulgate.audit.material import Material
from vulgate.model.audit import Figure, Item
from vulgate.model.blocks import Example, Status, Verdict
from vulgate.model.proofs import Share

_PARSED: Final = "parsed"
_MISSING: Final = re.compile(r"ModuleNotFoundError: No module named '(\w+)")


class Runs(NamedTuple):
    """What is known of running a book's examples."""

    share: Share
    items: list[Item]
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]


def look(material: Material) -> Runs:
    """Counts the examples that do what they show, of those that were run; what lacks a package says nothing about the book."""
    tried = [example for example in material.examples if _was_run(example)]
    lacking = {example.id: module for example in tried if (module := _lacks(example))}
    ran = [example for example in tried if example.id not in lacking]
    failed = [example for example in ran if _failure(example)]
    found = [_item(material, example) for example in failed]
    if not tried:
        note = "nothing of it could be run" if material.has_run else "nothing was run; --trust runs the examples"
        return Runs(Share(), [], (), (note,) if material.examples else ())
    where = sorted({verdict.runtime for example in ran for verdict in example.verdicts if verdict.runtime != _PARSED})
    figures = [Figure("run", f"{len(ran):,} of {len(material.examples):,} blocks of code, on {', '.join(where)}")]
    if lacking:
        modules = ", ".join(f"{module} {count:,}" for module, count in Counter(lacking.values()).most_common())
        figures.append(Figure("not run for want of a module", modules))
    notes = () if material.has_run else ("what was run is known from the record of `vulgate verify`",)
    return Runs(Share(len(ran) - len(failed), len(ran)), found, tuple(figures), notes)


def _was_run(example: Example) -> bool:
    return any(
        verdict.runtime != _PARSED and verdict.status in (Status.PROVEN, Status.FAILED) for verdict in example.verdicts
    )


def _failure(example: Example) -> Verdict | None:
    return next((verdict for verdict in example.verdicts if verdict.status is Status.FAILED), None)


def _lacks(example: Example) -> str:
    """The module outside the standard library that was missing when an example was run; empty if none was."""
    failure = _failure(example)
    match = _MISSING.match(failure.reason) if failure else None
    return match[1] if match and match[1] not in sys.stdlib_module_names else ""


def _item(material: Material, example: Example) -> Item:
    failure = _failure(example)
    what = f"fails on {failure.runtime}: {failure.reason}" if failure else ""
    fix = "mend the code, or say what it needs: `raises=`, `requires=`, `static`, `skip=`"
    return Item("fails", what, fix, material.place(example), "vulgate verify")
