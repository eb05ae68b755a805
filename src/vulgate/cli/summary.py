"""The lines at the end of a build."""

import textwrap
from collections.abc import Mapping

import click

from vulgate.build import BuildResult
from vulgate.model.book import Summary
from vulgate.model.diagnostics import Diagnostic, Severity

RENDER_CODES = "VG600"
"""Codes from here on are about writing, not about the book."""
_INDENT = 13
_WIDTH = 100
_NO_BREAK = "\N{NO-BREAK SPACE}"


def print_summary(result: BuildResult) -> None:
    """What was compiled, what was said about it, what was written, and how long it took."""
    if result.summary and not result.up_to_date:
        _print_contents(result.summary)
    _row("diagnostics", _counts(result.diagnostics))
    for path in result.outputs:
        _row("written" if path in result.written else "unchanged", click.format_filename(result.folder / path))
    for path in result.removed:
        _row("removed", click.format_filename(result.folder / path))
    if result.has_errors and not result.outputs:
        in_book = any(item.severity is Severity.ERROR and item.code < RENDER_CODES for item in result.diagnostics)
        way_out = " (`--keep-going` writes them anyway)" if in_book else ""
        click.echo(f"nothing was written; earlier editions are as they were{way_out}")
    compiled = f", {_count(len(result.recompiled), 'chapter')} compiled" if result.recompiled else ""
    click.echo(f"{'nothing changed' if result.up_to_date else 'done'} in {result.seconds:.2f} s{compiled}")


def _print_contents(summary: Summary) -> None:
    _row("contents", f"{_count(summary.chapters, 'chapter')}, {_count(summary.blocks.get('section', 0), 'section')}")
    structure = ("chapter", "section")
    own = {kind: n - summary.derived.get(kind, 0) for kind, n in summary.blocks.items() if kind not in structure}
    _row("blocks", _kinds(own))
    if summary.derived:
        _row("derived", _kinds(summary.derived))
    said = [f"{kind} {proven} of {total}".replace(" ", _NO_BREAK) for kind, (proven, total) in summary.proven.items()]
    _row("proven", ", ".join(said) or "nothing yet; `vulgate verify` runs the examples")


def _kinds(counts: Mapping[str, int]) -> str:
    most_first = sorted(
        ((count, kind) for kind, count in counts.items() if count), key=lambda pair: (-pair[0], pair[1])
    )
    return ", ".join(f"{count}{_NO_BREAK}{kind}" for count, kind in most_first) or "none"


def _counts(diagnostics: tuple[Diagnostic, ...]) -> str:
    told = []
    for severity, name in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "remark")):
        if count := sum(item.severity is severity for item in diagnostics):
            told.append(_count(count, name))
    return ", ".join(told) or "none"


def _count(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _row(name: str, text: str) -> None:
    lines = textwrap.wrap(text, _WIDTH - _INDENT, break_long_words=False, break_on_hyphens=False) or [""]
    if name in ("written", "unchanged", "removed"):
        lines = [text]  # a path is one word, whatever it holds
    for number, line in enumerate(lines):
        click.echo(f"{'' if number else name:<{_INDENT}}{line.replace(_NO_BREAK, ' ')}")
