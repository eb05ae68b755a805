"""State diagrams: states, transitions, composite states, notes."""

import re
from difflib import get_close_matches

from vulgate.passes.mermaid.graph import Graph
from vulgate.passes.mermaid.lexing import Scanner, clean, shorten
from vulgate.passes.mermaid.state_notes import STATE_ID, take_note
from vulgate.passes.mermaid.types import Diagram, MermaidError

_BLANK = re.compile(r"(?:[\s;]|#[^\n]*|%%[^\n]*)++")
_LINE_END = re.compile(r"[^\S\n]*+;*+[^\S\n]*+(?:[#%][^\n]*)?(?:\n|$|(?=\}))")
_REF = re.compile(rf"[ \t]*+(\[\*\]|{STATE_ID})(?::::[\w-]+)?")
_ARROW = re.compile(r"[ \t]*+-->")
_LABEL = re.compile(r"[ \t]*+:(?!:)[ \t]*+([^\n]+)")
_WORD = re.compile(
    r"(state|note|direction|classDef|class|style|click|scale|hide)(?=[^\S\n]|$)|(--(?!>))|(\})|(end[ \t]+note)",
    re.IGNORECASE,
)
_STATE = re.compile(rf'state[ \t]++(?:"([^"]*)"[ \t]*+as[ \t]++)?({STATE_ID})', re.IGNORECASE)
_KIND = re.compile(r"[ \t]*+(?:<<|\[\[)(\w+)(?:>>|\]\])")
_BRACE = re.compile(r"\s*+\{")
_DIRECTION = re.compile(r"direction[ \t]++(TB|BT|LR|RL)\b", re.IGNORECASE)
_STYLING = re.compile(r"\w++[ \t]++\S[^\n]*+")
_KINDS = ("choice", "fork", "join")


def parse_state_diagram(scanner: Scanner, title: str) -> Diagram:
    """Read a state diagram behind its header word."""
    graph, direction = Graph("state"), "TB"
    while scanner.take(_BLANK) or scanner.pos < len(scanner.text):
        if scanner.pos >= len(scanner.text):
            break
        start = scanner.pos
        found = _WORD.match(scanner.text, start)
        word = found[0].lower() if found else ""
        if word == "direction" and (chosen := scanner.take(_DIRECTION)):
            direction = direction if graph.groups else chosen[1].upper()
        elif word == "state":
            if _take_state(scanner, graph):
                continue
        elif word == "note":
            take_note(scanner, graph)
        elif word == "}":
            if not graph.groups:
                raise scanner.error("`}` closes nothing", "remove it, or open a state with `state A {`")
            graph.close()
            scanner.pos += 1
            continue
        elif word == "--":
            if not graph.groups:
                raise scanner.error(
                    "`--` stands outside a composite state", "write it between the regions in `state A { }`"
                )
            graph.nodes[graph.groups[-1].id].shape = "concurrent"
            scanner.pos += 2
        elif word.startswith("end"):
            raise scanner.error("`end note` closes nothing", "open a note with `note right of A` before it")
        elif not word:
            _take_transition(scanner, graph)
        elif not scanner.take(_STYLING):
            raise scanner.error(f"`{scanner.excerpt()}` is no `{word}` line", f"say what it is for: `{word} A ...`")
        if not scanner.take(_LINE_END):
            raise _unexpected(scanner)
    if graph.groups:
        group = graph.groups[-1]
        raise scanner.error(f"The state `{shorten(group.id)}` is not closed", "close it with `}`", group.pos)
    for name, draft in graph.nodes.items():
        if draft.lines:  # the first description replaces the id, later ones are lines below it
            draft.label = "\n".join(draft.lines if draft.label == name else [draft.label, *draft.lines])
            draft.lines = None
    return graph.build("state", direction, title)


def _take_state(scanner: Scanner, graph: Graph) -> bool:
    """Read a `state` line; True if it opens a composite state, whose content may follow on the same line."""
    start = scanner.pos
    found = scanner.take(_STATE)
    if found is None:
        raise scanner.error(f"`{scanner.excerpt()}` declares no state", 'write `state A` or `state "text" as A`')
    description, name = found[1], found[2]
    graph.node(name, description)
    if kind := scanner.take(_KIND):
        shape = kind[1].lower()
        if shape not in _KINDS:
            close = get_close_matches(shape[:40], _KINDS, 1)
            hint = f"did you mean `<<{close[0]}>>`?" if close else "known are `<<choice>>`, `<<fork>>` and `<<join>>`"
            raise scanner.error(f"`{shorten(kind[0])}` is no kind of state", hint, start)
        graph.nodes[name].shape = shape
    if scanner.take(_BRACE):
        graph.open(name, None, "composite", start)
        return True
    if scanner.take(_LABEL):
        raise scanner.error(
            "A description stands behind `state`", f"write `{shorten(name)} : text` without `state`", start
        )
    return False


def _take_transition(scanner: Scanner, graph: Graph) -> None:
    """Read `A --> B : label`, `A : text` or `A` alone."""
    start = scanner.pos
    found = scanner.take(_REF)
    if found is None:
        raise _unexpected(scanner)
    if not scanner.take(_ARROW):
        label = scanner.take(_LABEL)
        name = _end_state(graph, "start") if found[1] == "[*]" else found[1]
        draft = graph.node(name)
        if label:
            draft.add(clean(label[1]))
        return
    target = scanner.take(_REF)
    if target is None:
        raise scanner.error(f"The transition from `{shorten(found[1])}` has no target", "write `A --> B`", start)
    ids = [
        _end_state(graph, shape) if name == "[*]" else name for name, shape in ((found[1], "start"), (target[1], "end"))
    ]
    for name in ids:
        graph.node(name)
    label = scanner.take(_LABEL)
    graph.edge(ids[0], ids[1], label[1] if label else "", "transition")


def _end_state(graph: Graph, shape: str) -> str:
    """Name `[*]` as Mermaid does: each composite state has a start and an end of its own."""
    name = f"{graph.groups[-1].id if graph.groups else 'root'}_{shape}"
    graph.node(name, "[*]", shape)
    return name


def _unexpected(scanner: Scanner) -> MermaidError:
    rest = scanner.excerpt()
    if rest.startswith("--"):
        return scanner.error("A transition has no source", "write `A --> B`, one transition a line")
    if rest.startswith("->"):
        return scanner.error("`->` is no arrow of a state diagram", "write `A --> B`")
    hint = 'an id has no spaces, quotes or hyphens: write `state "my text" as a`'
    return scanner.error(f"`{rest}` is not expected here", hint)
