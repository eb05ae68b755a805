"""Type checkers: `:detect: type-checker mypy:arg-type`, and the `types=` attribute of fences. mypy, ty and pyright are known."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Final

from msgspec import Struct

from vulgate.detect.base import DetectorError, Finding, Request, Snippet

_SECONDS: Final = 300
_FILE = re.compile(r"snippet_(\d+)\.py")
_CONCISE = re.compile(r"(?P<file>[^:]*snippet_\d+\.py):(?P<line>\d+):\d+: error\[(?P<code>[\w-]+)\] (?P<text>.*)")
_MODULES: Final = ("mypy", "ty")  # those that come as Python packages

Report = tuple[str, int, str, str]
"""File, line from 1, code and message of an error."""


class Checker(Struct, frozen=True):
    """How a type checker is run.

    Attributes:
        options: Makes its options from a folder and a Python version.
        reports: Reads its errors from what it prints.
    """

    options: Callable[[str, str], list[str]]
    reports: Callable[[str], Iterator[Report]]


class TypeCheckerDetector:
    """Runs a type checker once for all requests that share its settings."""

    name = "type-checker"

    def version(self, spec: str) -> str:
        """`mypy 1.18.2`, or an empty string."""
        return checker_version(spec.partition(":")[0])

    def find(self, requests: Sequence[Request]) -> list[list[Finding] | DetectorError]:
        """The findings of each request with the code that it names."""
        found: list[list[Finding] | DetectorError] = []
        for request in requests:
            checker, _, code = request.spec.partition(":")
            try:
                findings = check_types(checker, request.snippets)
            except DetectorError as error:
                found.append(error)
                continue
            found.append([finding for finding in findings if finding.code == code])
        return found

    def fixed(self, spec: str, snippet: Snippet) -> str:
        """The snippet as it is: a type checker mends nothing."""
        return snippet.code


def check_types(checker: str, snippets: Sequence[Snippet]) -> list[Finding]:
    """All errors of a type checker.

    Args:
        checker: mypy, ty or pyright.
        snippets: Each is a module of its own.

    Raises:
        DetectorError: The checker is unknown, is not installed, or does not do what was asked.
    """
    if checker not in CHECKERS:
        raise DetectorError(f"no type checker `{checker}`; there are {', '.join(CHECKERS)}")
    if not checker_version(checker):
        raise DetectorError(f"{checker} is not installed")
    found: list[Finding] = []
    for python in sorted({snippet.python for snippet in snippets}):
        found += _checked(checker, [snippet for snippet in snippets if snippet.python == python], python)
    return found


def _checked(checker: str, snippets: Sequence[Snippet], python: str) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory(prefix="vulgate-") as folder:
        for number, snippet in enumerate(snippets):
            (Path(folder) / f"snippet_{number}.py").write_bytes(snippet.code.encode("utf-8", "replace"))
        output = _run([*_command(checker), *CHECKERS[checker].options(folder, python)], folder)
    for file, line, code, text in CHECKERS[checker].reports(output):
        if match := _FILE.search(file):
            yield Finding(snippets[int(match[1])].id, line, code, text)


def _run(argv: Sequence[str], folder: str) -> str:
    try:
        done = subprocess.run(argv, cwd=folder, capture_output=True, timeout=_SECONDS, check=False, text=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise DetectorError(f"{argv[0]} does not run: {error}") from error
    if done.returncode not in (0, 1):
        raise DetectorError((done.stderr or done.stdout).strip().partition("\n")[0])
    return done.stdout


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


def _mypy_options(folder: str, python: str) -> list[str]:
    version = ["--python-version", python] if python else []
    return [
        *("--output", "json", "--no-error-summary", "--no-incremental", "--config-file", "", "--no-site-packages"),
        *version,
        folder,
    ]


def _mypy_reports(output: str) -> Iterator[Report]:
    for line in output.splitlines():
        if line.startswith("{"):
            told = json.loads(line)
            if told.get("severity") == "error":
                yield told["file"], told["line"], told["code"] or "", told["message"]


def _ty_options(folder: str, python: str) -> list[str]:
    version = ["--python-version", python] if python else []
    return ["check", "--output-format", "concise", "--no-progress", "--color", "never", *version, folder]


def _ty_reports(output: str) -> Iterator[Report]:
    for match in _CONCISE.finditer(output):
        yield match["file"], int(match["line"]), match["code"], match["text"]


def _pyright_options(folder: str, python: str) -> list[str]:
    return ["--outputjson", *(["--pythonversion", python] if python else []), folder]


def _pyright_reports(output: str) -> Iterator[Report]:
    for told in json.loads(output)["generalDiagnostics"]:
        if told.get("severity") == "error":
            yield told["file"], told["range"]["start"]["line"] + 1, told.get("rule", ""), told["message"]


CHECKERS: Final = {
    "mypy": Checker(_mypy_options, _mypy_reports),
    "ty": Checker(_ty_options, _ty_reports),
    "pyright": Checker(_pyright_options, _pyright_reports),
}
