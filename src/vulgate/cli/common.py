"""What several commands share: finding the book, showing diagnostics, printing JSON."""

import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import msgspec

from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.model.spans import LineIndex
from vulgate.source import open_book
from vulgate.source.book import SourceBook
from vulgate.source.manifest import NAME as MANIFEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vulgate.passes.compile import Compilation
    from vulgate.passes.lower_all import Keep
    from vulgate.passes.lowered import LoweredChapter
    from vulgate.source.book import SourceChapter

BUNDLED: Final = "python"
FORMATS: Final = ("text", "json", "sarif", "github")
SHOWN: Final = 50
_Function = TypeVar("_Function", bound=Callable[..., Any])


class PathType(click.Path):
    """A path as `pathlib.Path`, which need not exist but can."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, or an error in words for what no system takes as one."""
        if "\0" in str(value):
            self.fail("a path holds no NUL character", param, ctx)
        return super().convert(value, param, ctx)


def is_path(word: str) -> bool:
    """Whether a word of the command line names a file or folder that is there."""
    try:
        return Path(word).exists()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return False


book_argument = click.argument("book", required=False, type=PathType())


def json_option(function: _Function) -> _Function:
    """`--json`, for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(function)


def bundled_book() -> Path:
    """The handbook that comes with the package."""
    package = Path(__file__).parents[1]
    installed = package / "books" / BUNDLED
    return installed if installed.is_dir() else package.parents[1] / "books" / BUNDLED


def load_book(book: Path | None, form: str = "text") -> tuple[SourceBook, Path]:
    """The book named on the command line, and the folder for output and cache.

    Args:
        book: A path; `None` for the book in the current folder, if it has a manifest, else for the bundled handbook.
        form: How to show that there is no book.

    Returns:
        The book's files; the book's folder, or the current one for a book inside an installed package.
    """
    if book is None:
        book = Path() if Path(MANIFEST).is_file() else bundled_book()
    source = open_book(book)
    if source.layout == "none":
        show_diagnostics(source.diagnostics, source, form)
        raise SystemExit(2)
    inside_package = (
        "site-packages" in source.root.resolve().parts or Path(__file__).parents[1] in source.root.resolve().parents
    )
    return source, Path.cwd() if inside_package else source.root


def compile_or_exit(book: Path | None) -> "Compilation":
    """Compiles a book for a command that shows what is in it, with its verdicts; with errors in it, shows them and goes on."""
    source, home = load_book(book)
    compilation = compile_source(source, home)
    errors = [item for item in compilation.diagnostics if item.severity is Severity.ERROR]
    if errors:
        show_diagnostics(errors, source, "text")
    return with_verdicts(compilation, home)


def with_verdicts(compilation: "Compilation", home: Path) -> "Compilation":
    """The compilation, with what the record of `vulgate verify` says of its blocks."""
    from vulgate.store.cache import FOLDER
    from vulgate.store.proofs import Proofs
    from vulgate.verify.prove import prove

    return msgspec.structs.replace(compilation, book=prove(compilation.book, Proofs(home / FOLDER).read()))


def compile_source(source: SourceBook, home: Path) -> "Compilation":
    """Compiles a book through its cache; one without chapters ends the command."""
    from vulgate.passes.compile import compile_book
    from vulgate.store.cache import FOLDER, Cache

    if not source.chapters:
        show_diagnostics(source.diagnostics, source, "text")
        raise SystemExit(1)

    def lower_now(chapters: "Sequence[SourceChapter]", keep: "Keep") -> "list[LoweredChapter]":
        from vulgate.passes.lower_all import lower_all

        return lower_all(chapters, lenient=source.is_lenient, keep=keep) if chapters else []

    return compile_book(source, Cache(home / FOLDER).through(source, lower_now))


def show_diagnostics(
    diagnostics: Iterable[Diagnostic], source: SourceBook, form: str, *, everything: bool = False
) -> None:
    """Shows diagnostics: text to standard error, the forms for programs to standard output."""
    items, lines = list(diagnostics), line_indexes(source)
    if form == "text":
        _show_text(items, lines, everything=everything)
        return
    from vulgate.report import machine

    if form == "json":
        print_json({"diagnostics": machine.as_json(items, lines)})
    elif form == "sarif":
        click.echo(machine.as_sarif(items, lines, from_here(source.root)))
    elif form == "github":
        click.echo(machine.as_github(items, lines, from_here(source.root)), nl=False)


def line_indexes(source: SourceBook) -> Callable[[str], LineIndex | None]:
    """Finds the line index of a book's file by its path; each is made once."""

    @cache
    def lines(path: str) -> LineIndex | None:
        file = source.file(path)
        return file.lines if file else None

    return lines


def from_here(folder: Path) -> str:
    """A folder as seen from the current one, where a code host looks for files; as it is where it lies elsewhere."""
    try:
        return folder.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return folder.as_posix()


def _show_text(items: list[Diagnostic], lines: Callable[[str], LineIndex | None], *, everything: bool) -> None:
    from vulgate.report.terminal import TerminalForm

    # Errors first, so that a long list of warnings does not push them out of sight.
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    items = sorted(
        (item for item in items if everything or item.severity is not Severity.INFO),
        key=lambda item: order[item.severity],
    )
    shown = items if everything else items[:SHOWN]
    if shown:
        color = wants_color(sys.stderr)
        click.echo(TerminalForm(lines, color=color).render(shown), err=True, color=color)
    if len(items) > len(shown):
        click.echo(f"... and {len(items) - len(shown)} more; `--all` shows them\n", err=True)


def wants_color(stream: Any) -> bool:
    """Whether to colour: on a terminal, unless `NO_COLOR` is set; always with `FORCE_COLOR`."""
    import os

    if os.environ.get("NO_COLOR"):
        return False
    # vulgate: ignore[bool-of-env] any value means yes, as programs agree (https://force-color.org)
    return bool(os.environ.get("FORCE_COLOR")) or bool(stream.isatty())


def print_json(value: Any) -> None:
    """Prints a value as indented JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
