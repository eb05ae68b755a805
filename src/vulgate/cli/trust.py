"""Which books may be run: the bundled one, and those that the user has trusted, kept by folder outside of any book."""

import json
from pathlib import Path

import click

from vulgate.cli.common import bundled_book
from vulgate.store.atomic import write_file


def is_trusted(root: Path) -> bool:
    """Whether the code of the book in a folder may be run."""
    folder = root.resolve()
    return folder == bundled_book().resolve() or str(folder) in _trusted()


def trust_book(root: Path) -> None:
    """Remembers that the code of the book in a folder may be run, now and from now on."""
    folder = str(root.resolve())
    known = _trusted()
    if folder in known:
        return
    try:
        write_file(_place(), json.dumps(sorted({*known, folder}), indent=1).encode())
    except OSError as error:
        raise click.ClickException(f"cannot write {_place()}: {error.strerror}") from error


def _trusted() -> set[str]:
    try:
        return {str(folder) for folder in json.loads(_place().read_text(encoding="utf-8"))}
    except (OSError, ValueError, TypeError):
        return set()


def _place() -> Path:
    return Path(click.get_app_dir("vulgate")) / "trusted.json"
