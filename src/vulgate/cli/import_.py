"""`vulgate import`."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from vulgate.cli.common import PathType, json_option, line_indexes, load_book, print_json, show_diagnostics
from vulgate.model.codes import BY_ID, Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.source.book import SourceBook
from vulgate.source.vulgate import VulgateReader

EPILOG = """\b
Examples:
  vulgate import docs --into handbook          docs of mdBook, MkDocs, MyST, Docusaurus, notebooks ...
  vulgate import README.md --into handbook
  vulgate import old.cursor.md --into handbook an edition of the old compiler
  vulgate import docs --into handbook --all    every place that was not carried over
"""


@click.command("import", epilog=EPILOG)
@click.argument("path", type=PathType())
@click.option("--into", "into", required=True, type=PathType(), help="Folder of the new book; made if it is missing.")
@click.option("--force", is_flag=True, help="Overwrite files there that an import did not write.")
@click.option(
    "--all", "everything", is_flag=True, help="Show every place that was not carried over or is to be mended."
)
@json_option
def import_(path: Path, into: Path, force: bool, everything: bool, as_json: bool) -> None:
    """Write the book at PATH as a Vulgate book: a manifest, and its chapters in the source format.

    PATH is a folder or file in any layout that Vulgate reads. It is not changed. Nothing in it is run. What has no counterpart in
    the source format is reported with its place.
    """
    from vulgate.importing.book import import_book
    from vulgate.importing.writing import write_book

    form = "json" if as_json else "text"
    source, _ = load_book(path, form)
    if source.layout == VulgateReader.name:
        raise click.UsageError(f"{path} is a Vulgate book already; `vulgate build {path}` compiles it")
    if not source.chapters:
        show_diagnostics(source.diagnostics, source, form)
        raise SystemExit(1)
    if into.resolve() == source.root.resolve():
        raise click.UsageError("--into names the folder of the book itself; choose another one")
    found = import_book(source)
    reporter = Reporter()
    written = write_book(into, found.files, reporter, force=force)
    if reporter.items:
        show_diagnostics(reporter.items, source, form)
        raise SystemExit(1)
    if as_json:
        _print_json(source, found.diagnostics, found.to_mend, into, written, found.chapters)
        return
    show_diagnostics(found.diagnostics if everything else (), source, "text", everything=True)
    click.echo(f"read     {click.format_filename(path)} as {source.layout}: {_count(found.chapters, 'chapter')}")
    click.echo(f"wrote    {_count(len(written), 'file')} below {click.format_filename(into)}")
    _tell(found.diagnostics, found.to_mend)
    click.echo(f"\nnow: vulgate build {click.format_filename(into)}")


def _tell(diagnostics: Sequence[Diagnostic], to_mend: object) -> None:
    """What a person should know: how much was left out, and how much is to be mended."""
    counts = Counter((item.code, item.severity) for item in diagnostics)
    for (code, severity), count in sorted(counts.items()):
        if severity is not Severity.INFO or code == "VG112":
            click.echo(f"{severity!s:8} {count} × {code} {BY_ID[code].name}")
    if counts:
        click.echo("         `--all` shows each place")
    if to_mend:
        click.echo(
            "lenient  what breaks our conventions stays a warning as long as `lenient = true` stands in vulgate.toml"
        )


def _print_json(
    source: SourceBook,
    diagnostics: Sequence[Diagnostic],
    to_mend: object,
    into: Path,
    written: Sequence[str],
    chapters: int,
) -> None:
    from vulgate.report.machine import as_json

    print_json(
        {
            "layout": source.layout,
            "folder": click.format_filename(into),
            "chapters": chapters,
            "written": written,
            "to_mend": to_mend,
            "diagnostics": as_json(diagnostics, line_indexes(source)),
        }
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
