"""Flowcharts: `flowchart LR`, its statements, subgraphs and chains of nodes."""

import re

from vulgate.passes.mermaid.graph import Graph
from vulgate.passes.mermaid.lexing import Scanner, shorten
from vulgate.passes.mermaid.links import take_link
from vulgate.passes.mermaid.types import Diagram, MermaidError
from vulgate.passes.mermaid.vertices import ID, RESERVED, take_label, take_vertex

DIRECTIONS = {"TB": "TB", "TD": "TB", "BT": "BT", "LR": "LR", "RL": "RL", "<": "RL", ">": "LR", "^": "BT", "v": "TB"}

# One arrow between `A & B & ...` and `C & D & ...` makes an edge for every pair. This is Mermaid's own default for the
# edges of a whole diagram (`maxEdges`); the limit keeps the work linear in the size of the source.
MAX_PAIRS = 500

_DIRECTION = re.compile(r"[ \t]*+([^\s;]*)[ \t]*+(?:[;\n]|$)")
_BLANK = re.compile(r"[\s;]++")
_END_OF_STATEMENT = re.compile(r"[^\S\n]*+(?:[;\n]|$)")
_SPACES = re.compile(r"[^\S\n]+")
_AMPERSAND = re.compile(r"[ \t]++&[ \t]++")
_WORD = re.compile(r"subgraph\b[ \t]*+|end\b|direction[ \t]++(?:TB|TD|BT|LR|RL)\b[^\n]*+|([a-zA-Z]+)(?=\s)")
_TITLE = re.compile(r'"([^"\n]*)"|([^\[\]\n;"]*)')
_STYLES = r'(?:[^;\n"]|"[^"\n]*")++'
_STYLING = {
    "style": (re.compile(rf"style[ \t]++\S++[ \t]++{_STYLES}"), "style A fill:#eee"),
    "classDef": (re.compile(rf"classDef[ \t]++\S++[ \t]++{_STYLES}"), "classDef name fill:#eee"),
    "class": (re.compile(r"class[ \t]++[^\s;]++[ \t]++[^\s;]++"), "class A,B name"),
    "click": (re.compile(rf"click[ \t]++[^\s;]++[ \t]++{_STYLES}"), 'click A "https://example.org"'),
    "linkStyle": (re.compile(rf"linkStyle[ \t]++(default|[0-9, ]++)[ \t]*+{_STYLES}"), "linkStyle 0,1 stroke:#eee"),
}


def parse_flowchart(scanner: Scanner, title: str) -> Diagram:
    """Read a flowchart behind its header word."""
    found = scanner.take(_DIRECTION)
    # Without a direction, the header has its line for itself: `flowchart; A` is an error.
    direction = DIRECTIONS.get(found[1] or ("" if ";" in found[0] else "TB")) if found else None
    if direction is None:
        hint = "write `flowchart LR` (or TB, TD, BT, RL) on a line of its own"
        raise scanner.error(
            f"`{scanner.excerpt() or (found and found[1])}` is no direction", hint, _last(found, scanner)
        )
    graph = Graph("rect")
    edge_ids: set[str] = set()
    while True:
        scanner.take(_BLANK)
        if scanner.pos >= len(scanner.text):
            break
        start = scanner.pos
        word = _WORD.match(scanner.text, start)
        if word is None:
            _take_chain(scanner, graph, edge_ids)
        elif word[1] in _STYLING:
            _take_styling(scanner, word[1], len(graph.edges))
        elif word[1]:
            _take_chain(scanner, graph, edge_ids)
        elif word[0].startswith("subgraph"):
            scanner.pos = word.end()
            _open_subgraph(scanner, graph, start)
        elif word[0] == "end":
            if not graph.groups:
                raise scanner.error("`end` closes nothing", "remove it, or open a `subgraph` before it")
            graph.close()
            scanner.pos = word.end()
            continue  # Mermaid lets a statement follow `end` on the same line
        else:
            scanner.pos = word.end()
        if not scanner.take(_END_OF_STATEMENT):
            raise _unexpected(scanner)
    if graph.groups:
        group = graph.groups[-1]
        raise scanner.error(f"The subgraph `{shorten(group.id)}` is not closed", "close it with `end`", group.pos)
    return graph.build("flowchart", direction, title)


def _last(found: re.Match[str] | None, scanner: Scanner) -> int:
    return found.start(1) if found else scanner.pos


def _take_chain(scanner: Scanner, graph: Graph, edge_ids: set[str]) -> None:
    sources = _take_nodes(scanner, graph, edge_ids)
    before = scanner.pos
    while link := take_link(scanner):
        start = scanner.pos
        # The target may stand on the next line, but `end` or `style` there is the next statement.
        if start == len(scanner.text) or ("\n" in scanner.text[before:start] and RESERVED.match(scanner.text, start)):
            arrow_end = len(scanner.text[:start].rstrip())
            raise scanner.error("The arrow has no target", "write `A --> B`", arrow_end)
        targets = _take_nodes(scanner, graph, edge_ids)
        if len(sources) * len(targets) > MAX_PAIRS:
            raise scanner.error(f"One arrow draws more than {MAX_PAIRS} edges", "join the nodes in a subgraph", start)
        for source in sources:
            for target in targets:
                graph.edge(source, target, link.label, link.type)
        if link.id:
            edge_ids.add(link.id)
        sources, before = targets, scanner.pos


def _take_nodes(scanner: Scanner, graph: Graph, edge_ids: set[str]) -> list[str]:
    names = [take_vertex(scanner, graph, edge_ids)]
    while scanner.take(_AMPERSAND):
        names.append(take_vertex(scanner, graph, edge_ids))
    return names


def _take_styling(scanner: Scanner, word: str, edges: int) -> None:
    """Step over a line that changes colours or adds links; it says nothing about the graph."""
    start = scanner.pos
    pattern, example = _STYLING[word]
    found = scanner.take(pattern)
    if found is None:
        raise scanner.error(f"`{scanner.excerpt()}` is no `{word}` line", f"write `{example}`")
    if word == "linkStyle" and found[1] != "default":
        for number in found[1].replace(",", " ").split():
            if len(number) > 9 or int(number) >= edges:
                raise scanner.error(f"`linkStyle {shorten(number)}` comes after {edges} arrows", "count from 0", start)


def _open_subgraph(scanner: Scanner, graph: Graph, start: int) -> None:
    found = scanner.take(_TITLE)
    quoted, plain = (found[1], (found[2] or "").strip()) if found else (None, "")
    name = quoted or plain
    if not name:
        raise scanner.error("A subgraph needs an id or a title", "write `subgraph id [title]`", start)
    label, _ = take_label(scanner, name)
    if label is None:
        label = name
        if quoted is not None or not ID.fullmatch(name):  # a title with spaces; edges cannot name it
            name = f"subGraph{graph.opened}"
    graph.open(name, label, "subgraph", start)


def _unexpected(scanner: Scanner) -> MermaidError:
    """Say what is wrong with the text after a statement, by what it starts with."""
    scanner.take(_SPACES)
    rest = scanner.excerpt()
    if rest.startswith(("->", "=>")):
        return scanner.error(f"`{rest[:2]}` is no arrow of a flowchart", "write `-->` or `==>`")
    if rest.startswith("%%"):
        return scanner.error("A comment stands behind a statement", "put it on a line of its own")
    if rest[0] in "])}":
        return scanner.error(f"`{rest[0]}` closes no bracket", 'put a label with brackets in quotes: `id["text]"]`')
    return scanner.error(
        f"`{rest}` is not expected here", "one statement a line; text with spaces goes in brackets: `id[two words]`"
    )
