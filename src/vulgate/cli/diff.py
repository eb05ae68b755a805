"""`vulgate diff`."""

import sys
from pathlib import Path

import click
import msgspec

from vulgate.cli.common import PathType, json_option, wants_color

EPILOG = """\b
Examples:
  vulgate diff HEAD~3                      the book of the current folder, now and three commits ago
  vulgate diff v1.0 mybook                 the same of another book
  vulgate diff v1.0 v2.0 --book mybook     two revisions
  vulgate diff old.sqlite mybook/dist/mybook.sqlite --full
  vulgate diff main mybook --fail-on breaking --json
  vulgate diff v1.0 mybook --format changelog >> CHANGELOG.md
\b
Exit codes: 0 compared, 1 there is what `--fail-on` names, 2 wrong usage, or one of them is no book.
"""
FORMATS = ("text", "json", "changelog")


@click.command(epilog=EPILOG)
@click.argument("old")
@click.argument("new", required=False)
@click.option("--book", "-b", type=PathType(), metavar="BOOK", help="The book whose revisions OLD and NEW are.")
@click.option("--git", "by_git", is_flag=True, help="OLD is a revision, even if there is a file of that name.")
@click.option("--full", is_flag=True, help="Show each passage of prose, and the lines of texts that have changed.")
@click.option(
    "--fail-on", type=click.Choice(["breaking", "changes"]), help="Exit with 1 if there are such; 0 otherwise."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Form of the differences.")
@json_option
def diff(
    old: str,
    new: str | None,
    book: Path | None,
    by_git: bool,
    full: bool,
    fail_on: str | None,
    form: str,
    as_json: bool,
) -> None:
    """Tell what has changed from the book OLD to the book NEW: rules, facts, terms, examples, chapters, verdicts.

    Each is a folder, a Markdown file, or a compiled book (NAME.sqlite, NAME.ssm.md); or a Git revision, of the book at
    NEW or of BOOK. Without NEW, the book is compared as it is now. What is breaking is marked: a rule that is gone, has
    another id or a higher severity, or whose detector may find more.
    """
    if as_json and form not in ("text", "json"):
        raise click.UsageError(f"choose one of --json and --format {form}")
    form = "json" if as_json else form
    if full and form != "text":
        raise click.UsageError("--full is for text; the other forms have a length of their own")
    from vulgate.build import collector_paused
    from vulgate.changes.comparing import compare
    from vulgate.cli.sides import load_sides

    with collector_paused():
        before, after = load_sides(old, new, book, by_git=by_git)
        found = compare(before.book, after.book, names=(before.name, after.name), errors=(before.errors, after.errors))
    if form == "json":
        from vulgate.report.changes.data import as_json as written

        click.echo(msgspec.json.format(written(found), indent=2))
    elif form == "changelog":
        from vulgate.report.changes.changelog import as_changelog

        for note in found.notes:
            click.echo(f"note: {note}", err=True)
        click.echo(as_changelog(found), nl=False)
    else:
        from vulgate.report.changes.terminal import as_text

        color = wants_color(sys.stdout)
        click.echo(as_text(found, full=full, color=color), nl=False, color=color)
    has = {"breaking": bool(found.breaking), "changes": not found.is_empty}
    raise SystemExit(1 if fail_on and has[fail_on] else 0)
