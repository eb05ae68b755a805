"""What names mean: dotted names resolved through a module's imports and aliases, unless the code takes them for its own."""

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

BUILTINS: Final = "builtins"


def imported_names(statements: Iterable[ast.stmt]) -> dict[str, str]:
    """The names that import statements bind, each with the dotted name that it stands for.

    Relative imports keep their dots, so that nothing outside the package is mistaken for them.
    """
    names: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.asname:
                    names[alias.asname] = alias.name
                else:
                    top = alias.name.partition(".")[0]
                    names[top] = top
        elif isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (f"{statement.module}." if statement.module else "")
            for alias in statement.names:
                names[alias.asname or alias.name] = module + alias.name
    return names


def aliased_names(statements: Iterable[ast.stmt], names: dict[str, str]) -> dict[str, str]:
    """`names` and the aliases that plain assignments make of them, as in `sleep = time.sleep`."""
    found = dict(names)
    for statement in statements:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Name) and isinstance(value, (ast.Name, ast.Attribute)):
                dotted = resolve(dotted_name(value), found)
                if dotted.partition(".")[0] != target.id and dotted_name(value).partition(".")[0] in found:
                    found[target.id] = dotted
    return found


class Scope(Struct, frozen=True):
    """A module or a function, and the names that it binds other than by imports.

    Attributes:
        first: Its first line.
        last: Its last line.
        names: What it binds; what a class body binds is not seen from outside it.
        is_function: Whether it is a function.
    """

    first: int
    last: int
    names: frozenset[str]
    is_function: bool


def is_builtin(name: str) -> bool:
    """Whether a name is one of Python's own."""
    return hasattr(builtins, name)


def scopes_of(tree: ast.Module) -> list[Scope]:
    """The scopes of a module, itself first."""
    bound: list[tuple[int, int, set[str], set[str]]] = [(1, sys.maxsize, set(), set())]
    pending: list[tuple[ast.AST, tuple[set[str], set[str]]]] = [(tree, bound[0][2:])]
    while pending:
        node, scope = pending.pop()
        for child in ast.iter_child_nodes(node):
            inner = scope
            if isinstance(child, (ast.Import, ast.ImportFrom)):
                scope[1].update(alias.asname or alias.name.partition(".")[0] for alias in child.names)
            else:
                scope[0].update(binds(child))
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                inner = (set(), set())
                bound.append((child.lineno, child.end_lineno or child.lineno, *inner))
            elif isinstance(child, ast.ClassDef):
                inner = (set(), set())
            pending.append((child, inner))
    return [
        Scope(first, last, frozenset(names - imported), bool(number))
        for number, (first, last, names, imported) in enumerate(bound)
    ]


BINDING: Final = (
    ast.Name,
    ast.arg,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
    ast.MatchMapping,
)
"""The nodes that may bind a name, but for imports."""


def binds(node: ast.AST) -> Iterator[str]:
    """The names that a node binds by itself."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.MatchMapping):
        if node.rest:
            yield node.rest
    elif isinstance(node, BINDING) and (name := getattr(node, "name", None)):
        yield name


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` as it is written, or an empty string for anything but names and attributes of them."""
    if isinstance(node, ast.Name):
        return node.id
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def resolve(written: str, names: dict[str, str]) -> str:
    """What a dotted name stands for: its first part is replaced by what that was imported as."""
    first, dot, rest = written.partition(".")
    return names.get(first, first) + dot + rest
