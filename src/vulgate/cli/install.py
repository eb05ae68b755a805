"""`vulgate install`."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import click

from vulgate.cli.serving import books_argument
from vulgate.server.clients import CLIENTS, COMMAND, NAME, Client, ClientFileError, entry, update

EPILOG = """\b
Examples:
  vulgate install --mcp                          for Cursor, Claude Code and VS Code, in this folder
  vulgate install --mcp --client cursor mybook   one client, and a book of your own
  vulgate install --mcp --print                  show the files, and write nothing
  vulgate install --mcp --remove                 take it out again
\b
Exit codes: 0 done, 1 a file was left alone, 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@books_argument
@click.option("--mcp", "with_mcp", is_flag=True, help="The MCP server, for the coding agents of this project.")
@click.option(
    "--client", "clients", multiple=True, type=click.Choice(list(CLIENTS)), help="Only this client; repeatable."
)
@click.option("--print", "only_print", is_flag=True, help="Print what would be written, and write nothing.")
@click.option("--remove", is_flag=True, help="Take out what was installed.")
def install(books: tuple[Path, ...], with_mcp: bool, clients: tuple[str, ...], only_print: bool, remove: bool) -> None:
    """Set up the current folder, so that coding agents ask BOOKs: the book of this folder, or the handbook by default.

    Files that exist keep all that is in them; what cannot be read as JSON is left alone.
    """
    if not with_mcp:
        raise click.UsageError("say what to install: `vulgate install --mcp` sets up the MCP server")
    if remove and (books or only_print):
        raise click.UsageError("--remove goes without BOOK and --print")
    for book in books:
        if not book.exists():
            raise click.UsageError(f"no book at {book}")
    chosen = [CLIENTS[name] for name in clients or CLIENTS]
    if only_print:
        for client in chosen:
            click.echo(f"{client.path} ({client.title}):\n{_shown(client, books)}\n")
        return
    left = [client for client in chosen if not _updated(client, books, remove=remove)]
    if not remove and shutil.which(COMMAND) is None:
        click.echo(
            f"note: `{COMMAND}` is not on the PATH; a client that is started elsewhere will not find it", err=True
        )
    if left:
        raise SystemExit(1)


def _updated(client: Client, books: Sequence[Path], *, remove: bool) -> bool:
    """Whether a client's file says what it should now."""
    try:
        done = update(Path.cwd(), client, None if remove else entry(client, books))
    except ClientFileError as error:
        click.echo(f"left alone   {client.path}: {error}", err=True)
        if not remove:
            click.echo(f"  = help: add this by hand:\n{_shown(client, books)}", err=True)
        return False
    click.echo(f"{done:<12} {client.path} ({client.title})")
    return True


def _shown(client: Client, books: Sequence[Path]) -> str:
    return json.dumps({client.key: {NAME: entry(client, books)}}, indent=2, ensure_ascii=False)
