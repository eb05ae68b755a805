"""The arrows of flowcharts: `-->`, `-. text .->`, `==>|text|`, `e1@--o`."""

import re
from functools import lru_cache
from typing import NamedTuple

from vulgate.passes.mermaid.lexing import Scanner

# Whitespace around an arrow may hold newlines: `A` and, on the next line, `--> B` is one statement in Mermaid.
_LINK = re.compile(r"\s*+([xo<]?--+[-xo>]|[xo<]?==+[=xo>]|[xo<]?-?\.+-[xo>]?|~~~+)\s*+")
_START = re.compile(r"\s*+([xo<]?(?:--|==|-\.))\s*+")
# An edge id stands after a space and never starts like an arrow; so no run of text is looked at twice.
_ID = re.compile(r"[ \t]++(?![-=.~<])([^\s\"@\[\](){}|;<>]++)@(?=\s*+[xo<]?[-=~.])")
# Most chains end here; one look is cheaper than trying every form of an arrow.
_MAYBE = re.compile(r"\s*+[xo<]?[-=]|[ \t]++[^\s;]")
_PIPE = re.compile(r'\|(?:"([^"]+)"|([^\[\](){}|"]+))\|[^\S\n]?(?!\s)')
_QUOTED = re.compile(r'"([^"]+)"')
_HEADS = {">": "arrow", "o": "circle", "x": "cross"}
# What an open label ends with, by the second character of its start: `-- text -->`, `== text ==>`, `-. text .->`.
_CLOSERS = {"-": "--", "=": "==", ".": ".-"}


class Link(NamedTuple):
    """An arrow: its kind, its text, and the id by which it can be styled ("" without)."""

    type: str
    label: str
    id: str


def take_link(scanner: Scanner) -> Link | None:
    """Read an arrow with its label, or return None where none starts."""
    if found := scanner.take(_LINK):
        return Link(_type(found[1], found[1]), _pipe_label(scanner), "")
    if not _MAYBE.match(scanner.text, scanner.pos):
        return None
    name = scanner.take(_ID)
    ident = name[1] if name else ""
    if name and (found := scanner.take(_LINK)):
        return Link(_type(found[1], found[1]), _pipe_label(scanner), ident)
    begin = scanner.pos
    if start := scanner.take(_START):
        label = _open_label(scanner, _CLOSERS[start[1][-1]])
        if label is not None and (end := scanner.take(_LINK)):
            return Link(_type(start[1], end[1]), label, ident)
        arrow = start[1].lstrip("xo<")
        raise scanner.error(
            f"The arrow `{start[1]}` opens a label that no arrow closes",
            f"write `{'-.->' if arrow == '-.' else arrow + '>'}`, or `{arrow} text {_CLOSERS[arrow[-1]]}>`",
            start.start(1) if start else begin,
        )
    if name:
        raise scanner.error(f"There is no arrow after the edge id `{ident}@`", "write `A e1@--> B`")
    return None


def _open_label(scanner: Scanner, closer: str) -> str | None:
    """Read the text between the two halves of an arrow."""
    if quoted := scanner.take(_QUOTED):
        return quoted[1]
    text, start = scanner.text, scanner.pos
    end = text.find(closer, start)
    # A lone `.` or `-` may stand before the closing half and belongs to it: `-. text -..->`.
    while end > start and text[end - 1] == closer[0]:
        end -= 1
    if closer == ".-" and end > start and text[end - 1] == "-":
        end -= 1
    if end > start and text[end - 1] in "xo<":  # Mermaid reads `-- box-->` as `bo` and `x-->`
        end -= 1
    label = text[start:end] if end > start else ""
    if not label.strip() or '"' in label:
        return None
    scanner.pos = end
    return label


def _pipe_label(scanner: Scanner) -> str:
    if scanner.text[scanner.pos : scanner.pos + 1] != "|":
        return ""
    found = scanner.take(_PIPE)
    if found is None:
        raise scanner.error(
            f"The label `{scanner.excerpt()}` of an arrow cannot be read",
            'write `-->|"text"| B`: in quotes if the text has brackets, quotes or bars, and at most one space after it',
        )
    return found[1] or found[2]


@lru_cache(256)
def _type(start: str, end: str) -> str:
    """Name an arrow by its stroke and its heads. `--` and `-->` are the two ends of `-- text -->`."""
    if "~" in end:
        return "invisible"
    stroke = "dotted" if "." in end else "thick" if "=" in end else ""
    head = _HEADS.get(end[-1], "line")
    both = "two-way" if start[0] in "<xo" and head != "line" else ""
    # A plain arrow head goes without saying where the stroke or the second head already names the kind.
    return "-".join(filter(None, (both, stroke, "" if head == "arrow" and (stroke or both) else head)))
