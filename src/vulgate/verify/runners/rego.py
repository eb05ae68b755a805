"""Rego, the language of Open Policy Agent's policies."""

import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from vulgate.sessions.steps import Planned, Runtime, Treatment
from vulgate.verify.jobs import Answer, ErrorReport, Outcome
from vulgate.verify.runners.base import file_step, folders_of, place, step_outcomes, version_of
from vulgate.verify.sandbox import program

_PACKAGE = re.compile(r"^[ \t]*package\s+(\S+)", re.MULTILINE)
_TEST = re.compile(r"^[ \t]*(test_\w+)", re.MULTILINE)
_PLACE = re.compile(r"(?<![^\s:])[^\s:]*\bfence(\d+)\.rego:(\d+)")
_FAULT = re.compile(_PLACE.pattern + r": (?:(\w+): )?(.*)")
_FAILED_TEST = re.compile(r"^\S*\b(test_\w+): (?:FAIL|ERROR)", re.MULTILINE)
_DATA: Final = (".rego", ".json", ".yaml", ".yml")
_INPUT: Final = "input.json"
_MISSING: Final = "needs opa, which is not on the PATH"


class RegoRunner:
    """Checks each policy, runs its tests, and evaluates its package where output is expected; all with `opa`.

    A policy sees those of the steps before it, and their files; a file `input.json` is the input.
    """

    name = "rego"
    languages = ("rego",)

    def runtimes(self) -> Sequence[Runtime] | str:
        """The opa of this machine."""
        said = version_of("opa", "version")
        if not said:
            return _MISSING
        version = re.search(r"\d+\.\d+\.\d+", said)
        path = program("opa")
        label = f"opa {version[0]}" if version else "opa"
        return [Runtime(label, build=said, argv=(path,), folders=folders_of(path))]

    def job(self, steps: Sequence[Planned], runtime: Runtime, client: Sequence[str]) -> list[dict[str, Any]]:
        """Up to three commands for each step."""
        program = runtime.argv[0] if runtime.argv else "opa"
        return [part for parts in _parts(steps, program) for part in parts.job]

    def outcomes(self, steps: Sequence[Planned], answer: Answer) -> list[Outcome]:
        """What the commands of each step came to."""
        parts = _parts(steps, "opa")
        told = iter(step_outcomes(answer, sum(len(part.job) for part in parts)))
        return [_outcome(steps, at, part, [next(told) for _ in part.job]) for at, part in enumerate(parts)]


class _Parts(Struct, frozen=True):
    """The steps of a job that a fence needs; `tests` is the position of its tests among them, or -1."""

    job: list[dict[str, Any]]
    tests: int = -1


def _parts(steps: Sequence[Planned], opa: str) -> list[_Parts]:
    found: list[_Parts] = []
    names: list[str] = []
    has_input = False
    for number, planned in enumerate(steps, 1):
        step, name = planned.step, f"fence{number}.rego"
        if planned.treatment is Treatment.FILE:
            found.append(_Parts([file_step(planned)]))
            has_input = has_input or step.fence.file == _INPUT
            names += [step.fence.file] if step.fence.file.endswith(_DATA) and step.fence.file != _INPUT else []
        elif planned.treatment in (Treatment.COMPILE, Treatment.REJECT):
            name = f"../fence{number}.rego"
            found.append(_Parts([_command([opa, "check", name], {name: step.code})]))
        else:
            names.append(name)
            found.append(_run_parts(planned, opa, name, names, has_input=has_input))
    return found


def _run_parts(planned: Planned, opa: str, name: str, names: Sequence[str], *, has_input: bool) -> _Parts:
    code = planned.step.code
    policies = [policy for policy in names if policy.endswith(".rego")]
    job = [_command([opa, "check", *policies], {name: code})]
    tests = -1
    if _TEST.search(code):
        tests = len(job)
        job.append(_command([opa, "test", "-v", *names]))
    package = _PACKAGE.search(code)
    if planned.step.output is not None and package:
        data = [argument for source in names for argument in ("--data", source)]
        asked = ["--input", _INPUT] if has_input else []
        job.append(_command([opa, "eval", "--format", "pretty", *data, *asked, f"data.{package[1]}"]))
    return _Parts(job, tests)


def _command(argv: list[str], files: dict[str, str] | None = None) -> dict[str, Any]:
    return {"mode": "exec", "argv": argv, "files": files or {}}


# ---------------------------------------------------------------------------------------------------- outcomes


def _outcome(steps: Sequence[Planned], at: int, parts: _Parts, told: Sequence[Outcome]) -> Outcome:
    """The first command that failed, else the last one; its output is that of the fence."""
    wrong = next((number for number, outcome in enumerate(told) if _is_wrong(outcome)), len(told) - 1)
    outcome = replace(told[wrong], seconds=sum(part.seconds for part in told))
    treatment, code = steps[at].treatment, steps[at].step.code
    if treatment is Treatment.FILE:
        return outcome
    if outcome.error and treatment in (Treatment.COMPILE, Treatment.REJECT):
        return replace(outcome, error=None, note=_MISSING)
    if not outcome.status:
        return outcome
    text = f"{outcome.stdout}{outcome.stderr}"
    error = _failed_test(code, text) if wrong == parts.tests else None
    stderr = _PLACE.sub(lambda found: place(steps[int(found[1]) - 1].step, int(found[2])), text)
    return replace(outcome, error=error or _fault(at + 1, text), stdout="", stderr=stderr)


def _is_wrong(outcome: Outcome) -> bool:
    return bool(not outcome.finished or outcome.error or outcome.status or outcome.signal or outcome.limit)


def _fault(number: int, text: str) -> ErrorReport | None:
    """What opa says first of a fence, or of another one that it is read with."""
    found = _FAULT.search(text)
    if found is None:
        return None
    return ErrorReport(found[3] or "rego_error", "opa", found[4], int(found[2]) if int(found[1]) == number else 0)


def _failed_test(code: str, text: str) -> ErrorReport | None:
    """The first test that failed."""
    failed = _FAILED_TEST.search(text)
    if failed is None:
        return None
    line = next((found for found in _TEST.finditer(code) if found[1] == failed[1]), None)
    number = code.count("\n", 0, line.start(1)) + 1 if line else 0
    return ErrorReport("test", "opa", f"{failed[1]} fails", number)
