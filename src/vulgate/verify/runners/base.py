"""What a runner is: who knows how the fences of a language are run, and what to make of the answer."""

import re
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from vulgate.sessions.steps import Planned, Runtime, Step, Treatment, claim_digest
from vulgate.verify.jobs import Answer, ErrorReport, Mismatch, Outcome
from vulgate.verify.sandbox import program

_PROBE_SECONDS: Final = 10
_OUT_OF_TIME: Final = getattr(signal, "SIGXCPU", None)  # what the kernel sends at the limit of processor time
_PARSED_ONLY: Final = (Treatment.COMPILE, Treatment.REJECT)


class Runner(Protocol):
    """Runs the fences of some languages. Register one under the entry point `vulgate.runners`."""

    @property
    def name(self) -> str:
        """What it is called in sessions and tasks."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """The first words of info strings that it runs, in lower case."""
        ...

    def runtimes(self) -> "Sequence[Runtime] | str":
        """Where the language can be run on this machine, or in words why it cannot.

        The Python runner alone returns nothing: the command line says on which versions.
        """
        ...

    def job(self, steps: Sequence[Planned], runtime: Runtime, client: Sequence[str]) -> list[dict[str, Any]]:
        """The job that runs the steps, in the terms of `harness/server.py`; none if `outcomes` needs no process.

        Args:
            steps: What to run.
            runtime: Where.
            client: The command that runs a fence of this language against a service, or nothing.
        """
        ...

    def outcomes(self, steps: Sequence[Planned], answer: Answer) -> list[Outcome]:
        """What each step did."""
        ...


def step_outcomes(answer: Answer, count: int) -> list[Outcome]:
    """The outcomes of a job whose steps are those of the session, one for one."""
    outcomes: list[Outcome] = []
    running = True
    for index in range(count):
        told = answer.steps[index] if index < len(answer.steps) else {}
        finished = "step" in told
        # The step after the last finished one is where the process ended; those behind it never began.
        reached = finished or running
        is_last = finished and index == count - 1
        outcomes.append(_outcome(told, answer, reached=reached, finished=finished, is_end=is_last or not finished))
        running = running and finished
    return outcomes


def _outcome(told: dict[str, Any], answer: Answer, *, reached: bool, finished: bool, is_end: bool) -> Outcome:
    error = told.get("error")
    is_here = is_end and reached  # whether the end of the process is this step's
    status = told.get("status", answer.status if is_here and not answer.finished else 0)
    killed = answer.signal if is_here else 0
    if status < 0:  # a command that was killed, as `subprocess` tells it
        killed, status = -status, 0
    limit = (answer.limit if is_here else "") or ("output" if told.get("cut") else "")
    return Outcome(
        reached=reached,
        finished=finished,
        stdout=told.get("stdout", ""),
        stderr=told.get("stderr", ""),
        error=msgspec.convert(error, ErrorReport) if error else None,
        status=status,
        limit=limit or ("cpu" if killed == _OUT_OF_TIME else ""),
        signal=killed,
        prints=tuple((line, text) for line, text in told.get("prints", ())),
        session=tuple(Mismatch(*entry) for entry in told.get("session", ())),
        first=told.get("first", 0),
        seconds=told.get("seconds", 0.0),
    )


@lru_cache(maxsize=32)
def version_of(name: str, *arguments: str) -> str | None:
    """The first line that a program prints about its version, or `None` if it is not there."""
    path = program(name)
    if not path:
        return None
    try:
        done = subprocess.run(
            [path, *arguments], capture_output=True, timeout=_PROBE_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return (done.stdout or done.stderr).decode("utf-8", "replace").partition("\n")[0].strip()


def folders_of(path: str) -> tuple[str, ...]:
    """What a program must be able to read: itself, and the folders that it was installed with, wherever they lie."""
    real = Path(path).resolve()
    root = real.parent.parent
    home = Path.home().resolve()
    # `~/bin` and `~/.local/bin` hold programs from anywhere, and the folders around them are the user's own.
    is_own_tree = real.parent.name == "bin" and not home.is_relative_to(root) and root != home / ".local"
    return (path, str(root if is_own_tree else real))


def place(step: Step, line: int) -> str:
    """Where a line of a step, from 1, stands in its chapter."""
    return f"{step.path}:{step.line + line - 1}"


# ---------------------------------------------------------------------------------------------------- one process


def file_step(planned: Planned) -> dict[str, Any]:
    """The step of a job that only writes a file."""
    return {"mode": "file", "path": planned.step.fence.file, "code": planned.step.code}


class OneProcess(ABC):
    """A runner that runs the steps of a session in one process, so that they share what they define.

    Files are written first, then what is only parsed is parsed, each step on its own, and then the process runs. It
    writes a mark between two steps, to standard output and to standard error, by which they are told apart.
    """

    name: str
    languages: tuple[str, ...]
    parses_here: bool = False
    """Whether `parsed` needs no process."""

    @abstractmethod
    def parse_step(self, planned: Planned, runtime: Runtime) -> dict[str, Any]:
        """The step of a job that parses a fence and runs nothing."""

    @abstractmethod
    def parsed(self, planned: Planned, outcome: Outcome) -> Outcome:
        """What parsing a fence came to, from the outcome of its `parse_step`."""

    @abstractmethod
    def run_step(self, steps: Sequence[Step], mark: str, runtime: Runtime) -> dict[str, Any]:
        """The step of a job that runs fences."""

    @abstractmethod
    def ran(self, steps: Sequence[Step], mark: str, outcome: Outcome) -> list[Outcome]:
        """What each fence did, from the outcome of their `run_step`."""

    def job(self, steps: Sequence[Planned], runtime: Runtime, client: Sequence[str]) -> list[dict[str, Any]]:
        """Files, what is parsed, and a step for all that is run."""
        files, checked, running = _sorted_out(steps)
        job = [file_step(planned) for planned in files]
        if not self.parses_here:
            job += [self.parse_step(planned, runtime) for planned in checked]
        if running:
            job.append(self.run_step([planned.step for planned in running], self._mark(steps), runtime))
        return job

    def outcomes(self, steps: Sequence[Planned], answer: Answer) -> list[Outcome]:
        """What each step did, in their order."""
        files, checked, running = _sorted_out(steps)
        count = len(files) + (0 if self.parses_here else len(checked)) + bool(running)
        told = iter(step_outcomes(answer, count))
        found = {id(planned): next(told) for planned in files}
        for planned in checked:
            found[id(planned)] = self.parsed(planned, Outcome() if self.parses_here else next(told))
        if running:
            outcomes = self.ran([planned.step for planned in running], self._mark(steps), next(told))
            found.update((id(planned), outcome) for planned, outcome in zip(running, outcomes, strict=True))
        return [found[id(planned)] for planned in steps]

    def _mark(self, steps: Sequence[Planned]) -> str:
        """No step contains it, and `job` and `outcomes` agree on it."""
        return f"<{claim_digest(self.name, steps)}>"


def _sorted_out(steps: Sequence[Planned]) -> tuple[list[Planned], list[Planned], list[Planned]]:
    """The steps that are files, those that are only parsed, and those that are run."""
    files = [planned for planned in steps if planned.treatment is Treatment.FILE]
    checked = [planned for planned in steps if planned.treatment in _PARSED_ONLY]
    running = [planned for planned in steps if planned.treatment in (Treatment.RUN, Treatment.FAIL)]
    return files, checked, running


def marked_outcomes(whole: Outcome, count: int, mark: str) -> list[Outcome]:
    """The outcomes of steps that one command ran, and that a line between two of them tells apart.

    Args:
        whole: The outcome of the command.
        count: How many steps it was to run.
        mark: What such a line begins with, in both streams; the exit status of the step above follows.
    """
    pattern = re.compile(re.escape(mark) + r"(\d+)\n")
    written = pattern.split(whole.stdout)
    complaints = pattern.split(whole.stderr)[::2]
    texts, statuses = written[::2], written[1::2]
    if len(complaints) != len(texts):  # without marks, they go to the last step that ran
        complaints = [*[""] * (len(texts) - 1), whole.stderr]
    ended = [
        Outcome(True, True, text, complaint, status=int(status))
        for text, complaint, status in zip(texts, complaints, statuses, strict=False)
    ]
    # What stands behind the last mark belongs to the step in which the command ended, by itself or otherwise.
    last = msgspec.structs.replace(whole, stdout=texts[-1], stderr=complaints[-1])
    return [*ended, last, *[Outcome()] * (count - len(ended) - 1)]
