"""What `vulgate mcp` and `vulgate serve` share: the books and the folders to serve."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from vulgate.cli.common import PathType

if TYPE_CHECKING:
    from vulgate.server.app import BookServer

_Function = TypeVar("_Function", bound=Callable[..., Any])


def books_argument(function: _Function) -> _Function:
    """BOOKS, any number of them."""
    return click.argument("books", nargs=-1, type=PathType(), metavar="[BOOK ...]")(function)


def root_option(function: _Function) -> _Function:
    """`--root`, repeatable."""
    return click.option(
        "--root",
        "roots",
        multiple=True,
        type=PathType(),
        metavar="DIR",
        help="A folder that `check_code` may read files from; repeatable. The current folder by default.",
    )(function)


def open_server(books: Sequence[Path], roots: Sequence[Path], *, encodes: bool = False) -> "BookServer":
    """The server for some books.

    Raises:
        click.UsageError: A book cannot be served, or a root is no folder.
    """
    from vulgate.cli.searching import compiled_books, encode, load_encoder
    from vulgate.server.app import BookServer
    from vulgate.store.sqlite import BookFileError

    folders = list(roots) or [Path.cwd()]
    for folder in folders:
        if not folder.is_dir():
            raise click.UsageError(f"--root: no folder at {folder}")
    try:
        server = BookServer(compiled_books(books), folders, load_encoder() if encodes else None)
    except BookFileError as error:
        raise click.UsageError(f"{error}; `vulgate build` writes it again") from error
    with server.shelf.library() as library:
        encode(library)
    return server
