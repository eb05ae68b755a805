"""SQL: in SQLite, or by the client of a service."""

import os
import re
import sqlite3
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from msgspec.structs import replace

from vulgate.sessions.steps import Planned, Runtime, Treatment
from vulgate.verify import interpreters
from vulgate.verify.jobs import Answer, ErrorReport, Outcome
from vulgate.verify.runners.base import file_step, place, step_outcomes, version_of
from vulgate.verify.runners.sqlite_driver import DRIVER

_ASK: Final = "import sqlite3; print(sqlite3.sqlite_version)"
_ERROR = re.compile(r"line (\d+): (.*)", re.DOTALL)
_SQLITE: Final = "sqlite"


class SqlRunner:
    """Runs SQL in one SQLite database for all steps of a session; with a service, its client runs each step."""

    name = "sql"
    languages = ("sql", _SQLITE)

    def runtimes(self) -> Sequence[Runtime] | str:
        """SQLite, as Python has it."""
        return _runtimes(os.environ.get("VIRTUAL_ENV", ""))

    def job(self, steps: Sequence[Planned], runtime: Runtime, client: Sequence[str]) -> list[dict[str, Any]]:
        """A step of the job for each step; none if there is a service, and no client for it."""
        if _has_service(steps) and not client:
            return []
        return [_job_step(planned, client) for planned in steps]

    def outcomes(self, steps: Sequence[Planned], answer: Answer) -> list[Outcome]:
        """One for one."""
        if _has_service(steps) and not answer.steps:
            return [Outcome(note="its service has no `client` that could run it")] * len(steps)
        found = step_outcomes(answer, len(steps))
        return [_outcome(planned, outcome) for planned, outcome in zip(steps, found, strict=True)]


@lru_cache(maxsize=4)
def _runtimes(environment: str) -> Sequence[Runtime] | str:
    """The runtime; looked up once for each virtual environment, because Pythons are started for it."""
    try:
        host = interpreters.current()
    except interpreters.PythonNotFoundError as error:
        return str(error)
    is_ours = host.argv[0] == sys.executable
    version = sqlite3.sqlite_version if is_ours else version_of(host.argv[0], "-c", _ASK) or ""
    if not version[:1].isdigit():
        return f"needs the module sqlite3, which the Python at {host.argv[0]} does not have"
    return [replace(host, label=f"sqlite {version}", version="", build=f"{version} in Python {host.label}")]


def _has_service(steps: Sequence[Planned]) -> bool:
    return any(planned.step.fence.service for planned in steps)


def _job_step(planned: Planned, client: Sequence[str]) -> dict[str, Any]:
    code = planned.step.code
    if planned.treatment is Treatment.FILE:
        return file_step(planned)
    if planned.treatment in (Treatment.COMPILE, Treatment.REJECT):
        return {"mode": "run", "code": f"{DRIVER}\ncheck_sql({code!r})\n"}
    if client:
        return {"mode": "exec", "argv": list(client), "stdin": code}
    return {"mode": "run", "code": f"{DRIVER}\nrun_sql({code!r})\n"}


def _outcome(planned: Planned, outcome: Outcome) -> Outcome:
    """The outcome with the line of the statement that failed; the lines of the program that runs it mean nothing."""
    outcome = replace(outcome, first=0)
    found = _ERROR.fullmatch(outcome.error.text) if outcome.error else None
    if found is None:
        return outcome
    assert outcome.error is not None
    if planned.treatment is Treatment.COMPILE and planned.step.language != _SQLITE:
        return replace(
            outcome, error=None, stderr="", note=f"not parsed: SQLite says “{found[2]}”, another SQL may not"
        )
    line = int(found[1])
    error = ErrorReport(outcome.error.type, outcome.error.module, found[2], line)
    return replace(outcome, error=error, stderr=f"{place(planned.step, line)}: {found[2]}\n")
