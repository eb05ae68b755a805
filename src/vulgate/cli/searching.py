"""What the commands that answer from compiled books share: naming the books, and opening them up to date."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from vulgate.cli.common import PathType, load_book, show_diagnostics
from vulgate.cli.progress import ProgressBar
from vulgate.search.library import Library, OpenBook
from vulgate.source.book import SourceBook
from vulgate.store.sqlite import BookFileError

if TYPE_CHECKING:
    from vulgate.search.encoder import Encoder

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


def encoder_option(function: _Function) -> _Function:
    """`--encoder`."""
    return click.option(
        "--encoder",
        "encodes",
        is_flag=True,
        help="Rank with a sentence encoder too; needs vulgate[semantic]. The first time it reads the whole book: minutes.",
    )(function)


def open_library(paths: Sequence[Path], *, encodes: bool = False) -> Library:
    """The compiled books at some paths, or the one of the current folder, or the bundled handbook.

    Args:
        paths: Of books, or of compiled ones.
        encodes: Whether passages are ranked by a sentence encoder too. What it has not seen of the books is encoded here.

    A book that was never compiled, or has changed since, is compiled first. One that has errors answers as it was before; what
    cannot be opened ends the command with exit code 2.
    """
    encoder = load_encoder() if encodes else None
    try:
        library = Library.open([compiled(path) for path in paths] if paths else [compiled(None)], encoder)
    except BookFileError as error:
        raise click.UsageError(str(error)) from error
    encode(library)
    return library


def load_encoder() -> "Encoder":
    """The sentence encoder; without its packages the command ends with exit code 2."""
    from vulgate.search.encoder import EncoderError, MiniLM

    try:
        return MiniLM()
    except EncoderError as error:
        raise click.UsageError(str(error)) from error


def encode(library: Library) -> None:
    """Has the passages of books encoded, if there is an encoder, with a bar on a terminal."""
    if library.encoder:
        from vulgate.search.encodings import encodings

        with ProgressBar() as progress:
            for book in library.books:
                encodings(book, library.encoder, progress)


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
