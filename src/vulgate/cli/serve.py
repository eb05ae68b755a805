"""`vulgate serve`."""

import errno
import os
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

import click

from vulgate.cli.ending import call_at_end
from vulgate.cli.searching import encoder_option
from vulgate.cli.serving import books_argument, open_server, root_option

TOKEN = "VULGATE_TOKEN"  # noqa: S105 -- the name of a variable
EPILOG = """\b
Examples:
  vulgate serve --mcp                                 http://127.0.0.1:8331/mcp, for this machine alone
  VULGATE_TOKEN=... vulgate serve --mcp --host 0.0.0.0
                                                      for others, who need the token
"""


@click.command(epilog=EPILOG)
@books_argument
@root_option
@encoder_option
@click.option("--mcp", "as_mcp", is_flag=True, help="Serve MCP at /mcp, and the same tools as JSON at /api.")
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
    """Serve BOOKs over HTTP, to coding agents (MCP) and to programs (JSON)."""
    if not as_mcp:
        raise click.UsageError("say what to serve: `vulgate serve --mcp` serves books to agents and programs")
    if token is not None and not token.strip():
        raise click.UsageError("--token is empty; leave it out, or give a token")
    token = (token or os.environ.get(TOKEN, "")).strip()
    _check(host, token, origins)
    import anyio

    from vulgate.server.web import PATH, web_app
    from vulgate.server.web import serve as serve_app

    server = open_server(books, roots, encodes=encodes)
    try:
        call_at_end(_interrupt)
        place = _listening(host, port)
        name = f"[{host}]" if ":" in host else host
        click.echo(f"serving at http://{name}:{place.getsockname()[1]}{PATH} (Ctrl+C ends)", err=True)
        anyio.run(serve_app, web_app(server, host=host, token=token, origins=origins), place)
    except KeyboardInterrupt:
        pass
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
