"""Reads the code of examples: does it parse, and which names does it define, import and call."""

import ast
import json
import re
import tomllib
from typing import Any, Final

from vulgate.detect.names import dotted_name
from vulgate.markdown.fences import Info
from vulgate.markdown.nodes import CodeBlock
from vulgate.model.blocks import Symbols
from vulgate.model.codes import Reporter
from vulgate.model.spans import LineIndex, Span
from vulgate.model.versions import holds_on
from vulgate.passes.treesitter import GRAMMARS, read_code

# What `ast` of the oldest Python that we run on can read. Newer syntax goes to tree-sitter, so that the
# compiled book is the same whichever Python compiles it.
OLDEST: Final = "3.11"
_OLDEST_NUMBERS: Final = (3, 11)
PYTHON: Final = ("python", "py", "python3")
_SESSION = re.compile(r"^\s*>>> ", re.MULTILINE)
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)(.*)$")
_NO_SYMBOLS: Final = Symbols()


def check_code(info: Info, node: CodeBlock, path: str, lines: LineIndex, reporter: Reporter) -> Symbols:
    """The symbols of a code block; reports code that does not parse, and `syntax-error` code that does.

    Args:
        info: Language and attributes.
        node: The code block.
        path: The chapter file.
        lines: Its line index.
        reporter: Takes the diagnostics.
    """
    if not info.language or not node.code.strip():
        return _NO_SYMBOLS
    reason, line, symbols = "", 0, _NO_SYMBOLS
    if info.language in PYTHON:
        reason, line, symbols = _python(info, node.code)
    elif info.language in ("json", "toml", "yaml", "yml"):
        reason, line = data_error(info.language, node.code)
    elif info.language in GRAMMARS:
        reason, line, symbols = read_code(info.language, node.code)
    if info.fence.syntax_error:
        if not reason and info.language in PYTHON and holds_on(info.fence.python, OLDEST):
            reporter.add("code-compiles", _line_span(node, 0, lines))
    elif reason:
        reporter.add("code-syntax", _line_span(node, line, lines), language=_name(info.language), reason=reason)
    return symbols


def _python(info: Info, code: str) -> tuple[str, int, Symbols]:
    code = session_code(code)
    if not holds_on(info.fence.python, OLDEST):
        return read_code("python", code)
    try:
        tree = ast.parse(code, "<example>", feature_version=_OLDEST_NUMBERS)
        if info.fence.syntax_error:  # `nonlocal` without a binding and the like show only when names are resolved
            compile(code, "<example>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error.msg.split(" (<example>")[0], error.lineno or 1, _NO_SYMBOLS
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or "it is nested too deeply", 1, _NO_SYMBOLS
    return "", 0, python_symbols(tree)


def session_code(code: str) -> str:
    """The statements of a doctest session; output lines become blank, so that line numbers stay. Other code stays as it is."""
    if ">>> " not in code or not _SESSION.search(code):
        return code
    return "\n".join(match[1] if (match := _PROMPT.match(line)) else "" for line in code.split("\n"))


def python_symbols(tree: ast.AST) -> Symbols:
    """The names a module defines, imports and calls, each once, in order of first appearance in the tree."""
    defined: dict[str, None] = {}
    imported: dict[str, None] = {}
    called: dict[str, None] = {}
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind is ast.Call:
            if name := dotted_name(node.func):  # type: ignore[attr-defined]
                called[name] = None
        elif kind is ast.FunctionDef or kind is ast.AsyncFunctionDef or kind is ast.ClassDef:
            defined[node.name] = None  # type: ignore[attr-defined]
        elif kind is ast.Import:
            imported.update((alias.name, None) for alias in node.names)  # type: ignore[attr-defined]
        elif kind is ast.ImportFrom:
            module = "." * node.level + (node.module or "")  # type: ignore[attr-defined]
            separator = "" if module.endswith(".") else "."
            imported.update((f"{module}{separator}{alias.name}", None) for alias in node.names)  # type: ignore[attr-defined]
        values = node.__dict__  # sooner than `getattr`; a book has hundreds of thousands of nodes
        for field in _CHILD_FIELDS[kind]:
            value: Any = values.get(field)
            if value.__class__ is list:
                stack += [child for child in value[::-1] if child.__class__ not in _LEAVES]
            elif value.__class__ not in _LEAVES:
                stack.append(value)
    for name in _module_names(tree):
        defined.setdefault(name)
    return Symbols(tuple(defined), tuple(imported), tuple(called))


_LEAVES: Final = frozenset({ast.Name, ast.Constant, ast.alias, ast.Pass, str, int, bool, type(None)})
_NO_CHILDREN: Final = frozenset(
    {
        "ctx",
        "op",
        "ops",
        "id",
        "name",
        "names",
        "attr",
        "arg",
        "kind",
        "lineno",
        "type_comment",
        "type_ignores",
        "module",
        "level",
        "asname",
        "conversion",
        "simple",
        "is_async",
    }
)


class _ChildFields(dict[type[ast.AST], tuple[str, ...]]):
    """By node type, the fields that can hold nodes we look at, the last one first: this is the order of a stack."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = self[kind] = tuple(field for field in reversed(kind._fields) if field not in _NO_CHILDREN)
        return fields


_CHILD_FIELDS: Final = _ChildFields()


def _module_names(tree: ast.AST) -> list[str]:
    """Names that the module itself assigns."""
    names = []
    for statement in getattr(tree, "body", ()):
        targets = (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [getattr(statement, "target", None)]
            if isinstance(statement, ast.AnnAssign)
            else []
        )
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def data_error(language: str, code: str) -> tuple[str, int]:
    """What is wrong with some data, and on which line of it; an empty reason and line 0 when it parses.

    Args:
        language: `json`, `toml`, `yaml` or `yml`.
        code: The data.
    """
    try:
        if language == "json":
            json.loads(
                code, parse_int=str
            )  # Python refuses to convert numbers of thousands of digits; JSON allows them
        elif language == "toml":
            tomllib.loads(code)
        else:
            return _yaml(code)
    except json.JSONDecodeError as error:
        return error.msg[:1].lower() + error.msg[1:], error.lineno
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        reason = str(error).split(" (at ")[0]
        return reason[:1].lower() + reason[1:], int(line[1]) if line else 1
    except RecursionError:
        return "it is nested too deeply", 1
    except ValueError:  # what `int` says of thousands of digits; TOML has numbers of 64 bits
        return "a number is too large", 1
    return "", 0


def _yaml(code: str) -> tuple[str, int]:
    import yaml

    try:
        for _ in yaml.parse(code, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return getattr(error, "problem", None) or "syntax error", mark.line + 1 if mark else 1
    return "", 0


def _name(language: str) -> str:
    return {"py": "Python", "python": "Python", "python3": "Python"}.get(
        language, language.upper() if len(language) <= 4 else language.capitalize()
    )


def _line_span(node: CodeBlock, line: int, lines: LineIndex) -> Span:
    """The line of the code that is at fault, without its indentation; line 0 is the fence itself."""
    number = min(lines.line(node.start) + line, lines.line(max(node.start, node.end - 1)))
    start = lines.line_start(number)
    raw = lines.data[start : lines.line_start(number + 1)].rstrip(b"\r\n")
    return lines.span(start + len(raw) - len(raw.lstrip()), start + len(raw))
