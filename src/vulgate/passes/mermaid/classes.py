"""Class diagrams: classes and their members, relations, namespaces, notes."""

import re
from collections.abc import Iterator

from vulgate.passes.mermaid.graph import Graph
from vulgate.passes.mermaid.lexing import Scanner, shorten
from vulgate.passes.mermaid.members import ANNOTATION, add_member
from vulgate.passes.mermaid.relations import take_label, take_relation
from vulgate.passes.mermaid.types import Diagram

_LINE_END = re.compile(r"[^\S\n]*+(?:\n|$|(?=\}))")
_BLANK = re.compile(r"\s++")
_WORD = re.compile(r"(class|namespace|note|direction|click|callback|link|style|classDef|cssClass)\b(?=[^\S\n]|$)|<<|\}")
_NAME = re.compile(r"[ \t]*+(?:`([^`\n]+)`|(\w(?:[\w]|\.(?!\.)|-(?![-.>]))*+))(?:[ \t]*+~([^~\n]*)~)?")
_CLASS_LABEL = re.compile(r'[ \t]*+\["([^"]*)"\]')
_STYLE = re.compile(r"[ \t]*+:::[ \t]*+[\w-]+")
_BODY = re.compile(r"[ \t]*+\{([^{}]*+)(\})?")
_BRACE = re.compile(r"[ \t]*+\{")
_NOTE = re.compile(r'note[ \t]++(?:for[ \t]++([^\s"]++)[ \t]++)?"([^"]*)"')
_DIRECTION = re.compile(r"direction[ \t]++(TB|BT|LR|RL)\b")
_STYLING = re.compile(r"\w++[ \t]++\S[^\n]*+")
_TRAILING_COMMENT = re.compile(r"[ \t]++%%[^\n]*+")


def parse_class_diagram(scanner: Scanner, title: str) -> Diagram:
    """Read a class diagram behind its header word."""
    graph, direction = Graph("class"), "TB"
    if not scanner.take(_LINE_END):
        raise scanner.error(f"`{scanner.excerpt()}` stands behind `classDiagram`", "put it on a line of its own")
    for word in _statements(scanner):
        if found := scanner.take(_DIRECTION):
            direction = found[1]
        elif word == "class":
            scanner.pos += len(word)
            _take_class(scanner, graph)
        elif word == "namespace":
            _open_namespace(scanner, graph)
        elif word == "}":
            if not graph.groups:
                raise scanner.error("`}` closes nothing", "remove it, or open a class or namespace with `{`")
            group = graph.close()
            scanner.pos += 1
            if not group.mentioned:
                raise scanner.error(f"The namespace `{group.id}` is empty", "put a class into it", group.pos)
        elif word == "note":
            note = scanner.take(_NOTE)
            if note is None:
                raise scanner.error("A note needs a text in quotes", 'write `note "text"` or `note for A "text"`')
            graph.note(note[2], *((note[1].strip("`"),) if note[1] else ()))
        elif graph.groups:
            raise scanner.error(f"`{scanner.excerpt()}` cannot stand in a namespace", "close the namespace before it")
        elif word == "<<":
            _take_annotation(scanner, graph)
        elif word and word != "direction":
            if not scanner.take(_STYLING):
                raise scanner.error(f"`{scanner.excerpt()}` is no `{word}` line", f"say what it is for: `{word} A ...`")
        else:
            _take_relation_or_member(scanner, graph)
            scanner.take(_TRAILING_COMMENT)  # Mermaid allows one here, but not behind `class A`
        if word != "namespace" and not scanner.take(_LINE_END):
            raise scanner.error(f"`{scanner.excerpt()}` is not expected here", "one statement a line, without `;`")
    if graph.groups:
        group = graph.groups[-1]
        raise scanner.error(f"The namespace `{shorten(group.id)}` is not closed", "close it with `}`", group.pos)
    return graph.build("class", direction, title)


def _statements(scanner: Scanner) -> Iterator[str]:
    """Yield the word that each statement starts with, "" for a name; the scanner stands before it."""
    while scanner.take(_BLANK) or scanner.pos < len(scanner.text):
        if scanner.pos < len(scanner.text):
            found = _WORD.match(scanner.text, scanner.pos)
            yield found[0] if found else ""


def take_name(scanner: Scanner, graph: Graph) -> str | None:
    """Read the name of a class, with `~T~` behind it, and mention the class."""
    found = scanner.take(_NAME)
    if found is None:
        return None
    name = found[1] or found[2]
    graph.node(name, None if found[3] is None else f"{name}<{found[3]}>")
    scanner.take(_STYLE)
    return name


def _take_class(scanner: Scanner, graph: Graph) -> None:
    start = scanner.pos
    name = take_name(scanner, graph)
    if name is None:
        raise scanner.error("`class` needs a name", "write `class Name`, with backticks if it has spaces", start)
    draft = graph.nodes[name]
    if label := scanner.take(_CLASS_LABEL):
        graph.node(name, label[1])
    scanner.take(_STYLE)
    if annotation := scanner.take(ANNOTATION):
        draft.shape = annotation[1]
    if body := scanner.take(_BODY):
        if not body[2]:
            hint = "close it with `}`; a member cannot hold braces"
            raise scanner.error(f"The class `{shorten(name)}` is not closed", hint, start)
        for line in body[1].split("\n"):
            if member := line.strip():
                add_member(draft, member)


def _open_namespace(scanner: Scanner, graph: Graph) -> None:
    start = scanner.pos
    scanner.pos += len("namespace")
    found = scanner.take(_NAME)
    label = scanner.take(_CLASS_LABEL)
    if found is None or not scanner.take(_BRACE):
        raise scanner.error("`namespace` needs a name and a brace", "write `namespace Name {`", start)
    name = found[1] or found[2]
    outer = f"{graph.groups[-1].id}." if graph.groups else ""
    graph.open(outer + name, label[1] if label else name, "namespace", start)


def _take_annotation(scanner: Scanner, graph: Graph) -> None:
    start = scanner.pos
    found = scanner.take(ANNOTATION)
    name = scanner.take(_NAME)
    known = graph.nodes.get(name[1] or name[2]) if name else None
    if found is None or name is None:
        raise scanner.error("An annotation needs a word and a class", "write `<<interface>> Name`", start)
    if known is None:
        message = f"`{shorten(name[0])}` is annotated before it is declared"
        raise scanner.error(message, "declare it first: `class Name`", start)
    known.shape = found[1]


def _take_relation_or_member(scanner: Scanner, graph: Graph) -> None:
    start = scanner.pos
    name = take_name(scanner, graph)
    if name is not None:
        if take_relation(scanner, graph, name, take_name):
            return
        if member := take_label(scanner):
            add_member(graph.nodes[name], member)
            return
    scanner.pos = start
    hint = "an arrow has two dashes or dots: write `A --> B`; a member is `A : member`"
    raise scanner.error(f"`{scanner.excerpt()}` is no statement of a class diagram", hint)
