"""`vulgate completion`."""

import click
from click.shell_completion import get_completion_class

EPILOG = """\b
Examples:
  eval "$(vulgate completion bash)"
  vulgate completion fish > ~/.config/fish/completions/vulgate.fish
"""


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes vulgate's commands and options in SHELL."""
    from vulgate.cli import main

    completer = get_completion_class(shell)
    assert completer is not None  # the choice allows only shells that click knows
    click.echo(completer(main, {}, "vulgate", "_VULGATE_COMPLETE").source())
