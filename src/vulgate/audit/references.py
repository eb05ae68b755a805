"""References: the compiler's own diagnostics about what leads nowhere, or to several places."""

from collections import Counter
from typing import Final

from vulgate.audit.material import Material, as_item
from vulgate.audit.plain_headings import plain_headings
from vulgate.model.audit import Area, Figure, Measure
from vulgate.model.diagnostics import Diagnostic
from vulgate.model.proofs import Share
from vulgate.model.spans import Span

DEAD: Final = ("VG402", "VG403", "VG404", "VG405", "VG406", "VG407", "VG408", "VG410")
OTHER: Final = ("VG401", "VG409", "VG411", "VG413")
NUMBER: Final = "VG405"
_FIX: Final = "mend the reference, or take it out"


def look(material: Material) -> Area:
    """Counts references that lead somewhere, and shows the others."""
    dead = material.of_code(*DEAD)
    links = Counter(link.type for block in material.book.blocks if block.is_authored for link in block.links)
    # An ambiguous or dead reference is no link of the compiled book.
    total = links["block"] + links["file"] + len(dead)
    lines = plain_headings(material)
    items = [as_item(item, _fix(item, lines)) for item in material.of_code(*DEAD, *OTHER)]
    notes = ("links to other sites are not followed, and not part of the score",) if links["external"] else ()
    return Area(
        "references",
        "References",
        weight=2,
        measures=(Measure("references lead somewhere", Share(total - len(dead), total)),),
        items=tuple(items),
        figures=(
            Figure("inside the book", f"{links['block']:,}"),
            Figure("to files", f"{links['file']:,}"),
            Figure("to other sites", f"{links['external']:,}"),
        ),
        notes=notes,
    )


def _fix(item: Diagnostic, lines: dict[str, Span]) -> str:
    """The compiler's help; where that tells only what there is, what to do with it.

    Args:
        item: What the compiler says.
        lines: Lines that read as headings, by their numbers.
    """
    if item.code == NUMBER and (meant := lines.get(item.message.rpartition(" ")[2])):
        return f"make a heading of the line at {meant.file}:{meant.first}, which it means"
    tells_only = not item.help or (item.code == NUMBER and not item.help.startswith("did you"))
    return "; ".join(filter(None, (_FIX, item.help))) if tells_only else item.help
