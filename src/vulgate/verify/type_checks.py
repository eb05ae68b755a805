"""`--types`: what a type checker must say of the examples that ask for one."""

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.detect.base import DetectorError
from vulgate.detect.source import Project, Source
from vulgate.detect.type_checker import CHECKERS, TypeFault, check_types, checker_version
from vulgate.model.blocks import Status
from vulgate.model.book import CompiledBook
from vulgate.sessions.plan import sessions
from vulgate.sessions.steps import Session, Step
from vulgate.verify.detection import Snippet, oldest_version
from vulgate.verify.jobs import Judgement
from vulgate.verify.runners import runner_of

_MARK = re.compile(r"#\s*error:\s*\[([\w-]+)\]")
_OK: Final = "ok"
DEFAULT_CHECKERS: Final = ("mypy", "ty")


class TypeCheck(Struct, frozen=True):
    """An example and what a type checker must say of it.

    Attributes:
        step: The example.
        snippet: The code of its session up to its end.
        first: Lines of the snippet before the example.
        wanted: The code of the error it must find, or empty if it must find none.
        marks: Lines of the example that are marked with that error, from 1.
        claim: Digest of all this.
    """

    step: Step
    snippet: Snippet
    first: int
    wanted: str
    marks: tuple[int, ...]
    claim: str


def type_checks(book: CompiledBook) -> Iterator[TypeCheck]:
    """The examples with a `types=` attribute, in order."""
    for session in sessions(book, runner_of):
        for index, step in enumerate(session.steps):
            if step.fence.types:
                yield _type_check(book, session, index)


def _type_check(book: CompiledBook, session: Session, index: int) -> TypeCheck:
    step = session.steps[index]
    before = [other.code.rstrip("\n") for other in session.steps[:index] if not other.fence.file]
    wanted = "" if step.fence.types == _OK else step.fence.types.removeprefix("error:")
    marks = tuple(
        number
        for number, line in enumerate(step.code.split("\n"), 1)
        if wanted and wanted in (match[1] for match in _MARK.finditer(line))
    )
    code = "\n".join([*before, step.code])
    python = oldest_version(book, step.versions)
    claim = hashlib.blake2b(msgspec.json.encode(["types", code, wanted, marks, python]), digest_size=16).hexdigest()
    first = sum(text.count("\n") + 1 for text in before)
    return TypeCheck(step, Snippet(step.block, code, python), first, wanted, marks, claim)


def choose_checker(wanted: str) -> str:
    """The checker asked for, or with `auto` the first that is installed; empty if none is.

    Raises:
        DetectorError: There is no checker of that name.
    """
    if wanted != "auto":
        if wanted not in CHECKERS:
            raise DetectorError(f"no type checker `{wanted}`; there are {', '.join(CHECKERS)}")
        return wanted
    return next((checker for checker in DEFAULT_CHECKERS if checker_version(checker)), "")


def prove_types(checker: str, checks: Sequence[TypeCheck]) -> list[Judgement]:
    """The verdict on each example."""
    found: dict[int, list[TypeFault]] = {}
    try:
        for python in sorted({check.snippet.python for check in checks}):
            indexes = [index for index, check in enumerate(checks) if check.snippet.python == python]
            found.update(zip(indexes, _faults(checker, [checks[index].snippet for index in indexes]), strict=True))
    except DetectorError as error:
        return [Judgement(Status.UNPROVEN, str(error))] * len(checks)
    return [_judge(check, found[index]) for index, check in enumerate(checks)]


def _faults(checker: str, snippets: Sequence[Snippet]) -> list[list[TypeFault]]:
    with tempfile.TemporaryDirectory(prefix="vulgate-") as folder:
        paths = [f"example_{number}.py" for number in range(len(snippets))]
        for path, snippet in zip(paths, snippets, strict=True):
            (Path(folder) / path).write_bytes(snippet.code.encode("utf-8", "replace"))
        sources = {path: Source(path, snippet.code) for path, snippet in zip(paths, snippets, strict=True)}
        project = Project(Path(folder), tuple(paths), sources.__getitem__, snippets[0].python)
        faults = check_types(checker, project)
    return [[fault for fault in faults if fault.path == path] for path in paths]


def _judge(check: TypeCheck, findings: Sequence[TypeFault]) -> Judgement:
    found = [finding for finding in findings if finding.line > check.first]
    told = "\n".join(
        f"line {check.step.line + finding.line - check.first - 1}: {finding.message} [{finding.code}]"
        for finding in found
    )
    others = [finding for finding in found if finding.code != check.wanted]
    if others:
        line = check.step.line + others[0].line - check.first - 1
        return Judgement(Status.FAILED, f"the type checker finds {others[0].code}", told, line)
    if not check.wanted:
        return Judgement(Status.PROVEN)
    lines = tuple(dict.fromkeys(finding.line - check.first for finding in found))
    if not lines:
        return Judgement(Status.FAILED, f"the type checker does not find {check.wanted}")
    if check.marks and lines != check.marks:
        return Judgement(
            Status.FAILED, f"the type checker finds {check.wanted} on another line than the marked one", told
        )
    return Judgement(Status.PROVEN)
