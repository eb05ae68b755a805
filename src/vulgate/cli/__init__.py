"""The command line: one thin module a command, loaded when it is called."""

import keyword
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Final

import click

from vulgate.version import __version__

# Each command's module has a function of the command's name; the help line stands here, so that `--help` imports nothing.
COMMANDS: Final = {
    "init": "Make a small book that shows every directive.",
    "import": "Write a book of another layout as a Vulgate book.",
    "build": "Compile a book and write its editions.",
    "verify": "Prove a book: run its examples, facts and rules.",
    "check": "Hold a code base to the rules of a book.",
    "diff": "Tell what has changed between two books, or since a Git revision.",
    "audit": "Tell what is sick in any book, where, and how to mend it.",
    "outline": "Show the tree of a book, with ids and numbers.",
    "search": "Find the passages that answer a question.",
    "ask": "Answer a question with passages of a book.",
    "show": "Show one block with its links.",
    "stats": "Count what is in a book, and how much of it is proven.",
    "explain": "Explain a diagnostic code, or a rule of a book.",
    "mcp": "Serve books to a coding agent (MCP, over standard input).",
    "serve": "Show a book as it is written; serve books to agents.",
    "install": "Write the rules of a book for the coding agents of a repository.",
    "budget": "Show which rules fit an agent's budget, and what more would buy.",
    "schema": "Print the JSON Schema of the model.",
    "completion": "Print the shell completion script.",
}


class LazyGroup(click.Group):
    """Imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a reader meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"vulgate.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command, or says which one may be meant."""
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            from vulgate.model.suggest import did_you_mean

            help = did_you_mean(name, COMMANDS)
            raise click.UsageError(f"no such command: {name}" + (f" ({help})" if help else ""), ctx)
        return super().resolve_command(ctx, args)


EPILOG = """\b
Examples:
  vulgate init mybook          make a small book
  vulgate build mybook         compile it; editions go to mybook/dist
  vulgate build                compile the bundled Python handbook
  vulgate verify mybook        run its examples, facts and rules
  vulgate check src            hold your code to the rules of the handbook
  vulgate explain VG204        what a diagnostic or a rule means
  vulgate install              tell your coding agents the rules that matter here
  vulgate install --mcp        let them ask the handbook
\b
Exit codes: 0 fine, 1 the book has errors, 2 wrong usage, 3 a fault in vulgate itself.
"""


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="vulgate", message="%(prog)s %(version)s")
def main() -> None:
    """Compile a programming handbook: Markdown in, editions for people and agents out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what the terminal cannot show is escaped, and never a fault
            stream.reconfigure(errors="backslashreplace")


def run() -> None:
    """The `vulgate` command: `main`, with a plain word in place of a traceback for a fault of our own."""
    try:
        main(prog_name="vulgate")  # completion goes by the name
    except SystemExit as end:
        from vulgate.cli.ending import Ended, leave

        if isinstance(end, Ended):
            leave(end)
        raise
    except Exception as error:
        import os
        import traceback

        if os.environ.get("VULGATE_DEBUG"):
            traceback.print_exc()
        else:
            click.echo(f"vulgate has a fault: {type(error).__name__}: {error}", err=True)
            click.echo("  = help: please report it, with what `VULGATE_DEBUG=1` makes the same command print", err=True)
        raise SystemExit(3) from error
