"""Work for a second processor: a function that runs in a forked copy of this process.

Only Linux forks safely, and only a process with one thread; everywhere else there is no helper, and the caller does the work
itself. Either way the result is the same.
"""

import os
import select
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from mmap import ACCESS_READ, mmap
from typing import Any, Final, TypeVar

import msgspec

_Result = TypeVar("_Result")
_PAUSE: Final = 0.005  # seconds between two looks at a helper


_hidden: list[str] = []  # libraries that have started threads of their own, of which `threading` knows nothing


def has_threads(library: str) -> None:
    """Says that a library starts threads that a forked copy would wait for in vain; from now on, `can_fork` says no."""
    _hidden.append(library)


def can_fork() -> bool:
    """Whether a helper process is to be had."""
    return sys.platform == "linux" and (os.cpu_count() or 1) > 1 and threading.active_count() == 1 and not _hidden


class Helper:
    """A forked copy of this process that computes one value and leaves it in memory that both share, as MessagePack.

    Args:
        function: Computes the value; it sees everything that this process has now.
    """

    def __init__(self, function: Callable[[], Any]) -> None:
        # Not a pipe: nobody reads from it until this process has done its own share, and it holds 64 KB.
        self._file = os.memfd_create("vulgate-helper")
        self._pid = os.fork()
        if self._pid == 0:
            code = 1
            try:
                with os.fdopen(self._file, "wb") as stream:
                    stream.write(msgspec.msgpack.encode(function()))
                code = 0
            finally:  # never run the parent's clean-up, whatever happened
                os._exit(code)

    def result(self, type_: type[_Result], seconds: float | None = None) -> _Result | None:
        """The value, or `None` if the helper failed.

        Args:
            type_: The type of the value.
            seconds: How long to wait for it; for ever by default.

        Raises:
            TimeoutError: The helper has not come to an end, and was killed.
        """
        if seconds is not None and not self._ends_within(seconds):
            self.kill()
            raise TimeoutError
        os.waitpid(self._pid, 0)
        try:
            with mmap(self._file, 0, access=ACCESS_READ) as data:  # not copied: it can be large
                return msgspec.msgpack.decode(data, type=type_)
        except (ValueError, msgspec.DecodeError):  # nothing can be mapped of what is empty
            return None
        finally:
            os.close(self._file)

    def kill(self) -> None:
        """Ends the helper, whatever it is at; there is no result afterwards."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._file)

    def _ends_within(self, seconds: float) -> bool:
        try:
            end = os.pidfd_open(self._pid)
        except OSError:  # a kernel before 5.3, or one that forbids it
            return self._is_seen_to_end(time.monotonic() + seconds)
        try:
            poll = select.poll()  # `select.select` takes no file above 1023
            poll.register(end, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        finally:
            os.close(end)

    def _is_seen_to_end(self, until: float) -> bool:
        while os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE)
        return True


class Shares:
    """Numbers that this process and its forked copies take from, each number once.

    Args:
        count: How many numbers there are, from 0 on; at most `MOST`.
    """

    MOST: Final = 16_384  # what a pipe holds

    def __init__(self, count: int) -> None:
        assert count <= self.MOST
        self._read, write = os.pipe()
        os.write(write, struct.pack(f"{count}I", *range(count)))
        os.close(write)

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self._read, 4):
            yield int(struct.unpack("I", number)[0])

    def close(self) -> None:
        """Gives the pipe back."""
        os.close(self._read)
