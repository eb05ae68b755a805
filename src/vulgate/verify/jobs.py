"""The nouns of proving: what a step did, and what that means."""

from msgspec import Struct

from vulgate.model.blocks import Status


class ErrorReport(Struct, frozen=True):
    """An exception that the code let out; `line` is the line in the joined code, 0 if unknown."""

    type: str
    module: str
    text: str
    line: int = 0
    status: int = 1


class Mismatch(Struct, frozen=True, array_like=True):
    """A command of a session that answered something else; `line` counts from 0 in the step."""

    line: int
    source: str
    want: str
    got: str


class Outcome(Struct, frozen=True):
    """What a step did.

    Attributes:
        reached: Whether it began.
        finished: Whether it came to its own end, and did not take the process with it.
        stdout: What it wrote.
        stderr: What it wrote.
        error: The exception it let out.
        status: Exit status, of a command or of a process that ended early.
        limit: Which limit it broke: time, cpu, memory, processes, output, or empty.
        signal: The signal that killed it, or 0.
        prints: Pairs of line (in the joined code) and text, where the step has `#>` comments.
        session: What its session answered otherwise than written.
        first: Line of the joined code before its first one.
        seconds: Wall time.
        note: Why it proves nothing, although nothing is wrong; empty for most.
        skip: Why this place cannot run it at all, or empty.
        fault: Why it could not be run though it should have been, such as a service that does not start, or empty.
    """

    reached: bool = False
    finished: bool = False
    stdout: str = ""
    stderr: str = ""
    error: ErrorReport | None = None
    status: int = 0
    limit: str = ""
    signal: int = 0
    prints: tuple[tuple[int, str], ...] = ()
    session: tuple[Mismatch, ...] = ()
    first: int = 0
    seconds: float = 0.0
    skip: str = ""
    note: str = ""
    fault: str = ""


class Answer(Struct, frozen=True):
    """What a warm interpreter says of a job; see `harness/server.py`."""

    steps: tuple[dict[str, object], ...]
    finished: bool = False
    limit: str = ""
    signal: int = 0
    status: int = 0
    left: int = 0
    fatal: str = ""


class Judgement(Struct, frozen=True):
    """A verdict in full.

    Attributes:
        status: Proven, failed, skipped or unproven.
        reason: Why, in one line.
        detail: Traceback, difference of the output; several lines.
        line: Line of the chapter that is at fault, 0 for the fence as a whole.
        actual: The real standard output, where it differs from the expected one.
        inline: The real text for each `#>` comment that differs, by its line in the step (from 1).
    """

    status: Status
    reason: str = ""
    detail: str = ""
    line: int = 0
    actual: str | None = None
    inline: tuple[tuple[int, str], ...] = ()
