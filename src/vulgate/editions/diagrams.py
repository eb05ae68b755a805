"""Diagrams in words, for those who do not see them."""

from typing import Final

from vulgate.model.blocks import Diagram, DiagramNode
from vulgate.model.inline import plain

_VERBS: Final = {
    "inheritance": "is a",
    "realization": "realizes",
    "composition": "is made of",
    "aggregation": "has",
    "dependency": "depends on",
    "association": "knows",
    "reply": "answers",
    "message": "sends to",
    "transition": "goes to",
}


def title(diagram: Diagram) -> str:
    """What it is: `Flowchart`, `Sequence diagram`."""
    return "Flowchart" if diagram.type == "flowchart" else f"{diagram.type} diagram".strip().capitalize()


def edges_told(diagram: Diagram) -> list[str]:
    """What leads where, a line an edge."""
    names = {node.id: _name(node) for node in diagram.nodes}
    lines = []
    for edge in diagram.edges:
        label = f" ({_line(edge.label)})" if edge.label else ""
        source, target = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
        lines.append(f"{source} {_VERBS.get(edge.type, 'leads to')} {target}{label}")
    return lines


def nodes_told(diagram: Diagram) -> list[str]:
    """The nodes of which the edges do not say everything: those without edges, and those with members."""
    joined = {id for edge in diagram.edges for id in (edge.source, edge.target)}
    return [
        f"{_name(node)}: {', '.join(map(_line, node.members))}" if node.members else _name(node)
        for node in diagram.nodes
        if node.members or node.id not in joined
    ]


def _name(node: DiagramNode) -> str:
    return _line(node.label or node.id)


def _line(text: str) -> str:
    return " ".join(plain(text).split())
