"""What a project's own tools enforce: an agent need not be told what a linter says anyway."""

import posixpath
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from vulgate.check.checker import wanted_rules
from vulgate.check.results import is_at_least
from vulgate.check.ruleset import REVIEW, RuleSet
from vulgate.check.settings import OWN_FILE, PYPROJECT, find_config
from vulgate.detect.ruff import codes, ruff_program
from vulgate.install.pythons import RUFF_FILES
from vulgate.install.reader import Reader, at, table
from vulgate.install.survey import Survey
from vulgate.install.type_checkers import Types, type_checking
from vulgate.model.blocks import Rule
from vulgate.model.codes import Reporter
from vulgate.model.findings import Problem

_SECONDS: Final = 30
_SHARE: Final = 0.1  # of the Python files that must lie below a configuration for it to have a say
_ENABLED = re.compile(r"^linter\.rules\.enabled = \[\n(.*?)^\]", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"\(([A-Z]+[0-9]+)\),?$", re.MULTILINE)
_HOOKS: Final = ("ruff", "ruff-check", "ruff-lint")
_HOOK_FILES: Final = (".pre-commit-config.yaml", ".pre-commit-config.yml")


class Enforced(Struct, frozen=True):
    """What the tools of a project report.

    Attributes:
        codes: Ruff's codes that are enabled everywhere in the project; none where ruff is not used.
        types: What its type checker reports.
        rules: Ids of the book's rules whose findings make the project's `vulgate check` fail.
        notes: What could not be read.
    """

    codes: frozenset[str] = frozenset()
    types: Types = Types()
    rules: frozenset[str] = frozenset()
    notes: tuple[Problem, ...] = ()

    def enforces(self, rule: Rule) -> str:
        """The tool that reports whoever breaks a rule: `ruff`, `mypy`, `pyright`, `vulgate check`; empty if none does.

        A rule with several codes must be reported for all of them.
        """
        detector, _, spec = rule.detect.partition(" ")
        if detector == "ruff" and (wanted := codes(spec)) and self.codes.issuperset(wanted):
            return "ruff"
        checker, _, code = spec.partition(":")
        if detector == "type-checker" and checker == "mypy" and self.types.reports(code.strip()):
            return self.types.tool
        return "vulgate check" if rule.id in self.rules else ""


def enforced(root: Path, survey: Survey, book: RuleSet) -> Enforced:
    """What is enforced in a repository, by its configuration files.

    Args:
        root: Its folder.
        survey: What is known of it.
        book: The rules of the book that is installed there.
    """
    reader = Reader(root.absolute())
    return Enforced(
        codes=_ruff_codes(reader, survey),
        types=type_checking(reader),
        rules=_checked(reader, book),
        notes=tuple(reader.notes),
    )


# ------------------------------------------------------------------------------------------------ ruff


def _ruff_codes(reader: Reader, survey: Survey) -> frozenset[str]:
    """The codes that are enabled in every larger part of a project: a folder with a configuration has its own."""
    sources = [path for path in survey.files if path.endswith((".py", ".pyi"))]
    folders = [folder for folder in ("", *survey.folders) if _has_ruff_table(reader, folder, survey)]
    if not sources or not (folders or _names_ruff(reader, survey)):
        return frozenset()
    parts = {path: _nearest(path, folders) for path in sources}
    sizes = Counter(parts.values())
    large = [part for part, size in sizes.items() if size >= _SHARE * len(sources)]
    if None in large and not _names_ruff(reader, survey):
        return frozenset()
    samples = [next(path for path in sources if parts[path] == part) for part in large]
    return frozenset.intersection(*(_enabled(reader, path) for path in samples)) if samples else frozenset()


def _has_ruff_table(reader: Reader, folder: str, survey: Survey) -> bool:
    files = [posixpath.join(folder, name) for name in (*RUFF_FILES, PYPROJECT)]
    if not any((reader.root / path).is_file() for path in files):
        return False
    return any(reader.text(path) for path in files[:-1]) or "ruff" in table(reader.toml(files[-1]), "tool")


def _nearest(path: str, folders: Sequence[str]) -> str | None:
    """The innermost folder with a configuration around a file."""
    around = [folder for folder in folders if not folder or path.startswith(f"{folder}/")]
    return max(around, key=len, default=None)


def _names_ruff(reader: Reader, survey: Survey) -> bool:
    """Whether ruff is run without a configuration: it is a dependency, or a hook of pre-commit."""
    if "ruff" in survey.declared:
        return True
    repositories = [repo for path in _HOOK_FILES for repo in _listed(at(reader.yaml(path), "repos"))]
    return any(at(hook, "id") in _HOOKS for repo in repositories for hook in _listed(at(repo, "hooks")))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _enabled(reader: Reader, path: str) -> frozenset[str]:
    """The codes that ruff looks for in a file; none, with a note, where the configuration is wrong."""
    argv = [ruff_program(), "check", "--no-cache", "--show-settings", "--", path]
    try:
        done = subprocess.run(  # noqa: S603
            argv, cwd=reader.root, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        reader.note(path, f"ruff does not say what it looks for: {error}")
        return frozenset()
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").removeprefix("ruff failed").split()).replace(
            "Cause: ", ""
        )
        reader.note(path, f"ruff does not say what it looks for: {said[:300]}")
        return frozenset()
    block = _ENABLED.search(done.stdout.decode("utf-8", "replace").replace("\r\n", "\n"))
    return frozenset(_CODE.findall(block[1])) if block else frozenset()


# ------------------------------------------------------------------------------------------------ vulgate check


def _checked(reader: Reader, book: RuleSet) -> frozenset[str]:
    """The rules whose findings make `vulgate check` fail, if the project has configured it, and with this book."""
    if not (reader.text(OWN_FILE) or "vulgate" in table(reader.toml(PYPROJECT), "tool")):
        return frozenset()
    place = reader.root / (OWN_FILE if reader.text(OWN_FILE) else PYPROJECT)
    reporter = Reporter()
    config = find_config(reader.root, reporter, place)
    for item in reporter.items:
        reader.note(place.name, item.message)
    if reporter.items or _book_id(reader, config.table.book) != book.book:
        return frozenset()
    if config.table.edition not in ("", book.edition):
        return frozenset()
    wanted = wanted_rules(config, book, select=(), extend=(), ignore=(), types=config.table.types)
    looked_for = (rule for rule in wanted.values() if rule.detector != REVIEW and rule.id in book.rules)
    return frozenset(rule.id for rule in looked_for if is_at_least(rule.severity, config.table.fail_on))


def _book_id(reader: Reader, named: str) -> str:
    """The id of the book that `check` is told to use; empty if the repository does not say it."""
    if named == "python":
        return named
    manifest = named if named.endswith(".toml") else posixpath.join(named, "vulgate.toml")
    said = at(reader.toml(posixpath.normpath(manifest)), "book", "id")
    return said if isinstance(said, str) else ""
