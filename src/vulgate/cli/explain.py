"""`vulgate explain`."""

import sys

import click

from vulgate.cli.common import json_option, print_json, wants_color
from vulgate.model.codes import BY_ID, CODES, Code
from vulgate.model.diagnostics import Severity
from vulgate.model.suggest import did_you_mean

EPILOG = """\b
Examples:
  vulgate explain VG204
  vulgate explain unknown-directive
  vulgate explain --list
"""


def _codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in (*BY_ID, *CODES) if name.lower().startswith(incomplete.lower())]


@click.command(epilog=EPILOG)
@click.argument("code", required=False, shell_complete=_codes)
@click.option("--list", "show_list", is_flag=True, help="List all codes.")
@json_option
def explain(code: str | None, show_list: bool, as_json: bool) -> None:
    """Explain a diagnostic CODE: what it means, a sample that shows it, and how to mend it."""
    if show_list:
        _list(as_json)
        return
    if code is None:
        raise click.UsageError("name a code, or use --list")
    found = BY_ID.get(code.upper()) or CODES.get(code.lower())
    if found is None:
        help = did_you_mean(code, [*BY_ID, *CODES])
        raise click.UsageError(f"no such code: {code}" + (f" ({help})" if help else ""))
    from vulgate.report.pages import explain as page

    text = page(found)
    if found.severity is Severity.WARNING:
        text += (
            f"\nTo silence it in one place, put `<!-- vulgate: allow {found.id} the reason -->` on the line above.\n"
        )
    if as_json:
        print_json({**_entry(found), "explanation": text})
    elif wants_color(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text, nl=False)


def _list(as_json: bool) -> None:
    if as_json:
        print_json([_entry(code) for code in BY_ID.values()])
        return
    for code in BY_ID.values():
        click.echo(f"{code.id}  {code.severity:<8} {code.name}")


def _entry(code: Code) -> dict[str, str | None]:
    lenient = str(code.lenient) if code.lenient else None
    return {
        "code": code.id,
        "name": code.name,
        "severity": str(code.severity),
        "without_manifest": lenient,
        "message": code.message,
    }
