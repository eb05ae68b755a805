"""Nodes and edges while a diagram is being read."""

from collections import Counter

from msgspec import Struct, field

from vulgate.passes.mermaid.lexing import clean
from vulgate.passes.mermaid.types import Diagram, Edge, Node


class Draft(Struct):
    """A node that may still change: later lines can give it a label, a shape, members or a parent."""

    label: str
    shape: str
    parent: str = ""
    lines: list[str] | None = None
    """The members of a class, or the descriptions of a state; None while there are none, which is most often."""

    def add(self, line: str) -> None:
        """Add a member or a description."""
        if self.lines is None:
            self.lines = []
        self.lines.append(line)


class Group(Struct):
    """A subgraph, namespace, box or composite state that is open.

    Attributes:
        id: Its node.
        pos: Where it opens, for the error if it never closes.
        mentioned: The ids that occur in it, in order.
    """

    id: str
    pos: int
    mentioned: list[str] = field(default_factory=list)


class Graph:
    """Collects nodes in the order of first mention, edges, and who lies in which group."""

    def __init__(self, shape: str) -> None:
        self.shape = shape
        self.nodes: dict[str, Draft] = {}
        self.edges: list[Edge] = []
        self.groups: list[Group] = []
        self.opened = 0
        self.notes = 0
        self._open: Counter[str] = Counter()
        # From a node towards the outermost group around it. Paths are halved when walked (union-find), so that deep
        # nesting costs no more than flat.
        self._above: dict[str, str] = {}

    def node(self, name: str, label: str | None = None, shape: str = "") -> Draft:
        """Mention a node, and create it at the first mention. A label or shape replaces an earlier one."""
        draft = self.nodes.get(name)
        if draft is None:
            draft = self.nodes[name] = Draft(name, self.shape)
        if label is not None:
            draft.label = clean(label)
        if shape:
            draft.shape = shape
        if self.groups:
            self.groups[-1].mentioned.append(name)
        return draft

    def edge(self, source: str, target: str, label: str, kind: str, ends: tuple[str, str] = ("", "")) -> None:
        """Add an edge between two nodes that were mentioned."""
        self.edges.append(Edge(source, target, clean(label) if label else "", kind, *ends))

    def note(self, text: str, *targets: str) -> None:
        """Add a note as a node of its own, with an edge to each node that it speaks of."""
        self.notes += 1
        name = f"note-{self.notes}"
        self.node(name, text, "note")
        for target in targets:
            self.edge(name, target, "", "note")

    def open(self, name: str, label: str | None, shape: str, pos: int) -> None:
        """Start a group; nodes that are mentioned until it is closed lie in it."""
        self.node(name, label, shape)
        self.groups.append(Group(name, pos))
        self.opened += 1
        self._open[name] += 1

    def close(self) -> Group:
        """End the innermost group. A node that two groups mention lies in the one that closes first, as in Mermaid."""
        group = self.groups.pop()
        self._open[group.id] -= 1
        outermost = self._outermost(group.id)
        for name in group.mentioned:
            draft = self.nodes[name]
            # What is around this group, now (`outermost`) or once it closes (`_open`), cannot lie in it as well.
            if not draft.parent and name != outermost and not self._open[name]:
                draft.parent = self._above[name] = group.id
        return group

    def _outermost(self, name: str) -> str:
        above = self._above
        while (parent := above.get(name)) is not None:
            above[name] = above.get(parent, parent)
            name = parent
        return name

    def build(self, kind: str, direction: str, title: str) -> Diagram:
        """Freeze what was collected."""
        nodes = (
            Node(name, draft.label, draft.shape, draft.parent, tuple(draft.lines or ()))
            for name, draft in self.nodes.items()
        )
        # A note of a class diagram may come before its class, and declares none.
        edges = (edge for edge in self.edges if edge.type != "note" or edge.target in self.nodes)
        return Diagram(kind, direction, title, tuple(nodes), tuple(edges))
