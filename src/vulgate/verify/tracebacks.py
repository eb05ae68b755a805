"""Tracebacks of Python with the lines of the chapter in place of those of the example, and with the source lines."""

import re
import textwrap
from collections.abc import Sequence
from typing import Final

import msgspec

from vulgate.sessions.steps import Planned, Step, Treatment
from vulgate.verify.jobs import Outcome

_FRAME = re.compile(r'(\s*File ")([^"]+)(", line )(\d+)(.*)')
_JOINED: Final = "example.py"
_WORK: Final = "/work/"


def with_chapter_lines(steps: Sequence[Planned], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes whose standard error names chapter files where it named the code of the session.

    Args:
        steps: The steps of a session.
        outcomes: What they did.
    """
    ran = [
        (outcome.first, planned.step)
        for planned, outcome in zip(steps, outcomes, strict=True)
        if planned.treatment in (Treatment.RUN, Treatment.FAIL) and outcome.reached
    ]
    files = {planned.step.fence.file: planned.step for planned in steps if planned.treatment is Treatment.FILE}
    return [
        msgspec.structs.replace(outcome, stderr=_mapped(outcome.stderr, ran, files)) if outcome.stderr else outcome
        for outcome in outcomes
    ]


def _mapped(text: str, ran: Sequence[tuple[int, Step]], files: dict[str, Step]) -> str:
    shown: list[str] = []
    lines = text.splitlines()
    for index, line in enumerate(lines):
        frame = _FRAME.fullmatch(line)
        place = _place(frame[2], int(frame[4]), ran, files) if frame else None
        if frame is None or place is None:
            shown.append(line)
            continue
        step, number = place
        shown.append(f"{frame[1]}{step.path}{frame[3]}{step.line + number - 1}{frame[5]}")
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if not following.startswith(" " * 4):  # before 3.13 an interpreter does not find the source of an example
            shown.append(textwrap.indent(step.code.split("\n")[number - 1].strip(), "    "))
    return "\n".join(shown) + "\n"


def _place(name: str, line: int, ran: Sequence[tuple[int, Step]], files: dict[str, Step]) -> tuple[Step, int] | None:
    """The step that a frame is in, and the line of its code."""
    if name == _JOINED:
        within = [(line - first, step) for first, step in ran if line > first]
        number, step = min(within, key=lambda pair: pair[0], default=(0, None))
    else:
        _, inside, path = name.rpartition(_WORK)
        number, step = line, files.get(path) if inside else None
    return (step, number) if step and 1 <= number <= step.code.count("\n") + 1 else None
