"""A run of `vulgate verify`: plans, takes what an earlier run found out, runs the rest, keeps the record."""

import random
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.model.blocks import Status
from vulgate.model.book import CompiledBook
from vulgate.model.proofs import Result
from vulgate.sessions.plan import Left, left_to_others, sessions, tasks
from vulgate.sessions.steps import Runtime, Session, Step, Task
from vulgate.source.book import LimitsEntry, Manifest
from vulgate.store.cache import compiler_digest
from vulgate.store.proofs import Entry, Proofs
from vulgate.verify.analysis import NOT_ASKED, Analysis, analyses, prove_analyses
from vulgate.verify.execution import Execution
from vulgate.verify.interpreters import Packages
from vulgate.verify.jobs import Judgement
from vulgate.verify.judge import judge
from vulgate.verify.record import Record
from vulgate.verify.runners import runner_of, runners
from vulgate.verify.sandbox import Isolation

_PYTHON: Final = "python"


class Event(Struct, frozen=True):
    """How far a run is.

    Attributes:
        result: The verdict that has just come, or `None` where a task has just begun.
        done: How many verdicts there are.
        total: How many there will be.
        running: How many tasks are being run.
    """

    result: Result | None
    done: int
    total: int
    running: int


Listener = Callable[[Event], None]


class Request(Struct, frozen=True):
    """What a run is to do.

    Attributes:
        runtimes: The Pythons to run on.
        selected: Ids of the blocks to prove; all if there are none.
        isolation: How far examples are kept apart.
        jobs: How many run at once.
        fail_fast: Whether to stop at the first failure.
        seed: To run in an order of chance; `None` for the order of the book.
        fresh: Whether to run what an earlier run has proven, too.
        spawn: Whether each job gets a new interpreter instead of a fork.
        types: The type checker for examples that ask for one, or empty.
        fallback: A Python that proves only what none of the others can, if there is one.
    """

    runtimes: tuple[Runtime, ...]
    selected: frozenset[str] = frozenset()
    isolation: Isolation = Isolation.PROCESS
    jobs: int = 1
    fail_fast: bool = False
    seed: int | None = None
    fresh: bool = False
    spawn: bool = False
    types: str = ""
    fallback: Runtime | None = None

    @property
    def pythons(self) -> tuple[Runtime, ...]:
        """All Pythons, the fallback last."""
        return (*self.runtimes, self.fallback) if self.fallback else self.runtimes


class Verifier:
    """Proves a compiled book.

    Args:
        book: The compiled book.
        manifest: Its manifest, for limits and services.
        proofs: The record of verdicts.
        request: What to do.
        listen: Told of each event.
    """

    def __init__(
        self,
        book: CompiledBook,
        manifest: Manifest,
        proofs: Proofs,
        request: Request,
        listen: Listener | None = None,
    ) -> None:
        self.book = book
        self.request = request
        self.record = Record(proofs, fresh=request.fresh)
        self.listen = listen or (lambda event: None)
        self.limits = manifest.verify.limits
        self.packages = Packages()
        self.execution = Execution(
            manifest.services, request.isolation, harness_limits(self.limits), spawn=request.spawn
        )
        self.results: list[Result] = []
        self.runners: set[str] = set()
        self.analysers: set[tuple[str, str, str]] = set()
        self._shown_limits = msgspec.to_builtins(self.limits)
        self._total = 0
        self._running = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    @property
    def is_stopped(self) -> bool:
        """Whether the run ended at a failure."""
        return self._stop.is_set()

    def plan(self) -> tuple[list[Task], list[tuple[Runtime, Left]]]:
        """All that is to be run, and all that is left out."""
        wanted: list[Task] = []
        left_out: list[tuple[Runtime, Left]] = []
        for session in sessions(self.book, runner_of):
            if not self._is_selected(session):
                continue
            proven: set[str] = set()  # the claims that other Pythons prove
            for runtime in self._runtimes(session):
                planned, left = tasks(session, runtime, self._missing)
                planned = [task for task in map(self._narrowed, planned) if task.claims]
                if runtime is self.request.fallback and not self._needs_fallback(planned, proven):
                    left += left_to_others(planned)
                    planned = []
                proven.update(claim for task in planned for claim in task.claims.values())
                wanted.extend(planned)
                left_out.extend((runtime, item) for item in left if self._wants(item.step.block))
        return wanted, left_out

    def run(self) -> list[Result]:
        """Proves what is selected; the results in the order of the book."""
        planned, left_out = self.plan()
        looked_at = analyses(self.book, self._wants, self.request.types)
        self.analysers = {item.asked for item in looked_at if item.reason != NOT_ASKED}
        self._total = sum(len(task.claims) for task in planned) + len(left_out) + len(looked_at)
        self._listen(None)
        try:
            for runtime, left in left_out:
                self._add(self._skipped(runtime, left), left.claim, "")
            self._analyse(looked_at)
            self._run_all([task for task in planned if not self._from_record(task)])
        finally:
            self.execution.close()
            self.record.write()
        order = {block.id: position for position, block in enumerate(self.book.blocks)}
        return sorted(self.results, key=lambda result: (order[result.block], result.runtime))

    # ------------------------------------------------------------------------------------------------ what to run

    def _is_selected(self, session: Session) -> bool:
        return any(self._wants(step.block) for step in session.steps)

    def _needs_fallback(self, planned: Iterable[Task], proven: Container[str]) -> bool:
        """Whether the fallback has something to prove that no other Python proves, or that it was once asked for."""
        claims = [(claim, task.runtime.label) for task in planned for claim in task.claims.values()]
        return any(claim not in proven or self.record.has(claim, label) for claim, label in claims)

    def _wants(self, block: str) -> bool:
        return not self.request.selected or block in self.request.selected

    def _runtimes(self, session: Session) -> Sequence[Runtime]:
        self.runners.add(session.runner)
        if session.runner == _PYTHON:
            return self.request.pythons
        found = runners()[session.runner].runtimes()
        return [Runtime(session.runner)] if isinstance(found, str) else found

    def _missing(self, step: Step, runtime: Runtime) -> str:
        if runtime.version:
            needed = self.packages.missing(step.fence.requires, runtime) if step.fence.requires else ""
        else:
            found = runners()[runner_of(step.language) or ""].runtimes()
            needed = found if isinstance(found, str) else ""
        if not needed and step.fence.service:
            needed = self.execution.services.missing(step.fence.service)
        return needed

    def _narrowed(self, task: Task) -> Task:
        """A task without the steps behind the last one that is wanted."""
        claims = {index: claim for index, claim in task.claims.items() if self._wants(task.steps[index].step.block)}
        last = max(claims, default=-1)
        return msgspec.structs.replace(task, steps=task.steps[: last + 1], claims=claims)

    # ------------------------------------------------------------------------------------------------ the record

    def _build(self, task: Task, index: int) -> str:
        """What a verdict depends on beside its claim."""
        requires = [name for planned in task.steps[: index + 1] for name in planned.step.fence.requires]
        packages = self.packages.build(requires, task.runtime)
        return "\0".join([task.runtime.build, packages, compiler_digest()])

    def _from_record(self, task: Task) -> bool:
        """Whether an earlier run has proven all that is wanted of a task."""
        found: list[tuple[int, Judgement]] = []
        for index, claim in task.claims.items():
            entry = self.record.known(claim, task.runtime.label, self._build(task, index))
            if entry is None:
                return False
            found.append((index, Judgement(entry.status, entry.reason)))
        for index, judgement in found:
            self._tell(self._stepped(task, index, judgement, cached=True))
        return True

    def _add(self, result: Result, claim: str, build: str) -> None:
        self.record.add(Entry(claim, result.runtime, build, result.status, result.reason))
        self._tell(result)

    def _tell(self, result: Result) -> None:
        self.results.append(result)
        self._listen(result)
        if result.status is Status.FAILED and self.request.fail_fast:
            self._stop.set()

    def _stepped(
        self, task: Task, index: int, judgement: Judgement, *, seconds: float = 0.0, cached: bool = False
    ) -> Result:
        step = task.steps[index].step
        label = task.runtime.label
        return self._result(step.block, step.path, step.line - 1, label, judgement, seconds=seconds, cached=cached)

    def _result(
        self,
        block: str,
        path: str,
        line: int,
        runtime: str,
        judgement: Judgement,
        *,
        seconds: float = 0.0,
        cached: bool = False,
    ) -> Result:
        return Result(
            block=block,
            chapter=self.book[block].chapter,
            path=path,
            line=line,
            runtime=runtime,
            status=judgement.status,
            reason=judgement.reason,
            detail=judgement.detail,
            fault=judgement.line,
            seconds=seconds,
            cached=cached,
            actual=judgement.actual,
            inline=judgement.inline,
        )

    def _skipped(self, runtime: Runtime, left: Left) -> Result:
        step = left.step
        return self._result(step.block, step.path, step.line - 1, runtime.label, Judgement(Status.SKIPPED, left.reason))

    # ------------------------------------------------------------------------------------------------ running

    def _run_all(self, planned: list[Task]) -> None:
        """Runs tasks on several threads, each with warm interpreters of its own."""
        if self.request.seed is not None:
            random.Random(self.request.seed).shuffle(planned)  # noqa: S311
        with ThreadPoolExecutor(max_workers=self.request.jobs) as pool:
            try:
                waiting = {pool.submit(self._run_task, task): task for task in planned}
                for future in self._until_stopped(waiting):
                    for index, judgement, seconds in future.result():
                        task = waiting[future]
                        result = self._stepped(task, index, judgement, seconds=seconds)
                        self._add(result, task.claims[index], self._build(task, index))
            finally:
                # Also after Ctrl-C: no job begins any more, and those that run are killed with their interpreters.
                pool.shutdown(wait=False, cancel_futures=True)
                self.execution.close()

    def _until_stopped(
        self, waiting: "Iterable[Future[list[tuple[int, Judgement, float]]]]"
    ) -> "Iterator[Future[list[tuple[int, Judgement, float]]]]":
        for future in as_completed(waiting):
            if self._stop.is_set():
                return
            yield future

    def _run_task(self, task: Task) -> list[tuple[int, Judgement, float]]:
        self._count_running(1)
        try:
            outcomes = self.execution.run(task)
        finally:
            self._count_running(-1)
        return [
            (index, judge(task.steps[index], outcomes[index], self._shown_limits), outcomes[index].seconds)
            for index in task.claims
        ]

    def _count_running(self, step: int) -> None:
        with self._lock:
            self._running += step
        self._listen(None)

    def _listen(self, result: Result | None) -> None:
        self.listen(Event(result, len(self.results), self._total, self._running))

    # ------------------------------------------------------------------------------------------------ analysers

    def _analyse(self, items: Sequence[Analysis]) -> None:
        """Asks detectors and type checkers, all at once, for what is not known."""
        fresh: list[Analysis] = []
        for item in items:
            entry = self.record.known(item.claim, item.runtime, compiler_digest())
            if item.reason:
                self._add(self._analysed(item, Judgement(Status.UNPROVEN, item.reason)), item.claim, "")
            elif entry:
                self._tell(self._analysed(item, Judgement(entry.status, entry.reason), cached=True))
            else:
                fresh.append(item)
        for item, judgement in zip(fresh, prove_analyses(fresh, self.request.types), strict=True):
            self._add(self._analysed(item, judgement), item.claim, compiler_digest())

    def _analysed(self, item: Analysis, judgement: Judgement, *, cached: bool = False) -> Result:
        return self._result(item.block, item.path, item.line, item.runtime, judgement, cached=cached)


def harness_limits(limits: LimitsEntry) -> dict[str, float]:
    """The limits as `harness/server.py` takes them, in seconds and bytes."""
    return {
        "seconds": limits.seconds,
        "cpu_seconds": limits.cpu_seconds,
        "memory": limits.memory_mb << 20,
        "processes": limits.processes,
        "output": limits.output_kb << 10,
        "file": limits.file_mb << 20,
    }
