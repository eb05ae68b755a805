"""The languages of code blocks."""

from collections.abc import Iterator
from typing import Final

from vulgate.audit.material import PYTHON, Material
from vulgate.model.audit import Item
from vulgate.model.blocks import Example
from vulgate.passes.treesitter import GRAMMARS

_DATA: Final = ("json", "toml", "yaml", "yml")


def is_read(example: Example) -> bool:
    """Whether the compiler parses the language of an example."""
    return bool(example.code.strip()) and (example.language in (*PYTHON, *_DATA) or example.language in GRAMMARS)


def items(material: Material) -> Iterator[Item]:
    """The code blocks that do not say what they are written in."""
    for example in material.examples:
        if not example.language and example.code.strip():
            is_fenced = "```" in example.text.partition("\n")[0] or "~~~" in example.text.partition("\n")[0]
            what = "the fence names no language" if is_fenced else "this is code only by its indentation"
            fix = (
                "write the language behind the opening backticks, or `text`"
                if is_fenced
                else "put it into a fence with its language, or take the indentation away"
            )
            yield Item("no-language", what, fix, material.place(example))
