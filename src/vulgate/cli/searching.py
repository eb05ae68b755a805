"""What the commands that answer from compiled books share: naming the books, and opening them up to date.

A book is compiled into its own `dist/`. One whose folder is not ours to write to (the handbook in an installed package, a book in
a read-only folder) is compiled into the user's cache, and where that cannot be written, into a temporary folder.
"""

import atexit
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from vulgate.cli.common import PathType, load_book, show_diagnostics
from vulgate.cli.progress import ProgressBar
from vulgate.model.codes import CODES
from vulgate.report.text import folded, printable
from vulgate.search.answers import SearchError
from vulgate.search.library import Library, OpenBook
from vulgate.source.book import SourceBook
from vulgate.store.sqlite import BookFileError

if TYPE_CHECKING:
    from vulgate.build import Builder, BuildResult
    from vulgate.search.encoder import Encoder

SUFFIX: Final = ".sqlite"
EDITION: Final = "sqlite"
LEAST_WIDTH: Final = 30
"""Columns below which prose is not broken further."""
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
        library = Library.open(compiled_books(paths), encoder)
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

        try:
            with ProgressBar() as progress:
                for book in library.books:
                    encodings(book, library.encoder, progress)
        except SearchError as error:
            library.close()
            raise click.UsageError(str(error)) from error


def prose_width() -> int:
    """Columns of the terminal; a number beyond any line where standard output is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def for_terminal(markdown: str, width: int) -> str:
    """A passage of a book as it is printed: prose within some columns, and nothing that could move the cursor.

    What stood at an offset stands there still.
    """
    harmless = re.sub(r"[^\t\n]+", lambda found: printable(found[0]), markdown)
    return folded(harmless, max(width, LEAST_WIDTH))


def compiled_books(paths: Sequence[Path]) -> list[Path]:
    """The compiled books of some paths, each once; of the current folder or the bundled handbook if there are none."""
    return list(dict.fromkeys(compiled(path).resolve() for path in paths or (None,)))


def compiled(path: Path | None) -> Path:
    """The compiled book of a path: itself, or what the book there is compiled to.

    Raises:
        SystemExit: There is no book, or it has errors and was never compiled.
    """
    if path is not None and path.suffix == SUFFIX:
        return path
    source, home = load_book(path)
    return _in_its_folder(source) if home == source.root else _kept(source)


def _in_its_folder(source: SourceBook) -> Path:
    """The compiled book in the folder of the book, or in the cache where that folder cannot be written."""
    from vulgate.build import OUTPUT, Builder

    file = source.root / OUTPUT / f"{source.id}{SUFFIX}"
    builder = Builder(source)
    record = builder.cache.read_record()
    if record and EDITION in record.editions:  # the author's choice of editions stands
        builder = Builder(source, editions=record.editions)
    if builder.is_current() and _opens(file):
        return file
    kept = _place_of(source)
    if kept and _opens(kept):
        return kept
    result = _run(builder)
    if any(item.code == CODES["output-not-writable"].id for item in result.diagnostics):
        click.echo(f"{source.root} cannot be written; the compiled book is kept elsewhere", err=True)
        return _kept(source)
    _show_errors(result, source, file)
    return file


def _kept(source: SourceBook) -> Path:
    """The compiled book in the user's cache, or in a temporary folder where that cannot be written."""
    from vulgate.build import Builder
    from vulgate.store.user_cache import keep_book

    place = _place_of(source)
    if place and _opens(place):
        return place
    folder = Path(tempfile.mkdtemp(prefix="vulgate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / f"{source.id}{SUFFIX}"
    _show_errors(_run(Builder(source, home=folder, out=folder, editions=(EDITION,))), source, file)
    if place is None:
        return file
    try:
        keep_book(place, file.read_bytes(), source.id)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        click.echo(f"{place.parent} cannot be written ({reason}); the book is compiled again each time", err=True)
        return file
    shutil.rmtree(folder, ignore_errors=True)
    return place


def _place_of(source: SourceBook) -> Path | None:
    """Where the cache keeps a compiled book; `None` if there is no home folder for a cache."""
    from vulgate.store.atomic import file_digest
    from vulgate.store.cache import compiler_digest
    from vulgate.store.user_cache import user_cache

    key = file_digest(f"{source.digest} {compiler_digest()}".encode())
    try:
        return user_cache() / "books" / f"{source.id}-{key[:16]}{SUFFIX}"
    except RuntimeError:
        return None


def _opens(file: Path) -> bool:
    """Whether a file is a compiled book that can be read."""
    try:
        OpenBook.open(file).connection.close()
    except BookFileError:
        return False
    return True


def _run(builder: "Builder") -> "BuildResult":
    click.echo(f"compiling {builder.source.manifest.book.title} ...", err=True)
    return builder.run()


def _show_errors(result: "BuildResult", source: SourceBook, file: Path) -> None:
    """Shows the errors of a book; without an earlier compiled one they end the command."""
    if result.has_errors:
        show_diagnostics(result.diagnostics, source, "text")
        if not file.is_file():
            raise SystemExit(1)
        click.echo("the book has errors; the answers are from before they came in", err=True)
