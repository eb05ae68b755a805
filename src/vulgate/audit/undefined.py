"""Names that an example uses and that neither it nor an earlier example of its chapter defines."""

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from vulgate.audit.linting import UNDEFINED, Told
from vulgate.audit.material import Material
from vulgate.audit.names import names
from vulgate.model.audit import Item
from vulgate.model.blocks import Example

_KNOWN: Final = frozenset({"_", "reveal_type", "self", "cls", "display", "get_ipython", "__file__", "__path__"})
_MOST: Final = 3


def items(material: Material, examples: Sequence[Example], told: dict[str, list[Told]]) -> Iterator[Item]:
    """One item for each example; `told` is what ruff says by the ids of examples.

    A chapter is read from its beginning, so a name counts as defined from the first example of the chapter on that binds it, and
    also from code on that stands there without a fence.
    """
    wanted = {example.id for example in examples if example.id in told and not _needs_a_world(example)}
    earlier: dict[str, list[str]] = {}
    for example in material.python_examples:
        before = earlier.setdefault(example.chapter, [])
        before.append(example.code)
        missing: dict[str, int] = {}
        for each in told[example.id] if example.id in wanted else ():
            is_new = each.text not in missing and each.text not in _KNOWN and each.text not in names()["builtins"]
            if each.code == UNDEFINED and is_new and not _binds(before, each.text):
                missing[each.text] = each.line
        missing = {name: line for name, line in missing.items() if not _binds([material.text_before(example)], name)}
        if missing:
            place = material.line(example, min(missing.values()))
            what = f"nothing before this defines {_listed(list(missing))}"
            yield Item("undefined-name", what, _fix(list(missing)), place, f"ruff {UNDEFINED}")


def _needs_a_world(example: Example) -> bool:
    """Whether the author says that the example is no whole program, or that it is about such a fault; proofs are run anyway."""
    fence = example.fence
    return fence.static or fence.role == "proof" or "NameError" in fence.raises or "except NameError" in example.code


def _binds(codes: Sequence[str], name: str) -> bool:
    """Whether some code seems to bind a name: assigned, imported, defined, a loop's or a parameter."""
    word = re.escape(name)
    pattern = re.compile(
        rf"(?:\b(?:def|class|as|for|type|global)[ \t]+{word}\b"
        rf"|\bimport\b[^\n#]*(?<![\w.]){word}\b"
        rf"|^[ \t]*(?:>>> )?(?:[\w, *()\[\]]+,[ \t]*\*?)?{word}[ \t]*(?:,[\w, *()]+)?(?::[^=\n]+)?=(?!=)"
        rf"|\({word}[ \t]*:=|^[ \t]+{word},?$)",
        re.MULTILINE,
    )
    return any(name in code and pattern.search(code) for code in codes)


def _listed(names: list[str]) -> str:
    told = ", ".join(f"`{name}`" for name in names[:_MOST])
    return told if len(names) <= _MOST else f"{told} and {len(names) - _MOST} more"


def _fix(names: list[str]) -> str:
    modules = [name for name in names if name in sys.stdlib_module_names]
    if modules:
        return f"add `import {', '.join(modules)}`" + ("" if len(modules) == len(names) else ", and define the others")
    return "define or import it, join it to earlier fences with `group=`, or mark a fragment as `static`"
