"""Bash: scripts, and sessions as a terminal shows them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from vulgate.sessions.steps import Planned, Runtime, Step, Treatment
from vulgate.verify.jobs import ErrorReport, Mismatch, Outcome
from vulgate.verify.output import matches
from vulgate.verify.runners.base import OneProcess, folders_of, marked_outcomes, place, version_of
from vulgate.verify.runners.data import parsed, parsed_by_grammar
from vulgate.verify.sandbox import program

_NAME: Final = "example.sh"  # `$0`
# Marks are written to copies of the streams, for a script may redirect its own. The numbers are ones that no script uses.
_OUT, _ERR = 249, 248
_VERSION = re.compile(r"version (\d+\.\d+)")
_SYNTAX = re.compile(r"^\S*bash: line (\d+): (.*)", re.MULTILINE)
_JOB = re.compile(r"^\[\d+\] \d+\n", re.MULTILINE)
_NOT_RUN: Final = "(the shell has ended above, so this is not run)"
_COMPLAINT = re.compile(rf"^({re.escape(_NAME)}|environment): (?:eval: )?line (\d+): ", re.MULTILINE)


def bash() -> Sequence[Runtime] | str:
    """The bash of this machine, or why there is none."""
    said = version_of("bash", "--version")
    if not said:
        return "needs bash, which is not on the PATH"
    version = _VERSION.search(said)
    path = program("bash")
    label = f"bash {version[1]}" if version else "bash"
    return [Runtime(label, build=said, argv=(path,), folders=folders_of(path))]


def _quoted(code: str) -> str:
    """Code as one word on one line: so what bash says of its lines counts from its first one."""
    return "$'" + code.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def _one_after_the_other(codes: Iterable[str], mark: str, streams: Sequence[int]) -> str:
    """A script that evaluates each code, with a mark between two of them; `$?` goes on from one to the next."""
    prints = "".join(f"builtin printf '%s%s\\n' '{mark}' \"$status\" >&{stream}; " for stream in streams)
    define = f'__step_end() {{ local status=$?; {prints}return "$status"; }}; '
    return define + "; __step_end; ".join(f"eval {_quoted(code)}" for code in codes)


def _parse_step(code: str, runtime: Runtime) -> dict[str, Any]:
    return {"mode": "exec", "argv": [*(runtime.argv or ("bash",)), "-O", "extglob", "-n"], "stdin": code}


def _parsed(code: str, treatment: Treatment, outcome: Outcome) -> Outcome:
    """What `bash -n` came to; where there is no bash, the grammar is asked."""
    if outcome.error:
        return parsed_by_grammar("bash", code, treatment)
    found = _SYNTAX.search(outcome.stderr) if outcome.status else None
    if found is None:
        return outcome
    return replace(outcome, error=ErrorReport("SyntaxError", "builtins", found[2], int(found[1])), stderr="")


# ---------------------------------------------------------------------------------------------------- scripts


class ShellRunner(OneProcess):
    """Runs scripts with `bash -e`, all steps of a session in one shell."""

    name = "shell"
    languages = ("bash", "sh", "shell")

    def runtimes(self) -> Sequence[Runtime] | str:
        """The bash of this machine."""
        return bash()

    def parse_step(self, planned: Planned, runtime: Runtime) -> dict[str, Any]:
        """Lets bash read it."""
        return _parse_step(planned.step.code, runtime)

    def parsed(self, planned: Planned, outcome: Outcome) -> Outcome:
        """What bash says of it."""
        return _parsed(planned.step.code, planned.treatment, outcome)

    def run_step(self, steps: Sequence[Step], mark: str, runtime: Runtime) -> dict[str, Any]:
        """One shell."""
        codes = [step.code for step in steps]
        script = f"exec {_OUT}>&1 {_ERR}>&2; {_trap(codes, mark)}{_one_after_the_other(codes, mark, (_OUT, _ERR))}"
        return {"mode": "exec", "argv": [*runtime.argv, "-e", "-c", script, _NAME]}

    def ran(self, steps: Sequence[Step], mark: str, outcome: Outcome) -> list[Outcome]:
        """Tells the steps apart."""
        outcomes = marked_outcomes(outcome, len(steps), mark)
        is_one = len(steps) == 1
        return [_explained(step, mark, found, is_one=is_one) for step, found in zip(steps, outcomes, strict=True)]


def _trap(codes: Iterable[str], mark: str) -> str:
    """Notes which command fails, and where; not in scripts that speak of traps, which could see it."""
    if any("trap" in code for code in codes):
        return ""
    note = f"builtin printf '%s!%s %s %s\\n' '{mark}' \"$?\" \"$LINENO\" \"${{BASH_COMMAND%%$'\\n'*}}\" >&{_ERR}"
    return f"trap {_quoted(note)} ERR; "


def _explained(step: Step, mark: str, outcome: Outcome, *, is_one: bool) -> Outcome:
    """The outcome with lines of the chapter in what bash says, and the command that failed."""
    notes = list(re.finditer(re.escape(mark) + r"!(\d+) (\d+) (.*)\n", outcome.stderr))
    stderr = re.sub(re.escape(mark) + r"!.*\n", "", outcome.stderr)
    count = step.code.count("\n") + 1

    def placed(found: re.Match[str]) -> str:
        line = int(found[2])
        # A function's lines count in the step that defines it, and bash does not say which that is.
        is_known = line <= count and (is_one or found[1] == _NAME)
        return f"{place(step, line)}: " if is_known else f"{found[1]}: line {line}: "

    stderr = _COMPLAINT.sub(placed, stderr)
    # A failing `eval` is our own, and tells no line: in it, the last command of a list failed that is not to end the shell.
    real = [note for note in notes if not note[3].startswith(("eval ", "__step_end", "return "))]
    if real and outcome.status and int(real[-1][1]) == outcome.status:
        where = f"{place(step, int(real[-1][2]))}: "
        if f"\n{where}" not in f"\n{stderr}":
            stderr = f"{stderr}{where}`{real[-1][3]}` ends with status {outcome.status}\n"
    return replace(outcome, stderr=stderr)


# ---------------------------------------------------------------------------------------------------- sessions


class Command(Struct, frozen=True):
    """A command of a session: the line where it begins, from 0, what is typed, and what the session shows below it."""

    line: int
    source: str
    want: str


class ConsoleRunner(OneProcess):
    """Runs sessions: `$ ` begins a command, `> ` continues it, and below stands what a terminal shows.

    Standard error is part of that. A last line `[3]` says that the command ends with status 3.
    """

    name = "console"
    languages = ("console", "shell-session", "shellsession", "terminal")

    def runtimes(self) -> Sequence[Runtime] | str:
        """The bash of this machine."""
        return bash()

    def parse_step(self, planned: Planned, runtime: Runtime) -> dict[str, Any]:
        """Lets bash read the commands."""
        return _parse_step(_only_commands(planned.step.code), runtime)

    def parsed(self, planned: Planned, outcome: Outcome) -> Outcome:
        """What bash says of the commands."""
        return _parsed(_only_commands(planned.step.code), planned.treatment, outcome)

    def run_step(self, steps: Sequence[Step], mark: str, runtime: Runtime) -> dict[str, Any]:
        """One shell; an interactive one, for it names itself in its complaints as in a terminal, and knows aliases."""
        sources = [command.source for step in steps for command in commands(step.code)]
        # The empty one at the end is reached if no command has ended the shell.
        script = f"exec 2>&1 {_OUT}>&1; {_one_after_the_other([*sources, ''], mark, (_OUT,))}"
        argv = [*runtime.argv, "--norc", "--noprofile", "-i", "+m", "-c", script, "bash"]
        return {"mode": "exec", "argv": argv}

    def ran(self, steps: Sequence[Step], mark: str, outcome: Outcome) -> list[Outcome]:
        """Holds each answer against the session."""
        found = [commands(step.code) for step in steps]
        # Only the complaints of a shell without a terminal are in this stream: the session's own are in the other.
        whole = outcome if outcome.error else replace(outcome, stderr="")
        answers = marked_outcomes(whole, sum(map(len, found)) + 1, mark)
        ended = sum(answer.reached for answer in answers) - 1
        if not answers[-1].reached:  # an interactive shell says `exit` when it goes; a book need not
            answers[ended] = replace(answers[ended], stdout=answers[ended].stdout.removesuffix("exit\n"))
        rest = iter(answers)
        return [_session(step, its, [next(rest) for _ in its]) for step, its in zip(steps, found, strict=True)]


def commands(code: str) -> list[Command]:
    """The commands of a session."""
    found: list[Command] = []
    source: list[str] = []
    want: list[str] = []
    first = 0
    for number, line in enumerate([*code.split("\n"), "$"]):
        if line == "$" or line.startswith("$ "):
            if source:
                found.append(Command(first, "\n".join(source), "\n".join(want).rstrip("\n")))
            first, source, want = number, [line[2:]], []
        elif source and not want and (line == ">" or line.startswith("> ")):
            source.append(line[2:])
        elif source:
            want.append(line)
    return [command for command in found if command.source.strip()]


def _only_commands(code: str) -> str:
    """The commands of a session, each on its lines, and all else blank."""
    lines = [""] * (code.count("\n") + 1)
    for command in commands(code):
        for offset, line in enumerate(command.source.split("\n")):
            lines[command.line + offset] = line
    return "\n".join(lines)


def _session(step: Step, its: Sequence[Command], answers: Sequence[Outcome]) -> Outcome:
    if not its:
        return Outcome(
            reached=True, finished=True, note="no line of it begins with `$ `, so there is no command to run"
        )
    stray = next((number for number, line in enumerate(step.code.split("\n")[: its[0].line], 1) if line.strip("$ ")), 0)
    if stray:
        return parsed("what stands above the first `$ ` belongs to no command", stray)
    if not answers[0].reached or answers[0].error:
        return answers[0]
    wrong: list[Mismatch] = []
    limit, killed = "", 0
    for command, answer in zip(its, answers, strict=True):
        limit, killed = limit or answer.limit, killed or answer.signal
        got = _shown(answer) if answer.reached else _NOT_RUN
        if not answer.reached or answer.limit or answer.signal or not _is_as_shown(command, got):
            wrong.append(Mismatch(command.line, command.source, command.want, got))
        if not answer.reached:
            break
    return Outcome(
        reached=True,
        finished=all(answer.finished for answer in answers),
        stdout="".join(answer.stdout for answer in answers),
        limit=limit,
        signal=killed,
        session=tuple(wrong),
        seconds=max(answer.seconds for answer in answers),
    )


def _is_as_shown(command: Command, got: str) -> bool:
    """Whether an answer matches; the line in which a shell numbers a job is as chance will have it, or not there."""
    if "&" not in command.source:
        return matches(command.want, got)
    want, got = (_JOB.sub("", f"{text}\n") for text in (command.want, got))
    return matches(want, got)


def _shown(answer: Outcome) -> str:
    """What a session shows of an answer: the output, and the exit status if it is not 0."""
    # The lines of an `eval` are no lines of what is typed in a terminal.
    text = re.sub(r"^bash: eval: line \d+: ", "bash: ", answer.stdout, flags=re.MULTILINE)
    if answer.status:
        text = f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}[{answer.status}]"
    return text.rstrip("\n")
