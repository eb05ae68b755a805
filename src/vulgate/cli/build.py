"""`vulgate build`."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from vulgate.build import Builder, BuildResult
from vulgate.cli.common import (
    FORMATS,
    PathType,
    book_argument,
    json_option,
    line_indexes,
    load_book,
    print_json,
    show_diagnostics,
)
from vulgate.cli.ending import end_now
from vulgate.cli.progress import ProgressBar
from vulgate.cli.summary import print_summary
from vulgate.editions import edition_names
from vulgate.model.codes import CODES
from vulgate.source.book import SourceBook

SOURCES: Final = (".md", ".markdown", ".mdx", ".qmd", ".ipynb", ".toml", ".yml", ".yaml", ".json")
"""Endings of the files whose change makes a build under `--watch`: pages, and tables of contents of other layouts."""
EPILOG = """\b
Examples:
  vulgate build                       the bundled Python handbook
  vulgate build mybook                a folder with a vulgate.toml, or any folder of .md files
  vulgate build notes.md --out /tmp/notes
  vulgate build mybook --edition ssm --edition cursor
  vulgate build mybook --watch        build again at every save
  vulgate build mybook --format github    annotations for a pull request
"""


def _editions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in edition_names() if name.startswith(incomplete)]


@click.command(epilog=EPILOG)
@book_argument
@click.option("--out", "-o", type=PathType(), help="Output folder; `dist` in the book's folder by default.")
@click.option(
    "--edition",
    "-e",
    "editions",
    multiple=True,
    metavar="NAME",
    shell_complete=_editions,
    help="Edition to write (repeatable); by default sqlite, ssm and cursor; there are llms and chunks too.",
)
@click.option("--watch", "-w", is_flag=True, help="Build again whenever a file of the book changes.")
@click.option("--force", is_flag=True, help="Overwrite files in the output folder that vulgate did not write.")
@click.option("--keep-going", is_flag=True, help="Write the editions even if the book has errors.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Form of the diagnostics.")
@click.option("--all", "everything", is_flag=True, help="Show every diagnostic, also mere information.")
@click.option("--quiet", "-q", is_flag=True, help="Print diagnostics only.")
@json_option
def build(
    book: Path | None,
    out: Path | None,
    editions: tuple[str, ...],
    watch: bool,
    force: bool,
    keep_going: bool,
    form: str,
    everything: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Compile BOOK and write its editions.

    BOOK is a folder with a `vulgate.toml`, a book of another tool (mdBook, MkDocs, Docusaurus, VitePress, MyST, Jupyter Book,
    Quarto), a folder of Markdown files or notebooks, or one such file. Without it, the book in the
    current folder is built if there is a `vulgate.toml`, else the bundled Python handbook. Editions go to `dist/` in the
    book's folder, and the cache to `.vulgate/` there.
    """
    if as_json and form not in ("text", "json"):
        raise click.UsageError(f"choose one of --json and --format {form}")
    form = "json" if as_json else form

    kept: list[Builder] = []  # with what it compiled, until the process ends

    def run() -> BuildResult:
        source, home = load_book(book, form)
        with ProgressBar() as progress:
            builder = Builder(
                source, home=home, out=out, editions=editions, force=force, keep_going=keep_going, progress=progress
            )
            kept[:] = [builder]
            result = builder.run()
        _show(result, source, form, everything=everything, quiet=quiet)
        return result

    result = run()
    if watch:
        result = _watch(book, out, run) or result
    end_now(_exit_code(result))


def _exit_code(result: BuildResult) -> int:
    """1 for a book with errors; 2 where the command line itself was wrong."""
    wrong_usage = any(item.code == CODES["unknown-edition"].id and item.span is None for item in result.diagnostics)
    return 2 if wrong_usage else int(result.has_errors)


def _show(result: BuildResult, source: SourceBook, form: str, *, everything: bool, quiet: bool) -> None:
    if form == "json":
        _print_result(result, source)
        return
    show_diagnostics(result.diagnostics, source, form, everything=everything)
    if form == "text" and not quiet and _exit_code(result) != 2:
        print_summary(result)


def _print_result(result: BuildResult, source: SourceBook) -> None:
    from vulgate.report.machine import as_json

    print_json(
        {
            "folder": click.format_filename(result.folder),
            "outputs": result.outputs,
            "written": result.written,
            "removed": result.removed,
            "recompiled": result.recompiled,
            "up_to_date": result.up_to_date,
            "seconds": round(result.seconds, 3),
            "summary": result.summary,
            "diagnostics": as_json(result.diagnostics, line_indexes(source)),
        }
    )


def _watch(book: Path | None, out: Path | None, run: Callable[[], BuildResult]) -> BuildResult | None:
    """Builds again at every change, until interrupted; the last result."""
    from watchfiles import DefaultFilter, watch

    source, home = load_book(book)
    folder = (out or home / "dist").resolve()
    holds_sources = source.root.resolve().is_relative_to(folder)
    result = None

    class OnlySources(DefaultFilter):
        def __call__(self, change, path: str) -> bool:  # type: ignore[no-untyped-def]
            place = Path(path)
            inside_output = (place.is_relative_to(folder) and not holds_sources) or ".vulgate" in place.parts
            return super().__call__(change, path) and not inside_output and place.suffix in SOURCES

    click.echo(f"watching {source.root} (Ctrl+C ends)", err=True)
    try:
        for _ in watch(source.root, watch_filter=OnlySources(), debounce=100, step=20):
            try:
                result = run()
            except SystemExit:  # the book is gone, which has been said; an editor may be about to bring it back
                continue
    except KeyboardInterrupt:
        pass
    return result
