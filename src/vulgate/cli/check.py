"""`vulgate check`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vulgate.check.hooks import AGENTS
from vulgate.cli.common import PathType, wants_color
from vulgate.model.findings import SEVERITIES, CheckResult, ProblemKind, RuleInfo
from vulgate.report.findings import FORMATS

if TYPE_CHECKING:
    from vulgate.check.checker import Checker, Outcome
    from vulgate.check.ruleset import RuleSet
    from vulgate.check.settings import Config

EPILOG = """\b
Examples:
  vulgate check                           the bundled handbook's rules over this folder
  vulgate check src --fail-on high        fail only for findings of severity high or critical
  vulgate check --fix                     mend what can be mended without a change of behaviour
  vulgate check --fix --unsafe-fixes --diff
                                          show what all fixes would change, and write nothing
  vulgate check --select security         the rules of a chapter, tag, severity or detector, or one rule
  vulgate check --changed-since main      findings on lines that are not as in main
  vulgate check --baseline known.json --baseline-update
                                          let pass what is there today; later runs report what is new
  vulgate check --rules                   all rules of the book
  vulgate check --hook claude             for a coding agent, which is told of what it has just edited
  vulgate explain mutable-default-argument
\b
Exit codes: 0 nothing found, 1 findings, or files that cannot be checked, 2 wrong usage, or a detector that failed.
"""
_STDIN = "-"
_NOT_WITH_HOOK = (
    "allow_new",
    "baseline_update",
    "changed_since",
    "diff",
    "fix",
    "list_rules",
    "output",
    "show_settings",
    "statistics",
    "stdin_filename",
    "watch",
)


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, type=PathType(), metavar="[PATH ...]")
@click.option("--book", metavar="BOOK", help="Bundled name, folder, file or compiled book; `python` by default.")
@click.option("--config", type=PathType(), metavar="FILE", help="The configuration, in place of the nearest one.")
@click.option(
    "--select", "-s", multiple=True, metavar="WHAT", help="Look for this only: rule, chapter, tag, severity ..."
)
@click.option("--extend-select", "-S", multiple=True, metavar="WHAT", help="Look for this, too.")
@click.option("--ignore", "-i", multiple=True, metavar="WHAT", help="Do not look for this.")
@click.option("--types", is_flag=True, help="Look for what mypy sees, too.")
@click.option("--target-version", metavar="3.N", help="The oldest Python that the code runs on.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), help="The lowest severity that fails the check.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 in spite of findings.")
@click.option("--fix", is_flag=True, help="Mend findings, where that keeps what the program does.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend also where that may change what the program does.")
@click.option("--diff", is_flag=True, help="Show what would be mended, and write nothing.")
@click.option("--changed-since", metavar="REV", default="", help="Only findings on lines changed since a revision.")
@click.option("--baseline", type=PathType(), metavar="FILE", help="Let known findings pass.")
@click.option("--baseline-update", is_flag=True, help="Write the baseline; an existing one only gets smaller.")
@click.option("--allow-new", is_flag=True, help="Let the baseline get new entries, too.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="full", help="Form of the findings.")
@click.option("--output", "-o", type=PathType(), metavar="FILE", help="Write the findings into a file.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("--rules", "list_rules", is_flag=True, help="List all rules of the book.")
@click.option("--show-settings", is_flag=True, help="Show the configuration that holds, and what is looked for.")
@click.option("--stdin-filename", metavar="PATH", help="The name of what is read from standard input, with `-`.")
@click.option(
    "--hook", type=click.Choice(list(AGENTS)), help="Answer the hook of a coding agent, read from standard input."
)
@click.option("--watch", "-w", is_flag=True, help="Check again at every save.")
@click.option("--jobs", "-j", type=click.IntRange(1, 64), metavar="N", help="Number of processes; one a processor.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what earlier checks found.")
def check(paths: tuple[Path, ...], **options: Any) -> None:
    """Hold the code in PATHS to the rules of a book, and cite the book in every finding.

    Files that Git ignores are left out. Without configuration, the default rules of the bundled Python handbook are looked for.
    The configuration is `[tool.vulgate]` in the nearest `pyproject.toml`, or a `vulgate-check.toml`.
    """
    _check_usage(paths, options)
    if options["hook"]:
        from vulgate.cli.hook import answer_hook

        answer_hook(options["hook"], options)
        return
    from vulgate.check.baseline import BaselineError
    from vulgate.check.changes import ChangesError
    from vulgate.cli.choosing import chosen_rules, config_or_exit, rules_of_book
    from vulgate.detect.base import DetectorError

    try:
        named = Path(options["stdin_filename"]).parent if options["stdin_filename"] else _common(paths)
        config = config_or_exit(named, options)
        book = rules_of_book(config, options)
        rules = chosen_rules(config, book, options)
        if options["list_rules"]:
            _list_rules(book, rules, options["form"])
        elif options["show_settings"]:
            _show_settings(config, book, rules)
        elif options["stdin_filename"] or paths == (Path(_STDIN),):
            _check_stdin(config, book, rules, options)
        else:
            _check_paths(config, book, rules, paths, options)
    except (BaselineError, ChangesError, DetectorError) as error:
        raise click.UsageError(str(error)) from error


def _check_usage(paths: Sequence[Path], options: dict[str, Any]) -> None:
    if options["baseline_update"] and (options["changed_since"] or options["stdin_filename"]):
        raise click.UsageError("a baseline is made of all findings; leave out --changed-since and --stdin-filename")
    if options["allow_new"] and not options["baseline_update"]:
        raise click.UsageError("--allow-new goes with --baseline-update")
    if Path(_STDIN) in paths and len(paths) > 1:
        raise click.UsageError("`-` stands alone")
    if options["stdin_filename"] and tuple(paths) not in ((), (Path(_STDIN),)):
        raise click.UsageError("--stdin-filename goes with `-`")
    if options["hook"] and (paths or any(options[name] for name in _NOT_WITH_HOOK)):
        raise click.UsageError(
            "--hook goes with what chooses rules alone: --book, --config, --select, --fail-on and the like"
        )
    if options["watch"] and (options["diff"] or options["fix"] or Path(_STDIN) in paths):
        raise click.UsageError("--watch goes without --fix, --diff and `-`")


# --------------------------------------------------------------------------------------------------- checking


def _common(paths: Sequence[Path]) -> Path:
    import os

    absolute = [os.path.abspath(path) for path in paths]  # noqa: PTH100
    return Path(os.path.commonpath(absolute)) if absolute else Path.cwd()


def _checker(
    config: "Config",
    book: "RuleSet",
    rules: dict[str, RuleInfo],
    paths: Sequence[Path],
    options: dict[str, Any],
    folder: Path,
    *,
    single: bool = False,
) -> "Checker":
    from vulgate.check.checker import Checker, Wanted
    from vulgate.cli.checking import processors
    from vulgate.cli.choosing import baseline_of

    baseline = baseline_of(config, options)
    if options["baseline_update"] and baseline is None:
        raise click.UsageError("--baseline-update needs a file: --baseline FILE, or `baseline` in the configuration")
    wanted = Wanted(
        paths=tuple(paths),
        rules=rules,
        changed_since=options["changed_since"],
        baseline=baseline,
        update=options["baseline_update"],
        allow_new=options["allow_new"],
        fix=_fix(options),
        write=not options["diff"],
        jobs=options["jobs"] or processors(),
        use_cache=not options["no_cache"],
        folder=folder,
        single=single,
    )
    return Checker(config, book, wanted)


def _fix(options: dict[str, Any]) -> str:
    if not (options["fix"] or options["diff"]):
        return "no"
    return "unsafe" if options["unsafe_fixes"] else "safe"


def _check_paths(
    config: "Config", book: "RuleSet", rules: dict[str, RuleInfo], paths: Sequence[Path], options: dict[str, Any]
) -> None:
    from vulgate.cli.checking import FOLDER

    checker = _checker(config, book, rules, paths or [Path.cwd()], options, config.root / FOLDER)
    try:
        outcome = checker.run()
        _show(outcome, config, options)
        if options["watch"]:
            _watch(checker, config, options)
    finally:
        checker.close()
    raise SystemExit(_exit_code(outcome.result, config, options))


def _check_stdin(config: "Config", book: "RuleSet", rules: dict[str, RuleInfo], options: dict[str, Any]) -> None:
    """Checks what is read from standard input as if it were a file; with `--fix` the mended text goes to standard output."""
    import os
    import tempfile

    import msgspec

    from vulgate.cli.checking import FOLDER
    from vulgate.cli.choosing import baseline_of

    given = Path(os.path.abspath(options["stdin_filename"] or "stdin.py"))  # noqa: PTH100 -- `..` leads out of the copy
    name = given.relative_to(config.root) if given.is_relative_to(config.root) else Path(given.name)
    data = sys.stdin.buffer.read()
    with tempfile.TemporaryDirectory(prefix="vulgate-") as folder:
        place = Path(folder).resolve() / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        moved = msgspec.structs.replace(config, root=Path(folder).resolve())
        own = {"no_cache": True, "baseline": baseline_of(config, options)}
        checker = _checker(moved, book, rules, [place], {**options, **own}, config.root / FOLDER, single=True)
        try:
            outcome = checker.run()
        finally:
            checker.close()
        if options["fix"] and not options["diff"]:
            sys.stdout.buffer.write(place.read_bytes())
            click.echo(_text(outcome.result, config, options, sys.stderr), err=True, nl=False)
        else:
            _show(outcome, config, options)
    raise SystemExit(_exit_code(outcome.result, config, options))


def _watch(checker: "Checker", config: "Config", options: dict[str, Any]) -> None:
    from watchfiles import PythonFilter, watch

    from vulgate.cli.checking import FOLDER

    click.echo(f"watching {config.root} (Ctrl+C ends)", err=True)
    try:
        for _ in watch(
            config.root, watch_filter=PythonFilter(ignore_paths=[config.root / FOLDER]), debounce=100, step=20
        ):
            click.echo("", err=True)
            _show(checker.run(), config, options)
    except KeyboardInterrupt:
        pass


# ---------------------------------------------------------------------------------------------------- showing


def _show(outcome: "Outcome", config: "Config", options: dict[str, Any]) -> None:
    if options["diff"]:
        from vulgate.check.fix import unified_diff

        click.echo(unified_diff(outcome.mended), nl=False)
        return
    if options["statistics"]:
        _show_statistics(outcome.result)
        return
    if options["output"]:
        from vulgate.store.atomic import write_file

        try:
            write_file(options["output"], _text(outcome.result, config, options, None).encode("utf-8", "replace"))
        except OSError as error:
            raise click.UsageError(f"cannot write `{options['output']}`: {error.strerror}") from error
        return
    click.echo(_text(outcome.result, config, options, sys.stdout), nl=False, color=wants_color(sys.stdout))


def _text(result: CheckResult, config: "Config", options: dict[str, Any], stream: Any) -> str:
    from shutil import get_terminal_size

    from vulgate.cli.common import from_here
    from vulgate.report.findings.common import Options

    color = stream is not None and wants_color(stream)
    prefix = from_here(config.root) if config.root.is_relative_to(Path.cwd()) else _upwards(config.root)
    width = get_terminal_size().columns if stream is not None and stream.isatty() else 0
    return FORMATS[options["form"]](result, Options(color=color, width=width, prefix=prefix))


def _upwards(root: Path) -> str:
    """The project as seen from a folder inside it."""
    import os

    try:
        return Path(os.path.relpath(root)).as_posix()
    except ValueError:  # another drive
        return root.as_posix()


def _show_statistics(result: CheckResult) -> None:
    from collections import Counter

    counts = Counter(finding.rule for finding in result.findings)
    fixable = Counter(finding.rule for finding in result.findings if finding.fix)
    for id, count in counts.most_common():
        rule = result.rules[id]
        star = "[*]" if fixable[id] else ""
        click.echo(f"{count:>6}  {rule.severity:<8}  {rule.slug} {star}".rstrip())
    found = sum(counts.values())
    words = ("finding" if found == 1 else "findings", "file" if result.files == 1 else "files")
    click.echo(f"{found:>6}  {words[0]} in {result.files} {words[1]}")


def _exit_code(result: CheckResult, config: "Config", options: dict[str, Any]) -> int:
    from vulgate.check.results import is_at_least

    if any(problem.kind is ProblemKind.CHECK for problem in result.problems):
        return 2
    failing = any(is_at_least(finding.severity, config.table.fail_on) for finding in result.findings)
    return 1 if (failing or result.problems or result.stale) and not options["exit_zero"] else 0


def _list_rules(book: "RuleSet", rules: dict[str, RuleInfo], form: str) -> None:
    from vulgate.cli.common import print_json

    if form == "json":
        print_json([{**_row(rule), "selected": id in rules} for id, rule in book.rules.items()])
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("rule", "severity", "detector", "fix", "status", "noise", "right", "default", "chapter"):
        table.add_column(
            name, no_wrap=name in ("rule", "severity"), justify="right" if name in ("noise", "right") else "left"
        )
    for rule in book.rules.values():
        right, read = rule.precision
        table.add_row(
            rule.slug,
            rule.severity,
            rule.detector,
            "yes" if rule.fixable else "",
            rule.status,
            "" if rule.noise is None else f"{rule.noise:.2f}",
            f"{right}/{read}" if read else "",
            "yes" if rule.is_default else f"no: {rule.reason}",
            rule.chapter,
        )
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(table)
    default = sum(rule.is_default for rule in book.rules.values())
    click.echo(
        f"{len(book.rules)} rules, {default} looked for by default, {len([r for r in rules if r in book.rules])} here"
    )


def _row(rule: RuleInfo) -> dict[str, Any]:
    right, read = rule.precision
    return {
        "id": rule.id,
        "slug": rule.slug,
        "title": rule.title,
        "severity": rule.severity,
        "detector": rule.detector,
        "detect": rule.detect,
        "fixable": rule.fixable,
        "status": rule.status,
        "noise": rule.noise,
        "precision": {"right": right, "read": read} if read else None,
        "default": rule.is_default,
        "reason": rule.reason,
        "applies": list(rule.applies),
        "python": rule.python,
        "chapter": rule.chapter,
        "section": rule.section,
        "tags": list(rule.tags),
    }


def _show_settings(config: "Config", book: "RuleSet", rules: dict[str, RuleInfo]) -> None:
    import msgspec

    from vulgate.cli.common import print_json

    print_json(
        {
            "configuration": str(config.root / config.file) if config.file else None,
            "project": str(config.root),
            "python": config.python or None,
            "settings": msgspec.to_builtins(config.table),
            "book": {"id": book.book, "title": book.title, "edition": book.edition},
            "rules": {id: rule.severity for id, rule in rules.items()},
        }
    )
