"""Examples that were run: by this audit, or by an earlier `vulgate verify`."""

from typing import Final, NamedTuple

from vulgate.audit.material import Material
from vulgate.model.audit import Figure, Item
from vulgate.model.blocks import Example, Status
from vulgate.model.proofs import Share

_PARSED: Final = "parsed"


class Runs(NamedTuple):
    """What is known of running a book's examples."""

    share: Share
    items: list[Item]
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]


def look(material: Material) -> Runs:
    """Counts the examples that do what they show, of those that were run."""
    ran = [example for example in material.examples if _was_run(example)]
    failed = [example for example in ran if any(verdict.status is Status.FAILED for verdict in example.verdicts)]
    found = [_item(material, example) for example in failed]
    if not ran:
        note = "nothing of it could be run" if material.has_run else "nothing was run; --trust runs the examples"
        return Runs(Share(), [], (), (note,) if material.examples else ())
    where = sorted({verdict.runtime for example in ran for verdict in example.verdicts if verdict.runtime != _PARSED})
    figures = (Figure("run", f"{len(ran):,} of {len(material.examples):,} blocks of code, on {', '.join(where)}"),)
    notes = () if material.has_run else ("what was run is known from the record of `vulgate verify`",)
    return Runs(Share(len(ran) - len(failed), len(ran)), found, figures, notes)


def _was_run(example: Example) -> bool:
    return any(
        verdict.runtime != _PARSED and verdict.status in (Status.PROVEN, Status.FAILED) for verdict in example.verdicts
    )


def _item(material: Material, example: Example) -> Item:
    verdict = next(verdict for verdict in example.verdicts if verdict.status is Status.FAILED)
    what = f"fails on {verdict.runtime}: {verdict.reason}"
    fix = "mend the code, or say what it needs: `raises=`, `requires=`, `static`, `skip=`"
    return Item("fails", what, fix, material.place(example), "vulgate verify")
