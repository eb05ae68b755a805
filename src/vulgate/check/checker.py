"""A check from end to end: files, detectors, what lets findings pass, and mending."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.check.baseline import (
    Entry,
    entries_of,
    line_digest,
    merged,
    read_baseline,
    shrunk,
    split,
    write_baseline,
)
from vulgate.check.cache import CheckCache
from vulgate.check.changes import Changed, changed_lines
from vulgate.check.engine import Engine, Seen
from vulgate.check.files import NOTEBOOK, list_files
from vulgate.check.fix import ROUNDS, Mended, mend, write
from vulgate.check.own_rules import OWN_RULES, own_named
from vulgate.check.results import Where, file_findings, names_of, one_per_place, with_fingerprints
from vulgate.check.ruleset import RuleSet
from vulgate.check.settings import Config
from vulgate.detect.source import Settings
from vulgate.model.findings import CheckResult, Finding, Problem, ProblemKind, RuleInfo

_NOT_MENDED: Final = "is not mended any further: fixes reach over two cells, or into one with lines that are not Python"
_replace = msgspec.structs.replace


class Wanted(Struct, frozen=True, kw_only=True):
    """What to check, beside the configuration.

    Attributes:
        paths: Files and folders.
        rules: What to look for, by id, with the user's severities.
        changed_since: A revision; findings on lines that have not changed since are left out. Empty for all lines.
        baseline: The file with known findings, or `None`.
        update: Whether to write the baseline.
        allow_new: Whether it may get new entries.
        fix: Which fixes to make: `no`, `safe` or `unsafe`.
        write: Whether mended files are written.
        jobs: Number of worker processes.
        use_cache: Whether to keep and use what earlier checks found.
        folder: Where caches are kept; `None` for none.
        single: Whether to leave out the rules whose findings may hang on more than the file that they are in.
    """

    paths: tuple[Path, ...]
    rules: dict[str, RuleInfo]
    changed_since: str = ""
    baseline: Path | None = None
    update: bool = False
    allow_new: bool = False
    fix: str = "no"
    write: bool = True
    jobs: int = 1
    use_cache: bool = True
    folder: Path | None = None
    single: bool = False


class Outcome(Struct, frozen=True):
    """What a check came to.

    Attributes:
        result: The findings and problems.
        mended: Files before and after, if fixes were asked for.
    """

    result: CheckResult
    mended: tuple[Mended, ...] = ()


class Checker:
    """Checks one project; one that lives longer keeps its workers and its rules.

    Args:
        config: The project and its configuration.
        book: The rules of the book.
        wanted: What to check.
    """

    def __init__(self, config: Config, book: RuleSet, wanted: Wanted) -> None:
        self.config = config
        self.book = book
        self.wanted = wanted
        rules = {id: rule for id, rule in wanted.rules.items() if rule.detector not in ("review", "vulgate")}
        self.own = {id: rule for id, rule in wanted.rules.items() if id in OWN_RULES}
        self._known = frozenset(name for rule in book.rules.values() for name in names_of(rule))
        ignores = config.table.per_file_ignores.items()
        self._where = Where(
            config.table.tests,
            [
                (pattern, own_named(names).union(id for name in names for id in book.names(name)))
                for pattern, names in ignores
            ],
        )
        self.engine = self._engine(config.root, rules, CheckCache if wanted.use_cache else None)
        if wanted.single:
            left_out = {item.query.rule for item in self.engine.whole}
            rules = {id: rule for id, rule in rules.items() if id not in left_out}
            self.engine.whole = ()
        self.rules = rules
        self._names = {id: names_of(rule) for id, rule in rules.items()}
        self.whole = frozenset(item.query.rule for item in self.engine.whole)
        self.is_complete = config.root in {path.absolute() for path in wanted.paths}

    def _engine(
        self, root: Path, rules: dict[str, RuleInfo], cache: Callable[[Path, str], CheckCache] | None
    ) -> Engine:
        table = self.config.table
        thresholds = {metric: str(limit) for metric, limit in table.thresholds.items()}
        folder = self.wanted.folder
        return Engine(
            root,
            rules,
            python=self.config.python,
            settings=Settings(tuple(table.contracts), thresholds),
            jobs=self.wanted.jobs,
            seconds=table.timeout,
            cache=(lambda key: cache(folder, key)) if cache and folder else None,
            folder=folder,
        )

    def close(self) -> None:
        """Ends the workers."""
        self.engine.close()

    def run(self) -> Outcome:
        """Checks.

        Raises:
            BaselineError: The baseline cannot be read or written.
            ChangesError: Git does not say what has changed.
            DetectorError: The files cannot be listed.
        """
        changed = changed_lines(self.config.root, self.wanted.changed_since) if self.wanted.changed_since else None
        known = self._baseline()
        paths, lost = self._files(changed)
        seen = self.engine.run(paths, complete=self.is_complete)
        mended: list[Mended] = []
        if self.wanted.fix != "no":
            mended, problems = self._mend(seen, changed, known)
            lost += problems
            if mended and self.wanted.write:
                seen = self.engine.run(paths, complete=self.is_complete)
        result = self._result(paths, seen, changed, known)
        fixed = sum(len(one.findings) for one in mended)
        return Outcome(_replace(result, problems=(*lost, *result.problems), fixed=fixed), tuple(mended))

    def _baseline(self) -> list[Entry] | None:
        place = self.wanted.baseline
        if place is None or (self.wanted.update and not place.exists()):
            return None
        return read_baseline(place)

    def _files(self, changed: Changed | None) -> tuple[list[str], list[Problem]]:
        root = self.config.root
        paths, problems = list_files(root, self.wanted.paths, self.engine.patterns, self.config.table.exclude)
        if changed is not None and not self.engine.whole:
            paths = [path for path in paths if path in changed]
        return paths, problems

    # ---------------------------------------------------------------------------------------------- findings

    def _all(self, seen: Seen, *, in_copy: bool = False) -> tuple[list[Finding], int]:
        """All findings that no comment and no configuration lets pass, and the number of the others.

        Args:
            seen: What is known.
            in_copy: Whether only some files were looked at, in a copy.
        """
        is_all = self.is_complete and not in_copy
        unsure = frozenset(problem.rule for problem in seen.problems).union(() if is_all else self.whole)
        more: dict[str, list[Finding]] = {}
        for finding in seen.findings:
            more.setdefault(finding.path, []).append(finding)
        found: list[Finding] = []
        suppressed = 0
        for path, record in seen.records.items():
            if not (record.findings or record.outside_async or record.suppressions) and path not in more:
                continue
            filtered = file_findings(
                path,
                record,
                more.get(path, ()),
                self.rules,
                self._names,
                self._where,
                all_known=self._known.__contains__,
                own=self.own,
                unsure=unsure,
            )
            found += filtered.findings
            suppressed += filtered.suppressed
        return one_per_place(found, {**self.rules, **OWN_RULES}), suppressed

    def _result(
        self, paths: Sequence[str], seen: Seen, changed: Changed | None, known: list[Entry] | None
    ) -> CheckResult:
        every, suppressed = self._all(seen)
        found = [finding for finding in every if changed is None or self._is_changed(finding, changed)]
        new, passed, stale = split(found, known) if known is not None else (found, [], [])
        if changed is not None or known is None:
            stale = []  # what was not looked at may still be there
        looked_at = {*paths}
        problems = [*seen.problems, *(problem for record in seen.records.values() for problem in record.problems)]
        stale = [entry for entry in stale if self._is_stale(entry, looked_at, problems)]
        if self.wanted.update and self.wanted.baseline:
            new, passed, stale = self._update(known, found, new, passed, stale)
        rules = {**self.rules, **self.own}
        return CheckResult(
            findings=tuple(with_fingerprints(new, line_digest)),
            rules=rules,
            problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.line, problem.rule))),
            files=len(paths),
            suppressed=suppressed,
            baselined=len(passed),
            stale=tuple(
                f"{entry.path}: {entry.rule}" + (f" ({entry.count} times)" if entry.count > 1 else "")
                for entry in stale
            ),
            book=self.book.book,
            title=self.book.title,
            edition=self.book.edition,
        )

    def _is_changed(self, finding: Finding, changed: Changed) -> bool:
        lines = changed.get(finding.path)
        if lines is None:
            return False
        return (
            finding.rule in self.whole
            or not lines
            or not lines.isdisjoint(range(finding.start.line, finding.end.line + 1))
        )

    def _is_stale(self, entry: Entry, looked_at: set[str], problems: Iterable[Problem]) -> bool:
        """Whether an entry could have been found in this run: its rule was looked for, in its file or where that was."""
        if entry.rule not in self.rules and entry.rule in self.book.rules:
            return False
        if any(one.path in ("", entry.path) and one.rule in ("", entry.rule) for one in problems):
            return False
        return entry.path in looked_at or not (self.config.root / entry.path).exists()

    def _update(
        self,
        known: list[Entry] | None,
        found: list[Finding],
        new: list[Finding],
        passed: list[Finding],
        stale: list[Entry],
    ) -> tuple[list[Finding], list[Finding], list[Entry]]:
        """Writes the baseline: without what is gone; with what is new, if it is the first one or that is allowed."""
        assert self.wanted.baseline is not None
        if known is None or self.wanted.allow_new:
            # What this run did not look for, or not there, is kept.
            write_baseline(self.wanted.baseline, merged([*shrunk(known or (), stale), *entries_of(new)]))
            return [], found, []
        write_baseline(self.wanted.baseline, shrunk(known, stale))
        return new, passed, []

    # ------------------------------------------------------------------------------------------------ mending

    def _mend(
        self, seen: Seen, changed: Changed | None, known: list[Entry] | None
    ) -> tuple[list[Mended], list[Problem]]:
        """Mends in a copy of the files, and writes each that still parses over its original."""
        import tempfile

        first = _by_path(self._fixable(seen, changed, known))
        if not first:
            return [], []
        # Lines move while fixes are made. Where only some findings of a rule may be mended, one round has to do.
        rounds = ROUNDS if changed is None and not known else 1
        problems: list[Problem] = []
        with tempfile.TemporaryDirectory(prefix="vulgate-") as folder:
            root = Path(folder).resolve()
            done = {path: _copied(self.config.root, root, path) for path in sorted(first)}
            # What hangs on more than one file cannot be told from a copy of some.
            engine = self._engine(root, {id: one for id, one in self.rules.items() if id not in self.whole}, None)
            try:
                problems += self._mend_rounds(engine, done, first, rounds)
            finally:
                engine.close()
        mended = [one for one in done.values() if one.before != one.after]
        if self.wanted.write:
            for one in list(mended):
                if reason := write(self.config.root, one):
                    problems.append(Problem(reason, one.path, kind=ProblemKind.CHECK))
                    mended.remove(one)
        return mended, problems

    def _mend_rounds(
        self, engine: Engine, done: dict[str, Mended], findings: dict[str, list[Finding]], rounds: int
    ) -> list[Problem]:
        """Mends the files of `done` in the engine's folder; one that would not parse any more is put back."""
        problems: list[Problem] = []
        stuck: set[str] = set()
        for _ in range(rounds):
            for path, found in findings.items():
                one = mend(path, done[path].after, found)
                if not one.findings:
                    stuck.add(path)
                done[path] = Mended(path, done[path].before, one.after, (*done[path].findings, *one.findings))
                (engine.root / path).write_bytes(one.after)
            now = engine.run(sorted(findings))
            broken = [path for path in findings if any(map(_is_of_file, now.records[path].problems))]
            for path in broken:
                rules = ", ".join(sorted({finding.rule for finding in done[path].findings}))
                message = f"would not parse after the fixes of {rules}, and is left as it was"
                problems.append(Problem(message, path, kind=ProblemKind.CHECK))
                done[path] = Mended(path, done[path].before, done[path].before, ())
            left = _by_path(self._fixable(now, None, None, in_copy=True))
            findings = {
                path: found
                for path, found in left.items()
                if path in findings and path not in broken and path not in stuck
            }
            if not findings:
                break
        notebooks = sorted(path for path in stuck if path.endswith(NOTEBOOK))
        return [*problems, *(Problem(_NOT_MENDED, path, kind=ProblemKind.CHECK) for path in notebooks)]

    def _fixable(
        self, seen: Seen, changed: Changed | None, known: list[Entry] | None, *, in_copy: bool = False
    ) -> list[Finding]:
        found, _ = self._all(seen, in_copy=in_copy)
        if changed is not None:
            found = [finding for finding in found if self._is_changed(finding, changed)]
        if known is not None:
            found, _, _ = split(found, known)
        return [finding for finding in found if finding.fix and (finding.fix.safe or self.wanted.fix == "unsafe")]


def _by_path(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.path, []).append(finding)
    return found


def _is_of_file(problem: Problem) -> bool:
    return problem.kind is ProblemKind.FILE


def _copied(root: Path, copy: Path, path: str) -> Mended:
    import shutil

    target = copy / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / path, target)
    data = target.read_bytes()
    return Mended(path, data, data, ())


def wanted_rules(
    config: Config, book: RuleSet, *, select: Iterable[str], extend: Iterable[str], ignore: Iterable[str], types: bool
) -> dict[str, RuleInfo]:
    """The rules that a user wants, and ours about suppressions, unless they are ignored."""
    from vulgate.check.ruleset import for_python, with_severities

    ignored = [*config.table.ignore, *ignore]
    chosen = [*(select or config.table.select), *config.table.extend_select, *extend]
    if types:
        chosen.append("type-checker")
    # Who writes a contract or a limit wants it to be held.
    chosen += (id for id, rule in book.rules.items() if _is_configured(rule, config))
    rules = book.select(chosen, ignored)
    unwanted = own_named(ignored)
    own = {id: rule for id, rule in OWN_RULES.items() if id not in unwanted}
    return with_severities({**for_python(rules, config.python), **own}, config.table.severity)


def _is_configured(rule: RuleInfo, config: Config) -> bool:
    spec = rule.detect.partition(" ")[2].split(" ")[0]
    if rule.detector == "layers":
        return any(contract.get("type") == spec for contract in config.table.contracts)
    return rule.detector == "metric" and spec in config.table.thresholds
