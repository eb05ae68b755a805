"""Work for a second processor: a function that runs in a forked copy of this process.

Only Linux forks safely, and only a process with one thread; everywhere else there is no helper, and the caller does the work
itself. Either way the result is the same.
"""

import os
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

_Result = TypeVar("_Result")


_hidden: list[str] = []  # libraries that have started threads of their own, of which `threading` knows nothing


def has_threads(library: str) -> None:
    """Says that a library starts threads that a forked copy would wait for in vain; from now on, `can_fork` says no."""
    _hidden.append(library)


def can_fork() -> bool:
    """Whether a helper process is to be had."""
    return sys.platform == "linux" and (os.cpu_count() or 1) > 1 and threading.active_count() == 1 and not _hidden


class Helper:
    """A forked copy of this process that computes one value and sends it back through a pipe, as MessagePack.

    Args:
        function: Computes the value; it sees everything that this process has now.
    """

    def __init__(self, function: Callable[[], Any]) -> None:
        self._read, write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            code = 1
            try:
                os.close(self._read)
                with os.fdopen(write, "wb") as stream:
                    stream.write(msgspec.msgpack.encode(function()))
                code = 0
            finally:  # never run the parent's clean-up, whatever happened
                os._exit(code)
        os.close(write)

    def result(self, type_: type[_Result]) -> _Result | None:
        """The value, or `None` if the helper failed."""
        with os.fdopen(self._read, "rb") as stream:
            data = stream.read()
        os.waitpid(self._pid, 0)
        try:
            return msgspec.msgpack.decode(data, type=type_)
        except msgspec.DecodeError:
            return None
