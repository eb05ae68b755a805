"""The notes of state diagrams: on one line, as a block up to `end note`, or floating."""

import re

from vulgate.passes.mermaid.graph import Graph
from vulgate.passes.mermaid.lexing import Scanner

STATE_ID = r"(?:(?!%%)[^\s:{}\-\";])++"

_NOTE = re.compile(rf"note[ \t]++(?:left|right)[ \t]++of[ \t]++({STATE_ID})[ \t]*+(?::([^\n]+)|(?=\n))", re.IGNORECASE)
_NOTE_END = re.compile(r"\n[ \t]*+end note\b", re.IGNORECASE)
_FLOATING_NOTE = re.compile(rf'note[ \t]++"([^"]*)"[ \t]++as[ \t]++{STATE_ID}', re.IGNORECASE)


def take_note(scanner: Scanner, graph: Graph) -> None:
    """Read a note and tie it to its state."""
    start = scanner.pos
    if floating := scanner.take(_FLOATING_NOTE):
        graph.note(floating[1])
        return
    found = scanner.take(_NOTE)
    if found is None:
        hint = "write `note right of A : text`, or the text on the next lines and `end note` behind it"
        raise scanner.error(f"`{scanner.excerpt()}` is no note", hint)
    graph.node(found[1])
    text = found[2]
    if text is None:
        end = _NOTE_END.search(scanner.text, scanner.pos)
        if end is None:
            raise scanner.error("The note is not closed", "close it with a line `end note`", start)
        text = scanner.text[scanner.pos : end.start()]
        scanner.pos = end.end()
    graph.note(text, found[1])
