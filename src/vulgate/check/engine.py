"""Runs the detectors over a project: through the cache, with programs beside workers, each for all the files it has to see."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.check.cache import CheckCache, Stamp, digest_of, project_digest
from vulgate.check.files import load
from vulgate.check.queries import Asked, queries_of
from vulgate.check.records import FileRecord, finding_of, problem_of, record
from vulgate.check.suppress import MARK
from vulgate.check.workers import Workers
from vulgate.detect import detectors
from vulgate.detect.base import DetectorError, Match, Query, Report, Trouble
from vulgate.detect.literals import Literals, Prefilter
from vulgate.detect.ruff import FILES
from vulgate.detect.source import Project, Settings, Source, matches
from vulgate.model.findings import Finding, Problem, ProblemKind, RuleInfo

_BATCH: Final = 150  # files
# Ruff tells which files do not parse, also where no rule asks it for anything. The code itself never fires.
_SYNTAX: Final = Asked("ruff", Query("", "E902"), FILES, is_program=True)


class Task(Struct, frozen=True):
    """Files for a worker, and what to look for in them."""

    root: str
    paths: tuple[str, ...]
    asked: tuple[Asked, ...]
    python: str
    settings: Settings
    in_async: frozenset[str]
    whole: bool = False


class Answer(Struct):
    """What a worker found: a record for each file; for a whole project, findings and problems."""

    records: dict[str, FileRecord] = {}
    findings: list[Finding] = []
    problems: list[Problem] = []


# ---------------------------------------------------------------------------------------------- inside a worker


def work(task: Task) -> Answer:
    """Looks at the files of a task."""
    return _work_on_project(task) if task.whole else _work_on_files(task)


def _work_on_files(task: Task) -> Answer:
    answer = Answer({}, [], [])
    prefilter = _prefilter(task.asked)
    for path in task.paths:
        loaded = load(Path(task.root), path, task.python)
        if loaded.source is None:
            problems = (loaded.problem,) if loaded.problem else ()
            answer.records[path] = FileRecord(loaded.digest, problems=problems)
            continue
        found = prefilter.found_in(loaded.source.text)
        asked = [
            item
            for files, wanted in _by_files(task.asked).items()
            if matches(path, files)
            for item in wanted
            if item.needs.are_in(loaded.source.text, found)
        ]
        if not asked and MARK not in found:
            answer.records[path] = FileRecord(loaded.digest)
            continue
        report = _find(
            asked, Project(Path(task.root), (path,), {path: loaded.source}.__getitem__, task.python, task.settings)
        )
        answer.records[path] = record(loaded.digest, loaded.source, report.matches, report.troubles, task.in_async)
    return answer


@lru_cache(maxsize=4)
def _by_files(asked: tuple[Asked, ...]) -> dict[tuple[str, ...], list[Asked]]:
    """What is asked, by the patterns of the files that it is about."""
    wanted: dict[tuple[str, ...], list[Asked]] = {}
    for item in asked:
        wanted.setdefault(item.files, []).append(item)
    return wanted


@lru_cache(maxsize=4)
def _prefilter(asked: tuple[Asked, ...]) -> Prefilter:
    return Prefilter([*(item.needs for item in asked), Literals((frozenset([MARK]),))])


def _find(asked: Iterable[Asked], project: Project) -> Report:
    """What detectors find; one that fails is a trouble of its rule."""
    report = Report()
    by_name: dict[str, list[Query]] = {}
    for item in asked:
        by_name.setdefault(item.detector, []).append(item.query)
    for name, queries in by_name.items():
        try:
            report.add(detectors()[name].find(queries, project))
        except (Exception, SystemExit):
            for query in queries:
                report.add(_find_one(name, query, project))
    return report


def _find_one(name: str, query: Query, project: Project) -> Report:
    try:
        return detectors()[name].find([query], project)
    except DetectorError as error:
        return Report(troubles=[Trouble(_only(project), str(error), rule=query.rule)])
    except (Exception, SystemExit) as error:  # a detector that calls `sys.exit` would end the check
        return Report(
            troubles=[Trouble(_only(project), f"the detector fails: {type(error).__name__}: {error}", rule=query.rule)]
        )


def _only(project: Project) -> str:
    return project.paths[0] if len(project.paths) == 1 else ""


def _work_on_project(task: Task) -> Answer:
    root = Path(task.root)

    @lru_cache(maxsize=200)
    def read(path: str) -> Source:
        return load(root, path, task.python).source or Source(path, "")

    report = _find(task.asked, Project(root, task.paths, read, task.python, task.settings))
    findings = [finding_of(match, read(match.path)) for match in report.matches]
    return Answer({}, findings, list(map(problem_of, report.troubles)))


def halves(task: Task) -> list[Task]:
    """A task in two: first by its files, and when there is only one, by what is looked for."""
    replace = msgspec.structs.replace
    if len(task.paths) > 1 and not task.whole:
        middle = len(task.paths) // 2
        return [replace(task, paths=task.paths[:middle]), replace(task, paths=task.paths[middle:])]
    if len(task.asked) > 1:
        middle = len(task.asked) // 2
        return [replace(task, asked=task.asked[:middle]), replace(task, asked=task.asked[middle:])]
    return []


# ------------------------------------------------------------------------------------------------ beside the workers


class Seen(Struct, frozen=True):
    """What is known of a project after a run.

    Attributes:
        records: By path.
        findings: Those that hang on more than one file.
        problems: What kept detectors away, but for what stands in a record.
    """

    records: dict[str, FileRecord]
    findings: list[Finding]
    problems: list[Problem]


class Engine:
    """Runs detectors; one that lives longer keeps its workers warm.

    Args:
        root: The project.
        rules: What to look for, by id.
        python: The oldest Python version of the project.
        settings: What the project says to detectors.
        jobs: Number of workers.
        seconds: What a detector may take for a handful of files.
        cache: Makes the cache for a key; `None` for none.
        folder: Where it is kept what is known of the queries; `None` for nowhere.
    """

    def __init__(
        self,
        root: Path,
        rules: Mapping[str, RuleInfo],
        *,
        python: str,
        settings: Settings,
        jobs: int,
        seconds: float,
        cache: Callable[[str], CheckCache] | None,
        folder: Path | None = None,
    ) -> None:
        self.root = root
        self.python = python
        self.settings = settings
        self.in_async = frozenset(rule.id for rule in rules.values() if "async" in rule.applies)
        queries = queries_of(rules.values(), folder)
        self.problems = queries.problems
        self.patterns = tuple(sorted({glob for item in queries.asked for glob in item.files}))
        self.whole = tuple(item for item in queries.asked if item.is_whole)
        rest = [item for item in queries.asked if not item.is_whole]
        programs = tuple(item for item in rest if item.is_program)
        self.programs = programs if any(item.detector == "ruff" for item in programs) else (*programs, _SYNTAX)
        self.inside = tuple(item for item in rest if not item.is_program)
        self._make_cache = cache
        detail = (queries.digest, python, settings, sorted(self.in_async))
        self._key = digest_of([msgspec.msgpack.encode(detail)])
        self._workers = Workers(work, Answer, halves, jobs, seconds)

    def close(self) -> None:
        """Ends the workers."""
        self._workers.close()

    def _digest_of(self, path: str) -> bytes:
        return load(self.root, path).digest

    def run(self, paths: Sequence[str], *, complete: bool = True) -> Seen:
        """Looks at files.

        Args:
            paths: Relative to the project.
            complete: Whether these are all its files. If not, what hangs on several of them cannot be known from before.
        """
        cache = self._make_cache(self._key) if self._make_cache else None
        records: dict[str, FileRecord] = {}
        missing: dict[str, Stamp | None] = {}
        for path in paths:
            stamp, known = cache.find(self.root, path) if cache else (None, None)
            if known is not None or (
                cache and (known := cache.find_by_digest(path, stamp, partial(self._digest_of, path)))
            ):
                records[path] = known
            else:
                missing[path] = stamp
        fresh, problems = self._look(list(missing)) if missing else ({}, [])
        records.update(fresh)
        findings, more = self._look_at_whole(paths, records, cache if complete else None)
        if cache:
            # What a detector failed at is tried again.
            for path, stamp in missing.items():
                if path in fresh and not any(problem.kind is ProblemKind.CHECK for problem in fresh[path].problems):
                    cache.keep(path, stamp, fresh[path])
            cache.write()
        return Seen(records, findings, [*self.problems, *problems, *more])

    # ------------------------------------------------------------------------------------------ file by file

    def _look(self, paths: Sequence[str]) -> tuple[dict[str, FileRecord], list[Problem]]:
        tasks = [self._task(paths[at : at + _BATCH], self.inside) for at in range(0, len(paths), _BATCH)]
        begun = self._workers.submit(tasks)
        report = self._run_programs(paths)  # while the workers are at theirs
        records: dict[str, FileRecord] = {}
        problems: list[Problem] = []
        for task, answer in self._workers.answers(begun):
            if isinstance(answer, str):
                _blame(task, answer, records, problems)
            else:
                for path, found in answer.records.items():
                    records[path] = _joined(records[path], found) if path in records else found
        _merge(records, report, self)
        problems += (problem_of(trouble) for trouble in report.troubles if not trouble.path)
        return records, problems

    def _task(self, paths: Sequence[str], asked: Sequence[Asked], *, whole: bool = False) -> Task:
        return Task(str(self.root), tuple(paths), tuple(asked), self.python, self.settings, self.in_async, whole)

    def _run_programs(self, paths: Sequence[str]) -> Report:
        patterns = {glob for item in self.programs for glob in item.files}
        wanted = tuple(path for path in paths if matches(path, patterns))
        if not wanted:
            return Report()
        project = Project(self.root, wanted, self.source, self.python, self.settings)
        return _find(self.programs, project)

    def source(self, path: str) -> Source:
        """The text of a file; empty if it cannot be read."""
        return load(self.root, path, self.python).source or Source(path, "")

    # ------------------------------------------------------------------------------------------ the whole project

    def _look_at_whole(
        self, paths: Sequence[str], records: Mapping[str, FileRecord], cache: CheckCache | None
    ) -> tuple[list[Finding], list[Problem]]:
        if not self.whole:
            return [], []
        key = project_digest({path: records[path].digest for path in paths if path in records}).decode()
        if cache and (kept := cache.whole(key)) is not None:
            return msgspec.msgpack.decode(kept, type=list[Finding]), []
        inside = [item for item in self.whole if not item.is_program]
        programs = [item for item in self.whole if item.is_program]
        answer = Answer({}, [], [])
        if programs:
            report = _find(programs, Project(self.root, tuple(paths), self.source, self.python, self.settings))
            answer.findings += (finding_of(match, self.source(match.path)) for match in report.matches)
            answer.problems += map(problem_of, report.troubles)
        if inside:
            begun = self._workers.submit([self._task(paths, inside, whole=True)])
            for task, told in self._workers.answers(begun):
                if isinstance(told, str):
                    _blame(task, told, {}, answer.problems)
                else:
                    answer.findings += told.findings
                    answer.problems += told.problems
        if cache and not answer.problems:
            cache.keep_whole(key, msgspec.msgpack.encode(answer.findings))
        return answer.findings, answer.problems


def _blame(task: Task, reason: str, records: dict[str, FileRecord], problems: list[Problem]) -> None:
    """Says what it was that hung or crashed: one detector at one file."""
    path = "" if task.whole else task.paths[0]
    for item in task.asked or (Asked("", Query("")),):
        problem = Problem(f"the detector {item.detector} {reason}", path, kind=ProblemKind.CHECK, rule=item.query.rule)
        if path:
            known = records.get(path) or FileRecord(b"")
            records[path] = msgspec.structs.replace(known, problems=(*known.problems, problem))
        else:
            problems.append(problem)


def _joined(one: FileRecord, other: FileRecord) -> FileRecord:
    """Two records of one file, looked at in parts."""
    return FileRecord(
        other.digest or one.digest,
        (*one.findings, *other.findings),
        other.suppressions or one.suppressions,
        tuple(dict.fromkeys((*one.problems, *other.problems))),
        (*one.outside_async, *other.outside_async),
    )


def _merge(records: dict[str, FileRecord], report: Report, engine: Engine) -> None:
    """Adds what programs said to the records of the files."""
    by_path: dict[str, tuple[list[Match], list[Trouble]]] = {}
    for match in report.matches:
        by_path.setdefault(match.path, ([], []))[0].append(match)
    for trouble in report.troubles:
        by_path.setdefault(trouble.path, ([], []))[1].append(trouble)
    for path, (found, troubles) in by_path.items():
        known = records.get(path)
        if known is None:
            continue
        broken = any(not trouble.rule for trouble in troubles)
        if broken:  # what other detectors saw in code that does not parse is not to be trusted
            records[path] = FileRecord(known.digest, (), (), tuple(map(problem_of, troubles)))
            continue
        loaded = load(engine.root, path, engine.python)
        if loaded.source is None:
            continue
        if known.digest and loaded.digest != known.digest:
            problem = Problem("changed while it was checked; check it again", path, kind=ProblemKind.CHECK)
            records[path] = FileRecord(b"", problems=(problem,))
            continue
        added = record(loaded.digest, loaded.source, found, troubles, engine.in_async)
        records[path] = FileRecord(
            loaded.digest,
            (*known.findings, *added.findings),
            known.suppressions or added.suppressions,
            (*known.problems, *added.problems),
            (*known.outside_async, *added.outside_async),
        )
