"""What a parsed diagram is made of."""

from msgspec import Struct

from vulgate.model.blocks import DiagramEdge as Edge
from vulgate.model.blocks import DiagramNode as Node

__all__ = ["Diagram", "Edge", "MermaidError", "Node"]


class Diagram(Struct, frozen=True):
    """A whole diagram.

    Attributes:
        type: `flowchart`, `sequence`, `class` or `state`; for a kind that is only recognised, Mermaid's header word.
        direction: `TB`, `BT`, `LR` or `RL`; "" where the kind has no direction. `TD` is `TB`.
        title: From the front matter, a `title` line, or `accTitle`, in this order; "" without.
        nodes: In the order of their first mention.
        edges: In the order of the source.
    """

    type: str
    direction: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class MermaidError(Exception):
    """The source is no diagram that Mermaid can draw.

    Attributes:
        message: What is wrong, in one sentence.
        line: Where, counted from 1 in the source that was given.
        help: How to put it right, or "".
    """

    def __init__(self, message: str, line: int, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.help = help
