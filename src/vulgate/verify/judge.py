"""Holds what a step did against what its source says."""

import builtins
import signal
from typing import Final

from vulgate.model.blocks import Status
from vulgate.sessions.inline import comments, printed
from vulgate.sessions.steps import Planned, Step, Treatment
from vulgate.verify.jobs import ErrorReport, Judgement, Outcome
from vulgate.verify.output import difference, matches

_PROVEN: Final = Judgement(Status.PROVEN)
_STATIC: Final = "static: parsed, not run"
_MAX_LINES: Final = 60
_LIMITS: Final = {
    "time": "ran longer than {seconds:g} s",
    "cpu": "used more than {cpu_seconds:g} s of processor time",
    "memory": "used more than {memory_mb} MB",
    "files": "wrote more than {memory_mb} MB of files",
    "processes": "ran more than {processes} processes at once",
    "output": "printed more than {output_kb} kB; the rest is cut",
    "stopped": "was stopped",
    "died": "killed the interpreter that it was started from",
}


def judge(planned: Planned, outcome: Outcome, limits: dict[str, float]) -> Judgement:
    """The verdict on a step.

    Args:
        planned: The step and how it was treated.
        outcome: What it did.
        limits: The limits in force, for the messages.
    """
    step = planned.step
    if outcome.skip:
        return Judgement(Status.SKIPPED, outcome.skip)
    if outcome.fault:
        return Judgement(Status.FAILED, _first_line(outcome.fault), outcome.fault)
    if outcome.note:
        return Judgement(Status.UNPROVEN, outcome.note)
    if not outcome.reached:
        return Judgement(Status.UNPROVEN, "a fence above it in its group ended the run")
    if planned.treatment in (Treatment.COMPILE, Treatment.REJECT, Treatment.FILE):
        return _compiled(planned, outcome)
    if planned.treatment is Treatment.FAIL:
        return _must_fail(step, outcome)
    if broken := _broken(outcome, limits):
        return _failed(step, outcome, broken)
    if wrong := _ended_wrong(step, outcome):
        return _failed(step, outcome, wrong)
    if step.output is not None and not matches(step.output, outcome.stdout):
        detail = difference(step.output, outcome.stdout)
        return Judgement(Status.FAILED, "prints something else", _with_stderr(outcome, detail), actual=outcome.stdout)
    return _comments(step, outcome) or _PROVEN


# ---------------------------------------------------------------------------------------------------- how it ended


def _compiled(planned: Planned, outcome: Outcome) -> Judgement:
    step, error = planned.step, outcome.error
    if planned.treatment is Treatment.REJECT:
        return _PROVEN if error else Judgement(Status.FAILED, "compiles, and is marked `syntax-error`")
    if error:
        verb = "cannot be written" if _is_os_error(error.type) else "does not compile"
        return _failed(step, outcome, f"{verb}: {error.text}")
    if not outcome.finished:
        return Judgement(Status.FAILED, "took the interpreter with it when it was compiled")
    return Judgement(Status.SKIPPED, _STATIC) if planned.treatment is Treatment.COMPILE else _PROVEN


def _is_os_error(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, OSError)


def _must_fail(step: Step, outcome: Outcome) -> Judgement:
    if outcome.error or outcome.session or outcome.status or outcome.signal or outcome.limit:
        return _PROVEN
    return Judgement(Status.FAILED, "passes outside of its versions, and `strict` says that it must fail there")


def _broken(outcome: Outcome, limits: dict[str, float]) -> str:
    if outcome.limit:
        return _LIMITS[outcome.limit].format(**limits)
    if outcome.signal:
        try:
            return f"was killed by {signal.Signals(outcome.signal).name}"
        except ValueError:
            return f"was killed by signal {outcome.signal}"
    return ""


def _ended_wrong(step: Step, outcome: Outcome) -> str:
    error, wanted = outcome.error, step.fence.raises
    if wanted:
        return _wrong_error(step, error)
    if error and not (error.type == "SystemExit" and error.status == 0):
        return f"{error.type}: {error.text}".strip().removesuffix(":") if error.text else error.type
    if outcome.session:
        first = outcome.session[0]
        return f"`{_first_line(first.source)}` answers something else"
    return f"ends with status {outcome.status}" if outcome.status else ""


def _wrong_error(step: Step, error: ErrorReport | None) -> str:
    wanted = step.fence.raises
    if error is None:
        return f"raises nothing, and must raise {wanted}"
    if not _is_type(wanted, error):
        return f"raises {error.type} ({_first_line(error.text)}), and must raise exactly {wanted}"
    if step.fence.match and step.fence.match not in error.text:
        return f"raises {wanted} with “{_first_line(error.text)}”, which does not contain “{step.fence.match}”"
    return ""


def _is_type(wanted: str, error: ErrorReport) -> bool:
    """Whether an exception has the type named; a builtin name means the builtin, not a class that borrows its name."""
    module, _, name = wanted.rpartition(".")
    if module:
        return error.type == name and (error.module == module or error.module.startswith(f"{module}."))
    if hasattr(builtins, wanted) and error.module != "builtins":
        return False
    return wanted in (error.type, error.type.rpartition(".")[2])


def _comments(step: Step, outcome: Outcome) -> Judgement | None:
    found = comments(step.code)
    if not found or step.language not in ("python", "py", "python3"):
        return None
    prints = tuple((line - outcome.first, text) for line, text in outcome.prints)
    wrong = [(comment, real) for comment, real in printed(found, prints) if not matches(comment.text, real)]
    if not wrong:
        return None
    comment, real = wrong[0]
    return Judgement(
        Status.FAILED,
        "a `#>` comment says something else than what is printed",
        _with_stderr(outcome, difference(comment.text, real)),
        step.line + comment.first - 1,
        inline=tuple((comment.first, real) for comment, real in wrong),
    )


# ---------------------------------------------------------------------------------------------------- what a reader sees


def _failed(step: Step, outcome: Outcome, reason: str) -> Judgement:
    line = 0
    if outcome.session:
        line = step.line + outcome.session[0].line
    elif outcome.error and outcome.error.line > outcome.first:
        line = step.line + outcome.error.line - outcome.first - 1
    detail = "\n".join(
        f"{entry.source.rstrip()}\n{difference(entry.want, entry.got)}".rstrip() for entry in outcome.session[:5]
    )
    return Judgement(Status.FAILED, _first_line(reason), _with_stderr(outcome, detail), line)


def _with_stderr(outcome: Outcome, detail: str) -> str:
    """The detail, and below it what was written to standard error."""
    shown = outcome.stderr.splitlines()
    if len(shown) > _MAX_LINES:
        half = _MAX_LINES // 2
        shown[half:-half] = [f"... {len(shown) - _MAX_LINES} lines left out ..."]
    return "\n".join([*([detail.rstrip("\n")] if detail.strip("\n") else []), *shown])


def _first_line(text: str) -> str:
    first, _, rest = text.strip().partition("\n")
    return f"{first} ..." if rest else first
