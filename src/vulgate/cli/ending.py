"""How the servers end when the system tells them to: as they do otherwise, so that nothing is left behind."""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, NoReturn

_CHUNK: Final = 65_536


def call_at_end(function: Callable[[], Any]) -> None:
    """Has a function called when the process is told to end; what ends it is up to the function."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: function())
    if sys.platform != "win32":  # the terminal was closed
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


class Ended(SystemExit):
    """A command is done, and nothing is left but memory to give back, which the system does sooner than Python."""


def end_now(code: int) -> NoReturn:
    """Ends a command that has no threads, processes or files left to be ended in order.

    Raises:
        Ended: Always; `leave` makes it the end of the process.
    """
    raise Ended(code)


def leave(end: Ended) -> NoReturn:
    """Ends the process without taking apart what it has in memory."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # it is closed, or nobody reads any more
            stream.flush()
    os._exit(end.code if isinstance(end.code, int) else 1)


def input_ends_at_end() -> None:
    """Has standard input end when the process is told to end.

    A thread that reads from it cannot be interrupted, and a process cannot end in order before it has. So what is read comes
    through a socket, which can be closed from this side, too. Windows has no such signals, nor sockets in this place.
    """
    if os.name == "nt":
        return
    source = os.dup(0)
    ours, theirs = socket.socketpair()
    os.dup2(theirs.detach(), 0)

    def pump() -> None:
        with contextlib.suppress(OSError):  # the other side is closed
            while data := os.read(source, _CHUNK):
                ours.sendall(data)
        end()

    def end() -> None:
        with contextlib.suppress(OSError):
            ours.shutdown(socket.SHUT_WR)

    call_at_end(end)
    threading.Thread(target=pump, name="standard input", daemon=True).start()
