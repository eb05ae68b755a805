"""The relations of class diagrams: `A "1" <|-- "*" B : label`."""

import re
from collections.abc import Callable

from vulgate.passes.mermaid.graph import Graph
from vulgate.passes.mermaid.lexing import Scanner

TakeName = Callable[[Scanner, Graph], str | None]
"""Reads the name of a class and mentions it; None where there is none."""

_MARK = r"<\||\|>|[<>*]|o\b|\(\)"
_RELATION = re.compile(rf"[ \t]*+({_MARK})?[ \t]*+(--|\.\.)[ \t]*+({_MARK})?")
_CARDINALITY = re.compile(r'[ \t]*+"([^"\n]*)"')
_LABEL = re.compile(r"[ \t]*+:(?!:)([^:\n;]+)")

# The kind by the mark at its end and by the line: solid or dotted.
_TYPES = {
    "<|": ("inheritance", "realization"),
    "|>": ("inheritance", "realization"),
    "*": ("composition", "composition"),
    "o": ("aggregation", "aggregation"),
    "<": ("association", "dependency"),
    ">": ("association", "dependency"),
    "()": ("lollipop", "lollipop"),
    "": ("link", "dotted-link"),
}


def take_label(scanner: Scanner) -> str:
    """Read `: text` behind a relation or a member; "" without. A second colon is an error of Mermaid's grammar."""
    found = scanner.take(_LABEL)
    if found is None:
        return ""
    if scanner.text.startswith(":", scanner.pos):
        hint = "a text has one colon only; put a member like this into the braces of its class"
        raise scanner.error(f"A second `:` in `{found[1].strip()}{scanner.excerpt()}`", hint)
    return found[1].strip()


def take_relation(scanner: Scanner, graph: Graph, left: str, take_name: TakeName) -> bool:
    """Read what follows the first class of a relation and add its edges; False where no relation stands.

    An edge runs towards the end with the mark, so `A <|-- B` and `B --|> A` are the same edge. A relation with a mark
    at both ends is two edges.
    """
    start = scanner.pos
    near = scanner.take(_CARDINALITY)
    found = scanner.take(_RELATION)
    if found is None:
        scanner.pos = start
        return False
    far = scanner.take(_CARDINALITY)
    right = take_name(scanner, graph)
    if right is None:
        arrow = found[0].strip()
        raise scanner.error(f"The relation `{arrow}` has no target", f"write `{left} {arrow} Other`", start)
    label = take_label(scanner)
    dotted = found[2] == ".."
    at_left, at_right = near[1] if near else "", far[1] if far else ""
    if found[1]:
        graph.edge(right, left, label, _TYPES[found[1]][dotted], (at_right, at_left))
    if found[3] or not found[1]:
        graph.edge(left, right, label, _TYPES[found[3] or ""][dotted], (at_left, at_right))
    return True
