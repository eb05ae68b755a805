"""`vulgate init`."""

import sys
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Final

import click

from vulgate.cli.common import PathType
from vulgate.cli.trust import trust_book
from vulgate.model.ids import VALID_ID, slug
from vulgate.store.atomic import write_file

FILES: Final = ("vulgate.toml", "index.md", "tour.md", "naming.md")
EPILOG = """\b
Examples:
  vulgate init mybook
  vulgate init handbook --title "How we build"
"""


@click.command(epilog=EPILOG)
@click.argument("folder", type=PathType())
@click.option("--title", help="Title of the book; made from the folder's name by default.")
def init(folder: Path, title: str | None) -> None:
    """Make a small book in FOLDER that shows every directive, builds without a warning and is proven as a whole.

    Files that exist are never touched. The folder is trusted from then on: `vulgate verify` runs the book's code.
    """
    existing = [name for name in FILES if (folder / name).exists()]
    if existing:
        raise click.UsageError(f"{folder} has {', '.join(existing)} already; choose another folder")
    title = (title or "").strip() or folder.resolve().name.replace("-", " ").replace("_", " ").capitalize()
    if '"' in title or "\\" in title or not title.isprintable():
        raise click.UsageError("a title is printable text without double quotes and backslashes")
    id = slug(title)[:80].rstrip("-")  # it names files
    id = id if VALID_ID.fullmatch(id) else "book"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    template = resources.files("vulgate.cli").joinpath("template")
    try:
        for name in FILES:
            text = template.joinpath(name).read_text(encoding="utf-8")
            text = text.replace("{id}", id).replace("{python}", python).replace("{title}", title)
            write_file(folder / name, text.encode())
            click.echo(f"made {folder / name}")
    except OSError as error:
        raise click.UsageError(f"cannot write into {folder}: {error.strerror or error}") from error
    with suppress(click.ClickException):  # `vulgate verify` will say what it needs
        trust_book(folder)
    click.echo(f"\nnow: vulgate build {folder}\nand: vulgate verify {folder}")
    click.echo(f"then read {folder / 'dist' / id}.cursor.md and change tour.md and naming.md")
