"""What `vulgate serve` does with a book that is being written."""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

import click

from vulgate.cli.common import load_book, show_diagnostics
from vulgate.cli.ending import end_now
from vulgate.source import open_book

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from vulgate.server.app import BookServer


def show_live(
    path: Path | None,
    place: socket,
    address: str,
    *,
    open_server: "Callable[[Sequence[Path]], BookServer]",
    make_app: "Callable[[BookServer, Sequence[BaseRoute]], ASGIApp]",
) -> None:
    """Serves a book as its source is now, until the process is told to end.

    Args:
        path: The book; `None` for that of the current folder, or the bundled handbook.
        place: Where to listen.
        address: The same for people.
        open_server: Opens compiled books for search and agents.
        make_app: Makes the application, of the server and the routes of the pages.

    Raises:
        SystemExit: There is no book, or it has no chapter at all; or the process was told to end.
    """
    import anyio

    from vulgate.cli.watching import changes
    from vulgate.server.live.book import LiveBook
    from vulgate.server.live.pages import Bell, LivePages
    from vulgate.server.live.session import serve_live
    from vulgate.server.live.writing import write

    source, home = load_book(path)
    named = path or source.root
    book = LiveBook(lambda: open_book(named), home)
    book.refresh()
    if book.state.book is None:
        show_diagnostics(source.diagnostics, source, "text")
        raise SystemExit(1)
    if book.state.errors:
        click.echo("the book has errors, which its pages show", err=True)
    # Nothing is written into the book's folder but its cache, so what search and agents ask lies elsewhere.
    with tempfile.TemporaryDirectory(prefix="vulgate-") as folder:
        compiled = Path(folder, f"{source.id}.sqlite")
        write(book.state.book, compiled)
        server = open_server([compiled])
        bell = Bell()
        try:
            app = make_app(server, LivePages(book, bell).routes())
            click.echo(f"the book is at {address}/ (Ctrl+C ends)", err=True)
            run = partial(
                serve_live, app, place, book=book, bell=bell, compiled=compiled, changes=partial(changes, source.root)
            )
            anyio.run(run)
            end_now(0)  # when the server is closed and the folder gone; the book in memory is not taken apart
        finally:
            server.close()
