"""Python: on the versions that the command line names."""

from collections.abc import Sequence
from typing import Any

from vulgate.sessions.inline import comments
from vulgate.sessions.steps import Planned, Runtime, Treatment
from vulgate.verify.jobs import Answer, Outcome
from vulgate.verify.runners.base import step_outcomes
from vulgate.verify.tracebacks import with_chapter_lines

_MODES = {Treatment.RUN: "run", Treatment.FAIL: "run", Treatment.COMPILE: "compile", Treatment.REJECT: "reject"}


class PythonRunner:
    """Each step in the namespace of those before it; files are written into the current folder."""

    name = "python"
    languages = ("python", "py", "python3", "pycon")

    def runtimes(self) -> Sequence[Runtime] | str:
        """None: the command line says on which versions."""
        return ()

    def job(self, steps: Sequence[Planned], runtime: Runtime, client: Sequence[str]) -> list[dict[str, Any]]:
        """A step of the job for each step."""
        return [_job_step(planned) for planned in steps]

    def outcomes(self, steps: Sequence[Planned], answer: Answer) -> list[Outcome]:
        """One for one, with the lines of the chapter in tracebacks."""
        return with_chapter_lines(steps, step_outcomes(answer, len(steps)))


def _job_step(planned: Planned) -> dict[str, Any]:
    step = planned.step
    if planned.treatment is Treatment.FILE:
        return {"mode": "file", "path": step.fence.file, "code": step.code}
    job: dict[str, Any] = {"mode": _MODES[planned.treatment], "code": step.code}
    if planned.treatment is Treatment.RUN and comments(step.code):
        job["inline"] = True
    return job
