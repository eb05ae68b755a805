"""Reads Mermaid diagrams: what kind a diagram is, its nodes and its edges, or what is wrong with it and where.

    parse("flowchart LR; A[Start] --> B") -> Diagram(type="flowchart", direction="LR", nodes=..., edges=...)

Flowcharts, sequence, class and state diagrams are read in full; the other kinds are only recognised. The grammar is
that of Mermaid 11, and as strict where it would refuse to draw. Where Mermaid accepts a line and drops what it says (an
unknown word in a class diagram becomes part of a name) or draws nothing at all, this parser reports it.

Architecture invariants: any text gives a `Diagram` or a `MermaidError`; time is linear in the length of the text; no
function calls itself.
"""

from collections.abc import Callable
from importlib import import_module

from msgspec.structs import replace

from vulgate.passes.mermaid.header import HEADER_HINT, prepare
from vulgate.passes.mermaid.lexing import Scanner, shorten
from vulgate.passes.mermaid.types import Diagram, Edge, MermaidError, Node

__all__ = ["KINDS", "Diagram", "Edge", "MermaidError", "Node", "parse"]

# Module and function for each header word. A module is imported when a diagram needs it: their patterns take time to build.
_PARSERS: dict[str, tuple[str, str]] = {
    "flowchart": ("flowchart", "parse_flowchart"),
    "flowchart-elk": ("flowchart", "parse_flowchart"),
    "graph": ("flowchart", "parse_flowchart"),
    "sequenceDiagram": ("sequence", "parse_sequence"),
    "classDiagram": ("classes", "parse_class_diagram"),
    "classDiagram-v2": ("classes", "parse_class_diagram"),
    "stateDiagram": ("states", "parse_state_diagram"),
    "stateDiagram-v2": ("states", "parse_state_diagram"),
}

_RECOGNISED = frozenset(
    """
C4Component C4Container C4Context C4Deployment C4Dynamic architecture architecture-beta block block-beta erDiagram
eventmodeling gantt gitGraph info ishikawa ishikawa-beta journey kanban mindmap packet packet-beta pie quadrantChart
radar radar-beta requirement requirementDiagram sankey sankey-beta timeline treeView-beta treemap treemap-beta venn-beta
wardley-beta xychart xychart-beta zenuml
""".split()  # noqa: SIM905 (a list of words reads better)
)

KINDS: tuple[str, ...] = tuple(sorted([*_PARSERS, *_RECOGNISED]))
"""Every header word that starts a diagram."""


def parse(source: str) -> Diagram:
    """Read a Mermaid diagram.

    Args:
        source: The text of a `mermaid` fence, without the fence.

    Returns:
        The diagram; without nodes and edges if its kind is only recognised.

    Raises:
        MermaidError: If Mermaid could not draw it, with the line and the likely fix.
    """
    prepared = prepare(source)
    if prepared.word not in _PARSERS:
        if prepared.word in _RECOGNISED:
            return Diagram(prepared.word, "", prepared.title or prepared.acc_title, (), ())
        raise _unknown_kind(prepared.word, prepared.scanner, prepared.start)
    module, function = _PARSERS[prepared.word]
    read: Callable[[Scanner, str], Diagram] = getattr(import_module(f"{__name__}.{module}"), function)
    diagram = read(prepared.scanner, prepared.title)
    if not diagram.nodes:
        raise prepared.scanner.error("The diagram is empty", "say at least what one node is", prepared.start)
    return diagram if diagram.title else replace(diagram, title=prepared.acc_title)


def _unknown_kind(word: str, scanner: Scanner, start: int) -> MermaidError:
    from difflib import get_close_matches

    # Cut, because the comparison is not linear in the length of a word.
    known = {kind.lower(): kind for kind in KINDS}
    close = get_close_matches(word[:40].lower(), known, 1)
    hint = f"did you mean `{known[close[0]]}`?" if close else HEADER_HINT
    return scanner.error(f"`{shorten(word)}` is no kind of diagram", hint, start)
