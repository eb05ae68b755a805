"""Detectors in processes of their own, so that one that hangs or crashes costs its own findings and nobody else's."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from vulgate.forked import Helper, can_fork

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.context import BaseContext

    from pebble import ProcessPool

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")
_HANGS: Final = "takes longer than {seconds:g} s"
_CRASHES: Final = "ends the process that it runs in"


def _context(module: str) -> "BaseContext":
    """How workers are started: the fastest way that is safe here."""
    import multiprocessing

    if can_fork():
        return multiprocessing.get_context("fork")
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return context


class Workers(Generic[_Task, _Answer]):
    """A pool of processes that each call a function for a task.

    Args:
        function: A function of a module; gets a task.
        answer: The type of what it returns.
        halves: Cuts a task in parts, to find out which one is to blame; none if it cannot be cut.
        jobs: Number of processes.
        seconds: What a task may take.
    """

    def __init__(
        self,
        function: Callable[[_Task], _Answer],
        answer: type[_Answer],
        halves: Callable[[_Task], Sequence[_Task]],
        jobs: int,
        seconds: float,
    ) -> None:
        self._function = function
        self._answer = answer
        self._halves = halves
        self._jobs = jobs
        self._seconds = seconds
        self._pool: ProcessPool | None = None
        self._alone: tuple[_Task, Helper] | None = None
        self._is_fresh = True

    def start(self) -> None:
        """Starts the pool, best before there are threads."""
        from pebble import ProcessPool

        if self._pool is None:
            self._pool = ProcessPool(max_workers=self._jobs, context=_context(self._function.__module__))

    def submit(self, tasks: Sequence[_Task]) -> "list[tuple[_Task, Future[Any]]]":
        """Begins work on tasks."""
        if self._is_fresh and len(tasks) == 1 and can_fork():
            # A pool takes longer to start and to end than one file takes, and who checks once needs none.
            self._is_fresh = False
            self._alone = tasks[0], Helper(lambda: self._function(tasks[0]))
            return []
        self._is_fresh = False
        self.start()
        assert self._pool is not None
        return [(task, self._pool.schedule(self._function, args=[task], timeout=self._seconds)) for task in tasks]

    def answers(self, begun: "Sequence[tuple[_Task, Future[Any]]]") -> Iterator[tuple[_Task, "_Answer | str"]]:
        """Each task with its answer; a task that fails is cut until it is clear which part does, and that has the reason."""
        if self._alone is not None:
            yield from self._answers_of_one(*self._alone)
        if not begun:
            return
        from pebble import ProcessExpired

        for task, future in begun:
            try:
                yield task, future.result()
                continue
            except TimeoutError:
                reason = _HANGS.format(seconds=self._seconds)
            except ProcessExpired:
                reason = _CRASHES
            except Exception as error:
                reason = f"fails: {type(error).__name__}: {error}"
            yield from self._parts(task, reason)

    def _answers_of_one(self, task: _Task, helper: Helper) -> "Iterator[tuple[_Task, _Answer | str]]":
        self._alone = None
        try:
            answer = helper.result(self._answer, self._seconds)
        except TimeoutError:
            yield from self._parts(task, _HANGS.format(seconds=self._seconds))
            return
        if answer is None:  # a pool tells what went wrong
            yield from self.answers(self.submit([task]))
        else:
            yield task, answer

    def _parts(self, task: _Task, reason: str) -> "Iterator[tuple[_Task, _Answer | str]]":
        """The answers of the parts of a task that failed; the reason, if it cannot be cut."""
        parts = self._halves(task)
        if parts:
            yield from self.answers(self.submit(parts))
        else:
            yield task, reason

    def close(self) -> None:
        """Ends the processes."""
        if self._alone is not None:
            self._alone[1].kill()
            self._alone = None
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join(timeout=5 if sys.platform != "win32" else None)
            self._pool = None
