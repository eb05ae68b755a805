"""What `vulgate install` and `vulgate budget` share: naming books, agents and budgets."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from vulgate.editions.agents.edition import AgentsOptions
    from vulgate.install.installer import Installer, Loaded

_Function = TypeVar("_Function", bound=Callable[..., Any])
_MOST: Final = 1_000_000


def names_option(function: _Function) -> _Function:
    """`--agents`, names separated by commas."""
    return click.option(
        "--agents",
        "-a",
        multiple=True,
        callback=_names,
        metavar="NAME,...",
        help="For these agents; else those in use.",
    )(function)


def budget_option(function: _Function) -> _Function:
    """`--budget`, for all agents or for one."""
    return click.option(
        "--budget",
        multiple=True,
        callback=_budgets,
        metavar="[AGENT=]N",
        help="Tokens for any one file, 4000 by default; repeatable.",
    )(function)


def new_installer() -> "Installer":
    """The installer for the current folder."""
    from vulgate.install.installer import Installer
    from vulgate.install.judging import judge
    from vulgate.install.settings import BUNDLED
    from vulgate.source.manifest import NAME as MANIFEST

    root = Path.cwd()
    default = "." if Path(MANIFEST).is_file() else BUNDLED
    return Installer(root, default, _load, partial(judge, root))


def source_of(book: Path, *, exists: bool = True) -> str:
    """How the lock names a book: from the root of the repository where it is inside, so that it holds for everybody.

    Args:
        book: As the user names it.
        exists: Whether it must be there.

    Raises:
        click.UsageError: There is no such book.
    """
    from vulgate.install.settings import BUNDLED

    if not book.exists():
        if str(book) == BUNDLED:
            return BUNDLED
        if exists:
            raise click.UsageError(f"no book at {book}")
    place = Path(os.path.abspath(book))  # noqa: PTH100 -- links stay as the user wrote them
    return place.relative_to(Path.cwd()).as_posix() if place.is_relative_to(Path.cwd()) else str(place)


def _load(source: str) -> "Loaded":
    """The book at a source, compiled, with what its manifest says of agents."""
    from vulgate.cli.common import bundled_book
    from vulgate.cli.searching import compiled_books
    from vulgate.install.installer import Loaded
    from vulgate.install.settings import BUNDLED
    from vulgate.store.sqlite import BookFileError, read_book

    place = bundled_book() if source == BUNDLED else Path(source)
    if not place.exists():
        raise click.UsageError(
            f"the book `{source}` is not there any more; `vulgate install --uninstall {source}` takes it out"
        )
    try:
        return Loaded(read_book(compiled_books([place])[0]), _options(place))
    except BookFileError as error:
        raise click.UsageError(str(error)) from error


def _options(place: Path) -> "AgentsOptions":
    """The table `[editions.agents]` of a book's manifest; what is wrong there is told, and ends the command."""
    from vulgate.cli.common import show_diagnostics
    from vulgate.editions.agents.edition import AgentsOptions
    from vulgate.model.codes import Reporter
    from vulgate.source import open_book
    from vulgate.source.manifest import ManifestReader

    if place.is_file():  # a compiled book, or a chapter
        return AgentsOptions()
    source = open_book(place)
    if source.manifest_file is None or "agents" not in source.manifest.editions:
        return AgentsOptions()
    reporter = Reporter()
    options = ManifestReader(source.manifest_file, reporter).options(source.manifest, "agents", AgentsOptions)
    if reporter.items:
        show_diagnostics(reporter.items, source, "text")
        raise SystemExit(1)
    return options


def _names(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for value in values for name in value.split(",") if name.strip()]
    if not values:
        return ()
    from vulgate.editions.agents.targets import TARGETS
    from vulgate.model.suggest import did_you_mean

    for name in names:
        if name not in TARGETS:
            help = did_you_mean(name, TARGETS) or f"known are {', '.join(TARGETS)}"
            raise click.BadParameter(f"no agent `{name}`; {help}")
    if not names:
        raise click.BadParameter(f"it names no agent; known are {', '.join(TARGETS)}")
    return tuple(dict.fromkeys(names))


def _budgets(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[int, dict[str, int]]:
    """`4000`, or `cursor=2000` for one agent."""
    general, single = 0, {}
    for value in values:
        agent, equals, number = value.rpartition("=")
        if not number.strip().isdecimal() or not 0 < int(number) <= _MOST:
            raise click.BadParameter(f"`{value}` is no number of tokens such as 4000, or AGENT=N such as cursor=2000")
        if equals:
            (name,) = _names(ctx, param, [agent])
            single[name] = int(number)
        else:
            general = int(number)
    return general, single
