"""Names of the standard library that Python has deprecated or removed, resolved through the imports of an example."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from vulgate.detect.names import dotted_name, imported_names
from vulgate.passes.code import session_code

SOURCE: Final = "What's New in Python"


class Deprecation(NamedTuple):
    """A name that is not to be used.

    Attributes:
        name: Its full name.
        since: The version that deprecated it.
        removed: The version that removed it; empty if none has yet.
        instead: What to use.
        line: Line of the code, from 1.
    """

    name: str
    since: str
    removed: str
    instead: str
    line: int


@lru_cache(maxsize=1)
def table() -> dict[str, list[str]]:
    """The names, with the versions that deprecated and removed them, and what to use instead."""
    text = files("vulgate.audit").joinpath("data/deprecated.toml").read_text(encoding="utf-8")
    names: dict[str, list[str]] = tomllib.loads(text)["names"]
    return names


def deprecations(code: str) -> Iterator[Deprecation]:
    """The deprecated names in some code, the first use of each; none where the code is about such warnings."""
    if not _any_of_them().search(code) or "DeprecationWarning" in code:
        return
    try:
        tree = ast.parse(session_code(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    imported = imported_names(node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        for name in _names(node, imported):
            parts = name.split(".")
            for count in range(1, len(parts) + 1):
                prefix = ".".join(parts[:count])
                if prefix in table():
                    found.setdefault(prefix, getattr(node, "lineno", 1))
    yield from (Deprecation(name, *_row(name), line) for name, line in found.items())


@lru_cache(maxsize=1)
def _any_of_them() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted({name.rpartition('.')[2] for name in table()}))})\b")


def _names(node: ast.AST, imported: dict[str, str]) -> Iterator[str]:
    """The full names that a node uses or imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute) and (dotted := dotted_name(node)):
        head, _, rest = dotted.partition(".")
        if head in imported:
            yield f"{imported[head]}.{rest}"


def _row(name: str) -> tuple[str, str, str]:
    since, removed, instead = table()[name]
    return since, removed, instead
