"""Diagrams: those that Mermaid could not draw, by the compiler's own parser."""

from collections import Counter

from vulgate.audit.material import Material
from vulgate.model.audit import Area, Figure, Measure
from vulgate.model.blocks import Diagram
from vulgate.model.proofs import Share


def look(material: Material) -> Area:
    """Counts the diagrams that parse."""
    kinds = Counter(block.type or "not read" for block in material.book.of_kind(Diagram) if block.is_authored)
    faults = material.of_code("VG302")
    total = sum(kinds.values())
    return Area(
        "diagrams",
        "Diagrams",
        measures=(Measure("diagrams parse", Share(max(0, total - len(faults)), total)),),
        items=tuple(material.told("VG302")),
        figures=tuple(Figure(kind, f"{count:,}") for kind, count in kinds.most_common()),
    )
