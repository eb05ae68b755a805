"""The nouns of proving: steps and sessions (what the book says), runtimes, tasks, outcomes."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.model.blocks import Fence, Status

ANY_VERSION: Final = ""


class Treatment(StrEnum):
    """How a step is put to the proof in one place.

    `run` it; run it and let it `fail` (strict, outside its versions); `compile` it only; see that it does not compile
    (`reject`); write it as a `file`; `parse` it without running anything.
    """

    RUN = "run"
    FAIL = "fail"
    COMPILE = "compile"
    REJECT = "reject"
    FILE = "file"
    PARSE = "parse"


class Step(Struct, frozen=True):
    """One fence, as it is to be proven.

    Attributes:
        block: Id of the example.
        path: The chapter file.
        line: Line of the chapter where the code begins, from 1.
        language: In lower case.
        code: The code.
        fence: Its attributes.
        output: The expected standard output, or `None`.
        versions: The ranges that admit a version, each from one place: the fence, the fact, the chapter.
    """

    block: str
    path: str
    line: int
    language: str
    code: str
    fence: Fence = Fence()
    output: str | None = None
    versions: tuple[str, ...] = ()


class Session(Struct, frozen=True):
    """Steps that share a namespace and a folder, in order; `runner` names who runs them."""

    runner: str
    steps: tuple[Step, ...]


class Runtime(Struct, frozen=True):
    """A place where steps are run.

    Attributes:
        label: For people: `3.12`, `3.14-pyodide`, `bash 5.2`.
        version: What version ranges are held against, such as `3.12`; empty where they mean nothing.
        build: All that tells this build from others of the same version.
        argv: How it is started.
        folders: Folders that it must be able to read, wherever they are.
        paths: Where its packages are.
    """

    label: str
    version: str = ANY_VERSION
    build: str = ""
    argv: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class Planned(Struct, frozen=True):
    """A step and how it is treated on one runtime."""

    step: Step
    treatment: Treatment


class Task(Struct, frozen=True):
    """A session on one runtime.

    Attributes:
        runner: Who runs it.
        runtime: Where.
        steps: What is run, in order.
        claims: By position of a step whose verdict is wanted, the digest that the verdict is kept under.
        service: The service that it needs, if any.
    """

    runner: str
    runtime: Runtime
    steps: tuple[Planned, ...]
    claims: dict[int, str]
    service: str = ""


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


def claim_digest(runner: str, steps: Sequence[Planned]) -> str:
    """Digest of all that decides the verdict on the last of some steps, apart from the runtime's build.

    What does not decide an outcome is left out: ids, lines and the part in the directive.
    """
    total = hashlib.blake2b(runner.encode(), digest_size=16)
    for planned in steps:
        step, fence = planned.step, planned.step.fence
        said = (
            planned.treatment,
            step.language,
            step.code,
            step.output,
            fence.file,
            fence.raises,
            fence.match,
            fence.requires,
            fence.service,
            step.versions if planned.treatment is Treatment.FAIL else (),
        )
        total.update(msgspec.json.encode(said))
    return total.hexdigest()
