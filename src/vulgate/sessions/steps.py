"""The nouns of planning: steps and sessions (what the book says), and how they are treated in a place."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.model.blocks import Fence

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
