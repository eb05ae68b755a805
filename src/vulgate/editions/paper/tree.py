"""Nodes of Pandoc's tree, made and looked at; https://hackage.haskell.org/package/pandoc-types."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from vulgate.editions.paper.pandoc import Node


def attr(id: str = "", classes: Sequence[str] = ()) -> list[Any]:
    """Attributes of a node."""
    return [id, list(classes), []]


def words(text: str) -> list[Node]:
    """Text as inlines, with spaces where lines may be broken."""
    parts = text.split(" ")
    pairs = ([{"t": "Space"}, {"t": "Str", "c": part}] if part else [{"t": "Space"}] for part in parts)
    return list(chain.from_iterable(pairs))[1:]


def marked(markdown: str) -> list[Node]:
    """Text in which nothing is marked up but code between backticks."""
    inlines: list[Node] = []
    for index, part in enumerate(markdown.split("`")):
        if part:
            inlines += [{"t": "Code", "c": [attr(), part]}] if index % 2 else words(part)
    return inlines


def para(inlines: Sequence[Node]) -> Node:
    """A paragraph."""
    return {"t": "Para", "c": list(inlines)}


def emph(inlines: Sequence[Node]) -> Node:
    """Stressed text."""
    return {"t": "Emph", "c": list(inlines)}


def span(inlines: Sequence[Node], *classes: str, id: str = "") -> Node:
    """Text with an id or a class."""
    return {"t": "Span", "c": [attr(id, classes), list(inlines)]}


def div(blocks: Sequence[Node], *classes: str, id: str = "") -> Node:
    """Blocks with an id or a class."""
    return {"t": "Div", "c": [attr(id, classes), list(blocks)]}


def link(inlines: Sequence[Node], address: str) -> Node:
    """A link; an address in the document begins with `#`."""
    return {"t": "Link", "c": [attr(), list(inlines), [address, ""]]}


def header(level: int, inlines: Sequence[Node], *classes: str, id: str = "") -> Node:
    """A heading."""
    return {"t": "Header", "c": [level, attr(id, classes), list(inlines)]}


def bullets(items: Iterable[Sequence[Node]]) -> Node:
    """A list of short texts."""
    return {"t": "BulletList", "c": [[{"t": "Plain", "c": list(item)}] for item in items]}


def text_of(nodes: Any) -> str:
    """All text of some nodes, without marks; code and line ends included. Any depth is read: nothing recurses."""
    parts: list[str] = []
    stack = [nodes]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            kind, content = node.get("t"), node.get("c")
            if kind in ("Space", "SoftBreak", "LineBreak"):
                parts.append(" ")
            elif kind == "Str":
                parts.append(str(content))
            elif kind in ("Code", "CodeBlock") and content:
                parts.append(content[1])
            elif kind not in ("RawInline", "RawBlock"):
                stack.append(content)
    return "".join(parts)
