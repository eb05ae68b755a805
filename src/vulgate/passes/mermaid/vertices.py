"""The nodes of flowcharts: `A`, `A[text]`, `A{{text}}:::style`, `A@{ shape: diamond, label: "text" }`."""

import re
from difflib import get_close_matches

from vulgate.passes.mermaid.graph import Graph
from vulgate.passes.mermaid.lexing import Scanner, shorten
from vulgate.passes.mermaid.shapes import SHAPES

# These words start statements wherever Mermaid's lexer meets them, even in `A --> end`.
RESERVED = re.compile(
    r"(style|linkStyle|interpolate|classDef|class|flowchart|graph|subgraph|end|_self|_blank|_parent|_top"
    r"|(?:href|call)(?=\s))\b"
)
# `x-->` and `o-->` are arrows with a mark at both ends.
ID = re.compile(r"(?![xo](?:--|==|-\.))(?:[\w!#$%&'*+.`?\\/,]|:(?!::)|-(?![->.]))++")
_CLASS = re.compile(r":::((?:[\w!#$%&'*+.`?\\/,]|:(?!::)|-(?![->.]))++)")
_OPEN = re.compile(r"\(\(\(|\(\(|\(\[|\(-|\(|\[\[|\[\(|\[/|\[\\|\[\||\[|\{\{|\{|>")
_FIRST = frozenset("([{>")
_CLOSE = {
    "(((": {")))": "double-circle"},
    "((": {"))": "circle"},
    "([": {"])": "stadium"},
    "(-": {"-)": "ellipse"},
    "(": {")": "round"},
    "[[": {"]]": "subroutine"},
    "[(": {")]": "cylinder"},
    "[/": {"/]": "lean-right", "\\]": "trapezoid"},
    "[\\": {"/]": "inv-trapezoid", "\\]": "lean-left"},
    "[|": {"]": "rect"},
    "[": {"]": "rect"},
    "{{": {"}}": "hexagon"},
    "{": {"}": "diamond"},
    ">": {"]": "odd"},
}
_QUOTED = re.compile(r'"([^"]+)"')
_PLAIN = re.compile(r'[^\[\](){}|"]+')
_PROPERTY = re.compile(r"[A-Za-z0-9]+:[^|\n\]]+\|")
_DATA = re.compile(r'@\{((?:[^}"]|"[^"]*+")*+)\}')
_ENTRY = re.compile(r"""[\s,]*+([\w-]+)[ \t]*+:[ \t]*+("[^"]*"|'[^'\n]*'|[^,\n]*)""")


def take_vertex(scanner: Scanner, graph: Graph, edge_ids: set[str]) -> str:
    """Read one node and return its id; the id of an arrow is followed by `@{` too, and makes no node."""
    start = scanner.pos
    text = scanner.text
    if reserved := RESERVED.match(text, start):
        raise scanner.error(
            f"`{reserved[1]}` is a word of Mermaid and cannot start the id of a node",
            f'write `{reserved[1].capitalize()}`, or `{reserved[1]}` in a label: `node["{reserved[1]}"]`',
        )
    found = scanner.take(ID)
    if found is None:
        if start < len(text) and not text[start].isspace():
            raise scanner.error(f"A node cannot start with `{scanner.excerpt()}`", "start with an id: `id[text]`")
        raise scanner.error("There is no node after this", "end the line with the id of a node")
    name = found[0]
    label, shape = take_label(scanner, name)
    if text.startswith(":::", scanner.pos):
        scanner.take(_CLASS)
    if text.startswith("@{", scanner.pos):
        given, given_shape = _take_data(scanner, name)
        label, shape = label if given is None else given, given_shape or shape
        if name in edge_ids:
            return name
    graph.node(name, label, shape)
    return name


def take_label(scanner: Scanner, name: str) -> tuple[str | None, str]:
    """Read a label in brackets and the shape that the brackets mean; (None, "") where there is none."""
    opened = scanner.take(_OPEN) if scanner.text[scanner.pos : scanner.pos + 1] in _FIRST else None
    if opened is None:
        return None, ""
    start = opened.start()
    if opened[0] == "[|":
        scanner.take(_PROPERTY)
    if quoted := scanner.take(_QUOTED):
        label = quoted[1]
    else:
        label = _take_plain(scanner, opened[0])
        if "@" in label and not any(map(str.isspace, label.partition("@")[0])):  # Mermaid takes it for an edge id
            raise scanner.error(f"Unquoted `@` in the label of `{shorten(name)}`", 'write `id["text"]`', start)
    for end, shape in _CLOSE[opened[0]].items():
        if scanner.text.startswith(end, scanner.pos):
            scanner.pos += len(end)
            if label.strip():
                return label, shape
            raise scanner.error(f"The label of `{shorten(name)}` is empty", 'write `id` alone, or `id[" "]`', start)
    stop = scanner.text[scanner.pos : scanner.pos + 1]
    if stop and (stop in '([{|"' or quoted is not None) and "\n" not in scanner.text[start : scanner.pos]:
        message = f"`{stop}` cannot stand in the label of `{shorten(name)}` as it is written"
        raise scanner.error(message, 'put the whole label in quotes: `id["text (more)"]`; a `"` is `#quot;`', start)
    closing = " or ".join(f"`{end}`" for end in _CLOSE[opened[0]])
    message = f"The label of `{shorten(name)}` opens with `{opened[0]}` and is not closed by {closing}"
    raise scanner.error(message, 'close it, or put a label that starts like this in quotes: `id["/text"]`', start)


def _take_plain(scanner: Scanner, opened: str) -> str:
    """Read an unquoted label, up to a bracket. A slash before `]` closes a leaning box, others are text."""
    found = scanner.take(_PLAIN)
    label = found[0] if found else ""
    closers = ("/", "\\") if opened in ("[/", "[\\") else ("-",) if opened == "(-" else ()
    if label.endswith(closers) and closers:
        scanner.pos -= 1
        return label[:-1]
    return label


def _take_data(scanner: Scanner, name: str) -> tuple[str | None, str]:
    """Read `@{ shape: ..., label: ... }`. Other keys (icon, img, pos, w, h, animate) do not change the model."""
    start = scanner.pos
    found = scanner.take(_DATA)
    if found is None:
        raise scanner.error(f"`@{{` after `{shorten(name)}` is not closed", "close it with `}`")
    values: dict[str, str] = {}
    inner = Scanner(found[1])
    while entry := inner.take(_ENTRY):
        values[entry[1]] = entry[2].strip().strip("\"'")
    if inner.text[inner.pos :].strip(" \t\n,"):
        hint = 'write `id@{ shape: diamond, label: "text" }`'
        raise scanner.error(f"`{inner.excerpt()}` is no `key: value`", hint, start)
    shape = values.get("shape", "")
    if shape and shape not in SHAPES:
        close = get_close_matches(shape[:40], SHAPES, 1)
        hint = f"did you mean `{close[0]}`?" if close else "see Mermaid's list of flowchart shapes"
        raise scanner.error(f"`{shorten(shape)}` is no shape", hint, start)
    return values.get("label"), SHAPES.get(shape, "")
