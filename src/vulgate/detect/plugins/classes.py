"""Plugins about classes."""

import ast
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from vulgate.detect.names import dotted_name
from vulgate.detect.source import Place, Plugin, Project, Source

_Method = ast.FunctionDef | ast.AsyncFunctionDef
_Key = tuple[str, str]

_MAX_DEPTH: Final = 5
_MAX_HOPS: Final = 5
_EXCEPTIONS: Final = ("Error", "Exception", "Warning")


def single_method_class(source: Source) -> Iterator[Place]:
    """Classes with one method, whose instances live for one call of it: `Report(rows).render()`."""
    candidates = {
        node.name: (node, method)
        for node in (source.tree.body if source.tree else ())
        if isinstance(node, ast.ClassDef) and (method := _only_method(node))
    }
    if not candidates:
        return
    used_up = _used_up(source)
    strings = {node.value for node in source.nodes(ast.Constant) if isinstance(node.value, str)}
    for name, (node, method) in candidates.items():
        uses = [used_up.get(use) == method for use in source.nodes(ast.Name) if use.id == name]
        if uses and all(uses) and name not in strings:
            yield source.place(node)


def _only_method(node: ast.ClassDef) -> str:
    """The name of the one method of a plain class, if apart from it there is at most an `__init__` that stores its arguments."""
    if node.bases or node.keywords or node.decorator_list:
        return ""
    methods = [statement for statement in _without_docstring(node.body) if isinstance(statement, _Method)]
    if len(methods) != len(_without_docstring(node.body)) or any(method.decorator_list for method in methods):
        return ""
    names = [method.name for method in methods if not (method.name == "__init__" and _only_stores(method))]
    return names[0] if len(names) == 1 and not names[0].startswith("__") else ""


def _only_stores(init: _Method) -> bool:
    return all(
        isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Attribute)
        and isinstance(statement.value, (ast.Name, ast.Constant))
        for statement in _without_docstring(init.body)
    )


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    return [item for item in body if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))]


def _used_up(source: Source) -> dict[ast.expr, str]:
    """The names that are called for an object on which a method is called at once, with the name of the method."""
    return {
        call.func.value.func: call.func.attr
        for call in source.nodes(ast.Call)
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call)
    }


class _Class(Struct, frozen=True):
    """A class: what it inherits from, as written, where it stands, and whether it has methods."""

    bases: tuple[str, ...]
    place: Place
    has_methods: bool


class _Module(Struct, frozen=True):
    """What a module says of classes. Its tree is not kept: a project may have thousands.

    Attributes:
        path: Its file.
        package: The parts of the name of the package that its relative imports start from.
        classes: Its classes, by name.
        names: What it imports.
    """

    path: str
    package: tuple[str, ...]
    classes: dict[str, _Class]
    names: dict[str, str]


def deep_inheritance(project: Project) -> Iterator[tuple[str, Place]]:
    """Classes with methods that make a line of inheritance inside the project longer than five, exceptions left out.

    What inherits from such a class in turn is not reported again.
    """
    modules = dict(_modules(project))
    ends = _unique_ends(modules)
    known: dict[_Key, tuple[str, ...]] = {}
    for name, module in modules.items():
        for class_name, found in module.classes.items():
            if not found.has_methods:
                continue
            chain = _chain((name, class_name), modules, ends, known)
            if len(chain) == _MAX_DEPTH + 1 and not class_name.endswith(_EXCEPTIONS):
                message = f"{' < '.join(chain)}: {len(chain)} classes deep"
                yield module.path, Place(found.place.start, found.place.end, message)


def _modules(project: Project) -> Iterator[tuple[str, _Module]]:
    for path in project.paths:
        source = project.read(path)
        parts = tuple(path.rpartition(".")[0].split("/"))
        package = parts[:-1]
        name = ".".join(package if parts[-1] == "__init__" else parts)
        body = source.tree.body if source.tree else []
        classes = {node.name: _class(source, node) for node in body if isinstance(node, ast.ClassDef)}
        yield name, _Module(path, package, classes, source.names)


def _class(source: Source, node: ast.ClassDef) -> _Class:
    bases = (dotted_name(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases)
    has_methods = any(isinstance(statement, _Method) for statement in node.body)
    return _Class(tuple(bases), source.place(node), has_methods)


def _unique_ends(modules: dict[str, _Module]) -> dict[str, str]:
    """The modules by each end of their names that is theirs alone: `pkg.base` is `src.pkg.base`."""
    ends: dict[str, str] = {}
    for name in modules:
        parts = name.split(".")
        for start in range(len(parts)):
            end = ".".join(parts[start:])
            ends[end] = "" if end in ends else name
    return ends


def _chain(
    key: _Key, modules: dict[str, _Module], ends: dict[str, str], known: dict[_Key, tuple[str, ...]]
) -> tuple[str, ...]:
    """The longest line of ancestors inside the project, the class itself first."""
    if key not in known:
        known[key] = ()  # ends the search where classes inherit in a circle
        module = modules[key[0]]
        bases = (_defined(_absolute(base, module, key[0]), modules, ends) for base in module.classes[key[1]].bases)
        chains = [_chain(base, modules, ends, known) for base in bases if base and base != key]
        known[key] = (key[1], *max(chains, key=len, default=()))
    return known[key]


def _absolute(written: str, module: _Module, name: str) -> str:
    """The dotted name of a base class, starting at the top of the project."""
    first = written.partition(".")[0]
    if first in module.classes or first not in module.names:
        return f"{name}.{written}" if written else ""
    return _imported(written, module)


def _imported(written: str, module: _Module) -> str:
    first, dot, rest = written.partition(".")
    target = module.names[first] + dot + rest
    tail = target.lstrip(".")
    if level := len(target) - len(tail):
        return ".".join((*module.package[: len(module.package) - level + 1], tail))
    return target


def _defined(dotted: str, modules: dict[str, _Module], ends: dict[str, str]) -> _Key | None:
    """The module and name of a class, through the modules that only hand it on."""
    for _ in range(_MAX_HOPS):
        place, _, name = dotted.rpartition(".")
        found = place if place in modules else ends.get(place, "")
        if not found:
            return None
        module = modules[found]
        if name in module.classes:
            return found, name
        if name not in module.names:
            return None
        dotted = _imported(name, module)
    return None


PLUGINS: dict[str, Plugin] = {
    "single-method-class": Plugin(single_method_class, needs=("class ",)),
    "deep-inheritance": Plugin(deep_inheritance, files=("*.py",), project=True),
}
