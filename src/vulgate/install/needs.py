"""Which modules a rule is about: without them in a project it has nothing to say there."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from vulgate.detect.base import DetectorError
from vulgate.detect.fence import read_fence
from vulgate.detect.ruff import codes
from vulgate.install.distributions import modules_of
from vulgate.model.blocks import Example, Rule
from vulgate.model.book import CompiledBook

_PYTEST: Final = ("pytest",)
_PYTEST_CODES: Final = (1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31)
RUFF: Final[Mapping[str, tuple[str, ...]]] = {
    "AIR": ("airflow",),
    "DJ": ("django",),
    "FAST": ("fastapi",),
    "NPY": ("numpy",),
    "PD": ("pandas",),
    **{f"PT{number:03}": _PYTEST for number in _PYTEST_CODES},
    "RUF043": _PYTEST,
    "S113": ("requests", "httpx"),
    "S201": ("flask",),
    "S308": ("django",),
    "S505": ("cryptography", "Crypto", "Cryptodome"),
    "S506": ("yaml",),
    "S507": ("paramiko",),
    "S508": ("pysnmp",),
    "S509": ("pysnmp",),
    "S610": ("django",),
    "S611": ("django",),
    "S614": ("torch",),
    "S701": ("jinja2",),
    "S702": ("mako",),
    "S704": ("markupsafe", "flask"),
}
"""The modules of which ruff's rules look at one, by code or the letters of a code. https://docs.astral.sh/ruff/rules/"""
_TWINS: Final = {"pytest": re.compile(r"unittest|self\\?\.assert|assertRaises")}
"""Modules with a twin in the standard library, and how a detector shows that it looks at the twin, too."""
_NAMES: Final = ("calls", "qualname")  # the keys of a `detect` fence whose values are dotted names
_MARK = re.compile(r"#\s*error:\s*\[")
_PYTHON: Final = ("python", "py")


def needed_modules(rule: Rule, book: CompiledBook) -> tuple[str, ...]:
    """The modules of which a project must use one for a rule to apply to it; none if it may apply to every project.

    For ruff's codes a table says it. For other rules, every bad example must import such a module, and not be bad for that import
    alone: "take time zones from zoneinfo" is for whoever might reach for pytz. A module counts if `requires=` of a fence or the
    detector names it; others are made up for the example. A detector that looks for one module more makes the need wider, and
    one that looks into the standard library removes it.

    Args:
        rule: The rule.
        book: The book that it stands in.
    """
    detector, _, spec = rule.detect.partition(" ")
    if detector == "ruff":
        return _of_ruff(codes(spec))
    examples = _examples(book, rule.bad)
    fences = [example.code for example in _examples(book, rule.detectors)]
    sought = {name.partition(".")[0] for fence in fences for name in _sought(fence)}
    if not examples or not sought.isdisjoint(sys.stdlib_module_names):
        return ()
    real = sought | {name for name in _required(book, rule) if name not in sys.stdlib_module_names}
    real -= {name for name, twin in _TWINS.items() if any(map(twin.search, fences))}
    imported = [_imported(example) & real for example in examples]
    return tuple(sorted({name for names in imported for name in names} | sought)) if all(imported) else ()


def _of_ruff(listed: Sequence[str]) -> tuple[str, ...]:
    found = [RUFF.get(code) or RUFF.get(code.rstrip("0123456789"), ()) for code in listed]
    return tuple(sorted({name for names in found for name in names})) if all(found) else ()


def _examples(book: CompiledBook, ids: Sequence[str]) -> list[Example]:
    return [block for id in ids if id in book and isinstance(block := book[id], Example)]


def _sought(fence: str) -> Iterator[str]:
    """The dotted names in the `calls` and `qualname` of a `detect` fence, wherever these stand."""
    try:
        pending = [read_fence(fence)] if any(name in fence for name in _NAMES) else []
    except DetectorError:
        return
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            for key, value in part.items():
                if key in _NAMES:
                    yield from _strings(value)
                else:
                    pending.append(value)
        elif isinstance(part, list):
            pending += part


def _strings(value: object) -> Iterator[str]:
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, (dict, list)):
            pending += part.values() if isinstance(part, dict) else part


def _required(book: CompiledBook, rule: Rule) -> Iterator[str]:
    """The modules of the distributions that a rule's fences are run with."""
    for example in _examples(book, (*rule.bad, *rule.good, *rule.near, *rule.harm)):
        for requirement in example.fence.requires:
            try:
                yield from modules_of(canonicalize_name(Requirement(requirement).name))
            except InvalidRequirement:
                continue


def _imported(example: Example) -> set[str]:
    """The modules that an example imports, but those whose import is what is marked as bad."""
    if example.language not in _PYTHON:
        return set()
    lines = example.code.splitlines()
    marked = {number for number, line in enumerate(lines, 1) if _MARK.search(line)}
    try:
        tree = ast.parse(example.code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {name.partition(".")[0] for name in example.symbols.imported}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        if node.lineno not in marked:
            found.update(name.partition(".")[0] for name in names)
    return found
