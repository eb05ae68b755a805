"""`vulgate budget`."""

import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vulgate.cli.common import PathType, book_argument, print_json
from vulgate.cli.installs import budget_option, names_option, new_installer, source_of

if TYPE_CHECKING:
    from vulgate.editions.agents.compose import Composition, Entry

EPILOG = """\b
Examples:
  vulgate budget                       what `vulgate install` tells the agents of this repository, and what not
  vulgate budget --budget 8000         what twice the default would buy
  vulgate budget handbook --agents cursor --all
  vulgate budget --svg curve.svg       the value curve as a picture
"""
_SHOWN: Final = 10


@click.command(epilog=EPILOG)
@book_argument
@names_option
@budget_option
@click.option("--all", "everything", is_flag=True, help="Show every rule, and why it is in or out.")
@click.option("--svg", type=PathType(), metavar="FILE", help="Write the value curve as a picture.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def budget(book: Path | None, agents: tuple[str, ...], budget: tuple[int, dict[str, int]], **options: Any) -> None:
    """Show which rules of BOOK fit the budget of this repository's agents, which do not, and what more tokens would buy.

    A rule is worth more the more severe and the more central it is, and less where a linter of this project enforces it. What is
    chosen has the most worth, spread over chapters; docs/agents.md has the formula.
    """
    from vulgate.editions.agents.compose import BudgetError
    from vulgate.editions.agents.tokenizer import ENCODING, TokenizerError
    from vulgate.install.installer import InstallError, Wish
    from vulgate.install.lock import LockError

    wish = Wish(("rules",), agents, *budget)
    sources = [source_of(book)] if book else []
    try:
        found = new_installer().look(sources, wish)
    except (BudgetError, InstallError, LockError, TokenizerError) as error:
        raise click.UsageError(str(error)) from error
    first = next(iter(found.plans.values()))
    if options["svg"]:
        _write_svg(options["svg"], next(iter(first.compositions.values())))
    if options["as_json"]:
        print_json({agent: _data(composition) for agent, composition in first.compositions.items()})
        return
    for agent, composition in first.compositions.items():
        _show(agent, composition, everything=options["everything"])
    click.echo(f"tokens are those of {ENCODING}; docs/budgets.md says how many other models count")
    click.echo(
        "the rest is one look away: `vulgate search`, `vulgate explain ID`; `vulgate install --mcp --skills` for agents"
    )


def _show(agent: str, composition: "Composition", *, everything: bool) -> None:
    from vulgate.editions.agents.targets import TARGETS

    guidance = composition.guidance
    core = guidance.core
    title = TARGETS[agent].title
    told = sum(bool(entry.guide) for entry in composition.entries)
    click.echo(f"{title}: {told} of {len(composition.entries)} rules of {guidance.title}\n")
    if not composition.entries:
        return
    for guide in (core, *guidance.scoped):
        name = "always" if guide is core else guide.scope.title.lower()
        click.echo(f"  {name:<20} {len(guide.rules):>4} rules {guide.tokens:>6,} tokens")
    click.echo("")
    if composition.share:
        _curve(composition)
    _severities(composition)
    _list("out", [entry for entry in composition.entries if not entry.guide], everything=everything)
    if everything:
        _list("in", [entry for entry in composition.entries if entry.guide], everything=True)


def _curve(composition: "Composition") -> None:
    from vulgate.report.curve import terminal

    width = min(shutil.get_terminal_size().columns, 100)
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    click.echo(terminal(_curve_of(composition), width, ascii_only=plain))
    click.echo(
        f"\nwhat is always loaded has {composition.share:.0%} of the worth; no choice in as many tokens has more than "
        f"{composition.bound:.0%}\n"
    )


def _curve_of(composition: "Composition") -> Any:
    from vulgate.report.curve import Curve

    return Curve(composition.curve, composition.guidance.core.tokens, composition.share)


def _severities(composition: "Composition") -> None:
    from vulgate.model.findings import SEVERITIES

    all_rules = Counter(entry.severity for entry in composition.entries)
    told = Counter(entry.severity for entry in composition.entries if entry.guide)
    words = [f"{severity} {told[severity]}/{all_rules[severity]}" for severity in SEVERITIES if all_rules[severity]]
    chapters = {entry.chapter for entry in composition.entries}
    covered = {entry.chapter for entry in composition.entries if entry.guide}
    click.echo(f"told: {', '.join(words)}; {len(covered)} of {len(chapters)} chapters with rules\n")


def _list(title: str, entries: Sequence["Entry"], *, everything: bool) -> None:
    ranked = sorted(entries, key=lambda entry: (entry.guide, -entry.value))
    shown = ranked if everything else ranked[:_SHOWN]
    if not shown:
        return
    click.echo(f"{title}, those worth most first:")
    for entry in shown:
        why = entry.guide or entry.reason
        why += f", {entry.reason}" if entry.guide and entry.reason else ""
        click.echo(f"  {entry.value:>5.2f} {entry.tokens:>4} tokens  {entry.severity:<8}  {entry.name}: {why}")
    if len(ranked) > len(shown):
        click.echo(f"  ... and {len(ranked) - len(shown)} more; `--all` shows them")
    click.echo("")


def _write_svg(place: Path, composition: "Composition") -> None:
    from vulgate.report.curve import svg
    from vulgate.store.atomic import write_file

    try:
        write_file(place, svg(_curve_of(composition), composition.guidance.title).encode())
    except OSError as error:
        raise click.UsageError(f"cannot write `{place}`: {error.strerror}") from error


def _data(composition: "Composition") -> dict[str, Any]:
    guidance = composition.guidance
    return {
        "guides": [
            {"scope": guide.scope.name, "globs": guide.scope.globs, "tokens": guide.tokens, "rules": guide.rules}
            for guide in (guidance.core, *guidance.scoped)
        ],
        "share": composition.share,
        "bound": composition.bound,
        "curve": composition.curve,
        "rules": composition.entries,
    }
