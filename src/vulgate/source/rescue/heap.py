"""Tells code in a heap apart: where one example ends and the next begins, and what language each is."""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

_MERMAID: Final = re.compile(
    r"\s*(?:flowchart|graph|sequenceDiagram|classDiagram|stateDiagram(?:-v2)?|erDiagram|gantt|pie|mindmap)\b"
)
_SHELL: Final = re.compile(
    r"\s*(?:\$ |#!/bin/|(?:pip|python3?|git|docker|kubectl|uv|poetry|pytest|ruff|mypy|npm|curl|cd|export|source|conda|brew|apt)\b"
    r"(?! *[=(:]))"
)
_YAML: Final = re.compile(r"(?:[\w.-]+:(?: .*)?|\s*- .*|\s*#.*|\s+[\w.-]+:.*)$")
_TOML: Final = re.compile(r"\[{1,2}[\w.\"-]+\]{1,2}\s*$", re.MULTILINE)
_SQL: Final = re.compile(r"\s*(?:SELECT|INSERT|CREATE TABLE|UPDATE|DELETE FROM|EXPLAIN)\b")
_SIGN: Final = re.compile(
    r"^(?:@\w|(?:async )?def \w|class \w|import \w|from [\w.]+ import|(?:async )?(?:with|for) .*:|while .*:|if .*:|try:|"
    r"return\b|raise\b|assert\b|print\(|"
    r"[\w.]+(?:\[[^\]]*\])?(?:: [\w\[\], |.]+)? [-+*/|&]?= |[\w.]+\(.*\)|await |>>> |del \w|match .*:|type \w+ = )",
    re.MULTILINE,
)
_NAMES: Final = frozenset(dir(builtins)) | {"self", "cls", "__name__"}


def languages(code: str) -> str:
    """The language of a piece of code; empty where nothing tells."""
    if _MERMAID.match(code):
        return "mermaid"
    if parses(code) and _SIGN.search(code):
        return "python"
    if ">>> " in code:
        return "pycon"
    if _SHELL.match(code):
        return "bash"
    if _SQL.match(code):
        return "sql"
    if _TOML.search(code) and "=" in code:
        return "toml"
    lines = [line for line in code.splitlines() if line.strip()]
    if len(lines) > 1 and all(map(_YAML.match, lines)):
        return "yaml"
    return (
        "python"
        if len(_SIGN.findall(code)) > 1 and re.search(r"^(?:def|class|import|from) ", code, re.MULTILINE)
        else ""
    )


@lru_cache(maxsize=8192)
def parses(code: str) -> bool:
    """Whether a text is Python that says something."""
    return _tree(code) is not None


def _tree(code: str) -> ast.Module | None:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if tree.body else None


def split_heap(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[str, int, str]]:
    """The code, first line and language of each example in a heap, where nothing but blank lines stands between them.

    A piece between blank lines goes on with the example before it if it is indented, if only both together are Python, or if it
    uses names that the example before it has made.

    Args:
        lines: Number and text of each line.
    """
    current: list[tuple[int, str]] = []
    for piece in _pieces(lines):
        if current and not _goes_on(current, piece):
            yield _made(current)
            current = []
        current += piece
    if current:
        yield _made(current)


def _made(lines: list[tuple[int, str]]) -> tuple[str, int, str]:
    while not lines[-1][1].strip():
        lines = lines[:-1]
    code = "\n".join(line for _, line in lines) + "\n"
    return code, lines[0][0], languages(code)


def _pieces(lines: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines up to an empty one, with the empty lines behind them; a line of spaces is part of an example."""
    piece: list[tuple[int, str]] = []
    is_ended = False
    for number, line in lines:
        if line == "":
            is_ended = bool(piece)
            piece += [(number, line)] if piece else []
            continue
        if is_ended:
            yield piece
            piece, is_ended = [], False
        piece.append((number, line))
    if piece:
        yield piece


def _text(lines: Sequence[tuple[int, str]]) -> str:
    return "\n".join(line for _, line in lines)


def _goes_on(current: Sequence[tuple[int, str]], piece: Sequence[tuple[int, str]]) -> bool:
    first = piece[0][1]
    before, after = _text(current), _text(piece)
    if first[:1] in " \t)]}":
        return True
    if _MERMAID.match(first):
        return False
    if _MERMAID.match(before):
        return first.lstrip().startswith(("style ", "classDef ", "subgraph", "end", "%%", "linkStyle"))
    together = _tree(f"{before}\n{after}")
    if together is None:
        return (
            _tree(before) is None
            and _tree(after) is None
            and not _SIGN.match(first)
            and bool(_SHELL.match(before)) == bool(_SHELL.match(first))
        )
    if _tree(before) is None or _tree(after) is None:
        # One is only comments, or a half that needs the other.
        return not re.match(r"(?:from|import) ", first) or not _SIGN.search(before)
    made, used = _made_names(before), _used_names(after)
    if re.match(r"(?:from|import) ", first):
        return _only_imports(before)
    return bool(used & made) or _only_imports(before)


def _only_imports(code: str) -> bool:
    tree = _tree(code)
    return tree is not None and all(
        isinstance(node, (ast.Import, ast.ImportFrom))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in tree.body
    )


@lru_cache(maxsize=4096)
def _used_names(code: str) -> frozenset[str]:
    tree = _tree(code)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else set()
    return frozenset(names) - _NAMES


@lru_cache(maxsize=4096)
def _made_names(code: str) -> frozenset[str]:
    tree = _tree(code)
    found: set[str] = set()
    for node in tree.body if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        else:
            found.update(
                inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
            )
    return frozenset(found)
