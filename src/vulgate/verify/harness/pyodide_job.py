"""Runs one job inside Pyodide, which has no processes: the work of `server.py` and of a forked child in one.

This file is run by `pyodide.mjs` as the code of a fresh interpreter; its last expression is the answer, as JSON. A page of the
web edition runs it under another name, and takes what it needs.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _NoEvents:
    """A selector for a loop that has nothing to wait for but the clock."""

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("the event loop waits for something that cannot happen in Pyodide")
        time.sleep(max(timeout, 0))
        return []


class _Loop(asyncio.BaseEventLoop):
    """An event loop of timers and tasks: Pyodide's own loop belongs to JavaScript and cannot be run to an end."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _NoEvents()

    def _process_events(self, events: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


class _Policy:
    """Gives each `asyncio.run` a loop that it can run."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return _Loop()

    def get_event_loop(self) -> asyncio.AbstractEventLoop:
        if self.loop is None:
            self.loop = _Loop()
        return self.loop

    def set_event_loop(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self.loop = loop


def prepared(env: dict[str, str], folder: str) -> dict[str, Any]:
    """Makes the interpreter ready for a job, and gives the names of `child.py`.

    Args:
        env: The environment of the job.
        folder: Where it works, in a folder `work`.
    """
    asyncio._set_running_loop(None)
    asyncio.events._event_loop_policy = _Policy()  # type: ignore[attr-defined]
    work = folder + "/work"
    os.makedirs(work)
    os.environ.clear()
    os.environ.update(env, HOME=work, TMPDIR=folder)
    os.chdir(work)
    sys.path.insert(0, work)
    child: dict[str, Any] = {"__name__": "child"}
    with open("/child.py", encoding="utf-8") as stream:
        exec(compile(stream.read(), "child.py", "exec"), child)
    return child


def answer() -> str:
    """Runs the job; what the harness of a real interpreter would answer."""
    with open("/request.json", encoding="utf-8") as stream:
        request = json.load(stream)
    folder = "/tmp/job"
    child = prepared(request["env"], folder)
    told: list[dict[str, Any]] = []

    def redirect(index: int) -> None:
        for name, number in (("out", 1), ("err", 2)):
            target = os.open(f"{folder}/.{name}{index}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(target, number)
            os.close(target)

    status = child["Job"](request, folder + "/" + child["NAME"], told.append, redirect).run()
    steps: list[dict[str, Any]] = [{} for _ in request["steps"]]
    for entry in told:
        steps[entry["step"]] = entry
    limit = request["limits"]["output"]
    for index, step in enumerate(steps):
        for name, key in (("out", "stdout"), ("err", "stderr")):
            try:
                with open(f"{folder}/.{name}{index}", "rb") as written:
                    data = written.read(limit + 1)
            except OSError:
                continue
            if len(data) > limit:
                step["cut"] = True
            step[key] = data[:limit].decode("utf-8", "backslashreplace")
    told_all = json.dumps({"steps": steps, "finished": True, "status": status}, ensure_ascii=False)
    return told_all.encode("utf-8", "replace").decode()  # half of a surrogate pair is no text that can be sent


answer() if __name__ == "__main__" else None  # in a page, `worker.js` runs the job step by step
