"""What the tests of the runners share: a warm interpreter, and steps of a session."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from vulgate.model.blocks import Fence
from vulgate.sessions.steps import Planned, Runtime, Step, Treatment
from vulgate.verify import interpreters
from vulgate.verify.jobs import Answer, Outcome
from vulgate.verify.runners import runners
from vulgate.verify.sandbox import Isolation
from vulgate.verify.warm import Warm

COMPILE: Final = Treatment.COMPILE
REJECT: Final = Treatment.REJECT
Programs = Callable[[dict[str, str]], Path]

LIMITS: Final = {
    "seconds": 10,
    "cpu_seconds": 10,
    "memory": 1 << 30,
    "processes": 64,
    "output": 1 << 16,
    "file": 1 << 24,
}


class Running:
    """Runs sessions of any language in one warm interpreter."""

    def __init__(self, isolation: Isolation, readable: Sequence[str] = ()) -> None:
        self.warm = Warm(interpreters.current(), isolation, readable=readable)

    def __call__(
        self, name: str, *steps: Planned, client: Sequence[str] = (), runtime: Runtime | None = None, **limits: float
    ) -> list[Outcome]:
        """What the steps of a session did; skips the test where the language cannot be run."""
        runner = runners()[name]
        job = runner.job(steps, runtime or runtime_of(name), client)
        answer = self.warm.run(job, {**LIMITS, **limits}) if job else Answer(())
        outcomes = runner.outcomes(steps, answer)
        assert len(outcomes) == len(steps)
        return outcomes


def runtime_of(name: str) -> Runtime:
    """Where a language is run here; skips the test if it cannot be."""
    found = runners()[name].runtimes()
    if isinstance(found, str):
        pytest.skip(found)
    return found[0]


def step(
    language: str, code: str, treatment: Treatment = Treatment.RUN, *, output: str | None = None, **fence: Any
) -> Planned:
    """A step whose code begins on line 10 of its chapter."""
    return Planned(Step("id", "a.md", 10, language, code, Fence(**fence), output), treatment)


def file(language: str, path: str, code: str) -> Planned:
    """A step that is a file."""
    return step(language, code, Treatment.FILE, file=path)


def outputs(outcomes: Sequence[Outcome]) -> list[str]:
    """What steps wrote that all ended well."""
    for outcome in outcomes:
        assert outcome == Outcome(True, True, outcome.stdout, outcome.stderr, seconds=outcome.seconds)
    return [outcome.stdout for outcome in outcomes]
