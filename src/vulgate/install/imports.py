"""Which modules a project imports.

Parsing thousands of files takes long, and a line that begins with `import` may stand in a docstring. So lines that look like
imports are sought first, and a file is parsed only to confirm a module that no other file has confirmed.
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from vulgate.check.files import load
from vulgate.detect.source import Source
from vulgate.model.findings import Problem

_FROM = r"from[ \t]+([^\W\d]\w*)[\w.]*(?:[ \t]|\\\r?\n)+import\b"
_PLAIN = r"import[ \t]+((?:[\w., \t]|\\\r?\n)+)(?=[#;\r\n\\]|\Z)"
_LINE = re.compile(rf"(?:^|[;:])[ \t]*(?:{_FROM}|{_PLAIN})", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w*")
_ASYNC = re.compile(r"^[ \t]*async[ \t]+(?:def|with|for)\b", re.MULTILINE)


class Imports(Struct, frozen=True):
    """What the Python files of a project show.

    Attributes:
        modules: The top-level modules that are imported, its own among them.
        is_async: Whether some code is asynchronous.
        notes: Files that could not be read or parsed.
    """

    modules: frozenset[str]
    is_async: bool
    notes: tuple[Problem, ...] = ()


def read_imports(root: Path, paths: Sequence[str]) -> Imports:
    """The top-level modules that files import, anywhere in them.

    Of a file that does not parse the lines that look like imports are believed: a typing error made this minute
    changes nothing about what the project is built on.

    Args:
        root: The project.
        paths: Its Python files and notebooks, relative to it.
    """
    named: dict[str, list[tuple[int, str]]] = {}
    notes: list[Problem] = []
    is_async = False
    for path in paths:
        loaded = load(root, path)
        if loaded.problem:
            notes.append(loaded.problem)
        if loaded.source is None:
            continue
        text = loaded.source.text
        is_async = is_async or _ASYNC.search(text) is not None
        for name in set(_named(text)):
            named.setdefault(name, []).append((len(text), path))
    modules = _confirmed(root, named, notes)
    return Imports(modules, is_async, tuple(notes))


def _named(text: str) -> Iterator[str]:
    """The modules in lines that look like imports."""
    for match in _LINE.finditer(text):
        if match[1]:
            yield match[1]
        else:
            for part in match[2].replace("\\", " ").split(","):
                if name := _NAME.match(part.strip()):
                    yield name[0]


def _confirmed(root: Path, named: dict[str, list[tuple[int, str]]], notes: list[Problem]) -> frozenset[str]:
    """The modules that are really imported, found by parsing as little as possible."""
    found: set[str] = set()
    parsed: set[str] = set()
    for name in sorted(
        named, key=lambda name: (len(named[name]), name)
    ):  # what few files have confirms much of the rest
        for _, path in sorted(named[name]):
            if name in found:
                break
            if path in parsed:
                continue
            parsed.add(path)
            source = load(root, path).source
            if source is not None:
                found |= _imported(source, notes)
    return frozenset(found)


def _imported(source: Source, notes: list[Problem]) -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python thinks of the code is not our matter
        tree = source.tree
    if tree is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        notes.append(
            Problem(f"does not parse as Python {version}; its import lines are taken as they are", source.path)
        )
        return set(_named(source.text))
    found: set[str] = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements; expressions, which are most of a tree, hold none and are not entered."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        pending += (
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case))
        )
