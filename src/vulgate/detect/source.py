"""Code to look at: a file with its positions, its tree and its names, and a project of such files."""

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import cached_property
from itertools import accumulate, count
from operator import add
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import Struct

from vulgate.detect.names import (
    BINDING,
    BUILTINS,
    Scope,
    aliased_names,
    binds,
    dotted_name,
    imported_names,
    is_builtin,
    resolve,
    scopes_of,
)

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_Node = TypeVar("_Node", bound=ast.AST)


class Edit(Struct, frozen=True, gc=False):
    """A replacement of the characters from `start` to before `end` of a file's text."""

    start: int
    end: int
    text: str


class Place(Struct, frozen=True):
    """A stretch of a file's text where a rule is broken.

    Attributes:
        start: Offset of the first character.
        end: Offset after the last character.
        message: What is wrong in this very place; the rule's title says the rest.
        edits: What mends it, if a machine can.
        safe: Whether the edits keep what the program does.
    """

    start: int
    end: int
    message: str = ""
    edits: tuple[Edit, ...] = ()
    safe: bool = False


class Source(Struct, frozen=True, dict=True):
    """A file to look at.

    Attributes:
        path: Relative to the project, with forward slashes.
        text: Its text, line ends as they are.
        python: The oldest Python version that it is for, such as `3.10`; empty if nobody said.
        cells: Of a notebook, the line of the text where each cell begins, 0 for cells without code; empty for other files.
    """

    path: str
    text: str
    python: str = ""
    cells: tuple[int, ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        if "\r" in self.text:
            return [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        lengths = map(len, self.text.split("\n")[:-1])
        return [0, *map(add, accumulate(lengths), count(1))]  # the same, many times faster

    def line(self, offset: int) -> int:
        """The line, from 1, of a character."""
        return bisect_right(self._starts, offset)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        line = self.line(offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1; places outside the text are moved to its edge."""
        if line > len(self._starts):
            return len(self.text)
        return min(self._starts[max(line, 1) - 1] + max(column, 1) - 1, len(self.text))

    def offset_in(self, cell: int | None, line: int, column: int) -> int:
        """The offset of a line and column of a notebook's cell, counted from 1; of the file, if `cell` is `None`."""
        first = self.cells[cell - 1] if cell is not None and 0 < cell <= len(self.cells) else 1
        return self.offset(first + line - 1, column)

    def line_text(self, line: int) -> str:
        """A line, from 1, without its end."""
        if not 0 < line <= len(self._starts):
            return ""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[self._starts[line - 1] : end].rstrip("\r\n")

    def line_place(self, line: int, message: str = "") -> Place:
        """A whole line, without the blanks around it."""
        line = min(max(line, 1), len(self._starts))
        text = self.line_text(line)
        start = self._starts[line - 1] + len(text) - len(text.lstrip())
        return Place(start, start + len(text.strip()), message)

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree, or `None` if the running Python cannot parse the text."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def _index(self) -> dict[type[ast.AST], list[ast.AST]]:
        index: dict[type[ast.AST], list[ast.AST]] = {}
        for node in ast.walk(self.tree) if self.tree else ():
            index.setdefault(type(node), []).append(node)
        return index

    def nodes(self, *types: type[_Node]) -> Iterator[_Node]:
        """All nodes of some types, from one walk that everybody shares."""
        for type_ in types:
            yield from self._index.get(type_, ())  # type: ignore[misc]

    @cached_property
    def names(self) -> dict[str, str]:
        """What each imported name, and each alias of one, stands for."""
        found = imported_names(self.nodes(ast.Import, ast.ImportFrom))
        return aliased_names(self.tree.body if self.tree else (), found)

    def qualname(self, node: ast.expr) -> str:
        """The dotted name that an expression stands for, such as `time.sleep`; empty if it is no name."""
        written = dotted_name(node)
        if written and "." not in written and written not in self.names and is_builtin(written):
            return written if self.is_own(written, node.lineno) else f"{BUILTINS}.{written}"
        return resolve(written, self.names)

    def is_own(self, name: str, line: int, *, in_function: bool = False) -> bool:
        """Whether a name on a line is one that the code binds itself, other than by an import.

        Args:
            name: The name, without dots.
            line: Where it is used.
            in_function: Whether only the functions around it count: a module may bind an imported name anew, as with
                `yaml = None` where the import failed.
        """
        return name in self._bound and any(
            name in scope.names and scope.first <= line <= scope.last
            for scope in self._scopes[1 if in_function else 0 :]
        )

    @cached_property
    def _bound(self) -> frozenset[str]:
        """All names that are bound anywhere, which costs far less than to know where."""
        return frozenset(name for node in self.nodes(*BINDING) for name in binds(node))

    @cached_property
    def _scopes(self) -> list[Scope]:
        return scopes_of(self.tree) if self.tree else []

    def place(self, node: ast.AST, message: str = "") -> Place:
        """Where a node stands; of a definition, its first line."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        start = self._byte_offset(line, column)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return Place(start, self._starts[line - 1] + len(self.line_text(line).rstrip()), message)
        end_line, end_column = getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column)
        return Place(start, self._byte_offset(end_line, end_column), message)

    def _byte_offset(self, line: int, column: int) -> int:
        text = self.line_text(line)
        if not text.isascii():
            column = len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))
        return self._starts[line - 1] + column


class Settings(Struct, frozen=True):
    """What a project says to its detectors.

    Attributes:
        contracts: Its architecture contracts.
        thresholds: Its own limits of metrics, by metric.
        is_example: Whether it is made of the examples of a rule, which bring their own contract and limit.
    """

    contracts: tuple[dict[str, Any], ...] = ()
    thresholds: Mapping[str, str] = {}
    is_example: bool = False


class Project(Struct, frozen=True, dict=True):
    """Files that are looked at together.

    Attributes:
        root: The folder that the paths are relative to; the files are there on disk, too.
        paths: Relative paths, with forward slashes.
        read: Gives the source of a path.
        python: The oldest Python version that the project is for.
        settings: What it says to its detectors.
    """

    root: Path
    paths: tuple[str, ...]
    read: Callable[[str], Source]
    python: str = ""
    settings: Settings = Settings()

    def of(self, patterns: Iterable[str]) -> "Project":
        """The same project with the files only whose path or name matches one of some patterns."""
        wanted = tuple(patterns)
        kept = tuple(path for path in self.paths if matches(path, wanted))
        return Project(self.root, kept, self.read, self.python, self.settings)


class Plugin(Struct, frozen=True):
    """A detector written as a Python function.

    Attributes:
        find: Gives the places in a file; for a whole project, pairs of path and place.
        files: Patterns of the paths or names that it looks at.
        needs: It is not called for a file whose text has none of these; for any file if empty.
        text: A regular expression that the text must match for it to be called, or several, the cheapest first; each is
            sought in a text that begins with a line end.
        project: Whether it looks at the whole project at once.
    """

    find: Callable[[Any], Iterable[Any]]
    files: tuple[str, ...] = ("*.py", "*.pyi", "*.ipynb")
    needs: tuple[str, ...] = ()
    text: str | tuple[str, ...] = ()
    project: bool = False


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path, or its last part, matches one of some patterns with `*` and `?`."""
    name = path.rpartition("/")[2]
    return any(fnmatch(path, pattern) or fnmatch(name, pattern) for pattern in patterns)
