"""What every SARIF 2.1.0 log of ours has in common (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from vulgate.report.jsons import encode
from vulgate.version import __version__

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def log(rules: list[dict[str, Any]], results: list[dict[str, Any]], run: Mapping[str, Any] | None = None) -> str:
    """A log of one run.

    Args:
        rules: The table of rules.
        results: What was found.
        run: Further members of the run.
    """
    driver = {"name": "vulgate", "version": __version__, "rules": rules}
    whole = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", **(run or {}), "results": results}
    return encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [whole]})


def artifact(path: str) -> dict[str, Any]:
    """A file, by its path from the folder where the log is read."""
    return {"uri": quote(path, errors="surrogateescape")}


def region(line: int, column: int, end_line: int, end_column: int) -> dict[str, int]:
    """A place in a file, counted from 1 in characters; the end is not part of it."""
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def location(file: dict[str, Any], place: dict[str, int] | None = None) -> dict[str, Any]:
    """A file, or a place in it."""
    return {"physicalLocation": {"artifactLocation": file, **({"region": place} if place else {})}}
