"""Proves the detectors of rules: each fires on `bad`, on the marked lines, and is silent on `good`, `near` and its own fixes."""

import ast
import hashlib
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.detect.ast_grep import LANGUAGES, PYTHON, parses
from vulgate.detect.base import Detector, DetectorError, Match, Query
from vulgate.detect.edits import apply_fixes
from vulgate.detect.source import Project, Settings, Source
from vulgate.model.blocks import Chapter, Example, Rule, Status
from vulgate.model.book import CompiledBook
from vulgate.model.versions import holds_on
from vulgate.verify.jobs import Judgement

_MARK = re.compile(r"#\s*error:\s*\[([^\]]*)\]")
_PYTHON: Final = ("python", "py", "python3")
_HERE: Final = "{}.{}".format(*sys.version_info[:2])
_NEWER: Final = tuple(f"3.{minor}" for minor in range(sys.version_info[1] + 1, 20))
_ROUNDS: Final = 10  # of fixing, until nothing is left to mend


class Snippet(Struct, frozen=True):
    """A piece of code to look at.

    Attributes:
        id: Id of the example.
        code: The code.
        python: The oldest Python version that it is for; empty if the book names none.
        file: The name that the author gave it, or empty.
        suffix: How the name of its file ends.
    """

    id: str
    code: str
    python: str = ""
    file: str = ""
    suffix: str = ".py"


class Detection(Struct, frozen=True):
    """A rule's detector and what it must do.

    Attributes:
        rule: Id of the rule.
        detector: Name of the detector.
        query: What it looks for.
        bad: Code that it must fire on.
        good: Code that it must be silent on.
        near: Code that looks like the fault and is none.
        marks: The lines on which it must fire, by snippet, where the author marked any.
        claim: Digest of all this.
    """

    rule: str
    detector: str
    query: Query
    bad: tuple[Snippet, ...]
    good: tuple[Snippet, ...]
    near: tuple[Snippet, ...]
    marks: dict[str, tuple[int, ...]]
    claim: str

    @property
    def roles(self) -> tuple[tuple[Snippet, ...], ...]:
        """Its snippets, those that belong together in one project at a time."""
        return self.bad, self.good, self.near


def detection_of(book: CompiledBook, rule: Rule) -> Detection | None:
    """What there is to prove of a rule's detector; `None` if only a person can see that the rule is broken."""
    name, _, spec = rule.detect.partition(" ")
    if name in ("", "review"):
        return None
    bad, good, near = (_snippets(book, rule, ids) for ids in (rule.bad, rule.good, rule.near))
    options = "\n".join(block.code for id in rule.detectors if isinstance(block := book[id], Example))
    query = Query(rule.id, spec.strip(), options)
    marks = {snippet.id: lines for snippet in bad if (lines := _marked(snippet.code, rule.id))}
    said = (name, query, bad, good, near, rule.id if marks else "")
    claim = hashlib.blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()
    return Detection(rule.id, name, query, bad, good, near, marks, claim)


def _snippets(book: CompiledBook, rule: Rule, ids: Iterable[str]) -> tuple[Snippet, ...]:
    chapter = book[rule.chapter]
    range_ = chapter.python if isinstance(chapter, Chapter) else ""
    return tuple(
        Snippet(
            example.id,
            example.code,
            oldest_version(book, (range_, example.fence.python)),
            example.fence.file,
            _suffix(example.language),
        )
        for id in ids
        if isinstance(example := book[id], Example) and (example.fence.file or _suffix(example.language))
    )


def _suffix(language: str) -> str:
    name = "python" if language in _PYTHON else language
    return LANGUAGES[name][0].removeprefix("*") if name in LANGUAGES else ""


def oldest_version(book: CompiledBook, ranges: Iterable[str]) -> str:
    """The oldest version within ranges that the book names, else a newer one than this if they need it; empty for this one."""
    wanted = [text for text in ranges if text]
    fitting = _within(wanted, book.book.python)
    if not fitting and not _within(wanted, (_HERE,)):
        fitting = _within(wanted, _NEWER)
    return min(fitting, key=lambda version: [int(part) for part in version.split(".")], default="")


def _within(ranges: Iterable[str], versions: Iterable[str]) -> list[str]:
    return [version for version in versions if all(holds_on(text, version) for text in ranges)]


def _marked(code: str, rule: str) -> tuple[int, ...]:
    """The lines marked `# error: [rule-id]` for a rule, by its whole id or the part after the chapter."""
    names = {rule, rule.partition("/")[2]}
    return tuple(
        number
        for number, line in enumerate(code.split("\n"), 1)
        for match in _MARK.finditer(line)
        if names & {name.strip() for name in match[1].split(",")}
    )


# ------------------------------------------------------------------------------------------------ looking at them


class Sample(Struct, frozen=True):
    """A snippet, the query it is for, the code that it has at the moment, and its number among the roles of the rule."""

    query: Query
    snippet: Snippet
    code: str
    role: int = 0


class Answer(Struct, frozen=True):
    """What a detector finds in a sample: findings with their lines."""

    findings: tuple[tuple[int, Match], ...] = ()

    @property
    def lines(self) -> set[int]:
        """The lines with findings."""
        return {line for line, _ in self.findings}


def look(detector: Detector, samples: Sequence[Sample]) -> list[Answer | DetectorError]:
    """What a detector finds in each sample.

    Samples of one query and one role that are files of a project are seen together.
    """
    answers: list[Answer | DetectorError] = [Answer()] * len(samples)
    for indexes in _projects(detector, samples):
        try:
            found = _look_together(detector, [samples[index] for index in indexes])
        except DetectorError as error:
            found = [error] * len(indexes)
        for index, answer in zip(indexes, found, strict=True):
            answers[index] = answer
    return answers


def _projects(detector: Detector, samples: Sequence[Sample]) -> list[list[int]]:
    """The samples that can share a project: those of one Python version, or those that are one on their own.

    A program is started once for all rules. In process each query is put to the samples of its own rule only: all of them to all
    samples would take a time that grows with the square of the book.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for index, sample in enumerate(samples):
        rule = "" if detector.is_program else sample.query.rule
        alone = _is_alone(detector, sample)
        key = (sample.query.rule, str(sample.role), "") if alone else (rule, "", sample.snippet.python)
        groups.setdefault(key, []).append(index)
    return list(groups.values())


def _is_alone(detector: Detector, sample: Sample) -> bool:
    """Whether a sample cannot be seen together with those of other rules: the whole project decides."""
    return detector.is_whole(sample.query) and (not detector.is_program or bool(sample.snippet.file))


def _look_together(detector: Detector, samples: Sequence[Sample]) -> list[Answer | DetectorError]:
    with tempfile.TemporaryDirectory(prefix="vulgate-") as folder:
        root = Path(folder)
        alone = _is_alone(detector, samples[0])
        paths = [_path(number, sample.snippet, alone=alone) for number, sample in enumerate(samples)]
        sources = {}
        for path, sample in zip(paths, samples, strict=True):
            target = (root / path).resolve()
            if not target.is_relative_to(root.resolve()):
                raise DetectorError(f"`{path}` lies outside the project")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(sample.code.encode("utf-8", "replace"))
            sources[path] = Source(path, sample.code, sample.snippet.python)
        if alone and any(path.endswith(".py") for path in paths):
            _make_packages(root, sources)
        project = Project(
            root, tuple(sources), sources.__getitem__, samples[0].snippet.python, Settings(is_example=True)
        )
        queries = list(dict.fromkeys(sample.query for sample in samples))
        report = detector.find(queries, project)
    found: dict[tuple[str, str], list[tuple[int, Match]]] = {}
    for finding in report.matches:
        line = sources[finding.path].line(finding.start)
        found.setdefault((finding.path, finding.rule), []).append((line, finding))
    return [
        Answer(tuple(found.get((path, sample.query.rule), ()))) for path, sample in zip(paths, samples, strict=True)
    ]


def _path(number: int, snippet: Snippet, *, alone: bool) -> str:
    if alone and snippet.file:
        return snippet.file
    return f"example_{number}/{snippet.file}" if snippet.file else f"example_{number}{snippet.suffix}"


def _make_packages(root: Path, sources: dict[str, Source]) -> None:
    """Makes packages of the folders of a project, as a reader of the examples takes them to be."""
    for path in list(sources):
        for parent in Path(path).parents:
            initial = (parent / "__init__.py").as_posix()
            if str(parent) != "." and path.endswith(".py") and initial not in sources:
                (root / initial).touch()
                sources[initial] = Source(initial, "")


# ------------------------------------------------------------------------------------------------ the verdicts


def prove_detections(detector: Detector, detections: Sequence[Detection]) -> list[Judgement]:
    """The verdict on each detection.

    Args:
        detector: The detector that all of them name.
        detections: What to prove.
    """
    judgements: dict[int, Judgement] = {}
    asked: list[int] = []
    for index, item in enumerate(detections):
        try:
            detector.check(item.query)
            asked.append(index)
        except DetectorError as error:
            judgements[index] = Judgement(Status.FAILED, str(error))
    samples = [
        Sample(detections[index].query, snippet, snippet.code, number)
        for index in asked
        for number, role in enumerate(detections[index].roles)
        for snippet in role
    ]
    answers = dict(zip(((s.query.rule, s.snippet.id) for s in samples), look(detector, samples), strict=True))
    for index in asked:
        judgements[index] = _judge(detections[index], answers)
    proven = [index for index in asked if judgements[index].status is Status.PROVEN]
    judgements.update(_judge_fixes(detector, [detections[index] for index in proven], answers, proven))
    return [judgements[index] for index in range(len(detections))]


_Answers = dict[tuple[str, str], Answer | DetectorError]


def _judge(item: Detection, answers: _Answers) -> Judgement:
    if not item.bad:
        return Judgement(Status.UNPROVEN, "the rule has no `bad` fence to show the detector")
    of = {snippet.id: answers[item.rule, snippet.id] for role in item.roles for snippet in role}
    for answer in of.values():
        if isinstance(answer, DetectorError):
            return Judgement(Status.FAILED, str(answer))
    found = {id: answer for id, answer in of.items() if isinstance(answer, Answer)}
    # Files of one project break the rule together: it is enough that one of them shows it.
    together = any(snippet.file for snippet in item.bad) and len(item.bad) > 1
    if together and any(found[snippet.id].lines for snippet in item.bad):
        silent = [snippet for snippet in item.bad if snippet.id in item.marks and not found[snippet.id].lines]
    else:
        silent = [snippet for snippet in item.bad if not found[snippet.id].lines]
    if silent:
        return Judgement(Status.FAILED, f"the detector is silent on `{silent[0].id}`", silent[0].code.rstrip())
    for snippet in item.bad:
        lines, wanted = found[snippet.id].lines, set(item.marks.get(snippet.id, ()))
        if wanted and lines != wanted:
            there = ", ".join(map(str, sorted(lines)))
            marked = ", ".join(map(str, sorted(wanted)))
            reason = f"the detector fires on line {there} of `{snippet.id}`, and line {marked} is marked"
            return Judgement(Status.FAILED, reason, _told(found[snippet.id]))
    for snippet in (*item.good, *item.near):
        if found[snippet.id].findings:
            return Judgement(Status.FAILED, f"the detector fires on `{snippet.id}`", _told(found[snippet.id]))
    return Judgement(Status.PROVEN)


def _judge_fixes(
    detector: Detector, items: Sequence[Detection], answers: _Answers, indexes: Sequence[int]
) -> dict[int, Judgement]:
    """What is wrong with the detector's own fixes: mended code must compile, and the detector have nothing more to mend in it."""
    wrong: dict[int, Judgement] = {}
    pending = [
        (index, Sample(item.query, snippet, snippet.code), answers[item.rule, snippet.id])
        for index, item in zip(indexes, items, strict=True)
        for snippet in item.bad
    ]
    for _ in range(_ROUNDS):
        mended: list[tuple[int, Sample]] = []
        for index, sample, answer in pending:
            if isinstance(answer, DetectorError):
                wrong[index] = Judgement(Status.FAILED, str(answer))
                continue
            code, applied = apply_fixes(sample.code, (finding for _, finding in answer.findings))
            if applied and index not in wrong:
                if reason := _does_not_compile(code, sample.snippet):
                    reason = f"the detector's fix of `{sample.snippet.id}` does not compile: {reason}"
                    wrong[index] = Judgement(Status.FAILED, reason, code.rstrip())
                else:
                    mended.append((index, Sample(sample.query, sample.snippet, code)))
        if not mended:
            return wrong
        found = look(detector, [sample for _, sample in mended])
        pending = [(index, sample, answer) for (index, sample), answer in zip(mended, found, strict=True)]
    for index, sample, _ in pending:
        reason = f"the detector still fires on its own fix of `{sample.snippet.id}`"
        wrong[index] = Judgement(Status.FAILED, reason, sample.code.rstrip())
    return wrong


def _does_not_compile(code: str, snippet: Snippet) -> str:
    if snippet.suffix != ".py":
        return ""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError) as error:
        # The snippet may be for a newer Python than the one that runs this.
        is_newer = bool(snippet.python) and not holds_on(f"<={_HERE}", snippet.python)
        return "" if is_newer and parses(code, PYTHON) else str(error)
    return ""


def _told(answer: Answer) -> str:
    return "\n".join(f"line {line}: {finding.code} {finding.message}".rstrip() for line, finding in answer.findings)
