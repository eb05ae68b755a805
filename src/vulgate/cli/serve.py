"""`vulgate serve`."""

import contextlib
import errno
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from vulgate.cli.ending import call_at_end
from vulgate.cli.searching import SUFFIX, encoder_option
from vulgate.cli.serving import books_argument, open_server, root_option

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from vulgate.server.app import BookServer

TOKEN = "VULGATE_TOKEN"  # noqa: S105 -- the name of a variable
EPILOG = """\b
Examples:
  vulgate serve mybook                                the web book of a folder, made again at every save
  vulgate serve --mcp                                 http://127.0.0.1:8331/mcp, for this machine alone
  VULGATE_TOKEN=... vulgate serve --mcp --host 0.0.0.0
                                                      for others, who need the token
"""


@click.command(epilog=EPILOG)
@books_argument
@root_option
@encoder_option
@click.option("--mcp", "as_mcp", is_flag=True, help="Serve MCP at /mcp, too.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8331, show_default=True, help="The port; 0 for a free one."
)
@click.option("--token", help=f"What clients have to send as a bearer token; better in the variable {TOKEN}.")
@click.option("--allow-origin", "origins", multiple=True, metavar="ORIGIN", help="A web page's origin that may ask.")
def serve(
    books: tuple[Path, ...],
    roots: tuple[Path, ...],
    encodes: bool,
    as_mcp: bool,
    host: str,
    port: int,
    token: str | None,
    origins: tuple[str, ...],
) -> None:
    """Serve a BOOK as the web book that it becomes, or BOOKs to coding agents (MCP) and to programs (JSON).

    One book that is no compiled one is shown as its readers will see it, made again at every save, with its diagnostics;
    the tools answer as JSON at /api. Without BOOK it is the book in the current folder, or the bundled handbook. Several
    books, and compiled ones, are served to agents and programs alone.
    """
    is_live = len(books) <= 1 and not any(book.suffix == SUFFIX for book in books)
    if not as_mcp and not is_live:
        raise click.UsageError("only one book, that is no compiled one, can be shown; `--mcp` serves these to agents")
    if token is not None and not token.strip():
        raise click.UsageError("--token is empty; leave it out, or give a token")
    token = (token or os.environ.get(TOKEN, "")).strip()
    _check(host, token, origins)
    place = _listening(host, port)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{place.getsockname()[1]}"
    call_at_end(_interrupt)
    with place, contextlib.suppress(KeyboardInterrupt):
        if is_live:
            from vulgate.cli.showing import show_live

            show_live(
                books[0] if books else None,
                place,
                address,
                open_server=partial(open_server, roots=roots, encodes=encodes),
                make_app=partial(_app, host=host, token=token, origins=origins, has_mcp=as_mcp),
            )
        else:
            _serve_compiled(open_server(books, roots, encodes=encodes), place, address, host, token, origins)


def _app(server: "BookServer", pages: "Sequence[BaseRoute]" = (), **settings: Any) -> "ASGIApp":
    from vulgate.server.web import web_app

    return web_app(server, pages=pages, **settings)


def _serve_compiled(
    server: "BookServer", place: socket, address: str, host: str, token: str, origins: tuple[str, ...]
) -> None:
    import anyio

    from vulgate.server.web import PATH
    from vulgate.server.web import serve as serve_app

    try:
        click.echo(f"serving at {address}{PATH} (Ctrl+C ends)", err=True)
        anyio.run(serve_app, _app(server, host=host, token=token, origins=origins), place)
    finally:
        server.close()


def _interrupt() -> None:
    raise KeyboardInterrupt


def _listening(host: str, port: int) -> socket:
    from vulgate.server.web import listening

    try:
        return listening(host, port)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (while")[0].lower()  # the address, once more
        help = "; --port 0 takes a free port" if error.errno == errno.EADDRINUSE else ""
        raise click.UsageError(f"cannot listen on {host}:{port}: {why}{help}") from error


def _check(host: str, token: str, origins: tuple[str, ...]) -> None:
    from vulgate.server.guard import is_loopback

    if not is_loopback(host) and not token:
        raise click.UsageError(f"--host {host} lets other machines in; give a token with --token or {TOKEN}")
    if token and not token.isascii():
        raise click.UsageError("a token is plain ASCII")
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise click.UsageError(f"--allow-origin: `{origin}` is no origin such as https://example.org")
