"""Our end of a warm interpreter: starts it at a level of isolation, gives it jobs, and starts it again when a job kills it."""

import contextlib
import os
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from vulgate.sessions.steps import Runtime
from vulgate.verify.harness.processes import remove
from vulgate.verify.jobs import Answer
from vulgate.verify.sandbox import Isolation, clean_environment, command, first_in_line, private_folders

HARNESS: Final = Path(__file__).parent / "harness"
_ANSWER_GRACE: Final = 10.0
_STOP_SECONDS: Final = 20.0  # mostly it takes milliseconds; with a fork bomb in hand, as long as killing that takes
_SWEEP_SECONDS: Final = 60.0
_PRIVATE: Final = "/tmp/vulgate"  # noqa: S108  inside a namespace of its own, where /tmp is empty


class InterpreterDied(Exception):  # noqa: N818
    """The warm interpreter ended or stopped answering: the job has killed or starved it."""


class Warm:
    """A warm interpreter, started when the first job comes.

    Args:
        runtime: The Python that it is.
        isolation: How far its jobs are kept apart.
        network: Whether its jobs reach the machine's network, for a service.
        spawn: Whether each job gets a new interpreter instead of a fork of this one.
        readable: Further folders that jobs must be able to read.
        environment: Variables that jobs get beside the clean ones.
        programs: Folders where jobs find programs first.
    """

    def __init__(
        self,
        runtime: Runtime,
        isolation: Isolation,
        *,
        network: bool = False,
        spawn: bool = False,
        readable: Sequence[str] = (),
        environment: dict[str, str] | None = None,
        programs: Sequence[str] = (),
    ) -> None:
        self.runtime = runtime
        self.isolation = isolation
        self.network = network
        self.spawn = spawn or not hasattr(os, "fork")
        self.readable = (*runtime.folders, *readable)
        self.environment = {
            **clean_environment([str(Path(runtime.argv[0]).parent), *programs]),
            **(environment or {}),
        }
        self.start_seconds = 0.0
        self.priority = first_in_line()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._closed = threading.Event()

    def run(self, steps: Sequence[dict[str, Any]], limits: dict[str, Any]) -> Answer:
        """Runs one job.

        Args:
            steps: The steps, as `harness/server.py` takes them.
            limits: What the job may use.

        Raises:
            InterpreterDied: The job took the interpreter with it; the next call starts a new one.
        """
        process = self._started()
        assert process.stdin is not None
        request = msgspec.json.encode({"steps": steps, "limits": limits, "env": self.environment}) + b"\n"
        try:
            process.stdin.write(request)
            process.stdin.flush()
        except OSError:
            self._stop()
            raise InterpreterDied from None
        line = self._line(process, time.monotonic() + limits["seconds"] + _ANSWER_GRACE + self.start_seconds)
        if not line.endswith(b"\n"):
            self._stop()
            raise InterpreterDied
        try:
            return msgspec.json.decode(line, type=Answer)
        except msgspec.MsgspecError:  # it says that it is a Python, and is none
            self._stop()
            raise InterpreterDied from None

    def _line(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        """The answer; without its end if the interpreter ended or took too long."""
        assert process.stdout is not None
        if sys.platform == "win32":
            return process.stdout.readline()
        number = process.stdout.fileno()
        parts: list[bytes] = []
        while not (parts and parts[-1].endswith(b"\n")):
            wait = deadline - time.monotonic()
            if wait <= 0 or not select.select([number], [], [], wait)[0]:
                break
            data = os.read(number, 1 << 20)
            if not data:
                break
            parts.append(data)
        return b"".join(parts)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:  # something else than a job has killed it
            self._stop()
        if self._process is None:
            if self._closed.is_set():
                raise InterpreterDied
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self.environment,
                cwd="/" if sys.platform != "win32" else None,
                start_new_session=True,
            )
        return self._process

    def _command(self) -> list[str]:
        inside = self.isolation is Isolation.BUBBLEWRAP
        # The interpreter makes the folder, so that whenever we are killed there is somebody to delete it.
        self._folder = _PRIVATE if inside else os.path.join(tempfile.gettempdir(), f"vulgate-{secrets.token_hex(8)}")
        argv = command(self.isolation, self.argv(), readable=(*self.readable, str(HARNESS)), network=self.network)
        return [*self.priority, *argv]

    def argv(self) -> list[str]:
        """The command line of the interpreter, before it is isolated; see `harness/server.py` for the arguments."""
        private = os.pathsep.join(private_folders(self.isolation))
        arguments = [self._folder, "1" if self.spawn else "0", self.isolation, private]
        return [self.runtime.argv[0], "-I", "-B", str(HARNESS / "server.py"), *arguments]

    def _stop(self) -> None:
        """Ends the interpreter; it deletes its folder and kills its job, and if it cannot any more, we do."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                process.send_signal(signal.SIGCONT)  # its job may have stopped it
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
        if self._folder != _PRIVATE:
            _sweep(self._folder)

    def close(self) -> None:
        """Ends the interpreter for good; may be called from another thread while a job runs, and stops that job."""
        self._closed.set()
        self._stop()


def _sweep(folder: str) -> None:
    """Removes what an interpreter that was killed has left: processes that know its folder, and the folder.

    A forked copy has the folder in its command line, a program that it has started in its environment, or as its place.
    """
    mark = folder.encode()
    deadline = time.monotonic() + _SWEEP_SECONDS
    while sys.platform == "linux" and time.monotonic() < deadline:  # what forks meanwhile is caught the next time
        found = [
            entry for entry in Path("/proc").glob("[0-9]*") if int(entry.name) != os.getpid() and _knows(entry, mark)
        ]
        for entry in found:
            with contextlib.suppress(OSError):
                os.kill(int(entry.name), signal.SIGKILL)
        if not found:
            break
    remove(folder)


def _knows(process: Path, mark: bytes) -> bool:
    for name in ("cmdline", "environ"):
        with contextlib.suppress(OSError):
            if mark in (process / name).read_bytes():
                return True
    with contextlib.suppress(OSError):
        return mark in os.fsencode(os.readlink(process / "cwd"))
    return False
