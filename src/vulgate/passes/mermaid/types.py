"""What a parsed diagram is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a diagram: a vertex, a participant, a class, a state, or a group that holds others.

    Attributes:
        id: The name that edges use. Unique in its diagram.
        label: The text that a reader sees. The id where the author gave none.
        shape: What it is drawn as (`diamond`, `actor`, `class`, `choice`); a group says `subgraph`, `box`, `namespace`,
            `composite` or `concurrent`; a note says `note`, and edges of type `note` lead to what it speaks of; an
            annotated class says its annotation, such as `interface`.
        parent: The id of the group that holds it, or "". Parents form a forest, never a cycle.
        members: Attributes and methods of a class, as written, with `~T~` as `<T>`.
    """

    id: str
    label: str
    shape: str
    parent: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation between two nodes. It runs towards the end that carries the mark: `A <|-- B` runs from B to A.

    Attributes:
        source: The id of the node where it starts.
        target: The id of the node where it ends.
        label: The text on it, or "".
        type: The kind of arrow, such as `arrow`, `dotted`, `thick`, `message`, `reply`, `inheritance`, `transition`.
        source_label: What is written at the source's end (the cardinality of a class relation), or "".
        target_label: What is written at the target's end, or "".
    """

    source: str
    target: str
    label: str
    type: str
    source_label: str = ""
    target_label: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
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
