"""Ruff: `:detect: ruff B006`, `:detect: ruff FBT001, FBT002`, `:detect: ruff B901 preview`."""

import subprocess
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.detect.base import DetectorError, Match, Query, Report, Trouble, version_of
from vulgate.detect.literals import Literals
from vulgate.detect.source import Edit, Project, Source

DEFAULT_PYTHON: Final = "3.10"
_VERSIONS: Final = (7, 15)  # the oldest and the newest minor version of Python 3 that ruff takes
FILES: Final = ("*.py", "*.pyi", "*.ipynb")
_SECONDS: Final = 300
_ARGUMENT_BYTES: Final = 100_000  # of paths in one call; systems allow little more on Windows than this
PROJECT_FILE: Final = "pyproject.toml"
_PROJECT_CODE: Final = "RUF200"
_SYNTAX_ERROR: Final = "invalid-syntax"
NOT_PARSED: Final = "does not parse"
"""How the message about a file with a syntax error begins."""


class _Location(Struct):
    row: int
    column: int


class _Edit(Struct):
    location: _Location
    end_location: _Location
    content: str


class _Fix(Struct):
    applicability: str
    edits: list[_Edit]


class _Told(Struct):
    """One line of `ruff check --output-format json-lines`."""

    filename: str | None
    code: str | None
    message: str
    location: _Location | None
    end_location: _Location | None
    fix: _Fix | None = None
    cell: int | None = None


class RuffDetector:
    """Runs `ruff check` once for all stable codes and once for all preview codes."""

    name = "ruff"
    is_program = True

    def version(self, spec: str) -> str:
        """`ruff 0.14.5`, or an empty string."""
        return _version()

    def looks_at(self, query: Query) -> tuple[str, ...]:
        """Python files and notebooks, or the project file for the one code that is about it."""
        return (PROJECT_FILE,) if codes(query.spec) == [_PROJECT_CODE] else FILES

    def is_whole(self, query: Query) -> bool:
        """Never: ruff looks at one file at a time."""
        return False

    def needs(self, query: Query) -> Literals:
        """Nothing that could be looked for beforehand."""
        return Literals()

    def check(self, query: Query) -> None:
        """Sees whether this version of ruff has the codes.

        Raises:
            DetectorError: It has not, or has removed them.
        """
        if wrong := [code for code in codes(query.spec) if not _of(code)]:
            raise DetectorError(f"ruff has no rule {', '.join(wrong)}")
        early = [code for code in codes(query.spec) if all(rule.preview for rule in _of(code))]
        if early and not is_preview(query.spec):
            raise DetectorError(f"{', '.join(early)} is a preview rule; write `ruff {query.spec} preview`")

    def find(self, queries: Sequence[Query], project: Project) -> Report:
        """What ruff reports, and the files that it cannot parse."""
        report = Report()
        for preview, members in groupby(sorted(queries, key=_asks_for_preview), key=_asks_for_preview):
            _Run(list(members), project, preview=preview).into(report)
        return report


def run_with_limit(rule: str, code: str, setting: str, project: Project) -> Report:
    """What ruff reports for one code with one setting, such as `lint.mccabe.max-complexity=10`."""
    report = Report()
    run = _Run([Query(rule, code)], project, preview=False)
    run.argv += ["--config", setting]
    run.into(report)
    return report


class _Run:
    """One set of codes over a project."""

    def __init__(self, queries: Sequence[Query], project: Project, *, preview: bool) -> None:
        self.project = project
        self.rules: dict[str, list[str]] = {}
        selected = sorted({code for query in queries for code in codes(query.spec)})
        self.selectors = {code: [query.rule for query in queries if code in codes(query.spec)] for code in selected}
        self.argv = command(selected, project.python, preview=preview)

    def into(self, report: Report) -> None:
        """Adds what ruff says to a report."""
        told = [told for paths in _calls(self.project.paths) for told in self._tell(paths)]
        paths_here = frozenset(self.project.paths)
        told.sort(key=lambda item: item.filename or "")
        for path, members in groupby(told, key=lambda item: item.filename or ""):
            relative = _relative(path, self.project.root)
            items = list(members)
            if relative not in paths_here:
                continue
            errors = [item for item in items if item.code == _SYNTAX_ERROR or item.code is None]
            if errors:
                report.troubles.append(_trouble(relative, errors[0]))
                continue
            source = self.project.read(relative)
            report.matches += (finding for item in items for finding in self._matches(item, source))

    def _matches(self, told: _Told, source: Source) -> Iterator[Match]:
        if not told.location or not told.code:
            return
        start = source.offset_in(told.cell, told.location.row, told.location.column)
        last = told.end_location or told.location
        end = source.offset_in(told.cell, last.row, last.column)
        edits, safe = _edits(told, source)
        for rule in self._rules(told.code):
            yield Match(rule, source.path, start, max(start, end), told.message, told.code, edits, safe)

    def _rules(self, code: str) -> list[str]:
        if code not in self.rules:
            self.rules[code] = [r for chosen, rules in self.selectors.items() if code.startswith(chosen) for r in rules]
        return self.rules[code]

    def _tell(self, paths: Sequence[str]) -> list[_Told]:
        argv = [*self.argv, "--output-format", "json-lines", "--exit-zero", "--", *paths]
        return [_DECODE(line) for line in _run(argv, self.project.root).splitlines() if line]


_DECODE = msgspec.json.Decoder(_Told).decode


def codes(spec: str) -> list[str]:
    """The codes of a `:detect: ruff` option."""
    return [code.strip() for code in spec.removesuffix(" preview").split(",") if code.strip()]


def is_preview(spec: str) -> bool:
    """Whether the option asks for ruff's preview rules."""
    return spec.endswith(" preview")


def _asks_for_preview(query: Query) -> bool:
    return is_preview(query.spec)


def _calls(paths: Sequence[str]) -> Iterator[list[str]]:
    """The paths in portions that fit on a command line."""
    portion: list[str] = []
    size = 0
    for path in paths:
        size += len(path) + 1
        if size > _ARGUMENT_BYTES and portion:
            yield portion
            portion, size = [], len(path) + 1
        portion.append(path)
    if portion:
        yield portion


def _relative(path: str, root: Path) -> str:
    try:
        return Path(path).relative_to(root.resolve()).as_posix()
    except ValueError:
        return path


def _trouble(path: str, told: _Told) -> Trouble:
    line, column = (told.location.row, told.location.column) if told.location else (0, 0)
    message = told.message.removeprefix("SyntaxError: ")
    return Trouble(path, f"{NOT_PARSED}: {message}", line, column)


def _edits(told: _Told, source: Source) -> tuple[tuple[Edit, ...], bool]:
    if not told.fix or told.fix.applicability not in ("safe", "unsafe"):
        return (), False
    edits = tuple(
        Edit(
            source.offset_in(told.cell, edit.location.row, edit.location.column),
            source.offset_in(told.cell, edit.end_location.row, edit.end_location.column),
            edit.content,
        )
        for edit in told.fix.edits
    )
    return edits, told.fix.applicability == "safe"


def command(selected: Sequence[str], python: str, *, preview: bool) -> list[str]:
    """The call of `ruff check` for some codes, independent of everybody's configuration."""
    target = _target(python or DEFAULT_PYTHON)
    argv = [ruff_program(), "check", "--isolated", "--no-cache", "--quiet", "--target-version", target]
    return [*argv, "--select", ",".join(selected), *(["--preview"] if preview else [])]


def _target(python: str) -> str:
    """The nearest version that ruff knows: code for 3.6 is held to what 3.7 can do, and it is no fault to be ahead of ruff."""
    oldest, newest = _VERSIONS
    minor = python.partition(".")[2]
    return f"py3{min(max(int(minor), oldest), newest)}" if minor.isdecimal() else f"py{python}"


def _run(argv: Sequence[str], folder: Path | None = None) -> bytes:
    """What ruff prints.

    Raises:
        DetectorError: It does not do what was asked.
    """
    try:
        done = subprocess.run(
            argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise DetectorError(f"ruff does not run: {error}") from error
    if done.returncode not in (0, 1):
        said = done.stderr.decode("utf-8", "replace").removeprefix("ruff failed").strip().partition("\n")[0]
        raise DetectorError(said.removeprefix("Cause: "))
    return done.stdout


@lru_cache(maxsize=1)
def ruff_program() -> str:
    """The path of the program; empty where ruff is not installed."""
    try:
        from ruff.__main__ import find_ruff_bin
    except ImportError:
        return ""
    try:
        return str(find_ruff_bin())
    except FileNotFoundError:
        return ""


@lru_cache(maxsize=1)
def _version() -> str:
    return version_of("ruff", "ruff") if ruff_program() else ""  # the program is part of the package


class _Rule(Struct):
    """What `ruff rule` says of a code."""

    code: str | None
    fix_availability: str = "None"
    preview: bool = False
    status: dict[str, object] = {}


@lru_cache(maxsize=1)
def _catalog() -> dict[str, _Rule]:
    """All rules that this version of ruff has not removed, by code."""
    rules = msgspec.json.decode(_run([ruff_program(), "rule", "--all", "--output-format", "json"]), type=list[_Rule])
    return {rule.code: rule for rule in rules if rule.code and "Removed" not in rule.status}


def _of(code: str) -> list[_Rule]:
    catalog = _catalog()
    return [catalog[code]] if code in catalog else [rule for name, rule in catalog.items() if name.startswith(code)]


def can_fix(spec: str) -> bool:
    """Whether ruff mends at least some findings of a `:detect: ruff` option."""
    return any(rule.fix_availability != "None" for code in codes(spec) for rule in _of(code))
