"""Ruff: `:detect: ruff B006`, `:detect: ruff FBT001, FBT002`, `:detect: ruff B901 preview`."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from vulgate.detect.base import DetectorError, Finding, Request, Snippet

DEFAULT_PYTHON: Final = "3.10"
_SECONDS: Final = 120
_NAME = re.compile(r"snippet_(\d+)\.py$")


class RuffDetector:
    """Runs `ruff check` once for all requests that share its settings."""

    name = "ruff"

    def version(self, spec: str) -> str:
        """`ruff 0.14.5`, or an empty string."""
        return _version()

    def find(self, requests: Sequence[Request]) -> list[list[Finding] | DetectorError]:
        """The findings of each request."""
        found: list[list[Finding] | DetectorError] = [[] for _ in requests]
        unknown = _unknown_codes({code for request in requests for code in codes(request.spec)})
        batches: dict[tuple[bool, str], list[tuple[int, Snippet]]] = {}
        for index, request in enumerate(requests):
            if wrong := [code for code in codes(request.spec) if code in unknown]:
                found[index] = DetectorError(f"ruff has no rule {', '.join(wrong)}")
                continue
            for snippet in request.snippets:
                settings = (is_preview(request.spec), snippet.python or DEFAULT_PYTHON)
                batches.setdefault(settings, []).append((index, snippet))
        for (preview, python), members in batches.items():
            selected = sorted({code for index, _ in members for code in codes(requests[index].spec)})
            for at, finding in _check([snippet for _, snippet in members], selected, python, preview=preview):
                index, snippet = members[at]
                into = found[index]
                if isinstance(into, list) and finding["code"] and _selects(requests[index].spec, finding["code"]):
                    into.append(_finding(snippet, finding))
        return found

    def fixed(self, spec: str, snippet: Snippet) -> str:
        """The snippet after ruff's fixes for the request's codes, unsafe ones included."""
        argv = _command(codes(spec), snippet.python or DEFAULT_PYTHON, preview=is_preview(spec))
        argv += ["--fix-only", "--unsafe-fixes", "--exit-zero", "--stdin-filename", "snippet_0.py", "-"]
        return _run(argv, snippet.code)


def codes(spec: str) -> list[str]:
    """The codes of a `:detect: ruff` option."""
    return [code.strip() for code in spec.removesuffix(" preview").split(",") if code.strip()]


def is_preview(spec: str) -> bool:
    """Whether the option asks for ruff's preview rules."""
    return spec.endswith(" preview")


def _selects(spec: str, code: str) -> bool:
    return any(code.startswith(selected) for selected in codes(spec))


def _finding(snippet: Snippet, finding: dict[str, Any]) -> Finding:
    fix = finding.get("fix") or {}
    return Finding(
        snippet=snippet.id,
        line=finding["location"]["row"],
        code=finding["code"],
        message=finding["message"],
        has_fix=fix.get("applicability") in ("safe", "unsafe"),
    )


def _check(
    snippets: Iterable[Snippet], selected: Sequence[str], python: str, *, preview: bool
) -> list[tuple[int, dict[str, Any]]]:
    """What ruff reports, with the position of the snippet."""
    with tempfile.TemporaryDirectory(prefix="vulgate-") as folder:
        for number, snippet in enumerate(snippets):
            (Path(folder) / f"snippet_{number}.py").write_bytes(snippet.code.encode("utf-8", "replace"))
        argv = [*_command(selected, python, preview=preview), "--output-format", "json", "--exit-zero", folder]
        reported = json.loads(_run(argv) or "[]")
    places = ((_NAME.search(finding["filename"]), finding) for finding in reported)
    return [(int(place[1]), finding) for place, finding in places if place]


def _command(selected: Sequence[str], python: str, *, preview: bool) -> list[str]:
    target = "py" + python.replace(".", "")
    argv = [_program(), "check", "--isolated", "--no-cache", "--quiet", "--target-version", target]
    return [*argv, "--select", ",".join(selected), *(["--preview"] if preview else [])]


def _run(argv: Sequence[str], text: str = "") -> str:
    """What ruff prints.

    Raises:
        DetectorError: It does not do what was asked.
    """
    try:
        done = subprocess.run(argv, input=text.encode(), capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise DetectorError(f"ruff does not run: {error}") from error
    if done.returncode not in (0, 1):
        said = done.stderr.decode("utf-8", "replace").removeprefix("ruff failed").strip().partition("\n")[0]
        raise DetectorError(said.removeprefix("Cause: "))
    return done.stdout.decode()


@lru_cache(maxsize=1)
def _program() -> str:
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
    if not _program():
        return ""
    try:
        return _run([_program(), "--version"]).strip()
    except DetectorError:
        return ""


def _unknown_codes(wanted: Iterable[str]) -> set[str]:
    """The codes that this version of ruff does not have, or has removed. One run tells that all are known."""
    codes = sorted(wanted)
    return set() if _are_known(codes) else {code for code in codes if not _are_known([code])}


def _are_known(codes: Sequence[str]) -> bool:
    # Without `--preview`, with which some versions only warn of a code that does not exist.
    try:
        _run([_program(), "check", "--isolated", "--no-cache", "--quiet", "--select", ",".join(codes), "-"])
    except DetectorError:
        return False
    return True
