"""A warm interpreter: takes jobs on standard input and runs each in a forked copy of itself, in an empty folder, within limits.

This file runs inside the interpreter that the book is proven on: Python 3.8 or newer, the standard library, and nothing of
Vulgate. It is one process that does one job at a time. A job is a line of JSON, and so is its answer:

    {"steps": [{"mode": "run", "code": "..."}], "limits": {...}, "env": {...}}
    {"steps": [{"stdout": "...", "stderr": "...", "error": ...}], "limit": "", "signal": 0, "status": 0}

When standard input ends, whatever happened to the program at its other end, the job in hand is killed, the folder is deleted
and the process ends. Usage: server.py FOLDER SPAWN LEVEL PRIVATE, see `main`.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import time
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen
    from typing import Any, Union

    Process = Union[int, "Popen[bytes]"]  # a job's first process: its id, or what Windows has in its place

HERE = os.path.dirname(os.path.abspath(__file__))
SOON = 0.01  # seconds to the first look at what a job uses: most end before it, and a bomb is still small
TICK = 0.05  # seconds between two looks later on
GRACE = 60.0  # seconds to go on killing: who stops before nothing is left lets a fork bomb loose


def load(name: str) -> types.ModuleType:
    """A file beside this one, as a module that no example can import: its folder is not on the path, and must not be."""
    module = types.ModuleType(name)
    path = os.path.join(HERE, name + ".py")
    with open(path, encoding="utf-8") as stream:
        exec(compile(stream.read(), path, "exec"), module.__dict__)
    return module


if TYPE_CHECKING:
    from vulgate.verify.harness import child, processes
else:
    child, processes = load("child"), load("processes")


class Server:
    """Runs jobs, one at a time.

    Args:
        folder: Where the folders of jobs are made.
        spawn: Whether to start a new interpreter for each job instead of forking.
        private: Folders that nothing but the jobs of this server can see; each job finds them as the first one did.
    """

    def __init__(self, folder: str, spawn: bool, private: list[str]) -> None:
        self.folder = folder
        self.spawn = spawn
        self.private = {place: set(os.listdir(place)) for place in private}
        # The first process of a PID namespace: all others in it belong to the job, and none of them can kill or stop it.
        self.is_first = os.getpid() == 1
        self.uncounted = processes.uncounted(self.is_first)
        self.jobs = 0
        self.environment: dict[str, str] | None = None
        self.ended = False
        self.free = self.written = 0
        self.next_walk = 0.0
        # The protocol gets descriptors that no example can reach by accident; 0, 1 and 2 become harmless.
        self.input = os.dup(0)
        self.output = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nothing, number)
        self.wake, self.waker = os.pipe()
        if sys.platform != "win32":
            os.set_blocking(self.waker, False)
            os.set_blocking(self.wake, False)
            signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
            signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self.buffer = b""

    def serve(self) -> None:
        """Takes jobs until standard input ends."""
        gc.collect()
        gc.freeze()  # so that a child neither looks through what is here, nor copies its pages
        try:
            while True:
                line = self._line()
                if not line:
                    return
                answer = json.dumps(self._do(json.loads(line))).encode() + b"\n"
                while answer:
                    answer = answer[os.write(self.output, answer) :]
        except BrokenPipeError:
            return
        finally:
            processes.remove(self.folder)

    def _line(self) -> bytes:
        while b"\n" not in self.buffer:
            data = os.read(self.input, 1 << 16)
            if not data:
                return b""
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line

    # ------------------------------------------------------------------------------------------------ a job

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        limits = processes.Limits(request.get("limits", {}))
        folder = self._new_folder()
        self.free = processes.free_space(self.private)
        self.written = 0
        self.next_walk = 0.0
        started = time.monotonic()
        process = self._start(folder, request, limits)
        reason = ""
        status: int | None = None
        while status is None:
            status = self._reaped(process)
            if status is None:
                reason = self._broken(process, folder, limits, started)
                if reason:
                    self._kill(process)
                    status = self._reaped(process, wait=True)
                else:
                    self._sleep(time.monotonic() - started)
        self._kill(process)
        answer = self._answer(folder, request, limits)
        processes.remove(folder)
        self._restore()
        ended_by = max(-status, 0)
        if sys.platform != "win32" and ended_by == signal.SIGXCPU:
            reason = "cpu"
        answer.update(limit=reason, signal=ended_by, status=max(status, 0))
        return answer

    def _new_folder(self) -> str:
        self.jobs += 1
        folder = os.path.join(self.folder, "job%d" % self.jobs)
        work = os.path.join(folder, "work")
        try:
            os.makedirs(work)
        except OSError:  # the job before has deleted ours, or taken our rights away
            os.makedirs(self.folder, exist_ok=True)
            os.chmod(self.folder, 0o700)
            os.makedirs(work)
        return folder

    def _restore(self) -> None:
        """Deletes what a job has left in the folders of all jobs."""
        for place, known in self.private.items():
            for name in processes.emptied(place, known):
                processes.remove(os.path.join(place, name))

    def _start(self, folder: str, request: dict[str, Any], limits: processes.Limits) -> Process:
        """Starts the first process of a job."""
        work = os.path.join(folder, "work")
        home = {"HOME": work, "TMPDIR": folder}
        if self.spawn:
            with open(os.path.join(folder, "job"), "w", encoding="utf-8") as stream:
                json.dump(request, stream)
        argv = [sys.executable, "-I", "-B", os.path.join(HERE, "child.py"), folder]
        if sys.platform == "win32":
            import subprocess

            home = {"USERPROFILE": work, "TEMP": folder, **home}
            return subprocess.Popen(argv, env={**request.get("env", {}), **home}, stdin=subprocess.DEVNULL, cwd=work)
        if self.environment != request.get("env", {}):  # mostly the same, so it is set before the fork
            self.environment = dict(request.get("env", {}))
            os.environ.clear()
            os.environ.update(self.environment)
        pid = os.fork()
        if pid:
            return pid
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for number in (self.input, self.output, self.wake, self.waker):
                os.close(number)
            os.setsid()
            os.environ.update(home)
            limits.apply(self.uncounted)
            if self.spawn:
                os.execv(sys.executable, argv)
            child.run_in_process(folder, request)
        finally:
            os._exit(71)

    def _reaped(self, process: Process, wait: bool = False) -> int | None:
        """The exit status of a job's first process (negative for a signal), or `None` while it runs."""
        if not isinstance(process, int):
            try:
                return process.wait(GRACE if wait else TICK)
            except Exception:  # subprocess.TimeoutExpired, without importing it for each look
                return -9 if wait else None
        try:
            done, status = os.waitpid(process, 0 if wait else os.WNOHANG)
        except ChildProcessError:
            return -9
        if not done:
            return None
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def _sleep(self, running: float) -> None:
        """Waits for a child to end, for the end of standard input, or for the next look."""
        if sys.platform == "win32":
            return  # `_reaped` waits
        ready = select.select([self.input, self.wake], [], [], min(max(running, SOON), TICK))[0]
        if self.wake in ready:
            try:
                os.read(self.wake, 4096)
            except BlockingIOError:
                pass
        if self.input in ready:
            data = os.read(self.input, 1 << 16)
            self.buffer += data
            self.ended = not data

    def _broken(self, process: Process, folder: str, limits: processes.Limits, started: float) -> str:
        """Which limit a running job has broken, or an empty string."""
        if self.ended:
            return "stopped"
        running = time.monotonic() - started
        if running > limits.seconds:
            return "time"
        if running < SOON:
            return ""
        if processes.output_size(folder) > limits.output:
            return "output"
        others = self._others()
        if 0 < limits.processes < len(others):
            self._bury(process)  # what has ended and is only waiting for that does not count
            others = self._others()
            if len(others) > limits.processes:
                return "processes"
        if not limits.memory:
            return ""
        # First what is counted at once, and never too little; only where that is too much, what is exact.
        if sum(map(processes.resident, others)) > limits.memory < sum(map(processes.proportional, others)):
            return "memory"
        return "files" if self._wrote(folder) > limits.memory else ""

    def _wrote(self, folder: str) -> int:
        """The bytes of files that a job has written: where nobody else writes, the system knows; else we look at times."""
        if self.private:
            return self.free - processes.free_space(self.private)
        now = time.monotonic()
        if now > self.next_walk:
            self.written = processes.space(folder)
            self.next_walk = now + 20 * (time.monotonic() - now)
        return self.written

    # ------------------------------------------------------------------------------------------------ its processes

    def _others(self) -> list[int]:
        """The processes of the job: all others of the namespace, or else all that come from this one."""
        if self.is_first:
            return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        return processes.descendants(os.getpid()) if sys.platform == "linux" else []

    def _kill(self, process: Process) -> None:
        """Kills all that a job has started and left."""
        if sys.platform == "win32":
            assert not isinstance(process, int)
            process.kill()
            return
        assert isinstance(process, int)
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            # What forks while it is being killed is caught the next time.
            if not self._strike(process):
                return
            self._bury(process)
            time.sleep(0.0005)

    def _strike(self, own: int) -> bool:
        """Sends the signal once; whether there is, or may be, anything left but the first process of the job."""
        if sys.platform == "win32":
            return False
        if self.is_first:
            try:
                os.kill(-1, signal.SIGKILL)  # all of the namespace but this one
            except ProcessLookupError:
                return False
            return any(process != own for process in self._others())  # its status is still to be read
        if sys.platform == "linux" and not processes.children(os.getpid()):
            return False
        try:
            os.killpg(own, signal.SIGKILL)  # most are of its group, and those at once
        except OSError:
            pass
        return sys.platform == "linux" and any(process != own for process in processes.strike(os.getpid()))

    def _bury(self, own: Process) -> None:
        """Reaps adopted orphans, but not the job's first process, whose status is still wanted."""
        if sys.platform != "linux":
            return
        for process in processes.children(os.getpid()):
            if process != own:
                try:
                    os.waitpid(process, os.WNOHANG)
                except ChildProcessError:
                    continue

    # ------------------------------------------------------------------------------------------------ its answer

    def _answer(self, folder: str, request: dict[str, Any], limits: processes.Limits) -> dict[str, Any]:
        """What the job wrote and reported."""
        steps: list[dict[str, Any]] = [{} for _ in request["steps"]]
        finished = False
        try:
            os.chmod(self.folder, 0o700)
            os.chmod(folder, 0o700)
            for line in processes.contents(folder, ".report").splitlines():
                entry = json.loads(line)
                finished = finished or "end" in entry
                if "step" in entry:
                    steps[entry["step"]] = entry
        except (OSError, ValueError, TypeError, LookupError):  # cut off, or nothing that we wrote
            pass
        for index, step in enumerate(steps):
            for name, key in (("out", "stdout"), ("err", "stderr")):
                data = processes.contents(folder, ".%s%d" % (name, index), limits.output + 1)
                if len(data) > limits.output:
                    data = data[: limits.output]
                    step["cut"] = True
                step[key] = data.decode("utf-8", "backslashreplace")
        return {"steps": steps, "finished": finished}


def main(folder: str, spawn: str, level: str, private: str) -> None:
    """Serves jobs.

    Args:
        folder: Folder for jobs; it is made, and deleted at the end.
        spawn: "1" to start a new interpreter for each job instead of forking.
        level: The level of isolation; at `namespaces` this process sets up those that it was started in.
        private: Folders that only the jobs of this server see, if any, as on a search path.
    """
    os.makedirs(folder, 0o700, exist_ok=True)
    processes.keep_priority()
    if level == "namespaces":
        processes.raise_loopback()
        processes.drop_capabilities()
    elif level == "process":
        processes.adopt_orphans()
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program at the other end decides when to stop
    Server(folder, spawn == "1", [place for place in private.split(os.pathsep) if os.path.isdir(place)]).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
