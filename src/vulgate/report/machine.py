"""Diagnostics for programs: JSON, SARIF 2.1.0 and GitHub annotations."""

from collections.abc import Iterable
from typing import Any, Final, TypedDict

from vulgate.model.codes import BY_ID
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.model.spans import Span
from vulgate.report import sarif, workflow
from vulgate.report.terminal import Lines

_SARIF_LEVEL: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVEL: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class JsonPlace(TypedDict):
    """A place in a file: lines and columns counted from 1, and offsets in bytes."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int


class JsonLabel(TypedDict):
    """A second place, and why it is named."""

    place: JsonPlace
    text: str


class JsonDiagnostic(TypedDict):
    """A diagnostic as `--json` and `--format json` print it."""

    code: str
    name: str
    severity: str
    message: str
    help: str
    place: JsonPlace | None
    labels: list[JsonLabel]


def as_json(diagnostics: Iterable[Diagnostic], lines: Lines) -> list[JsonDiagnostic]:
    """Diagnostics as plain data, with lines and columns counted from 1."""
    return [
        {
            "code": item.code,
            "name": BY_ID[item.code].name,
            "severity": str(item.severity),
            "message": item.message,
            "help": item.help,
            "place": _place(item.span, lines) if item.span else None,
            "labels": [{"place": _place(label.span, lines), "text": label.text} for label in item.labels],
        }
        for item in diagnostics
    ]


def _place(span: Span, lines: Lines) -> JsonPlace:
    index = lines(span.file)
    place = JsonPlace(
        file=span.file, line=span.first, column=1, end_line=span.last, end_column=1, start=span.start, end=span.end
    )
    if index:
        place["column"] = index.column(span.start)
        place["end_column"] = (
            index.column(span.end) if index.line(span.end) == span.last else len(index.line_text(span.last)) + 1
        )
    return place


def as_sarif(diagnostics: Iterable[Diagnostic], lines: Lines, root: str = "") -> str:
    """Diagnostics as a SARIF 2.1.0 log (https://docs.oasis-open.org/sarif/sarif/v2.1.0/).

    Args:
        diagnostics: What to write.
        lines: Finds the source of a file.
        root: The book's folder, relative to where the log is read.
    """
    items = list(diagnostics)
    rules = sorted({item.code for item in items})
    results = [_sarif_result(item, rules.index(item.code), lines, root) for item in items]
    return sarif.log([_sarif_rule(code) for code in rules], results)


def _sarif_rule(id: str) -> dict[str, Any]:
    code = BY_ID[id]
    words = code.name.replace("-", " ")
    level = _SARIF_LEVEL[code.severity]
    return {"id": id, "name": code.name, "shortDescription": {"text": words}, "defaultConfiguration": {"level": level}}


def _sarif_result(item: Diagnostic, index: int, lines: Lines, root: str) -> dict[str, Any]:
    text = f"{item.message}. Help: {item.help}" if item.help else item.message
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": _SARIF_LEVEL[item.severity],
        "message": {"text": text},
    }
    if item.span:
        result["locations"] = [_sarif_location(item.span, lines, root)]
    if item.labels:
        result["relatedLocations"] = [
            {**_sarif_location(label.span, lines, root), "id": number, "message": {"text": label.text}}
            for number, label in enumerate(item.labels, 1)
        ]
    return result


def _sarif_location(span: Span, lines: Lines, root: str) -> dict[str, Any]:
    place = _place(span, lines)
    region = sarif.region(place["line"], place["column"], place["end_line"], place["end_column"])
    return sarif.location(sarif.artifact(span.file), region)


def as_github(diagnostics: Iterable[Diagnostic], lines: Lines, root: str = "") -> str:
    """Diagnostics as workflow commands, which GitHub shows beside the lines of a pull request."""
    return "".join(_github(item, lines, root) for item in diagnostics)


def _github(item: Diagnostic, lines: Lines, root: str) -> str:
    properties = {"title": f"{item.code} {BY_ID[item.code].name}"}
    if item.span:
        place = _place(item.span, lines)
        path = _path(item.span, root)
        properties = {
            "file": path,
            "line": str(place["line"]),
            "col": str(place["column"]),
            "endLine": str(place["end_line"]),
            **properties,
        }
    message = f"{item.message}. {item.help}" if item.help else item.message
    return workflow.command(_GITHUB_LEVEL[item.severity], properties, message)


def _path(span: Span, root: str) -> str:
    return f"{root}/{span.file}" if root not in ("", ".") else span.file
