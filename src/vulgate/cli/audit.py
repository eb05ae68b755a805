"""`vulgate audit`."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from vulgate.audit import AREAS
from vulgate.cli.common import (
    PathType,
    compile_source,
    json_option,
    line_indexes,
    load_book,
    wants_color,
    with_verdicts,
)
from vulgate.model.audit import Audit, shown
from vulgate.source.book import SourceBook

if TYPE_CHECKING:
    from vulgate.passes.compile import Compilation

EPILOG = (
    """\b
Areas:
"""
    + "".join(f"  {name:<13} {about}\n" for name, about in AREAS.items())
    + """\b
Examples:
  vulgate audit docs                       any folder, layout or file that `vulgate build` takes
  vulgate audit docs --html audit.html     one page that stands alone
  vulgate audit docs --area examples --area freshness --all
  vulgate audit mybook --trust             run its examples, too
  vulgate audit mybook --fail-under 90     for continuous integration
\b
Exit codes: 0 audited, 1 the score is below `--fail-under`, 2 wrong usage, or there is no book.
"""
)
FORMATS = ("text", "json", "html")


@click.command(epilog=EPILOG)
@click.argument("book", required=False, type=PathType())
@click.option(
    "--area",
    "areas",
    multiple=True,
    type=click.Choice(list(AREAS)),
    metavar="AREA",
    help="Look at this area only; may be repeated.",
)
@click.option("--all", "everything", is_flag=True, help="Show every place, and not the first few of each kind.")
@click.option("--trust", is_flag=True, help="Run the examples; the code of this book may be run from now on.")
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), metavar="SCORE", help="Exit with 1 if the total is below this."
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the audit as one HTML page, too.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Form of the audit.")
@json_option
def audit(
    book: Path | None,
    areas: tuple[str, ...],
    everything: bool,
    trust: bool,
    fail_under: float | None,
    page: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """Tell what is sick in BOOK: each item with its place and how to mend it, each area with a score and its formula.

    Errors in the book do not hinder an audit, and nothing is run without --trust. What an earlier `vulgate verify` has found out
    counts.
    """
    if as_json and form not in ("text", "json"):
        raise click.UsageError(f"choose one of --json and --format {form}")
    form = "json" if as_json else form
    if everything and form != "text":
        raise click.UsageError("--all is for text; the other forms have a length of their own")
    from vulgate.audit import audit as look
    from vulgate.audit.material import Material
    from vulgate.build import collector_paused

    source, home = load_book(book)
    with collector_paused():
        compilation = compile_source(source, home)
        if trust:
            _run(source, compilation, home)
        compilation = with_verdicts(compilation, home)
        material = Material(source, compilation.book, compilation.diagnostics, date.today(), has_run=trust)
        found = look(material, areas)
    _write(page, found)
    _show(found, source, form, everything=everything)
    if fail_under is not None and found.score is not None and found.score < fail_under:
        click.echo(f"the score is {shown(found.score)}, and {fail_under:g} is wanted", err=True)
        raise SystemExit(1)


def _run(source: SourceBook, compilation: "Compilation", home: Path) -> None:
    """Runs the book's examples and keeps what came out, as `vulgate verify --trust` does."""
    from vulgate.cli.proving import NO_OPTIONS, build_request
    from vulgate.cli.trust import trust_book
    from vulgate.store.cache import FOLDER
    from vulgate.store.proofs import Proofs
    from vulgate.verify.verifier import Verifier

    trust_book(source.root)
    request = build_request(source, NO_OPTIONS)
    Verifier(compilation.book, source.manifest, Proofs(home / FOLDER), request).run()


def _write(page: Path | None, found: Audit) -> None:
    if page is None:
        return
    from vulgate.report.audit.page import as_html
    from vulgate.store.atomic import write_file

    try:
        write_file(page, as_html(found).encode())
    except OSError as error:
        raise click.ClickException(f"cannot write {click.format_filename(page)}: {error.strerror}") from error


def _show(found: Audit, source: SourceBook, form: str, *, everything: bool) -> None:
    if form == "json":
        from vulgate.report.audit.data import as_json

        click.echo(msgspec.json.format(as_json(found, line_indexes(source)), indent=2))
    elif form == "html":
        from vulgate.report.audit.page import as_html

        click.echo(as_html(found), nl=False)
    else:
        from vulgate.report.audit.terminal import as_text

        color = wants_color(sys.stdout)
        click.echo(as_text(found, everything=everything, color=color), nl=False, color=color)
