"""Checks code for a client: in a folder of the server's own, through the engine of `vulgate check`."""

import hashlib
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from vulgate.check.checker import Checker, Wanted, wanted_rules
from vulgate.check.ruleset import RuleSet, rules_of
from vulgate.check.settings import Config, find_config
from vulgate.model.book import CompiledBook, Summary
from vulgate.model.codes import Reporter
from vulgate.model.findings import CheckResult
from vulgate.search.answers import SearchError
from vulgate.search.library import OpenBook
from vulgate.server.reports import Checked
from vulgate.server.roots import Roots, limited, read_limited
from vulgate.server.shelf import Shelf

SECONDS: Final = 10.0
"""What a detector may take for the code."""
KEPT: Final = 3
"""How many checkers stay warm, each with a process of its own."""
NAME: Final = "code.py"
"""The name that code is checked under if the client gives none."""
_OF_RULES: Final = "kind IN ('rule', 'chapter', 'section', 'example', 'fact')"


class CodeChecker:
    """Checks code by the rules of the served books, and keeps what it needs for that warm.

    Nothing is written outside a folder in the system's place for temporary files, and no code is run.

    Args:
        shelf: The books.
        roots: Where a client's paths may lead.
    """

    def __init__(self, shelf: Shelf, roots: Roots) -> None:
        self._shelf = shelf
        self._roots = roots
        self._lock = threading.Lock()  # one check at a time: the engine keeps one set of workers
        self._rules: dict[tuple[object, str], RuleSet] = {}
        self._checkers: OrderedDict[bytes, Checker] = OrderedDict()
        self._folder: Path | None = None

    def abort(self) -> None:
        """Ends the workers, and with them a check that is under way; the next one starts new ones."""
        while self._checkers:
            self._checkers.popitem()[1].close()

    def close(self) -> None:
        """Ends the workers and removes the folder."""
        self.abort()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def check(
        self, *, code: str = "", path: str = "", book: str = "", select: Sequence[str] = (), python: str = ""
    ) -> Checked:
        """Checks code, or a file.

        Args:
            code: The code; it is taken as the text of `path`.
            path: A file below the roots; with code, only its name counts.
            book: The book whose rules are looked for (its id); all books if empty.
            select: Rules, chapters, tags, severities to look for; by default those of the project's configuration.
            python: The oldest Python that the code runs on.

        Raises:
            SearchError: There is neither code nor a readable file, or no such book or rule.
        """
        place = None if code or not path else self._roots.find(path)
        data = read_limited(place) if place else limited(code.encode("utf-8", "replace"))
        if not data.strip() and not place:
            raise SearchError("there is no code; pass `code`, or the `path` of a file in the project")
        config, notes = _config(place, python)
        name = place.relative_to(config.root).as_posix() if place else _safe_name(path)
        with self._shelf.library() as library, self._lock:
            chosen = library.choose(book)
            results = [self._result(each, config, select, name, data) for each in chosen]
            stamps = [each.stamp for each in chosen]
        return Checked(stamps, path or name, hashlib.blake2b(data, digest_size=4).hexdigest(), results, notes)

    def _result(
        self, book: OpenBook, config: Config, select: Sequence[str], name: str, data: bytes
    ) -> tuple[str, CheckResult]:
        rules = self._rules_of(book)
        for word in select:
            help = rules.unknown(word)
            if help is not None:
                raise SearchError(f"the book {rules.book} has no rule, chapter or tag {word[:80]!r}; {help}")
        checker = self._checker(rules, book, config, select)
        place = checker.config.root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        checker.wanted = msgspec.structs.replace(checker.wanted, paths=(place,))
        try:
            return book.book.id, checker.run().result
        finally:
            place.unlink(missing_ok=True)

    def _rules_of(self, book: OpenBook) -> RuleSet:
        key = (self._shelf.mark(), book.book.id)
        if key not in self._rules:
            self._rules = {kept: rules for kept, rules in self._rules.items() if kept[0] == key[0]}
            blocks = tuple(book.blocks(_OF_RULES))
            self._rules[key] = rules_of(
                CompiledBook(book.book, blocks, (), book.formerly, Summary(book.stamp.version, 0, {}))
            )
        return self._rules[key]

    def _checker(self, rules: RuleSet, book: OpenBook, config: Config, select: Sequence[str]) -> Checker:
        """A checker for rules and a configuration, from those that are warm, or a new one."""
        said = (rules.book, book.stamp.digest, book.stamp.built, config.python, config.table, sorted(select))
        key = hashlib.blake2b(msgspec.msgpack.encode(said), digest_size=16).digest()
        if key not in self._checkers:
            while len(self._checkers) >= KEPT:
                self._checkers.popitem(last=False)[1].close()
            self._checkers[key] = self._new_checker(rules, config, select, key.hex())
        self._checkers.move_to_end(key)
        return self._checkers[key]

    def _new_checker(self, rules: RuleSet, config: Config, select: Sequence[str], name: str) -> Checker:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="vulgate-mcp-")).resolve()
        wanted = wanted_rules(config, rules, select=select, extend=(), ignore=("type-checker",), types=False)
        moved = msgspec.structs.replace(config, root=self._folder / name)
        moved.root.mkdir(exist_ok=True)
        return Checker(moved, rules, Wanted(paths=(), rules=wanted, use_cache=False, single=True))


def _config(place: Path | None, python: str) -> tuple[Config, list[str]]:
    """The configuration that holds for a file: the project's; for code alone none."""
    notes: list[str] = []
    if place is None:
        config = Config(Path("/"))
    else:
        reporter = Reporter()
        config = find_config(place, reporter)
        if reporter.items:
            notes.append(f"the project's configuration has faults: {reporter.items[0].message}")
    table = msgspec.structs.replace(config.table, timeout=min(config.table.timeout, SECONDS), contracts=[])
    return Config(config.root, table, python=python or config.python), notes


def _safe_name(path: str) -> str:
    """A name for code, after the path that the client gave with it: patterns of tests and languages go by the name."""
    parts = [part for part in PurePosixPath(path.replace("\\", "/")).parts[-4:] if part.strip("./")]
    name = "/".join("".join(char if char.isalnum() or char in "._-" else "_" for char in part)[:80] for part in parts)
    return name or NAME
