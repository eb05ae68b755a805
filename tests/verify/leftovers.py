"""What a run must not leave: processes and files."""

import ctypes
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SUBREAPER: Final = 36  # PR_SET_CHILD_SUBREAPER


@contextmanager
def nothing_left(folder: Path, seconds: float = 5) -> Iterator[None]:
    """Sees to it that soon after a block of code no process that it has started is there, and nothing in a folder.

    Orphans are given to this process meanwhile, so that it finds them whatever they have done to hide.
    """
    library = ctypes.CDLL(None)
    library.prctl(_SUBREAPER, 1, 0, 0, 0)
    before = living()
    try:
        yield
        deadline = time.monotonic() + seconds
        while ((left := living() - before) or any(folder.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.02)
        _bury(living(ended=True) - before)
    finally:
        library.prctl(_SUBREAPER, 0, 0, 0, 0)
    assert not left, [command_of(process) for process in left]
    assert not list(folder.iterdir())


def living(*, ended: bool = False) -> set[int]:
    """The processes below this one; with `ended`, also those that have ended and are still listed."""
    parents: dict[int, list[int]] = {}
    gone: set[int] = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        parents.setdefault(int(parent), []).append(int(entry.name))
        if state == "Z":
            gone.add(int(entry.name))
    found: set[int] = set()
    stack = [os.getpid()]
    while stack:
        below = parents.get(stack.pop(), [])
        found.update(below)
        stack.extend(below)
    return found if ended else found - gone


def _bury(processes: set[int]) -> None:
    for process in processes:
        try:
            os.waitpid(process, os.WNOHANG)
        except ChildProcessError:
            continue


def command_of(process: int) -> str:
    """The command line of a process; empty if it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
