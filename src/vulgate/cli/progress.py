"""A bar that shows how far something has come."""

import sys
from collections.abc import Callable
from typing import Any


class ProgressBar:
    """A bar on a terminal, for what takes long enough to be seen; silence in a pipe."""

    _DELAY = 0.3

    def __init__(self) -> None:
        self._bar: Any = None
        self._started = 0.0

    def __enter__(self) -> Callable[[str, int, int], None]:
        """What is told the phase, how much of it is done, and how much there is."""
        import time

        self._started = time.perf_counter()
        return self._step if sys.stderr.isatty() else (lambda phase, done, total: None)

    def __exit__(self, *exc: object) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def _step(self, phase: str, done: int, total: int) -> None:
        import time

        if self._bar is None:
            if time.perf_counter() - self._started < self._DELAY:
                return
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(phase, total=total)
        self._bar.update(self._task, description=phase, completed=done, total=total)
