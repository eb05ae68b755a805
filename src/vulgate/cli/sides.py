"""The two books of `vulgate diff`: at paths, or at revisions of Git."""

import tempfile
from pathlib import Path
from typing import Final

import click
import msgspec
from msgspec import Struct

from vulgate.cli.common import (
    bundled_book,
    compile_source,
    from_here,
    is_path,
    load_book,
    show_diagnostics,
    with_verdicts,
)
from vulgate.model.book import CompiledBook
from vulgate.model.diagnostics import Severity
from vulgate.source.manifest import NAME

_SQLITE: Final = ".sqlite"
_SSM: Final = ".ssm.md"
_SHORT: Final = 7
"""Letters of a commit's name that are shown, as Git shows them."""


class Loaded(Struct, frozen=True):
    """A book that is compared.

    Attributes:
        name: How it is called in what is printed.
        book: The compiled book.
        errors: How many errors the compiler found.
    """

    name: str
    book: CompiledBook
    errors: int = 0


def load_sides(old: str, new: str | None, book: Path | None, *, by_git: bool) -> tuple[Loaded, Loaded]:
    """The two books that words of the command line mean: each is a path if there is something, else a revision.

    Args:
        old: The first word.
        new: The second one; by default, the book as it is now.
        book: The book whose revisions are meant; by default the one at the other word, or that of the current folder.
        by_git: Whether `old` is a revision even if there is a file of that name.

    Raises:
        SystemExit: One of them is no book.
        UsageError: The same.
    """
    old_path = Path(old) if old and is_path(old) and not by_git else None
    new_path = Path(new) if new and is_path(new) else None
    if book and old_path and (new_path or new is None):
        raise click.UsageError("--book names the book whose revisions are compared; OLD is a path, and so is NEW")
    here = book or new_path or old_path or _default()
    earlier = _at_path(old_path) if old_path else _at_revision(old, here, by_git=by_git)
    if new_path or new is None:
        return earlier, _at_path(new_path or (_default() if old_path else here))
    return earlier, _at_revision(new, here)


def _default() -> Path:
    return Path() if Path(NAME).is_file() else bundled_book()


def _at_revision(revision: str, book: Path, *, by_git: bool = False) -> Loaded:
    from vulgate.source.revision import RevisionError, book_at

    with tempfile.TemporaryDirectory(prefix="vulgate-", ignore_cleanup_errors=True) as folder:
        try:
            found = book_at(revision, book, Path(folder))
        except RevisionError as error:
            first = "" if by_git else f"there is no file {revision}, and it is no revision of a book here: "
            raise click.UsageError(f"{first}{error}") from error
        short = "" if found.commit.startswith(revision) else f" ({found.commit[:_SHORT]})"
        return msgspec.structs.replace(_at_path(found.path, _home(book)), name=revision + short)


def _home(book: Path) -> Path | None:
    """The folder whose cache and record of verdicts serve for a book's revisions, too; `None` if it is there no more."""
    folder = book if book.is_dir() else book.parent
    return folder if folder.is_dir() else None


def _at_path(path: Path, home: Path | None = None) -> Loaded:
    """The book at a path; `home` is where its cache is, if not with it."""
    name = from_here(path)
    if path.suffix == _SQLITE or path.name.endswith(_SSM):
        return Loaded(name, _read(path))
    source, own_home = load_book(path)
    if not source.chapters:
        show_diagnostics(source.diagnostics, source, "text")
        raise SystemExit(2)
    home = home or own_home
    compilation = with_verdicts(compile_source(source, home), home)
    errors = sum(item.severity is Severity.ERROR for item in compilation.diagnostics)
    return Loaded(name, compilation.book, errors)


def _read(path: Path) -> CompiledBook:
    """A compiled book.

    Raises:
        UsageError: It is damaged, or of another version.
    """
    from vulgate.editions.ssm import SsmError, read_ssm
    from vulgate.store.sqlite import BookFileError, read_book

    try:
        return read_book(path) if path.suffix == _SQLITE else read_ssm(path.read_bytes().decode())
    except BookFileError as error:
        raise click.UsageError(f"{error}; build it again") from error
    except (SsmError, OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} is no compiled book that can be read ({error}); build it again") from error
