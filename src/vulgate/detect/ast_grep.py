"""ast-grep: `:detect: ast-grep` with a `detect` fence that holds a rule of ast-grep's own, in YAML.

Two keys are ours, because ast-grep knows nothing of imports: `calls` and `qualname` compare dotted names after the file's
imports and aliases have been resolved.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from vulgate.detect.base import DetectorError, Match, Query, Report, patterns_of, version_of
from vulgate.detect.fence import read_fence
from vulgate.detect.literals import Literals, literals_of
from vulgate.detect.names import BUILTINS, imported_names, is_builtin, resolve
from vulgate.detect.source import Edit, Project, Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

PYTHON: Final = "python"
# The languages that ast-grep has built in, with the files that they are in.
LANGUAGES: Final = {
    "bash": ("*.sh", "*.bash"),
    "c": ("*.c", "*.h"),
    "cpp": ("*.cc", "*.cpp", "*.cxx", "*.hpp"),
    "csharp": ("*.cs",),
    "css": ("*.css",),
    "elixir": ("*.ex", "*.exs"),
    "go": ("*.go",),
    "haskell": ("*.hs",),
    "hcl": ("*.hcl", "*.tf"),
    "html": ("*.html", "*.htm"),
    "java": ("*.java",),
    "javascript": ("*.js", "*.cjs", "*.mjs", "*.jsx"),
    "json": ("*.json",),
    "kotlin": ("*.kt", "*.kts"),
    "lua": ("*.lua",),
    "nix": ("*.nix",),
    "php": ("*.php",),
    PYTHON: ("*.py", "*.pyi", "*.ipynb"),
    "ruby": ("*.rb",),
    "rust": ("*.rs",),
    "scala": ("*.scala", "*.sc"),
    "solidity": ("*.sol",),
    "swift": ("*.swift",),
    "tsx": ("*.tsx",),
    "typescript": ("*.ts", "*.cts", "*.mts"),
    "yaml": ("*.yaml", "*.yml"),
}
_CALLED: Final = "CALLED"
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_METAVARIABLE = re.compile(r"\$\$\$([A-Z_][A-Z0-9_]*)?|\$\$?([A-Z_][A-Z0-9_]*)")


class _Options(Struct, forbid_unknown_fields=True):
    """A `detect` fence."""

    rule: dict[str, Any] = {}
    constraints: dict[str, Any] = {}
    utils: dict[str, Any] = {}
    transform: dict[str, Any] = {}
    calls: list[str] = []
    qualname: dict[str, list[str]] = {}
    fix: str | None = None
    safe: bool = False
    language: str = PYTHON
    needs: list[str] = []
    text: str | list[str] = []


class Pattern(Struct, frozen=True):
    """A `detect` fence, ready to use.

    Attributes:
        config: What ast-grep gets.
        language: Whose grammar it is for.
        names: By metavariable, the dotted names that it may stand for.
        fix: The template of the replacement, or `None`.
        safe: Whether the replacement keeps what the program does.
    """

    config: dict[str, Any]
    language: str
    names: dict[str, frozenset[str]]
    fix: str | None
    safe: bool


class AstGrepDetector:
    """Matches patterns in process."""

    name = "ast-grep"
    is_program = False

    def version(self, spec: str) -> str:
        """`ast-grep 0.51.0`, or an empty string."""
        return version_of("ast-grep", "ast-grep-py")

    def looks_at(self, query: Query) -> tuple[str, ...]:
        """The files of the pattern's language."""
        return LANGUAGES[compile_pattern(query.options).language]

    def is_whole(self, query: Query) -> bool:
        """Never: a pattern matches inside one file."""
        return False

    def needs(self, query: Query) -> Literals:
        """The words without which the pattern cannot match."""
        return _literals(query.options)

    def check(self, query: Query) -> None:
        """Sees whether the pattern parses.

        Raises:
            DetectorError: It does not, or the fence has a key that it must not have.
        """
        pattern = compile_pattern(query.options)
        try:
            _root("", pattern.language).find_all(pattern.config)  # type: ignore[call-overload]
        except Exception as error:
            raise DetectorError(f"ast-grep refuses the rule: {_cause(error)}") from error
        for written in _patterns(pattern.config):
            _check_pattern(written, pattern.language)
        _check_variables(pattern)

    def find(self, queries: Sequence[Query], project: Project) -> Report:
        """The matches of all patterns in all files of their languages."""
        report = Report()
        patterns = [(query.rule, compile_pattern(query.options)) for query in queries]
        for path in project.paths:
            language = language_of(path)
            here = [(rule, pattern) for rule, pattern in patterns if pattern.language == language]
            if here:
                report.matches += _matches(here, project.read(path))
        return report


def language_of(path: str) -> str:
    """The language of a file by its name; empty for one that ast-grep does not know."""
    return _BY_SUFFIX.get(path[path.rfind(".") :], "")


_BY_SUFFIX: Final = {glob.removeprefix("*"): name for name, globs in LANGUAGES.items() for glob in globs}


def _matches(patterns: Sequence[tuple[str, Pattern]], source: Source) -> Iterator[Match]:
    root = _root(source.text, patterns[0][1].language)
    names = _Names(source, root)
    for rule, pattern in patterns:
        for match in root.find_all(pattern.config):  # type: ignore[call-overload]
            if names.fit(match, pattern):
                yield _match(rule, match, pattern, source)


def _match(rule: str, match: "SgNode", pattern: Pattern, source: Source) -> Match:
    place = match.range()
    start, end = place.start.index, place.end.index
    edits: tuple[Edit, ...] = ()
    if pattern.fix is not None:
        edits = (Edit(start, end, _expand(pattern.fix, match, source.text)),)
    return Match(rule, source.path, start, _header_end(match, source, start, end), edits=edits, safe=pattern.safe)


def _header_end(match: "SgNode", source: Source, start: int, end: int) -> int:
    """Of a statement with a body, the end of its first line: nobody wants a whole class underlined."""
    if end - start < 200 or match.kind() not in _COMPOUND:
        return end
    line_end = source.offset(source.line(start) + 1, 1)
    return min(end, start + len(source.text[start:line_end].rstrip()))


_COMPOUND: Final = frozenset(
    [
        "class_definition",
        "decorated_definition",
        "except_clause",
        "for_statement",
        "function_definition",
        "if_statement",
        "try_statement",
        "while_statement",
        "with_statement",
    ]
)


class _Names:
    """What names stand for in one file; worked out only when a pattern asks."""

    def __init__(self, source: Source, root: "SgNode") -> None:
        self.source = source
        self.root = root
        self._imported: dict[str, str] | None = None

    def fit(self, match: "SgNode", pattern: Pattern) -> bool:
        """Whether the metavariables stand for the names that the pattern wants. One that is not bound is not asked."""
        for variable, wanted in pattern.names.items():
            node = match.get_match(variable)
            if node is not None and not self._means(node, wanted):
                return False
        return True

    def _means(self, node: "SgNode", wanted: frozenset[str]) -> bool:
        written = "".join(node.text().split())
        if not _DOTTED.fullmatch(written):
            return False
        first = written.partition(".")[0]
        is_imported = first in self.imported
        if is_imported:
            meant = resolve(written, self.imported) in wanted
        else:
            meant = is_builtin(first) and not wanted.isdisjoint((written, f"{BUILTINS}.{written}"))
        # Whose scope a name is in takes a parse of its own, so that is asked last.
        return meant and not self.source.is_own(first, node.range().start.line + 1, in_function=is_imported)

    @property
    def imported(self) -> dict[str, str]:
        """The names that the file imports, and aliases that it makes of them."""
        if self._imported is None:
            nodes = self.root.find_all({"rule": {"any": [{"kind": kind} for kind in _IMPORTS]}})
            self._imported = imported_names(statement for node in nodes for statement in _parsed(node.text()))
            for alias in self.root.find_all(_ALIAS):
                name, value = alias.get_match("NAME"), alias.get_match("VALUE")
                if name is None or value is None or not _DOTTED.fullmatch(value.text()):
                    continue
                if value.text().partition(".")[0] in self._imported and name.text() not in self._imported:
                    self._imported[name.text()] = resolve(value.text(), self._imported)
        return self._imported


_IMPORTS: Final = ("import_statement", "import_from_statement")
_ALIAS: Final[Any] = {
    "rule": {
        "pattern": "$NAME = $VALUE",
        "inside": {"kind": "expression_statement", "inside": {"kind": "module"}},
    },
    "constraints": {"NAME": {"kind": "identifier"}, "VALUE": {"any": [{"kind": "identifier"}, {"kind": "attribute"}]}},
}


def _parsed(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(dedent(text)).body
    except (SyntaxError, ValueError):
        return []


def _expand(template: str, match: "SgNode", text: str) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1]:
            nodes = match.get_multiple_matches(found[1])
            return text[nodes[0].range().start.index : nodes[-1].range().end.index] if nodes else ""
        if not found[2]:
            return found[0]
        node = match.get_match(found[2])
        return node.text() if node is not None else match.get_transformed(found[2]) or ""

    return _METAVARIABLE.sub(value, template)


# ------------------------------------------------------------------------------------------------ reading a fence


@lru_cache(maxsize=1024)
def compile_pattern(options: str) -> Pattern:
    """Reads a `detect` fence.

    Raises:
        DetectorError: It is no YAML, or not what a detector needs.
    """
    read = _read(options)
    if read.language not in LANGUAGES:
        raise DetectorError(f"ast-grep has no language `{read.language}`; there are {', '.join(LANGUAGES)}")
    if not read.rule and not read.calls:
        raise DetectorError("the `detect` fence has neither `rule` nor `calls`")
    if read.language != PYTHON and (read.calls or read.qualname):
        raise DetectorError("`calls` and `qualname` are for Python only")
    rule, constraints = read.rule, dict(read.constraints)
    names = {variable: frozenset(wanted) for variable, wanted in read.qualname.items()}
    if read.calls:
        called = {"kind": "call", "has": {"field": "function", "pattern": f"${_CALLED}"}}
        rule = {"all": [called, rule]} if rule else called
        names[_CALLED] = frozenset(read.calls)
    parts = {"rule": rule, "constraints": constraints, "utils": read.utils, "transform": read.transform}
    config = {name: part for name, part in parts.items() if part}
    patterns_of(read.text)
    return Pattern(config, read.language, names, read.fix, read.safe)


@lru_cache(maxsize=1024)
def _literals(options: str) -> Literals:
    """What a text must have for a match to be possible; a build has no use for it, so it is no part of the pattern."""
    pattern, read = compile_pattern(options), _read(options)
    rule, is_python = pattern.config.get("rule", {}), pattern.language == PYTHON
    return literals_of(rule, read.utils, pattern.names, read.needs, patterns_of(read.text), python=is_python)


@lru_cache(maxsize=1024)
def _read(options: str) -> _Options:
    decoded = read_fence(options)
    if isinstance(decoded, dict):
        decoded = {key: value for key, value in decoded.items() if key not in ("id", "severity", "message", "note")}
    try:
        return msgspec.convert(decoded, _Options)
    except msgspec.ValidationError as error:
        raise DetectorError(f"the `detect` fence is wrong: {error}") from error


def _patterns(part: Any) -> Iterator[str | dict[str, Any]]:
    """All patterns in a rule, however deep."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "pattern":
                yield value
            else:
                yield from _patterns(value)
    elif isinstance(part, list):
        for value in part:
            yield from _patterns(value)


def _check_variables(pattern: Pattern) -> None:
    """What is not bound could never be compared, or put into a fix."""
    texts = [text if isinstance(text, str) else text.get("context", "") for text in _patterns(pattern.config)]
    bound = {found[1] or found[2] for text in texts for found in _METAVARIABLE.finditer(text)}
    for variable in pattern.names:
        if variable not in bound:
            raise DetectorError(f"`qualname` is about `{variable}`, and no pattern has `${variable}`")
    for found in _METAVARIABLE.finditer(pattern.fix or ""):
        name = found[1] or found[2] or "_"
        if name.startswith("_") or name not in (bound | set(pattern.config.get("transform", {}))):
            raise DetectorError(f"the fix has `{found[0]}`, and no pattern binds it")


def _check_pattern(written: str | dict[str, Any], language: str) -> None:
    """ast-grep takes a pattern that does not parse, and then never matches it."""
    text = written if isinstance(written, str) else written.get("context", "")
    plain = _METAVARIABLE.sub(lambda found: "_" + (found[1] or found[2] or ""), text)
    if not plain.strip() or not parses(plain, language):
        raise DetectorError(f"the pattern `{' '.join(text.split())}` does not parse as {language}")


def parses(text: str, language: str) -> bool:
    """Whether a text has no syntax error that tree-sitter's grammar sees."""
    return _root(text, language).find({"rule": {"any": [{"kind": "ERROR"}]}}) is None


def _root(text: str, language: str) -> "SgNode":
    from ast_grep_py import SgRoot

    return SgRoot(text, language).root()


def _cause(error: BaseException) -> str:
    """The innermost reason that ast-grep gives."""
    reasons = re.split(r"^\s*(?:\d+: |Caused by:\s*)", str(error).partition("Stack backtrace:")[0], flags=re.MULTILINE)
    return " ".join(reasons[-1].split()).rstrip(".")
