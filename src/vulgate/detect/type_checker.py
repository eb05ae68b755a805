"""Type checkers: `:detect: type-checker mypy:arg-type`, and the `types=` attribute of fences. mypy, ty and pyright are known."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from shutil import which
from typing import Final

from msgspec import Struct

from vulgate.detect.base import DetectorError, Match, Query, Report
from vulgate.detect.literals import Literals
from vulgate.detect.source import Project

_SECONDS: Final = 300
_SYNTAX: Final = "syntax"  # mypy's code for what does not parse
_CONCISE = re.compile(r"(?P<file>.*?):(?P<line>\d+):\d+: error\[(?P<code>[\w-]+)\] (?P<text>.*)")
_FOLDERS: Final = (".", "src", "lib")  # where packages are in a project
_MODULES: Final = ("mypy", "ty")  # those that come as Python packages

Told = tuple[str, int, str, str]
"""File, line from 1, code and message of an error."""


class Checker(Struct, frozen=True):
    """How a type checker is run.

    Attributes:
        options: Makes its options from the paths of files and a Python version.
        reports: Reads its errors from what it prints.
    """

    options: Callable[[list[str], str], list[str]]
    reports: Callable[[str], Iterator[Told]]


class TypeCheckerDetector:
    """Runs each type checker once, for all the codes that are asked of it."""

    name = "type-checker"
    is_program = True

    def version(self, spec: str) -> str:
        """`mypy 1.18.2`, or an empty string."""
        return checker_version(spec.partition(":")[0])

    def looks_at(self, query: Query) -> tuple[str, ...]:
        """Python files."""
        return ("*.py", "*.pyi")

    def is_whole(self, query: Query) -> bool:
        """Always: a type may come from another file."""
        return True

    def needs(self, query: Query) -> Literals:
        """Nothing that could be looked for beforehand."""
        return Literals()

    def check(self, query: Query) -> None:
        """Sees whether the checker is there.

        Raises:
            DetectorError: It is unknown or not installed.
        """
        checker = query.spec.partition(":")[0]
        if checker not in CHECKERS:
            raise DetectorError(f"no type checker `{checker}`; there are {', '.join(CHECKERS)}")
        if not checker_version(checker):
            raise DetectorError(f"{checker} is not installed")

    def find(self, queries: Sequence[Query], project: Project) -> Report:
        """The errors with the codes that are asked for."""
        report = Report()
        for checker in sorted({query.spec.partition(":")[0] for query in queries}):
            rules: dict[str, list[str]] = {}
            for query in queries:
                if query.spec.startswith(f"{checker}:"):
                    rules.setdefault(query.spec.partition(":")[2], []).append(query.rule)
            for fault in check_types(checker, project):
                place = project.read(fault.path).line_place(fault.line)
                for rule in rules.get(fault.code, ()):
                    report.matches.append(Match(rule, fault.path, place.start, place.end, fault.message, fault.code))
        return report


class TypeFault(Struct, frozen=True):
    """What a type checker says of a line."""

    path: str
    line: int
    code: str
    message: str


def check_types(checker: str, project: Project) -> list[TypeFault]:
    """All errors of a type checker in a project's files.

    Args:
        checker: mypy, ty or pyright.
        project: The files, and the Python version that they are for.

    Raises:
        DetectorError: The checker is unknown, is not installed, or does not do what was asked.
    """
    TypeCheckerDetector().check(Query("", checker))
    faults: list[TypeFault] = []
    paths = list(project.paths)
    while paths:
        found = _faults(checker, paths, project)
        unread = {fault.path for fault in found if fault.code == _SYNTAX} if checker == "mypy" else set()
        # mypy stops at files that do not parse, and says nothing of the others.
        faults += [fault for fault in found if fault.path in unread] if unread else found
        paths = [path for path in paths if path not in unread] if unread else []
    return faults


def _faults(checker: str, paths: Sequence[str], project: Project) -> list[TypeFault]:
    files = [str(project.root / path) for path in paths]
    done = _start([*_command(checker), *CHECKERS[checker].options(files, project.python)], str(project.root))
    root = project.root.resolve()
    known = frozenset(project.paths)
    found = []
    for file, line, code, text in CHECKERS[checker].reports(done.stdout):
        path = (root / file).resolve()
        relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if relative in known:
            found.append(TypeFault(relative, line, code, text))
    if not any(fault.code == _SYNTAX for fault in found):
        _check_exit(done)
    return found


def _run(argv: Sequence[str], folder: str) -> str:
    done = _start(argv, folder)
    _check_exit(done)
    return done.stdout


def _start(argv: Sequence[str], folder: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            argv,
            cwd=folder,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            text=True,
            env={**os.environ, "MYPYPATH": os.pathsep.join(_FOLDERS)},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DetectorError(f"{argv[0]} does not run: {error}") from error


def _check_exit(done: "subprocess.CompletedProcess[str]") -> None:
    if done.returncode not in (0, 1):
        raise DetectorError(_reason(done.stderr) or _reason(done.stdout) or f"exit code {done.returncode}")


def _reason(output: str) -> str:
    """The first line of what a program prints; mypy writes even that in JSON."""
    line = output.strip().partition("\n")[0]
    told = json.loads(line) if line.startswith("{") else None
    return f"{told['file']}:{told['line']}: {told['message']}" if told else line


def _command(checker: str) -> list[str]:
    """The command that starts a checker, or nothing: that of our own environment comes first."""
    if checker in _MODULES and find_spec(checker):
        return [sys.executable, "-m", checker]
    path = which(checker)
    return [path] if path else []


@lru_cache(maxsize=8)
def checker_version(checker: str) -> str:
    """`mypy 1.18.2`; empty where it is not installed."""
    command = _command(checker) if checker in CHECKERS else []
    if not command:
        return ""
    try:
        match = re.search(r"\d+(?:\.\d+)+", _run([*command, "--version"], tempfile.gettempdir()))
    except DetectorError:
        return ""
    return f"{checker} {match[0]}" if match else ""


# ---------------------------------------------------------------------------------------------------- the checkers


def _mypy_options(files: list[str], python: str) -> list[str]:
    version = ["--python-version", python] if python else []
    return [
        *("--output", "json", "--no-error-summary", "--no-incremental", "--config-file", "", "--no-site-packages"),
        "--explicit-package-bases",  # else two files of the same name in folders that are no packages are one too many
        *version,
        "--",
        *files,
    ]


def _mypy_reports(output: str) -> Iterator[Told]:
    for line in output.splitlines():
        if line.startswith("{"):
            told = json.loads(line)
            if told.get("severity") == "error":
                yield told["file"], told["line"], told["code"] or "", told["message"]


def _ty_options(files: list[str], python: str) -> list[str]:
    version = ["--python-version", python] if python else []
    return ["check", "--output-format", "concise", "--no-progress", "--color", "never", *version, *files]


def _ty_reports(output: str) -> Iterator[Told]:
    for match in _CONCISE.finditer(output):
        yield match["file"], int(match["line"]), match["code"], match["text"]


def _pyright_options(files: list[str], python: str) -> list[str]:
    return ["--outputjson", *(["--pythonversion", python] if python else []), *files]


def _pyright_reports(output: str) -> Iterator[Told]:
    for told in json.loads(output)["generalDiagnostics"]:
        if told.get("severity") == "error":
            yield told["file"], told["range"]["start"]["line"] + 1, told.get("rule", ""), told["message"]


CHECKERS: Final = {
    "mypy": Checker(_mypy_options, _mypy_reports),
    "ty": Checker(_ty_options, _ty_reports),
    "pyright": Checker(_pyright_options, _pyright_reports),
}
