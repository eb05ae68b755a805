"""What the user wants: `[tool.vulgate]` of `pyproject.toml`, or `vulgate-check.toml`; the nearest file upwards counts."""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from vulgate.detect.base import DetectorError
from vulgate.model.codes import Reporter
from vulgate.model.topics import TESTS, TOPICS
from vulgate.model.versions import lower_bound
from vulgate.source.book import SourceFile
from vulgate.source.manifest import Key, ManifestReader

OWN_FILE: Final = "vulgate-check.toml"
PYPROJECT: Final = "pyproject.toml"
_TABLE: Final = ("tool", "vulgate")
VERSION: Final = re.compile(r"3\.[0-9]{1,2}")


class CheckTable(Struct, frozen=True, rename="kebab"):
    """The keys of `[tool.vulgate]`.

    Attributes:
        book: The bundled `python`, a book's folder or file, or a compiled book; relative to the file.
        edition: The edition that the book must have.
        select: What is looked for: rules, chapters, tags, severities, detectors, `default` or `all`.
        extend_select: What is looked for besides.
        ignore: What is not looked for.
        severity: Severities of the user's own, by rule.
        per_file_ignores: What is not looked for in some files, by pattern.
        exclude: Patterns of files that are not checked.
        target_version: The oldest Python that the code runs on; by default that of `requires-python`.
        fail_on: The lowest severity that makes the check fail.
        baseline: The file with known findings; relative to the configuration.
        types: Whether rules for type checkers are looked for, too; they take time.
        tests: Patterns of the files that are tests.
        contracts: Architecture contracts, with import-linter's keys.
        thresholds: Limits of metrics, by metric.
        timeout: Seconds that a detector may take for a handful of files.
    """

    book: str = "python"
    edition: str = ""
    select: tuple[str, ...] = ("default",)
    extend_select: list[str] = []
    ignore: list[str] = []
    severity: dict[str, Literal["critical", "high", "medium", "low"]] = {}
    per_file_ignores: dict[str, list[str]] = {}
    exclude: list[str] = []
    target_version: str = ""
    fail_on: Literal["critical", "high", "medium", "low"] = "low"
    baseline: str = ""
    types: bool = False
    tests: tuple[str, ...] = TOPICS[TESTS].globs
    contracts: list[dict[str, Any]] = []
    thresholds: dict[str, str | float] = {}
    timeout: float = 30.0


class Config(Struct, frozen=True):
    """A configuration and where it comes from.

    Attributes:
        root: The project: the folder of the file, of the repository, or the one that is checked.
        table: What the user wants.
        reader: The file, for places of faults; `None` if there is none.
        python: The oldest Python version of the project; empty if nobody said.
    """

    root: Path
    table: CheckTable = CheckTable()
    reader: ManifestReader | None = None
    python: str = ""

    @property
    def file(self) -> str:
        """The name of the configuration file, or an empty string."""
        return self.reader.lines.file if self.reader else ""


def find_config(start: Path, reporter: Reporter, given: Path | None = None) -> Config:
    """The configuration that holds for a folder.

    Args:
        start: The folder, or a file in it.
        reporter: Takes a diagnostic for each fault of the file.
        given: The file to take instead of looking for one.
    """
    folder = Path(os.path.abspath(start if start.is_dir() else start.parent))
    if given is not None:
        return _read(Path(os.path.abspath(given)), reporter, own=given.name != PYPROJECT) or Config(folder)
    python = ""
    for place in (folder, *folder.parents):
        own = place / OWN_FILE
        if own.is_file():
            return _read(own, reporter, own=True) or Config(place)
        if (place / PYPROJECT).is_file() and (config := _read(place / PYPROJECT, reporter, own=False)):
            return config
        python = python or _required_python(place)
        if (place / ".git").exists():
            return Config(place, python=python)
    return Config(folder, python=python)


def _read(place: Path, reporter: Reporter, *, own: bool) -> Config | None:
    """The configuration in a file; `None` if the file has none and is not broken."""
    try:
        data = place.read_bytes()
    except OSError as error:
        reporter.add("file-unreadable", None, path=place, reason=(error.strerror or str(error)).lower())
        return None
    if not own and b"vulgate" not in data:
        return None
    reader = ManifestReader(SourceFile(place.name, data), reporter)
    values = reader.load()
    if values is None:
        return Config(place.parent, reader=reader)
    tools = values.get("tool", {})
    table = values if own else tools.get("vulgate") if isinstance(tools, dict) else None
    if table is None:
        return None
    at = () if own else _TABLE
    if not isinstance(table, dict):
        reporter.add("manifest-wrong-value", reader.span(at), key=".".join(at), reason="it is no table")
        table = {}
    read = reader.convert(table, CheckTable, at) or CheckTable()
    for key, reason in _faults(read):
        reporter.add("manifest-wrong-value", reader.span((*at, *key)), key=_dotted((*at, *key)), reason=reason)
    return Config(place.parent, read, reader, read.target_version or _required_python(place.parent))


def _faults(table: CheckTable) -> Iterator[tuple[Key, str]]:
    """Keys whose values have the right type and no meaning, and what is wrong with them."""
    if table.target_version and not VERSION.fullmatch(table.target_version):
        yield ("target-version",), "a version is two numbers, such as `3.12`"
    if not table.timeout > 0:
        yield ("timeout",), "it is not above zero"
    for index, contract in enumerate(table.contracts):
        from vulgate.detect.layers import read_contract

        try:
            read_contract(contract)
        except DetectorError as error:
            yield ("contracts", index), str(error)
    for metric, limit in table.thresholds.items():
        reasons = [_limit_fault(f"{metric} {sign} {str(limit).rstrip(' %')}") for sign in ("<=", ">=")]
        if all(reasons):
            yield ("thresholds", metric), reasons[-1]


def _limit_fault(spec: str) -> str:
    from vulgate.detect.metric import read_limit

    try:
        read_limit(spec)
    except DetectorError as error:
        return str(error)
    return ""


def _dotted(key: Key) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")


def _required_python(folder: Path) -> str:
    """The lower bound of `requires-python`, such as `3.10`; empty if there is none."""
    try:
        project = tomllib.loads((folder / PYPROJECT).read_text("utf-8")).get("project", {})
    except (OSError, ValueError, RecursionError):
        return ""
    if not isinstance(project, dict):
        return ""
    return lower_bound(str(project.get("requires-python", "")))
