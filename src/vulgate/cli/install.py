"""`vulgate install`."""

import os
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vulgate.cli.common import PathType
from vulgate.cli.installs import budget_option, names_option, new_installer, source_of
from vulgate.cli.serving import books_argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vulgate.install.installer import Installer, Wish

EPILOG = """\b
Examples:
  vulgate install                          rules of the handbook for the agents that this repository shows
  vulgate install --agents claude,cursor   for these
  vulgate install handbook --budget 2000   of your own book, in 2,000 tokens
  vulgate install --rules --skills --mcp --hooks
                                           everything: rules, skills, the book server, checks after edits
  vulgate install --check                  for CI: is everything as it should be?
  vulgate install --explain src/api/app.py which rules reach that file, in which agent
  vulgate install --uninstall              take out exactly what was written
\b
A later `vulgate install` does the same again; `vulgate.lock` remembers what was asked for.
Exit codes: 0 done, 1 something was left alone or is too large for an agent (with --check: is not as it should be), 2 wrong usage.
"""
_PARTS = ("rules", "skills", "mcp", "hooks")


@click.command(epilog=EPILOG)
@books_argument
@click.option(
    "--rules", "parts", flag_value="rules", multiple=True, help="The rules in each agent's own files; the default."
)
@click.option(
    "--skills", "parts", flag_value="skills", multiple=True, help="The chapters as Agent Skills, read on demand."
)
@click.option("--mcp", "parts", flag_value="mcp", multiple=True, help="The MCP server, which searches the book.")
@click.option(
    "--hooks", "parts", flag_value="hooks", multiple=True, help="A check of each file that an agent has edited."
)
@names_option
@budget_option
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; exit with 1 if something is not as it should be."
)
@click.option("--diff", "only_diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--dry-run", is_flag=True, help="Write nothing; show the table.")
@click.option("--uninstall", is_flag=True, help="Take out what was written, or the parts that are named.")
@click.option("--explain", type=PathType(), metavar="FILE", help="Show which rules reach a file, in which agent.")
@click.option("--force", is_flag=True, help="Overwrite also what was edited by hand, or is not ours.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def install(books: tuple[Path, ...], parts: tuple[str, ...], **options: Any) -> None:
    """Write the rules of BOOKs into this repository for its coding agents: the book of this folder, or the handbook by default.

    Rules that cannot apply to this project are left out, and the rest is chosen so that it fits the budget. Files that others
    write, such as AGENTS.md, keep all that is in them.
    """
    _check_usage(options)
    from vulgate.editions.agents.compose import BudgetError
    from vulgate.editions.agents.tokenizer import TokenizerError
    from vulgate.install.installer import InstallError, Wish
    from vulgate.install.lock import LockError

    budget, budgets = options["budget"]
    wish = Wish(tuple(part for part in _PARTS if part in parts), options["agents"], budget, budgets)
    try:
        installer = new_installer()
        if options["explain"]:
            _explain(installer, options["explain"], as_json=options["as_json"])
            return
        with _kept_out_others(installer, options):
            sources = [source_of(book, exists=not options["uninstall"]) for book in books]
            _run(installer, sources, wish, options)
    except (BudgetError, InstallError, LockError, TokenizerError) as error:
        raise click.UsageError(str(error)) from error


def _check_usage(options: dict[str, Any]) -> None:
    modes = [name for name in ("only_check", "only_diff", "dry_run", "explain") if options[name]]
    if len(modes) > 1:
        raise click.UsageError("choose one of --check, --diff, --dry-run and --explain")
    if options["uninstall"] and (options["only_check"] or options["explain"]):
        raise click.UsageError("--uninstall goes without --check and --explain")
    if options["uninstall"] and (options["agents"] or options["budget"] != (0, {})):
        raise click.UsageError("--uninstall goes without --agents and --budget; name parts such as --skills instead")


@contextmanager
def _kept_out_others(installer: "Installer", options: dict[str, Any]) -> "Iterator[None]":
    if any(options[name] for name in ("only_check", "only_diff", "dry_run")):
        yield
        return
    with installer.repository.locked() as held:
        if not held:
            raise click.UsageError("another `vulgate install` is still running here; wait for it to end, or stop it")
        yield


def _note_place(root: Path) -> None:
    """Says where else files may be meant to stand, if nothing is installed in this folder."""
    from vulgate.install.lock import NAME

    if (root / NAME).exists() or (root / ".git").exists():
        return
    for folder in root.parents:
        above = os.path.relpath(folder, root)
        if (folder / NAME).exists():
            click.echo(
                f"note: what is installed in `{above}` stands apart; run the command there to change it", err=True
            )
            return
        if (folder / ".git").exists():
            click.echo(f"note: this repository begins in `{above}`, where most agents look for their rules", err=True)
            return


def _run(installer: "Installer", sources: Sequence[str], wish: "Wish", options: dict[str, Any]) -> None:
    from vulgate.cli.installing import show, show_check, show_diff
    from vulgate.model.codes import Reporter

    _note_place(installer.repository.root)
    found = installer.look(sources, wish, force=options["force"], remove=options["uninstall"])
    if options["only_check"]:
        raise SystemExit(show_check(found, as_json=options["as_json"]))
    if options["only_diff"]:
        show_diff(found)
        return
    reporter = Reporter()
    if not options["dry_run"] and not installer.do(found, reporter):
        _fail(reporter)
    raise SystemExit(show(found, dry=options["dry_run"], as_json=options["as_json"]))


def _fail(reporter: Any) -> None:
    for item in reporter.items:
        click.echo(f"{item.message}\n  = help: mend its permissions, and run the command again", err=True)
    raise SystemExit(1)


def _explain(installer: "Installer", file: Path, *, as_json: bool) -> None:
    from vulgate.cli.installing import show_reaches
    from vulgate.install.explaining import reaching
    from vulgate.install.lock import read_lock

    root = installer.repository.root
    place = Path(os.path.abspath(file))  # noqa: PTH100
    if not place.is_relative_to(root):
        raise click.UsageError(f"{file} is not in this repository; run the command in its root")
    path = place.relative_to(root).as_posix()
    lock = read_lock(root)
    _note_place(root)
    if not any(record.files for record in lock.books.values()):
        raise click.UsageError("no rules are installed here; `vulgate install` does it")
    show_reaches(path, reaching(installer.repository, lock.books, path), as_json=as_json)
