"""Which examples a reader can run in the page, and what the page must know to do so.

What stands before an example in its group, and how a fence is treated, is planned as for `vulgate verify`: the page is one more
place where a session runs.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.editions.web.chapter import anchor
from vulgate.model.blocks import Exercise, Status
from vulgate.model.book import CompiledBook
from vulgate.sessions.inline import comments
from vulgate.sessions.plan import sessions, tasks
from vulgate.sessions.steps import Planned, Runtime, Session, Step, Treatment

_PYTHON: Final = ("python", "py", "python3", "pycon")
_MODES: Final = {Treatment.RUN: "run", Treatment.REJECT: "reject", Treatment.FILE: "file"}
_LACKING: Final = frozenset(
    [
        "_ctypes",
        "concurrent.interpreters",
        "ctypes",
        "curses",
        "dbm",
        "fcntl",
        "lzma",
        "msvcrt",
        "multiprocessing",
        "pwd",
        "resource",
        "select",
        "selectors",
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "subprocess",
        "termios",
        "threading",
        "tkinter",
        "turtle",
        "venv",
        "winreg",
    ]
)
"""Modules of the standard library that Pyodide's core lacks, or in which what examples want of them does not work there."""
_NEWER: Final = frozenset({"annotationlib", "compression"})
_SUFFIX: Final = "-pyodide"


class RunStep(Struct, frozen=True, omit_defaults=True):
    """A fence as a step of a job; the harness knows the modes.

    Attributes:
        code: The code, as the book has it.
        mode: `run`; `reject`, which must not compile; or `file`, which is written.
        path: Where a file is written.
        inline: Whether lines are noted that print, because `#>` comments say what they print.
    """

    code: str
    mode: str = "run"
    path: str = ""
    inline: bool = False


class Run(Struct, frozen=True, omit_defaults=True):
    """What comes before an example, and what the book says of its outcome.

    Attributes:
        before: Anchors of the steps that run first.
        raises: The exception that it must raise.
        match: What the exception's text must contain.
        output: The standard output; `None` where the book states none.
        comments: First and last line, text, and whether it stands beside code, of each `#>` comment.
    """

    before: tuple[str, ...] = ()
    raises: str = ""
    match: str = ""
    output: str | None = None
    comments: tuple[tuple[int, int, str, bool], ...] = ()


class Check(Struct, frozen=True, omit_defaults=True):
    """How an exercise is checked: the anchors of its starter, of what runs before it, and of its tests."""

    tests: tuple[str, ...]
    starter: str
    before: tuple[str, ...] = ()


class ChapterRuns(Struct, frozen=True, omit_defaults=True):
    """What can be run in a chapter; a file beside its pages, which a page asks for when a reader presses Run.

    Attributes:
        chapter: Id of the chapter.
        python: Version of Python.
        seconds: How long a run may take.
        steps: All steps that are needed, by anchor.
        runs: The examples that can be run, by anchor.
        checks: The exercises that can be checked, by anchor.
    """

    chapter: str
    python: str
    seconds: float
    steps: dict[str, RunStep]
    runs: dict[str, Run]
    checks: dict[str, Check]

    @property
    def buttons(self) -> dict[str, str]:
        """What a reader can do with an example, by its id: `run`, or `check` for the starter of an exercise, which runs, too."""
        can = dict.fromkeys(self.runs, "run") | dict.fromkeys(
            (check.starter for check in self.checks.values()), "check"
        )
        return {f"{self.chapter}/{place}": what for place, what in can.items()}

    def encoded(self) -> bytes:
        """As JSON."""
        return msgspec.json.encode(self)


def runs_of(book: CompiledBook, python: str, seconds: float) -> dict[str, ChapterRuns]:
    """What can be run, by chapter.

    Args:
        book: The book.
        python: Version of Python in the pack.
        seconds: How long a run may take.
    """
    found: dict[str, ChapterRuns] = {}
    runtime = Runtime(label=python + _SUFFIX, version=python)
    planned: dict[str, tuple[Planned, ...]] = {}
    for session in sessions(book, lambda language: "python" if language in _PYTHON else None):
        for steps in _plans(book, session, runtime):
            for index, step in enumerate(steps):
                planned[step.step.block] = steps[: index + 1]
    for id, steps in planned.items():
        chapter = book[id].chapter
        place = found.setdefault(chapter, ChapterRuns(chapter, python, seconds, {}, {}, {}))
        place.steps[anchor(id)] = _step(steps[-1])
        # A test is run by its exercise, and a file by what imports it.
        if steps[-1].treatment is not Treatment.FILE and steps[-1].step.fence.role != "test":
            place.runs[anchor(id)] = _run(steps)
    for exercise in book.of_kind(Exercise):
        if exercise.test and exercise.starter and all(id in planned for id in (*exercise.test, exercise.starter[0])):
            found[exercise.chapter].checks[anchor(exercise.id)] = _check(exercise, planned)
    return found


def _plans(book: CompiledBook, session: Session, runtime: Runtime) -> Iterator[tuple[Planned, ...]]:
    """The steps of a session that run there, without those that are only compiled."""
    own = {path.partition("/")[0].removesuffix(".py") for step in session.steps if (path := step.fence.file)}
    for task in tasks(session, runtime, lambda step, _: _missing(book, step, own))[0]:
        if not any(step.treatment is Treatment.FAIL for step in task.steps):
            yield tuple(step for step in task.steps if step.treatment in _MODES)


def _missing(book: CompiledBook, step: Step, own: set[str]) -> str:
    """Why a step cannot be run in a browser, or an empty string."""
    if step.fence.service or step.fence.requires:
        return "needs a service or packages"
    block = book[step.block]
    told = [verdict for verdict in block.verdicts if verdict.runtime.endswith(_SUFFIX)]
    if told:
        return "" if told[-1].status is Status.PROVEN else told[-1].reason or str(told[-1].status)
    for name in block.symbols.imported:
        top = name.partition(".")[0]
        known = top in own or top in sys.stdlib_module_names or top in _NEWER
        if not known or top in _LACKING or name in _LACKING:
            return f"Pyodide has no {top}"
    return ""


def _step(planned: Planned) -> RunStep:
    step, mode = planned.step, _MODES[planned.treatment]
    return RunStep(step.code, mode, step.fence.file, inline=mode == "run" and bool(comments(step.code)))


def _run(steps: tuple[Planned, ...]) -> Run:
    step = steps[-1].step
    return Run(
        before=tuple(anchor(before.step.block) for before in steps[:-1] if before.treatment is not Treatment.REJECT),
        raises=step.fence.raises,
        match=step.fence.match,
        output=step.output,
        comments=tuple((c.first, c.last, c.text, c.is_beside) for c in comments(step.code)),
    )


def _check(exercise: Exercise, planned: Mapping[str, tuple[Planned, ...]]) -> Check:
    """The tests run after the reader's code, which stands in the place of the solution."""
    before = [
        step.step for step in planned[exercise.test[0]] if step.step.fence.role not in ("solution", "test", "starter")
    ]
    return Check(
        tests=tuple(anchor(id) for id in exercise.test),
        starter=anchor(exercise.starter[0]),
        before=tuple(anchor(step.block) for step in before),
    )
