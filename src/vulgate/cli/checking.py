"""Loading the rules of a book for `vulgate check` and `vulgate explain`."""

import os
from pathlib import Path
from typing import Final

import click
import msgspec

from vulgate.check.cache import keep_file
from vulgate.check.ruleset import RuleSet, kept_rules, rules_key, rules_of
from vulgate.cli.common import BUNDLED, bundled_book

FOLDER: Final = ".vulgate"


def load_rules(named: str, base: Path, cache: Path) -> RuleSet:
    """The rules of a book.

    Args:
        named: `python` for the bundled handbook, a book's folder or file, or a compiled book.
        base: The folder that a relative path starts from.
        cache: The folder in which the rules are kept, so that the book is compiled once.

    Raises:
        click.UsageError: There is no such book, or it has errors.
    """
    place = bundled_book() if named == BUNDLED else base / named
    if not place.exists():
        raise click.UsageError(f"no book `{named}`: name `{BUNDLED}`, a book's folder or file, or a compiled book")
    if place.is_file() and place.suffix == ".sqlite":
        return _compiled(place)
    kept = cache / f"rules-{rules_key(_files(place))}"
    found = kept_rules(kept)
    if found is None:
        found = _compile(place)
        keep_file(kept, msgspec.msgpack.encode(found))
    return found


def _files(place: Path) -> list[bytes]:
    """What the rules hang on: the book's files, and what has been proven of them."""
    folder = place if place.is_dir() else place.parent
    pattern = "**/*" if place.is_dir() else place.name
    files = sorted(
        path for path in folder.glob(pattern) if path.suffix in (".md", ".toml") and "dist" not in path.parts
    )
    proofs = folder / FOLDER / "proofs.sqlite"
    named = [str(place.resolve()).encode("utf-8", "replace")]
    return [*named, *(path.read_bytes() for path in (*files, *([proofs] if proofs.is_file() else [])))]


def _compiled(place: Path) -> RuleSet:
    from vulgate.store.sqlite import BookFileError, read_book

    try:
        return rules_of(read_book(place))
    except (BookFileError, OSError) as error:
        raise click.UsageError(f"`{place}` cannot be read: {error}") from error


def _compile(place: Path) -> RuleSet:
    from vulgate.cli.common import with_verdicts
    from vulgate.model.diagnostics import Severity
    from vulgate.passes.compile import compile_book
    from vulgate.source import open_book

    source = open_book(place)
    compilation = compile_book(source)
    errors = [item for item in compilation.diagnostics if item.severity is Severity.ERROR]
    if errors or not source.chapters:
        first = f": {errors[0].message}" if errors else ": it has no chapters"
        raise click.UsageError(f"the book `{place}` has errors{first}; `vulgate build {place}` shows them")
    return rules_of(with_verdicts(compilation, source.root).book)


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
