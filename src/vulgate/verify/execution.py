"""Runs tasks: finds the runner, keeps warm interpreters for each thread, starts services, and turns answers into outcomes."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from vulgate.sessions.steps import Runtime, Task
from vulgate.source.book import ServiceEntry
from vulgate.verify import interpreters
from vulgate.verify.jobs import Answer, Outcome
from vulgate.verify.runners import runners
from vulgate.verify.sandbox import Isolation
from vulgate.verify.services import ServiceError, Services
from vulgate.verify.warm import InterpreterDied, Warm

_PYTHON: Final = "python"
PYODIDE: Final = "pyodide"


class Host(Protocol):
    """What runs jobs: a warm interpreter, or Pyodide."""

    def run(self, steps: list[dict[str, Any]], limits: dict[str, Any]) -> Answer:
        """Runs one job."""
        ...

    def close(self) -> None:
        """Ends it."""
        ...


class Execution:
    """Runs tasks from several threads.

    Args:
        services: The manifest's services.
        isolation: How far jobs are kept apart.
        limits: What a job may use, in seconds and bytes.
        spawn: Whether each job gets a new interpreter.
    """

    def __init__(
        self,
        services: Mapping[str, ServiceEntry],
        isolation: Isolation,
        limits: dict[str, float],
        *,
        spawn: bool = False,
    ) -> None:
        self.services = Services(services, isolation)
        self.isolation = isolation
        self.limits = limits
        self.spawn = spawn
        self._local = threading.local()
        self._all: list[Host] = []
        self._lock = threading.Lock()
        self._closed = False

    def run(self, task: Task) -> list[Outcome]:
        """What each step of a task did."""
        runner = runners()[task.runner]
        try:
            service = self.services.start(task.service) if task.service else None
        except ServiceError as error:
            return [Outcome(fault=str(error))] * len(task.steps)
        job = runner.job(task.steps, task.runtime, service.client if service else ())
        if not job:
            return runner.outcomes(task.steps, Answer(()))
        try:
            answer = self._host(task, service.env if service else {}).run(job, self.limits)
        except OSError as error:  # no more processes, descriptors or memory
            return [Outcome(fault=f"nothing can be started here: {error}")] * len(task.steps)
        except InterpreterDied:
            answer = Answer(tuple({} for _ in job), limit="died")
        outcomes = runner.outcomes(task.steps, answer)
        if task.runtime.label.endswith(PYODIDE):
            from vulgate.verify.pyodide import without_what_pyodide_lacks

            return without_what_pyodide_lacks(outcomes)
        return outcomes

    def _host(self, task: Task, environment: dict[str, str]) -> Host:
        """The warm interpreter of this thread for a task."""
        hosts: dict[object, Host] = self._local.__dict__.setdefault("hosts", {})
        key = (task.runtime.label, task.runtime.argv, task.service)
        if key not in hosts:
            with self._lock:
                if self._closed:
                    raise InterpreterDied
                hosts[key] = self._new_host(task, environment)
                self._all.append(hosts[key])
        return hosts[key]

    def _new_host(self, task: Task, environment: dict[str, str]) -> Host:
        runtime = task.runtime
        if runtime.label.endswith(PYODIDE):
            from vulgate.verify.pyodide import PyodideHost

            return PyodideHost(runtime, self.isolation)
        is_python = task.runner == _PYTHON
        return Warm(
            runtime if is_python else interpreters.current(),
            self.isolation,
            network=bool(task.service),
            spawn=self.spawn,
            readable=() if is_python else runtime.folders,
            environment=environment,
            programs=_programs(runtime),
        )

    def close(self) -> None:
        """Ends all interpreters and services, also those with a job in hand."""
        with self._lock:
            self._closed = True
            hosts, self._all = self._all, []
        for host in hosts:
            host.close()
        self.services.close()


def _programs(runtime: Runtime) -> tuple[str, ...]:
    return (str(Path(runtime.argv[0]).parent),) if runtime.argv else ()
