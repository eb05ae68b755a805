"""The fixture files: three-dot cases (a title, a document, the outline of its tree), and how an outline is written.

In documents `→` is a tab, `␍` a carriage return, `␂` a byte order mark, and `␄` at the end says that the
file ends without a line end.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from vulgate.markdown import nodes as n
from vulgate.markdown.parser import parse

FIXTURES: Final = Path(__file__).parent / "fixtures"
_CASE = re.compile(r"^([^\n]+)\n\.\n(.*?)^\.\n(.*?)^\.$", re.MULTILINE | re.DOTALL)


class Case(NamedTuple):
    """A case: its title, the document, and the outline it must have."""

    title: str
    document: str
    expected: str


def read_cases(name: str) -> list[Case]:
    """The cases of a fixture file. One that has lost a dot would swallow its neighbour, so the dots are counted."""
    text = (FIXTURES / name).read_text(encoding="utf-8")
    cases = [Case(*groups) for groups in _CASE.findall(text)]
    assert cases
    assert len(re.findall(r"^\.$", text, re.MULTILINE)) == 3 * len(cases), f"{name}: a case is not whole"
    return cases


def as_bytes(document: str) -> bytes:
    text = document.replace("→", "\t").replace("␍\n", "\r\n").replace("␍", "\r")
    return text.replace("␄\n", "").replace("␂", "\ufeff").encode()


def outline(data: bytes) -> str:
    """The tree of a document, a line a block and a line a fault."""
    document = parse(data)
    lines = [line for child in document.root.children for line in _node(child, 0)]
    lines += [f"! {fault.name} {document.slice(fault.start, fault.end)!r}" for fault in document.faults]
    return "\n".join(lines) + "\n"


def _node(node: n.Node, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match node:
        case n.Directive():
            name = f"{{{node.name}}}" if node.braced else node.name
            yield f"{pad}{':' * node.colons}{name} {node.title}".rstrip()
            yield from (f"{pad}  :{option.name}: {option.value}".rstrip() for option in node.options)
        case n.CodeBlock():
            yield f"{pad}code {node.info}".rstrip()
            yield from (f"{pad}  | {line}".rstrip() for line in node.code.splitlines())
            return
        case n.HtmlBlock():
            yield f"{pad}html {node.value.strip()!r}"
            return
        case n.Paragraph():
            yield f"{pad}paragraph {n.plain_text(node.children)!r}"
            return
        case n.Heading():
            yield f"{pad}heading {node.depth} {n.plain_text(node.children)!r}{f' #{node.id}' if node.id else ''}"
            return
        case n.BlockQuote():
            yield f"{pad}quote {node.alert}".rstrip()
        case n.Item():
            yield f"{pad}item"
        case _:
            yield f"{pad}{type(node).__name__.lower()}"
    inline: list[n.Node] = []
    for child in (*node.children, None):
        if isinstance(child, n.INLINE):
            inline.append(child)
            continue
        if inline:
            yield f"{pad}  text {n.plain_text(tuple(inline))!r}"
            inline = []
        if child is not None:
            yield from _node(child, depth + 1)
