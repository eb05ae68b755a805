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
  vulgate explain mutable-default-argument     a rule of the handbook, or of the book that the configuration names
  vulgate explain my-rule --book mybook
"""


def _codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in (*BY_ID, *CODES) if name.lower().startswith(incomplete.lower())]


@click.command(epilog=EPILOG)
@click.argument("name", metavar="CODE|RULE", required=False, shell_complete=_codes)
@click.option(
    "--list", "show_list", is_flag=True, help="List all diagnostic codes; `vulgate check --rules` lists the rules."
)
@click.option("--book", metavar="BOOK", help="The book of the rule: bundled name, folder, file or compiled book.")
@json_option
def explain(name: str | None, show_list: bool, book: str | None, as_json: bool) -> None:
    """Explain a diagnostic CODE, or a RULE of a book: what it means, what shows it, and how to mend it."""
    if show_list:
        _list(as_json)
        return
    if name is None:
        raise click.UsageError("name a code or a rule, or use --list")
    found = None if book else BY_ID.get(name.upper()) or CODES.get(name.lower())
    if found is None:
        _explain_rule(name, book, as_json)
        return
    from vulgate.report.pages import explain as page

    text = page(found)
    if found.severity is Severity.WARNING:
        text += (
            f"\nTo silence it in one place, put `<!-- vulgate: allow {found.id} the reason -->` on the line above.\n"
        )
    if as_json:
        print_json({**_entry(found), "explanation": text})
    else:
        _print(text)


def _print(text: str) -> None:
    if wants_color(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text, nl=False)


def _explain_rule(name: str, book: str | None, as_json: bool) -> None:
    from pathlib import Path

    from vulgate.check.own_rules import OWN_RULES
    from vulgate.check.ruleset import selectors_of
    from vulgate.check.settings import find_config
    from vulgate.cli.checking import FOLDER, load_rules
    from vulgate.model.codes import Reporter
    from vulgate.report.findings.rule import as_data, as_markdown

    config = find_config(Path.cwd(), Reporter())
    rules = load_rules(book or config.table.book, Path.cwd() if book else config.root, config.root / FOLDER)
    known = {**rules.rules, **OWN_RULES}
    names = {
        other: rule
        for rule in known.values()
        for id in (rule.id, *rule.formerly)
        for other in (id.rpartition("/")[2], id)
    }
    rule = names.get(name.lower())
    if rule is None and (meant := rules.names(name)) and len(meant) == 1:  # a code of ruff, say
        rule = rules.rules[meant[0]]
    if rule is None:
        words = {*BY_ID, *CODES, *names, *(word for one in rules.rules.values() for word in selectors_of(one))}
        help = did_you_mean(name, words)
        raise click.UsageError(f"no such code or rule: {name}" + (f" ({help})" if help else ""))
    if as_json:
        print_json(as_data(rule))
    else:
        _print(as_markdown(rule, rules.title))


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
