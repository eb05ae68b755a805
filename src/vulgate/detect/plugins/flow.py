"""Plugins that follow the flow of a program: exhausted iterators, handlers that are never reached."""

import ast
import builtins
import importlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from vulgate.detect.source import Place, Plugin, Source

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
_WITH: Final = (ast.With, ast.AsyncWith)

_MAKERS: Final = frozenset(f"builtins.{name}" for name in ("map", "filter", "zip", "enumerate", "reversed", "iter"))
_READERS: Final = ("list", "tuple", "set", "frozenset", "dict", "sum", "sorted", "max", "min")
_CONSUMERS: Final = frozenset(f"builtins.{name}" for name in _READERS) | {"collections.Counter", "collections.deque"}

# What the text of a file must match for a closer look to be worth while.
_MAKER: Final = r" = (?:(?:map|filter|zip|enumerate|reversed|iter)\(|\((?=[^=]{0,300}?\sfor\s))"
_MADE: Final = (
    _MAKER,
    rf"\n[ \t]*(\w+){_MAKER}[\s\S]{{1,3000}}\(\1\b",
    rf"\n[ \t]*(\w+){_MAKER}[\s\S]{{1,3000}}?\b(?:list|tuple|set|frozenset|dict|sum|sorted|max|min|Counter|deque)\(\1\b",
)
_MADE_WORDS: Final = ("= map(", "= filter(", "= zip(", "= enumerate(", "= reversed(", "= iter(", "= (")
_LATER: Final = r"[^\n]*:[^\n]*(?:\n(?:\1(?:[ \t]|except\b)[^\n]*|[ \t\r]*(?=\n)))*?\n\1except\b"
# A handler for one of many exceptions, and one after it that is not surely for others.
_BASE_FIRST: Final = (
    rf"\n([ \t]*)except(?:[^\n]*\b(?:BaseException|Exception)\b{_LATER}"
    r"(?!\s*:|\s+(?:BaseException|Exception|KeyboardInterrupt)\b)"
    r"|[^\n]*\b(?:OSError|IOError|EnvironmentError|ConnectionError|LookupError|ArithmeticError|ImportError|NameError|RuntimeError"
    rf"|ValueError|UnicodeError|SyntaxError|Warning)\b{_LATER}"
    r"(?!\s*:|\s+(?:BaseException|Exception|TypeError|AttributeError|ValueError|RuntimeError|KeyboardInterrupt)(?:\s+as\s+\w+)?\s*:))"
)

_EXCEPTION_MODULES: Final = re.compile(
    r"binascii|configparser|csv|email\.errors|ftplib|http\.client|json|json\.decoder|queue|shutil|smtplib|sqlite3|ssl|struct"
    r"|subprocess|tarfile|tokenize|urllib\.error|zipfile|zlib"
)


# ------------------------------------------------------------------------------------------- iterators used up


def iterator_exhausted(source: Source) -> Iterator[Place]:
    """Second complete uses of an iterator that was made in the same function and can be read only once."""
    generators = _generator_functions(source)
    made = [node.lineno for node in source.nodes(ast.Assign) if _made(source, node, generators)]
    for body in _bodies_around(source, made):
        yield from _Scope(source, body, generators).places()


def _bodies_around(source: Source, lines: Iterable[int]) -> Iterator[list[ast.stmt]]:
    """The bodies of the innermost functions around lines, or of the module, each once."""
    functions: list[_Function] = [*source.nodes(ast.FunctionDef), *source.nodes(ast.AsyncFunctionDef)]
    outermost = source.tree.body if source.tree else []
    bodies: dict[int, list[ast.stmt]] = {}
    for line in lines:
        around = [node for node in functions if node.lineno <= line <= (node.end_lineno or 0)]
        body = max(around, key=lambda node: node.lineno).body if around else outermost
        bodies[id(body)] = body
    yield from bodies.values()


class _Scope:
    """Follows the iterators of one function or of a module's own statements."""

    def __init__(self, source: Source, body: list[ast.stmt], generators: frozenset[str]) -> None:
        self._source = source
        self._body = body
        self._generators = generators
        self._shared = {
            name for node in _own_nodes(body) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names
        }

    def places(self) -> Iterator[Place]:
        """The uses that find nothing left."""
        yield from self._block(self._body, {}, set())

    def _block(self, body: Iterable[ast.stmt], used: dict[str, bool], rounds: set[str]) -> Iterator[Place]:
        """The findings in statements that run one after the other.

        Args:
            body: The statements.
            used: Iterators made before, and whether they are used up; changed as the statements do.
            rounds: Iterators made before the loop around, which its second round finds used up.
        """
        for statement in body:
            for name, node, is_whole in self._uses(statement):
                if used.get(name) or (name in rounds and is_whole and name in used):
                    yield self._source.place(node, f"`{name}` has nothing left here")
                    used.pop(name)
                elif is_whole and name in used:
                    used[name] = True
            if isinstance(statement, _WITH):
                yield from self._block(statement.body, used, rounds)
            else:
                yield from self._branches(statement, used, rounds)
            made = _made(self._source, statement, self._generators)
            for name in _bound(statement):
                used.pop(name, None)
                rounds.discard(name)
            if made and made not in self._shared:
                used[made] = False

    def _branches(self, statement: ast.stmt, used: dict[str, bool], rounds: set[str]) -> Iterator[Place]:
        """The findings in the inner blocks of a statement. What they use up may not be used up after it."""
        inside = rounds
        if isinstance(statement, _LOOPS):
            known = set(used) - _bound(statement) - _named_in_head(statement)
            inside = set() if _leaves(statement.body) else known
        going = _iterated(statement)  # inside its own loop, an iterator still has what the loop has not taken
        for block in _blocks(statement):
            before = dict(used)
            if going and block is getattr(statement, "body", None):
                before.pop(going, None)
            yield from self._block(block, before, set(inside))

    def _uses(self, statement: ast.stmt) -> Iterator[tuple[str, ast.AST, bool]]:
        """Names that a statement itself reads to their end, where, and whether really to the end."""
        if isinstance(statement, (ast.For, ast.AsyncFor)) and (name := _iterated(statement)):
            yield name, statement.iter, not _leaves(statement.body)
        for node in _certain(_expressions(statement)):
            if name := self._consumed(node):
                yield name, node, True

    def _consumed(self, node: ast.AST) -> str:
        """The name of the iterator that an expression reads to its end."""
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp)):
            return _first_source(node.generators)
        if not isinstance(node, ast.Call) or not node.args:
            return ""
        joins = isinstance(node.func, ast.Attribute) and node.func.attr == "join"
        called = self._source.qualname(node.func)
        if not joins and called not in _CONSUMERS:
            return ""
        argument = node.args[0]
        if len(node.args) > 1 and called != "builtins.sum":
            return ""
        if isinstance(argument, ast.GeneratorExp):
            return _first_source(argument.generators)
        return argument.id if isinstance(argument, ast.Name) else ""


def _made(source: Source, statement: ast.stmt, generators: frozenset[str]) -> str:
    """The name of the iterator that a statement makes."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return ""
    target, value = statement.targets[0], statement.value
    if not isinstance(target, ast.Name):
        return ""
    if isinstance(value, ast.GeneratorExp):
        return target.id
    called = source.qualname(value.func) if isinstance(value, ast.Call) else ""
    return target.id if called in _MAKERS or called in generators else ""


def _first_source(generators: list[ast.comprehension]) -> str:
    source = generators[0].iter
    return source.id if isinstance(source, ast.Name) else ""


def _named_in_head(statement: ast.For | ast.AsyncFor | ast.While) -> set[str]:
    """The names in what a loop goes through, or in its condition."""
    head = statement.test if isinstance(statement, ast.While) else statement.iter
    return {node.id for node in ast.walk(head) if isinstance(node, ast.Name)}


def _iterated(statement: ast.stmt) -> str:
    """The name that a `for` statement goes through."""
    if isinstance(statement, (ast.For, ast.AsyncFor)) and isinstance(statement.iter, ast.Name):
        return statement.iter.id
    return ""


def _generator_functions(source: Source) -> frozenset[str]:
    """The undecorated functions of a module that yield; not those whose name is bound twice."""
    if source.tree is None or not any(source.nodes(ast.Yield, ast.YieldFrom)):
        return frozenset()
    functions = [node for node in source.tree.body if isinstance(node, ast.FunctionDef)]
    names = [node.name for node in functions]
    return frozenset(
        node.name
        for node in functions
        if not node.decorator_list
        and names.count(node.name) == 1
        and any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in _own_nodes(node.body))
    )


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of statements, without those of functions and classes inside them."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement, or one inside it, binds or deletes."""
    names: set[str] = set()
    for node in _own_nodes([statement]):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
    return names


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement, those of functions and classes left out."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return
    for field in ("body", "orelse", "finalbody"):
        block = getattr(statement, field, None)
        if isinstance(block, list):
            yield block
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _expressions(statement: ast.stmt) -> list[ast.AST]:
    """The expressions that a statement evaluates itself, once and in any case."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef, ast.While)):
        return []
    return [node for node in ast.iter_child_nodes(statement) if isinstance(node, (ast.expr, ast.withitem))]


def _certain(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Expressions in order, without those that may not be evaluated, or more than once."""
    for node in nodes:
        inner = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Lambda):
            inner = []
        elif isinstance(node, ast.IfExp):
            inner = [node.test]
        elif isinstance(node, ast.BoolOp):
            inner = [node.values[0]]
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            inner = [node.generators[0].iter]
        yield from _certain(inner)
        yield node


def _leaves(body: Iterable[ast.stmt]) -> bool:
    """Whether a loop may end before its time."""
    return any(isinstance(node, (ast.Break, ast.Return, ast.Raise)) for node in _own_nodes(body))


# ------------------------------------------------------------------------------------------- order of handlers


def except_order(source: Source) -> Iterator[Place]:
    """Handlers for exceptions that an earlier handler of the same `try` has already caught."""
    for statement in _tries(source):
        caught: set[str] = set()
        for handler in statement.handlers:
            listed = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            lines = [_ancestors(source, node) for node in listed if node is not None]
            if any(caught & set(line) for line in lines):
                yield source.line_place(handler.lineno)
            caught |= {line[0] for line in lines if line}


def _tries(source: Source) -> Iterator[ast.Try]:
    yield from source.nodes(ast.Try)
    star = getattr(ast, "TryStar", None)
    if star is not None:
        yield from source.nodes(star)


def _ancestors(source: Source, node: ast.expr) -> list[str]:
    """The names of an exception class and of its bases, itself first; empty if it is not known."""
    if isinstance(node, ast.Name):
        local = [found for found in source.nodes(ast.ClassDef) if found.name == node.id]
        if local:
            return _local_ancestors(source, local, set())
    return list(_known(source.qualname(node)))


def _local_ancestors(source: Source, found: list[ast.ClassDef], seen: set[str]) -> list[str]:
    name = found[0].name
    if len(found) > 1 or name in source.names or name in seen:
        return []
    names = [f"{source.path}:{name}"]
    for base in found[0].bases:
        local = [other for other in source.nodes(ast.ClassDef) if isinstance(base, ast.Name) and other.name == base.id]
        names += _local_ancestors(source, local, {*seen, name}) if local else _known(source.qualname(base))
    return names


@lru_cache(maxsize=1024)
def _known(name: str) -> tuple[str, ...]:
    """The classes that a built-in exception, or one of the standard library, is derived from."""
    module, _, last = name.rpartition(".")
    if module == "builtins":
        found = getattr(builtins, last, None)
    elif _EXCEPTION_MODULES.fullmatch(module):
        try:
            found = getattr(importlib.import_module(module), last, None)
        except ImportError:
            return ()
    else:
        return ()
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        return ()
    return tuple(f"{base.__module__}.{base.__qualname__}" for base in found.__mro__ if issubclass(base, BaseException))


PLUGINS: dict[str, Plugin] = {
    "iterator-exhausted": Plugin(iterator_exhausted, needs=_MADE_WORDS, text=_MADE),
    "except-order": Plugin(except_order, needs=("except",), text=_BASE_FIRST),
}
