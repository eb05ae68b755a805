"""Lines such as `6.1 Function Definitions` that read as headings and are none."""

import re
from collections.abc import Iterator
from typing import Final

from vulgate.audit.material import Material
from vulgate.model.audit import Item
from vulgate.model.spans import Span

_LINE: Final = re.compile(r"[ \t]*[*_]*(\d{1,2}(?:\.\d{1,2}){1,3})[.)]?\s+([A-Z@`_][^\n]{2,79}?)[*_]*[ \t]*(?=\n|\Z)")


def plain_headings(material: Material) -> dict[str, Span]:
    """The places of such lines by their numbers; of two with one number the first."""
    found: dict[str, Span] = {}
    for number, span, _ in _lines(material):
        found.setdefault(number, span)
    return found


def items(material: Material) -> Iterator[Item]:
    """One item for each such line."""
    for number, span, title in _lines(material):
        what = f"“{number} {title[:50]}” reads as a heading, and is none"
        depth = "#" * min(number.count(".") + 1, 6)
        yield Item("plain-heading", what, f"write `{depth} ` before it; the number is computed", span)


def _lines(material: Material) -> Iterator[tuple[str, Span, str]]:
    """The passages that begin with a number of several parts and a title without a full stop."""
    for passage in material.passages():
        match = _LINE.match(passage.text)
        if match and not match[2].rstrip().endswith((".", ",", ";")):
            yield match[1], material.within(passage, match.start(1), match.end(2)), match[2]
