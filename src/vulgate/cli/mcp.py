"""`vulgate mcp`."""

import sys
from pathlib import Path

import click

from vulgate.cli.ending import input_ends_at_end
from vulgate.cli.searching import encoder_option
from vulgate.cli.serving import books_argument, open_server, root_option

EPILOG = """\b
Examples:
  vulgate mcp                          the book of the current folder, or the handbook
  vulgate mcp mybook python.sqlite     several books
  vulgate install --mcp                tell Cursor, Claude Code and VS Code of it
"""


@click.command(epilog=EPILOG)
@books_argument
@root_option
@encoder_option
def mcp(books: tuple[Path, ...], roots: tuple[Path, ...], encodes: bool) -> None:
    """Serve BOOKs to a coding agent, over standard input and output (MCP).

    A BOOK is a compiled one (NAME.sqlite), or the folder of a book. The server ends with its standard input, or when it is told
    to end (SIGTERM, Ctrl+C). Of the project it only reads the files that the agent asks to check.
    """
    if sys.stdin is None or sys.stdout is None:
        raise click.UsageError(
            "standard input or output is closed; a coding agent starts this command, and talks to it there"
        )
    server = open_server(books, roots, encodes=encodes)
    sys.unraisablehook = _say_unless_nobody_listens
    try:
        input_ends_at_end()
        server.run()
    except* BrokenPipeError:  # the client went away without a word
        pass
    finally:
        server.close()


def _say_unless_nobody_listens(fault: "sys.UnraisableHookArgs") -> None:
    """Says what went wrong where nothing can be raised, but for answers that a client did not wait for."""
    if not isinstance(fault.exc_value, BrokenPipeError):
        sys.__unraisablehook__(fault)
