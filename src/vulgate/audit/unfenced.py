"""Code that stands in the prose without a fence, as copied from a word processor."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from vulgate.audit.material import Material, Passage
from vulgate.model.audit import Item

_CODE: Final = re.compile(
    r"^(?:from [\w.]+ import (?:\w[\w, ]*|\()|import [\w.]+(?: as \w+)?(?:, [\w.]+)*|@[A-Za-z_][\w.]*(?:\(.*\))?"
    r"|(?:async )?def \w+\(.*|class \w+(?:\([\w., =]*\))?:(?: \.\.\.| pass)?|if __name__ == .*:|(?:async )?with [\w.]+\(.*:"
    r"|for \w+(?:, \w+)* in [\w.()\[\], ]+:|while [^:]+:|[a-z_][\w.]* = [\w.]+\(.*\)|print\(.*\))\s*$"
)


def spots(passages: Iterable[Passage]) -> Iterator[tuple[Passage, int, str]]:
    """The passages with lines that are Python beyond doubt: each with the first such line, and where that begins."""
    for passage in passages:
        lines = passage.text.split("\n")
        found = next((number for number, line in enumerate(lines) if _CODE.match(line)), None)
        if found is not None:
            start = sum(len(line) + 1 for line in lines[:found])
            yield passage, start, lines[found]


def items(material: Material) -> Iterator[Item]:
    """One item for each such passage."""
    for passage, start, line in spots(material.passages()):
        what = f"code without a fence: `{line.strip()[:50].replace('`', '')}`"
        fix = "put it into a fence: ```python ... ```"
        yield Item("unfenced-code", what, fix, material.within(passage, start, start + len(line)))
