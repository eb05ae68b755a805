"""Code that stands in the prose without a fence, as copied from a word processor."""

import re
from collections.abc import Iterator
from typing import Final

from vulgate.audit.material import Material
from vulgate.model.audit import Item

_CODE: Final = re.compile(
    r"^(?:from [\w.]+ import (?:\w[\w, ]*|\()|import [\w.]+(?: as \w+)?(?:, [\w.]+)*|@[A-Za-z_][\w.]*(?:\(.*\))?"
    r"|(?:async )?def \w+\(.*|class \w+(?:\([\w., =]*\))?:(?: \.\.\.| pass)?|if __name__ == .*:|(?:async )?with [\w.]+\(.*:"
    r"|for \w+(?:, \w+)* in [\w.()\[\], ]+:|while [^:]+:|[a-z_][\w.]* = [\w.]+\(.*\)|print\(.*\))\s*$"
)


def items(material: Material) -> Iterator[Item]:
    """One item for each passage with lines that are Python beyond doubt."""
    for passage in material.passages():
        lines = passage.text.split("\n")
        found = next((number for number, line in enumerate(lines) if _CODE.match(line)), None)
        if found is not None:
            start = sum(len(line) + 1 for line in lines[:found])
            what = f"code without a fence: `{lines[found].strip()[:50].replace('`', '')}`"
            fix = "put it between lines of ```` ```python ```` and ```` ``` ````"
            yield Item("unfenced-code", what, fix, material.within(passage, start, start + len(lines[found])))
