"""What `vulgate verify` shows and how it reads its options: selection, interpreters, progress, summary."""

import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, Final

import click
from msgspec.structs import replace

from vulgate.cli.common import from_here, line_indexes, print_json, show_diagnostics, wants_color
from vulgate.detect.base import DetectorError
from vulgate.detect.type_checker import CHECKERS, checker_version
from vulgate.model.blocks import AnyBlock, Chapter, Section, Status
from vulgate.model.book import CompiledBook
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic
from vulgate.model.proofs import Result
from vulgate.model.suggest import did_you_mean
from vulgate.report.machine import as_json
from vulgate.report.proofs import failure_text, reasons, rerun_command, tally
from vulgate.sessions.steps import Runtime
from vulgate.source.book import SourceBook
from vulgate.verify import interpreters
from vulgate.verify.analysis import analyses
from vulgate.verify.book import find_runtime
from vulgate.verify.detection import Detection
from vulgate.verify.prove import version_of
from vulgate.verify.sandbox import IsolationError, best_isolation
from vulgate.verify.type_checks import choose_checker
from vulgate.verify.verifier import Event, Request, Verifier

_REASONS: Final = 8


# ---------------------------------------------------------------------------------------------------- options


def select(book: CompiledBook, wanted: Sequence[str]) -> frozenset[str]:
    """The ids of the blocks named on the command line, with all that is inside them; none named is none selected.

    Raises:
        click.UsageError: There is no such block.
    """
    selected: set[str] = set()
    for name in wanted:
        found = list(_blocks_named(book, name))
        if not found:
            own = [block.id for block in book.blocks if block.is_authored]
            help = did_you_mean(name, own)
            raise click.UsageError(f"no block has the id {name}" + (f"; {help}" if help else ""))
        selected.update(found)
    return frozenset(selected)


def _blocks_named(book: CompiledBook, name: str) -> Sequence[str]:
    path, _, line = name.rpartition(":")
    if path and line.isdecimal():
        found = [b for b in book.blocks if b.is_authored and b.span.file == path and _holds(b, int(line))]
        return _with_inside(book, min(found, key=lambda b: b.span.last - b.span.first)) if found else []
    found = [b for b in book.blocks if b.is_authored and name in (b.id, b.id.partition("/")[2] or b.id)]
    found = [chapter for chapter in book.chapters if name in (chapter.id, chapter.path)] or found
    return _with_inside(book, found[0]) if len(found) == 1 else []


def _holds(block: AnyBlock, line: int) -> bool:
    return block.span.first <= line <= block.span.last


def _with_inside(book: CompiledBook, block: AnyBlock) -> list[str]:
    """The ids of a block and of all that the author wrote inside it."""
    if isinstance(block, Chapter):
        return [inner.id for inner in book.authored(block.id)]
    if isinstance(block, Section):
        return _of_section(book.authored(block.chapter), block)
    stack, inside = [block.id], [block.id]
    while stack:
        children = [child.id for child in book.children(stack.pop()) if child.is_authored]
        inside += children
        stack += children
    return inside


def _of_section(blocks: Sequence[AnyBlock], section: Section) -> list[str]:
    """The ids of a section and of what stands below its heading, up to the next one that is not deeper."""
    rest = iter(blocks[next(n for n, block in enumerate(blocks) if block.id == section.id) + 1 :])
    below = takewhile(lambda block: not isinstance(block, Section) or block.depth > section.depth, rest)
    return [section.id, *(block.id for block in below)]


NO_OPTIONS: Final[dict[str, Any]] = {
    "isolation": "auto",
    "pythons": (),
    "all_pythons": False,
    "fallback": None,
    "jobs": None,
    "fail_fast": False,
    "shuffle": None,
    "fresh": False,
    "spawn": False,
    "types": None,
}
"""What `vulgate verify` takes where no option is given."""


def build_request(source: SourceBook, options: dict[str, Any]) -> Request:
    """What to do, from the options of the command line.

    Raises:
        click.UsageError: An option asks for what is not there.
    """
    try:
        isolation = best_isolation(options["isolation"])
    except IsolationError as error:
        raise click.UsageError(str(error)) from error
    runtimes = tuple(_runtimes(source, options))
    return Request(
        runtimes=runtimes,
        fallback=_fallback(options["fallback"], runtimes),
        isolation=isolation,
        jobs=options["jobs"] or os.cpu_count() or 1,
        fail_fast=options["fail_fast"],
        seed=_seed(options["shuffle"]),
        fresh=options["fresh"],
        spawn=options["spawn"],
        types=_checker(source, options["types"]),
    )


def rerun_options(request: Request, pythons: Sequence[str], label: str) -> list[str]:
    """The options that prove again in one place.

    Args:
        request: What was done.
        pythons: The Pythons as named on the command line.
        label: The runtime's label.
    """
    if label.partition(" ")[0] in CHECKERS:
        return ["--types", label.partition(" ")[0]]
    if not version_of(label):
        return []
    runtime = next((runtime for runtime in request.pythons if runtime.label == label), None)
    by_path = runtime is not None and any(not version_of(name) for name in pythons) and label not in pythons
    return ["--python", runtime.argv[0] if runtime and by_path else label]


def _checker(source: SourceBook, wanted: str | None) -> str:
    """The type checker to use, if types are to be checked at all."""
    if wanted is None:
        return ""
    try:
        checker = choose_checker(source.manifest.verify.types or wanted if wanted == "auto" else wanted)
    except DetectorError as error:
        raise click.UsageError(str(error)) from error
    if not checker or not checker_version(checker):
        raise click.UsageError(f"{checker or 'no type checker'} is not installed; `pip install mypy` brings one")
    return checker


def _seed(shuffle: str | None) -> int | None:
    if shuffle is None:
        return None
    if shuffle and not shuffle.isdecimal():
        raise click.UsageError("--shuffle takes a number")
    return int(shuffle) if shuffle else random.randrange(10**6)  # noqa: S311


def _runtimes(source: SourceBook, options: dict[str, Any]) -> list[Runtime]:
    """The Pythons of `--python` and `--all-pythons`, else those of the manifest, else the one of the environment."""
    found: dict[str, Runtime] = {}
    if options["all_pythons"]:
        named = source.manifest.book.python
        found = {r.label: r for r in interpreters.installed() if not named or r.version in named}
    asked = options["pythons"] or (() if options["all_pythons"] else source.manifest.verify.pythons)
    try:
        for name in asked:
            runtime = find_runtime(name)
            found[runtime.label] = runtime
        if not found:
            here = interpreters.current()
            found = {here.label: here}
    except interpreters.PythonNotFoundError as error:
        raise click.UsageError(str(error)) from error
    return list(found.values())


def _fallback(name: str | None, runtimes: Sequence[Runtime]) -> Runtime | None:
    """The Python of `--fallback`; none where it is one of the others anyway."""
    if name is None:
        return None
    try:
        found = find_runtime(name)
    except interpreters.PythonNotFoundError as error:
        raise click.UsageError(str(error)) from error
    return None if found.label in {runtime.label for runtime in runtimes} else found


# ---------------------------------------------------------------------------------------------------- before a run


def show_plan(verifier: Verifier, form: str) -> None:
    """Lists what there is to prove."""
    planned, left = verifier.plan()
    selected = verifier.request.selected
    looked_at = analyses(verifier.book, lambda block: not selected or block in selected, verifier.request.types)
    rows = [
        (task.steps[index].step.block, task.runtime.label, str(task.steps[index].treatment), "")
        for task in planned
        for index in task.claims
    ]
    rows += [(item.step.block, runtime.label, "skip", item.reason) for runtime, item in left]
    rows += [
        (item.block, item.runtime, "detect" if isinstance(item.item, Detection) else "types", item.reason)
        for item in looked_at
    ]
    place = {block.id: position for position, block in enumerate(verifier.book.blocks)}
    rows.sort(key=lambda row: place[row[0]])
    if form == "json":
        print_json([dict(zip(("block", "runtime", "how", "reason"), row, strict=True)) for row in rows])
        return
    for block, runtime, how, reason in rows:
        click.echo(f"{how:<8} {runtime:<12} {block}" + (f" ({reason})" if reason else ""))


def describe_plan(verifier: Verifier) -> str:
    """What a run would execute, in one line: `12 python on 3.12, 2 bash`."""
    counts: Counter[tuple[str, str]] = Counter()
    for task in verifier.plan()[0]:
        label = task.runtime.label
        if label != "parsed":
            counts[task.runner, label] += len(task.claims)
    said = [f"{n} {runner} on {label}" for (runner, label), n in counts.items()]
    services = [f"the command `{entry.command}`" for entry in verifier.execution.services.entries.values()]
    return ", ".join([*said, *services]) or "nothing"


# ---------------------------------------------------------------------------------------------------- during and after


class Display:
    """Shows a run: failures as they come, a live line on a terminal, a summary.

    Args:
        source: The book's files.
        named: The book as named on the command line.
        request: What is done.
        options: The command's options.
    """

    def __init__(self, source: SourceBook, named: str, request: Request, options: dict[str, Any]) -> None:
        self.source = source
        self.named = named
        self.request = request
        self.form: str = options["form"]
        self.quiet: bool = options["quiet"]
        self.pythons: Sequence[str] = options["pythons"]
        self.updates: bool = options["update"]
        self.rules: frozenset[str] = frozenset()
        self.counts: Counter[Status] = Counter()
        self._live: Any = None
        self._task: Any = None
        self._root = from_here(source.root)

    def __enter__(self) -> "Display":
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("proving"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
            console = Console(stderr=True)
            self._live = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
            self._live.start()
            self._task = self._live.add_task("", total=None)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def listen(self, event: Event) -> None:
        """Takes an event of the run."""
        result = event.result
        if result is not None:
            self.counts[result.status] += 1
            if result.status is Status.FAILED and self.form == "text" and not self._may_be_mended(result):
                self._show_failure(result)
        if self._live is not None:
            running = [f"{event.running} running"] if event.running else []
            said = ", ".join([*running, *(f"{count} {status}" for status, count in sorted(self.counts.items()))])
            self._live.update(self._task, completed=event.done, total=event.total, description=said)

    def _may_be_mended(self, result: Result) -> bool:
        """Whether `--update` may write what the source should say; then it is a failure only if it could not."""
        return self.updates and (result.actual is not None or bool(result.inline))

    def _show_failure(self, result: Result) -> None:
        color = wants_color(sys.stdout)
        rerun = rerun_command(result, self.named, rerun_options(self.request, self.pythons, result.runtime))
        text = failure_text(self._placed(result), root=self._root, rerun=rerun, color=color)
        if self._live is not None:
            self._live.stop()
        click.echo(text, color=color)
        if self._live is not None:
            self._live.start()

    def finish(self, results: Sequence[Result], seconds: float, told: Sequence[Diagnostic] = ()) -> int:
        """Shows what a program asked for, or the summary; the exit status.

        Args:
            results: The results.
            seconds: How long the run took.
            told: What could not be updated.
        """
        failed = [result for result in results if result.status is Status.FAILED]
        if self.form == "json":
            print_json(self._as_json(results, seconds, told))
        elif self.form == "text":
            for result in failed:
                if self._may_be_mended(result):
                    self._show_failure(result)
        if self.form != "json":
            failures = self._diagnostics(failed) if self.form != "text" else []
            show_diagnostics([*failures, *told], self.source, self.form)
        if self.form == "text" and not self.quiet:
            _print_summary(results, self.request, seconds, self._untried(results))
        return int(bool(failed))

    def _placed(self, result: Result) -> Result:
        """A result with the place on disk, where a reader wrote the chapter anew."""
        path, line = self.source.place_of_line(result.path, result.line)
        fault = self.source.place_of_line(result.path, result.fault)[1] if result.fault else 0
        return (
            result
            if path == result.path and line == result.line
            else replace(result, path=path, line=line, fault=fault)
        )

    def _diagnostics(self, failed: Sequence[Result]) -> list[Diagnostic]:
        reporter = Reporter()
        for result in map(self._placed, failed):
            file = self.source.file(result.path)
            line = result.fault or result.line
            span = None
            if file is not None:
                lines = file.lines
                start = lines.line_start(line)
                span = lines.span(start, start + len(lines.data[start : lines.line_start(line + 1)].rstrip(b"\r\n")))
            if result.block in self.rules:  # its fences have ids of their own
                reporter.add("detector-failed", span, block=result.block, reason=result.reason)
            else:
                reporter.add("proof-failed", span, block=result.block, runtime=result.runtime, reason=result.reason)
        return reporter.items

    def _as_json(self, results: Sequence[Result], seconds: float, told: Sequence[Diagnostic]) -> dict[str, Any]:
        return {
            "results": [self._placed(result) for result in results],
            "counts": {str(status): count for status, count in sorted(tally(results).items())},
            "pythons": [runtime.label for runtime in self.request.pythons],
            "isolation": self.request.isolation,
            "seed": self.request.seed,
            "seconds": round(seconds, 3),
            "diagnostics": as_json(told, line_indexes(self.source)),
        }

    def _untried(self, results: Sequence[Result]) -> str:
        """The versions that the book names and that nothing was run on."""
        tried = {runtime.version for runtime in self.request.pythons}
        left = [version for version in self.source.manifest.book.python if version not in tried]
        return ", ".join(left) if any(version_of(result.runtime) for result in results) else ""


def _print_summary(results: Sequence[Result], request: Request, seconds: float, untried: str) -> None:
    by_runtime: dict[str, list[Result]] = {}
    for result in results:
        by_runtime.setdefault(result.runtime, []).append(result)
    for runtime, members in sorted(by_runtime.items(), key=lambda pair: _order(pair[0])):
        counts = tally(members)
        said = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
        _row(runtime, said)
    for status in (Status.SKIPPED, Status.UNPROVEN):
        found = reasons(results, status)
        for reason, count in found[:_REASONS]:
            _row(str(status), f"{count}: {reason}")
        if len(found) > _REASONS:
            _row(str(status), f"and {len(found) - _REASONS} more reasons; `--json` has them all")
    if untried:
        _row("not tried", f"{untried}, which the book names; `--all-pythons` runs on those that are installed")
    _row("isolation", request.isolation.says)
    if request.seed is not None:
        _row("shuffled", f"--shuffle {request.seed} gives the same order again")
    cached = sum(result.cached for result in results)
    known = (
        "nothing changed"
        if results and cached == len([r for r in results if r.status is not Status.SKIPPED])
        else "done"
    )
    click.echo(f"{known} in {seconds:.2f} s" + (f", {cached} of {len(results)} known from before" if cached else ""))


def _order(label: str) -> tuple[bool, list[int], str]:
    version = version_of(label)
    return (not version, [int(part) for part in version.split(".")] if version else [], label)


def _row(name: str, text: str) -> None:
    click.echo(f"{name:<12} {text}")
