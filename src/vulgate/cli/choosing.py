"""What `vulgate check` looks for: the configuration, the book, and the rules that the command line asks for."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from vulgate.check.settings import PYPROJECT, VERSION, Config, find_config
from vulgate.cli.checking import FOLDER, load_rules
from vulgate.model.codes import Reporter
from vulgate.model.findings import RuleInfo

if TYPE_CHECKING:
    from vulgate.check.ruleset import RuleSet


def config_or_exit(start: Path, options: dict[str, Any]) -> Config:
    """The configuration that holds for a folder or file, as the command line changes it.

    Args:
        start: The folder, or a file in it.
        options: Those of `vulgate check`.

    Raises:
        SystemExit: The configuration has faults, which have been shown.
        click.UsageError: An option has no meaning.
    """
    if options["target_version"] and not VERSION.fullmatch(options["target_version"]):
        raise click.UsageError(f"--target-version: `{options['target_version']}` is no version such as `3.12`")
    reporter = Reporter()
    config = find_config(start, reporter, options["config"])
    _exit_with_faults(config, reporter)
    changes = {name: options[name] for name in ("book", "fail_on", "target_version") if options[name]}
    table = msgspec.structs.replace(config.table, **changes)
    return msgspec.structs.replace(config, table=table, python=options["target_version"] or config.python)


def rules_of_book(config: Config, options: dict[str, Any]) -> "RuleSet":
    """The rules of the book that the configuration names.

    Raises:
        SystemExit: The configuration asks for what the book has not; that has been shown.
        click.UsageError: There is no such book, or it has another edition.
    """
    table = config.table
    base = Path.cwd() if options["book"] else config.root
    book = load_rules(table.book, base, config.root / FOLDER)
    if table.edition and table.edition != book.edition:
        raise click.UsageError(f"the book has the edition {book.edition}, and `edition` asks for {table.edition}")
    reporter = Reporter()
    _check_selectors(config, book, reporter)
    _exit_with_faults(config, reporter)
    return book


def chosen_rules(config: Config, book: "RuleSet", options: dict[str, Any]) -> dict[str, RuleInfo]:
    """The rules that are looked for.

    Raises:
        click.UsageError: A word on the command line means no rule.
    """
    from vulgate.check.checker import wanted_rules
    from vulgate.check.own_rules import own_named

    words = {name: _words(options[name]) for name in ("select", "extend_select", "ignore")}
    for name, chosen in words.items():
        for word in chosen:
            help = book.unknown(word)
            if help is not None and not own_named([word]):
                option = "--" + name.replace("_", "-")
                raise click.UsageError(f"{option}: the book has no rule, chapter or tag `{word}`; {help}")
    return wanted_rules(
        config,
        book,
        select=words["select"],
        extend=words["extend_select"],
        ignore=words["ignore"],
        types=options["types"] or config.table.types,
    )


def baseline_of(config: Config, options: dict[str, Any]) -> Path | None:
    """The file with known findings: the one of the command line, or of the configuration."""
    return options["baseline"] or (config.root / config.table.baseline if config.table.baseline else None)


def _words(values: Sequence[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _exit_with_faults(config: Config, reporter: Reporter) -> None:
    if not reporter.items:
        return
    from vulgate.cli.common import wants_color
    from vulgate.report.terminal import TerminalForm

    color = wants_color(sys.stderr)
    form = TerminalForm(lambda _: config.reader.lines if config.reader else None, color=color)
    click.echo(form.render(reporter.items), err=True, color=color)
    raise SystemExit(2)


def _check_selectors(config: Config, book: "RuleSet", reporter: Reporter) -> None:
    """Reports the words of the configuration that mean no rule."""
    from vulgate.check.own_rules import own_named

    table = config.table
    lists = {
        "select": table.select,
        "extend-select": table.extend_select,
        "ignore": table.ignore,
        "severity": [*table.severity],
    }
    at = ("tool", "vulgate") if config.file == PYPROJECT else ()
    named = [((*at, key), word) for key, words in lists.items() for word in words]
    named += [
        ((*at, "per-file-ignores", glob), word) for glob, words in table.per_file_ignores.items() for word in words
    ]
    for key, word in named:
        help = None if own_named([word]) else book.unknown(word)
        if help is not None and config.reader:
            reason = f"the book has no rule, chapter or tag `{word}`"
            span = config.reader.value_span(key, word)
            reporter.add("manifest-wrong-value", span, key=".".join(key), reason=reason, help=help)
