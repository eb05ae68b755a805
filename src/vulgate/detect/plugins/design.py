"""Plugins about design and documentation."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from vulgate.detect.source import Place, Plugin, Source

_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_FEW_WORDS: Final = 3
_WORD: Final = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ENDING: Final = re.compile(r"(?:ing|ies|es|ed|s|e|y)$")
_REFERS: Final = re.compile(r"(?i:see|same as|like|alias|override|inherit|deprecated|internal|todo)\b|[:.@{]")
_EMPTY_WORD: Final = re.compile(
    r"an?|and|class|for|from|function|in|instance|its?|method|object|of|on|or|self|that|the|this|to|with"
)
_ACCESSORS: Final = frozenset({"property", "cached_property", "setter", "getter", "deleter", "overload", "override"})
_SHARED: Final = frozenset({"staticmethod", "classmethod"})
_ERROR: Final = re.compile(r"(?:Error|Exception|Warning)$")


def vague_docstring(source: Source) -> Iterator[Place]:
    """Docstrings of three words or fewer that say no more than a name could."""
    for node, text, outer in _docstrings(source):
        if len(_words(text)) <= _FEW_WORDS and not _restates(node, text, outer):
            yield source.place(node)


def docstring_restates_name(source: Source) -> Iterator[Place]:
    """Docstrings of one line that hold no word that is not in the name already."""
    for node, text, outer in _docstrings(source):
        if _restates(node, text, outer):
            yield source.place(node)


def _docstrings(source: Source) -> Iterator[tuple[_Documented, str, str]]:
    """Public definitions with the docstring and the name of the class around them.

    Left out are those of which a short docstring is enough: accessors, overrides, tests, exceptions and empty bodies.
    """
    bodies = [("", source.tree.body)] if source.tree else []
    bodies += [(owner.name, owner.body) for owner in source.nodes(ast.ClassDef)]
    for outer, body in bodies:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and _counts(node, outer):
                text = ast.get_docstring(node)
                if text and text.isascii() and not _REFERS.match(text):
                    yield node, text, outer


def _counts(node: _Documented, outer: str) -> bool:
    name = node.name
    if name.startswith(("_", "test", "Test")) or outer.startswith(("_", "Test")):
        return False
    if isinstance(node, ast.ClassDef):
        return not (_ERROR.search(name) or any(_ERROR.search(_last(base)) for base in node.bases))
    if any(_last(decorator) in _ACCESSORS for decorator in node.decorator_list):
        return False
    return len(node.body) > 1 and not isinstance(node.body[1], (ast.Pass, ast.Raise))


def _last(node: ast.expr) -> str:
    """The last part of a dotted name, called or not."""
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def _restates(node: _Documented, text: str, outer: str) -> bool:
    if "\n" in text.strip():
        return False
    said = {_stem(word) for word in _words(text) if not _EMPTY_WORD.fullmatch(word)}
    named = {_stem(word) for name in (node.name, outer) for word in _words(_HUMP.sub(" ", name).replace("_", " "))}
    return bool(said) and said <= named


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _stem(word: str) -> str:
    return _ENDING.sub("", word) or word


# ------------------------------------------------------------------------------------------- classes and protocols


def misspelled_override(source: Source) -> Iterator[Place]:
    """Methods marked as overrides that no base class has; only where all bases are classes of the same file."""
    classes = _classes(source)
    for node in classes.values():
        marked = [
            method
            for method in _methods(node)
            if any(_is_typing(source, decorator, "override") for decorator in method.decorator_list)
        ]
        bases = _all_bases(source, node, classes) if marked else []
        inherited = {name for base in bases for name in _members(base)} | set(dir(object))
        for method in marked:
            if bases and method.name not in inherited:
                yield source.place(method)


def protocol_not_runtime_checkable(source: Source) -> Iterator[Place]:
    """`isinstance` and `issubclass` with a protocol of the same file that is not `runtime_checkable`."""
    refused = {
        name
        for name, node in _classes(source).items()
        if any(_is_typing(source, base, "Protocol") for base in node.bases)
        and not any(_is_typing(source, decorator, "runtime_checkable", "runtime") for decorator in node.decorator_list)
    }
    for call in source.nodes(ast.Call) if refused else ():
        if source.qualname(call.func) in ("builtins.isinstance", "builtins.issubclass") and len(call.args) == 2:
            kinds = call.args[1].elts if isinstance(call.args[1], ast.Tuple) else [call.args[1]]
            if any(isinstance(kind, ast.Name) and kind.id in refused for kind in kinds):
                yield source.place(call)


def mro_conflict(source: Source) -> Iterator[Place]:
    """Classes whose bases, as far as the file shows them, have no common order."""
    classes = _classes(source)
    for node in classes.values():
        if len(node.bases) > 1 and not _linear(source, node, classes):
            parents = [classes[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in classes]
            if all(_linear(source, parent, classes) for parent in parents):
                yield source.place(node)


def wrong_variance(source: Source) -> Iterator[Place]:
    """Parameters of public methods whose type is a covariant type variable of the class."""
    covariant = {
        node.targets[0].id
        for node in source.nodes(ast.Assign)
        if isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and _is_typing(source, node.value.func, "TypeVar")
        and any(_is_true(keyword, "covariant") for keyword in node.value.keywords)
    }
    for owner in source.nodes(ast.ClassDef) if covariant else ():
        named = {node.id for base in owner.bases for node in ast.walk(base) if isinstance(node, ast.Name)}
        for method in _methods(owner):
            if not method.name.startswith("_") and not _SHARED & {_last(node) for node in method.decorator_list}:
                for argument in (*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs):
                    if isinstance(argument.annotation, ast.Name) and argument.annotation.id in named & covariant:
                        yield source.place(argument)


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield statement


def _classes(source: Source) -> dict[str, ast.ClassDef]:
    """The classes of a file's top level whose name is bound once."""
    body = source.tree.body if source.tree else []
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    often = Counter(node.name for node in source.nodes(ast.ClassDef))
    return {node.name: node for node in classes if often[node.name] == 1 and node.name not in source.names}


def _is_typing(source: Source, node: ast.expr, *names: str) -> bool:
    """Whether an expression, subscripted or not, is one of some names of `typing`."""
    target = node.value if isinstance(node, ast.Subscript) else node
    module, _, name = source.qualname(target).rpartition(".")
    return name in names and module in ("typing", "typing_extensions")


def _is_true(keyword: ast.keyword, name: str) -> bool:
    return keyword.arg == name and isinstance(keyword.value, ast.Constant) and keyword.value.value is True


def _members(node: ast.ClassDef) -> Iterator[str]:
    """What a class body binds; `self` attributes count, too, since a method may override them."""
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield inner.name
        elif isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _all_bases(source: Source, node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """The base classes of a class, theirs included; none if one of them is from elsewhere."""
    found: list[ast.ClassDef] = []
    waiting = [node]
    while waiting:
        for base in waiting.pop().bases:
            if _is_typing(source, base, "Generic", "Protocol") or source.qualname(base) in (
                "abc.ABC",
                "builtins.object",
            ):
                continue
            target = base.value if isinstance(base, ast.Subscript) else base
            if not isinstance(target, ast.Name) or target.id not in classes or len(found) > len(classes):
                return []
            found.append(classes[target.id])
            waiting.append(classes[target.id])
    return found


def _linear(source: Source, node: ast.ClassDef, classes: Mapping[str, ast.ClassDef], depth: int = 0) -> list[str]:
    """The method resolution order of a class, or nothing if there is none. Classes from elsewhere have no bases."""
    if depth > len(classes):
        return []
    bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
    names = [ast.unparse(base) for base in bases if not _is_typing(source, base, "Generic", "Protocol")]
    orders = [
        _linear(source, classes[name], classes, depth + 1) if name in classes else list(dict.fromkeys((name, "object")))
        for name in names
    ]
    if not all(orders):
        return []
    merged = _merged([*orders, names])
    return [node.name, *merged] if merged or not names else []


def _merged(orders: list[list[str]]) -> list[str]:
    """The one order that keeps all orders, by C3; empty if there is none."""
    merged: list[str] = []
    while orders := [order for order in orders if order]:
        heads = (order[0] for order in orders)
        head = next((name for name in heads if not any(name in order[1:] for order in orders)), "")
        if not head:
            return []
        merged.append(head)
        orders = [[name for name in order if name != head] for order in orders]
    return merged


PLUGINS: dict[str, Plugin] = {
    "vague-docstring": Plugin(vague_docstring, needs=('"""', "'''")),
    "docstring-restates-name": Plugin(docstring_restates_name, needs=('"""', "'''")),
    "misspelled-override": Plugin(misspelled_override, needs=("override",), text=r"@(?:\w+\.)?override\b"),
    "protocol-not-runtime-checkable": Plugin(protocol_not_runtime_checkable, needs=("Protocol",)),
    "mro-conflict": Plugin(mro_conflict, needs=("class ",)),
    "wrong-variance": Plugin(wrong_variance, needs=("covariant",)),
}
