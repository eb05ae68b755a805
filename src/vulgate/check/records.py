"""What is known of one file: its findings, what lets them pass, and what kept detectors away."""

import ast
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from vulgate.check.positions import in_cell, line_texts, position, text_edit
from vulgate.check.suppress import Suppression, read_suppressions
from vulgate.detect.base import Match, Trouble
from vulgate.detect.source import Source
from vulgate.model.findings import Finding, Fix, Problem, ProblemKind

_LINES: Final = 5  # of the code that a finding shows


class FileRecord(Struct, frozen=True):
    """What is known of a file. Severities are left out, because a user may change them.

    Attributes:
        digest: Of the file as it was looked at.
        findings: In no order.
        suppressions: The comments that let findings pass.
        problems: What kept detectors from looking.
        outside_async: More findings: those of rules about asynchronous code that are not in an asynchronous function. Whether
            such a rule holds elsewhere, too, is for the configuration to say.
    """

    digest: bytes
    findings: tuple[Finding, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    problems: tuple[Problem, ...] = ()
    outside_async: tuple[Finding, ...] = ()


def record(
    digest: bytes, source: Source, matches: Iterable[Match], troubles: Iterable[Trouble], in_async: frozenset[str]
) -> FileRecord:
    """Makes a record of what detectors found in a file.

    Args:
        digest: Of the file.
        source: Its text.
        matches: What they found.
        troubles: What kept them from looking.
        in_async: Rules about asynchronous functions.
    """
    inside: list[Finding] = []
    outside: list[Finding] = []
    for match in matches:
        holds = match.rule not in in_async or is_in_async(source, source.line(match.start))
        (inside if holds else outside).append(finding_of(match, source))
    return FileRecord(
        digest, tuple(inside), read_suppressions(source), tuple(map(problem_of, troubles)), tuple(outside)
    )


def finding_of(match: Match, source: Source) -> Finding:
    """A finding without severity and fingerprint."""
    start, end = position(source, match.start), position(source, match.end)
    cell, line_in_cell = in_cell(source, start.line)
    fix = Fix(tuple(text_edit(source, edit) for edit in match.edits), match.safe) if match.edits else None
    # A place that ends with a line end does not reach into the next line.
    last = max(start.line, end.line - 1 if end.column == 1 else end.line)
    return Finding(
        rule=match.rule,
        path=match.path,
        start=start,
        end=end,
        severity="",
        message=match.message,
        code=match.code,
        lines=line_texts(source, start.line, min(last, start.line + _LINES - 1)),
        cell=cell,
        line_in_cell=line_in_cell,
        fix=fix,
    )


def problem_of(trouble: Trouble) -> Problem:
    """A problem of the code, or, where a rule is named, of the checking."""
    kind = ProblemKind.CHECK if trouble.rule else ProblemKind.FILE
    return Problem(trouble.message, trouble.path, trouble.line, trouble.column, kind, trouble.rule)


def is_in_async(source: Source, line: int) -> bool:
    """Whether the innermost function around a line is asynchronous; yes, if the file does not parse."""
    if source.tree is None:
        return True
    functions = source.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
    around = [each for each in functions if each.lineno <= line <= (each.end_lineno or each.lineno)]
    return isinstance(max(around, key=lambda each: each.lineno, default=None), ast.AsyncFunctionDef)
