"""Plugins about performance: what can be seen inside one function."""

import ast
from collections.abc import Iterator
from typing import Final, TypeAlias

from msgspec import Struct, field

from vulgate.detect.source import Place, Plugin, Source

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Loops: TypeAlias = tuple[ast.AST, ...]

_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_UNHASHABLE: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_LISTING_CALLS: Final = frozenset({"list", "sorted"})
_LISTING_METHODS: Final = frozenset({"split", "splitlines", "readlines"})
_CHANGES: Final = frozenset({"append", "extend", "insert", "pop", "remove", "clear"})


class _Scope(Struct):
    """What the body of a function does with its names.

    Attributes:
        values: What each name is assigned, with the loops around it.
        stores: How often each name is bound in any way.
        grown: The `+=` on names.
        tests: The `in` and `not in` on names.
        changes: The calls of methods that change a list, by name.
    """

    values: dict[str, list[tuple[ast.expr, _Loops]]] = field(default_factory=dict)
    stores: dict[str, int] = field(default_factory=dict)
    grown: list[tuple[ast.AugAssign, str, _Loops]] = field(default_factory=list)
    tests: list[tuple[ast.Compare, str, _Loops]] = field(default_factory=list)
    changes: dict[str, list[tuple[ast.Call, str, _Loops]]] = field(default_factory=dict)

    def add(self, node: ast.AST, loops: _Loops) -> None:
        """Takes note of a node."""
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                self.values.setdefault(name, []).append((value, loops))
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add()):
                self.grown.append((node, name, loops))
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name(id=name)]):
                self.tests.append((node, name, loops))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGES:
                self.changes.setdefault(name, []).append((node, method, loops))
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                self.stores[name] = self.stores.get(name, 0) + 1

    def only_assigned(self, name: str) -> list[tuple[ast.expr, _Loops]]:
        """What a name is assigned, or nothing if it is bound in other ways, too."""
        values = self.values.get(name, [])
        others = sum(grown == name for _, grown, _ in self.grown)
        return values if self.stores.get(name, 0) == len(values) + others else []


def concat_in_loop_typed(source: Source) -> Iterator[Place]:
    """Local strings that start as a literal and are grown by `+=` in a `for` loop.

    Where the added text is a literal itself, a pattern finds the place. Each string is reported once.
    Left out are strings that are begun anew in a loop around, loops over a few literals, and a last addition
    before the loop is left.
    """
    for scope in _scopes(source):
        reported: set[str] = set()
        for node, name, loops in sorted(scope.grown, key=lambda grown: grown[0].lineno):
            values = scope.only_assigned(name)
            is_string = bool(values) and all(_is_text(value) and not around for value, around in values)
            if not is_string or name in reported or _shows_text(node.value) or not _is_long_for(loops):
                continue
            if not _leaves(node, loops[-1]):
                reported.add(name)
                yield source.place(node)


def list_membership_in_loop(source: Source) -> Iterator[Place]:
    """Tests whether a local list holds something, in a loop, where a set would do the same.

    The list is one that the loop itself fills with what it tests, or one that was computed before the loop and never changes.
    """
    for scope in _scopes(source):
        for node, name, loops in scope.tests:
            values = scope.only_assigned(name)
            if not loops or not values or isinstance(node.left, (*_UNHASHABLE, ast.Constant)):
                continue
            if _is_record(node, scope, values, loops, name) or _is_computed(scope, values, loops, name):
                yield source.place(node)


def _scopes(source: Source) -> Iterator[_Scope]:
    for function in source.nodes(ast.FunctionDef):
        yield _read(function)
    for coroutine in source.nodes(ast.AsyncFunctionDef):
        yield _read(coroutine)


def _read(function: _Function) -> _Scope:
    scope = _Scope()
    stack: list[tuple[ast.AST, _Loops]] = [(node, ()) for node in (function.args, *function.body)]
    while stack:
        node, loops = stack.pop()
        scope.add(node, loops)
        if not isinstance(node, _SCOPES):
            once = _done_once(node)
            inner = (*loops, node) if once else loops
            stack += [(child, loops if child in once else inner) for child in ast.iter_child_nodes(node)]
    return scope


def _done_once(node: ast.AST) -> list[ast.AST]:
    """The parts of a loop that are not repeated; empty for what is no loop."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [node.target, node.iter, *node.orelse]
    if isinstance(node, ast.While):
        return [*node.orelse, node]
    return [node] if isinstance(node, _Comprehension) else []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _shows_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _shows_text(node.left) or _shows_text(node.right)
    return _is_text(node)


def _is_long_for(loops: _Loops) -> bool:
    """Whether the innermost loop is a `for` over more than some literals."""
    if not loops or not isinstance(loops[-1], (ast.For, ast.AsyncFor)):
        return False
    match loops[-1].iter:
        case ast.Tuple() | ast.List() | ast.Set() | ast.Constant():
            return False
        case ast.Call(func=ast.Name(id="range"), args=args):
            return not all(isinstance(arg, ast.Constant) for arg in args)
    return True


def _leaves(node: ast.stmt, loop: ast.AST) -> bool:
    """Whether the loop is left right after a statement."""
    for parent in ast.walk(loop):
        for block in (getattr(parent, "body", None), getattr(parent, "orelse", None)):
            if isinstance(block, list) and node in block:
                return any(
                    isinstance(later, (ast.Break, ast.Return, ast.Raise)) for later in block[block.index(node) :]
                )
    return False


def _is_record(
    node: ast.Compare, scope: _Scope, values: list[tuple[ast.expr, _Loops]], loops: _Loops, name: str
) -> bool:
    """Whether a list begins empty before a loop, and the loop appends to it what it tests."""
    loop = loops[-1]
    if not all(isinstance(value, ast.List) and not value.elts and loop not in around for value, around in values):
        return False
    changes = scope.changes.get(name, [])
    tested = ast.dump(node.left)
    return any(loop in around for _, _, around in changes) and all(
        method == "append" and [ast.dump(arg) for arg in call.args] == [tested] for call, method, _ in changes
    )


def _is_computed(scope: _Scope, values: list[tuple[ast.expr, _Loops]], loops: _Loops, name: str) -> bool:
    """Whether a list is computed once, before the loop, and never changed."""
    if len(values) != 1 or name in scope.changes or any(grown == name for _, grown, _ in scope.grown):
        return False
    value, around = values[0]
    if loops[-1] in around:
        return False
    match value:
        case ast.ListComp(elt=element, generators=[ast.comprehension(iter=items), *_]):
            return not isinstance(element, (*_UNHASHABLE, ast.Await)) and not isinstance(items, (ast.Tuple, ast.List))
        case ast.Call(func=ast.Name(id=called), args=[argument, *_]) if called in _LISTING_CALLS:
            return not isinstance(argument, (ast.Tuple, ast.List))
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in _LISTING_METHODS
    return False


PLUGINS: dict[str, Plugin] = {
    "concat-in-loop-typed": Plugin(concat_in_loop_typed, needs=("+=",)),
    "list-membership-in-loop": Plugin(list_membership_in_loop, needs=(" in ",)),
}
