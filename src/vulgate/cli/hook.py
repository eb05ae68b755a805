"""`vulgate check --hook`: a coding agent's hook. Whatever goes wrong, it ends with 0, so that it is in no agent's way."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from vulgate.check.hooks import Event, HookError, answer, is_told_twice, read_event
from vulgate.check.results import is_at_least
from vulgate.check.touched import Touched, is_on, lines_of
from vulgate.detect.ruff import NOT_PARSED
from vulgate.detect.source import Source

if TYPE_CHECKING:
    from vulgate.check.settings import Config
    from vulgate.model.findings import CheckResult

Edited = tuple[Touched, Source]
"""An edit, and the file as it is now."""
LEAST: Final = "medium"
"""The lowest severity that an agent is told of, unless `--fail-on` names another, or the configuration a higher one."""


def answer_hook(name: str, options: dict[str, Any]) -> None:
    """Reads an event from standard input, and prints what the agent should know of its edit.

    Args:
        name: The agent.
        options: Those of `vulgate check`.
    """
    try:
        event = read_event(name, sys.stdin.buffer.read())
        if not is_told_twice(name, event) and (text := _told(event, options)):
            click.echo(answer(event.agent, text))
    except HookError as error:
        _say(str(error))
    except click.ClickException as error:
        _say(error.format_message())
    except SystemExit:  # the faults of the configuration have been shown
        _say("nothing was checked")
    except Exception as error:
        if os.environ.get("VULGATE_DEBUG"):
            raise
        _say(f"a fault in vulgate itself: {type(error).__name__}: {error}")


def _say(word: str) -> None:
    """Tells people; the agent does not read standard error of a hook that ends with 0."""
    click.echo(f"vulgate check --hook: {word}", err=True)


def _told(event: Event, options: dict[str, Any]) -> str:
    """The texts about all files of an edit, those of one project together."""
    from vulgate.check.files import load

    by_root: dict[Path, tuple[Config, dict[str, Edited]]] = {}
    for touched in event.touched:
        if touched.path.is_file() and (config := _config_of(touched.path, event, options)):
            path = _absolute(touched.path).relative_to(config.root).as_posix()
            loaded = load(config.root, path)
            if loaded.source is not None:
                by_root.setdefault(config.root, (config, {}))[1][path] = touched, loaded.source
            elif loaded.problem is not None:
                _say(f"{path} {loaded.problem.message}")
    texts = [_text(config, edits, event, options) for config, edits in by_root.values()]
    return "\n\n".join(filter(None, texts))


def _config_of(path: Path, event: Event, options: dict[str, Any]) -> "Config | None":
    """The configuration of the project that a file is in; `None` if that is not what the agent works on."""
    from vulgate.cli.choosing import config_or_exit

    config = config_or_exit(path, options)
    place = _absolute(path)
    if not place.is_relative_to(config.root):
        return None
    # Where nothing marks a project, its root is the folder of the file, wherever that is.
    is_project = bool(config.file) or (config.root / ".git").exists()
    for folder in event.folders:
        if place.is_relative_to(folder):
            return config if is_project else msgspec.structs.replace(config, root=folder)
        if is_project and folder.is_relative_to(config.root):
            return config
    return None


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 -- `resolve` would follow links out of the project


def _text(config: "Config", edits: dict[str, Edited], event: Event, options: dict[str, Any]) -> str:
    """What the agent should know of its edits in one project, by paths in it; empty if nothing is wrong."""
    from vulgate.check.changes import ignored_paths
    from vulgate.check.feedback import Feedback

    result = _checked(config, edits, options)
    broken = [problem for problem in result.problems if problem.message.startswith(NOT_PARSED)]
    for problem in result.problems:
        if problem not in broken:
            _say(f"{problem.path or problem.rule} {problem.message}")
    least = _least(config, options)
    findings = [finding for finding in result.findings if is_at_least(finding.severity, least)]
    if not findings and not broken:
        return ""
    ignored = ignored_paths(config.root, list(edits))
    findings = [finding for finding in findings if finding.path not in ignored]
    lines = {path: _lines(config, edits[path]) for path in {finding.path for finding in findings}}
    new = [finding for finding in findings if is_on(finding, lines[finding.path])]
    seen = {path: _seen_from(event.folders[0], config.root / path) for path in edits}
    return Feedback(
        new=tuple(msgspec.structs.replace(one, path=seen[one.path]) for one in new),
        old=len(findings) - len(new),
        broken=tuple(msgspec.structs.replace(one, path=seen[one.path]) for one in broken if one.path not in ignored),
        rules=result.rules,
        title=result.title,
    ).text()


def _checked(config: "Config", paths: Iterable[str], options: dict[str, Any]) -> "CheckResult":
    """What is wrong with some files of a project, of those that the book has rules about."""
    from vulgate.check.checker import Checker, Wanted
    from vulgate.cli.checking import FOLDER
    from vulgate.cli.choosing import baseline_of, chosen_rules, rules_of_book
    from vulgate.detect.source import matches

    book = rules_of_book(config, options)
    wanted = Wanted(
        paths=(),
        rules=chosen_rules(config, book, options),
        baseline=baseline_of(config, options),
        use_cache=False,  # the file is new, and a cache holds all files of the project
        folder=config.root / FOLDER,
        single=True,
    )
    checker = Checker(config, book, wanted)
    try:
        places = tuple(config.root / path for path in paths if matches(path, checker.engine.patterns))
        checker.wanted = msgspec.structs.replace(wanted, paths=places)
        return checker.run().result
    finally:
        checker.close()


def _least(config: "Config", options: dict[str, Any]) -> str:
    asked: str = options["fail_on"] or config.table.fail_on
    return asked if options["fail_on"] or is_at_least(asked, LEAST) else LEAST


def _lines(config: "Config", edited: Edited) -> frozenset[int] | None:
    """The lines that an edit has changed; where the agent does not tell, those that are not as in the last commit."""
    from vulgate.check.changes import ChangesError, changed_lines

    touched, source = edited
    lines = lines_of(touched, source.text)
    if lines is not None:
        return lines
    try:
        changed = changed_lines(config.root, "HEAD", (source.path,))
    except ChangesError:  # there is no Git, or no commit
        return None
    return frozenset() if source.path not in changed else frozenset(changed[source.path]) or None


def _seen_from(folder: Path, place: Path) -> str:
    """A path as it looks from where the agent works."""
    try:
        return Path(os.path.relpath(place, folder)).as_posix()
    except ValueError:  # another drive
        return place.as_posix()
