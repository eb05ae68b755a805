"""What the commands that answer from compiled books share: naming the books, and opening them up to date."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from vulgate.cli.common import PathType, load_book, show_diagnostics
from vulgate.search.library import Library, OpenBook
from vulgate.source.book import SourceBook
from vulgate.store.sqlite import BookFileError

SUFFIX: Final = ".sqlite"
_Function = TypeVar("_Function", bound=Callable[..., Any])


def books_option(function: _Function) -> _Function:
    """`--book`, repeatable."""
    return click.option(
        "--book",
        "-b",
        "books",
        multiple=True,
        type=PathType(),
        metavar="BOOK",
        help="A book, or a compiled one (NAME.sqlite); repeatable. The book in the current folder or the handbook by default.",
    )(function)


def open_library(paths: Sequence[Path]) -> Library:
    """The compiled books at some paths, or the one of the current folder, or the bundled handbook.

    A book that was never compiled, or has changed since, is compiled first. One that has errors answers as it was before; what
    cannot be opened ends the command with exit code 2.
    """
    try:
        return Library.open([compiled(path) for path in paths] if paths else [compiled(None)])
    except BookFileError as error:
        raise click.UsageError(str(error)) from error


def compiled(path: Path | None) -> Path:
    """The compiled book of a path: itself, or what the book there is compiled to.

    Raises:
        SystemExit: There is no book, or it has errors and was never compiled.
    """
    if path is not None and path.suffix == SUFFIX:
        return path
    source, home = load_book(path)
    from vulgate.build import OUTPUT

    file = home / OUTPUT / f"{source.id}{SUFFIX}"
    if not _is_current(file, source):
        _compile(source, home, file)
    return file


def _is_current(file: Path, source: SourceBook) -> bool:
    try:
        with Library([OpenBook.open(file)]) as library:
            return library.books[0].book.digest == source.digest
    except BookFileError:
        return False


def _compile(source: SourceBook, home: Path, file: Path) -> None:
    from vulgate.build import Builder

    click.echo(f"compiling {source.manifest.book.title} ...", err=True)
    result = Builder(source, home=home).run()
    if result.has_errors:
        show_diagnostics(result.diagnostics, source, "text")
        if not file.is_file():
            raise SystemExit(1)
        click.echo("the book has errors; the answers are from before they came in", err=True)
