"""Proves the detectors of rules: each fires on `bad`, on the marked lines, and is silent on `good`, `near` and its own fixes."""

import ast
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.detect.base import Detector, DetectorError, Finding, Request, Snippet
from vulgate.model.blocks import Chapter, Example, Rule, Status
from vulgate.model.book import CompiledBook
from vulgate.model.versions import holds_on
from vulgate.verify.jobs import Judgement

_MARK = re.compile(r"#\s*error:\s*\[([^\]]*)\]")
_PYTHON: Final = ("python", "py", "python3")


class Detection(Struct, frozen=True):
    """A rule's detector and what it must do.

    Attributes:
        rule: Id of the rule.
        detector: Name of the detector.
        spec: The rest of `:detect:`.
        bad: Code that it must fire on.
        good: Code that it must be silent on.
        marks: The lines on which it must fire, by snippet, where the author marked any.
        claim: Digest of all this.
    """

    rule: str
    detector: str
    spec: str
    bad: tuple[Snippet, ...]
    good: tuple[Snippet, ...]
    marks: dict[str, tuple[int, ...]]
    claim: str


def detection_of(book: CompiledBook, rule: Rule) -> Detection | None:
    """What there is to prove of a rule's detector; `None` if only a person can see that the rule is broken."""
    name, _, spec = rule.detect.partition(" ")
    if name in ("", "review"):
        return None
    bad = _snippets(book, rule, rule.bad)
    good = _snippets(book, rule, (*rule.good, *rule.near))
    marks = {snippet.id: lines for snippet in bad if (lines := _marked(snippet.code, rule.id))}
    said = (name, spec, [(s.code, s.python) for s in bad], [(s.code, s.python) for s in good], rule.id if marks else "")
    claim = hashlib.blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()
    return Detection(rule.id, name, spec.strip(), bad, good, marks, claim)


def _snippets(book: CompiledBook, rule: Rule, ids: Iterable[str]) -> tuple[Snippet, ...]:
    chapter = book[rule.chapter]
    range_ = chapter.python if isinstance(chapter, Chapter) else ""
    examples = (book[id] for id in ids)
    return tuple(
        Snippet(example.id, example.code, oldest_version(book, (range_, example.fence.python)))
        for example in examples
        if isinstance(example, Example) and example.language in _PYTHON
    )


def oldest_version(book: CompiledBook, ranges: Iterable[str]) -> str:
    """The oldest version that the book names within ranges."""
    fitting = (version for version in book.book.python if all(holds_on(text, version) for text in ranges if text))
    return min(fitting, key=lambda version: [int(part) for part in version.split(".")], default="")


def _marked(code: str, rule: str) -> tuple[int, ...]:
    """The lines marked `# error: [rule-id]` for a rule, by its whole id or the part after the chapter."""
    names = {rule, rule.partition("/")[2]}
    return tuple(
        number
        for number, line in enumerate(code.split("\n"), 1)
        for match in _MARK.finditer(line)
        if names & {name.strip() for name in match[1].split(",")}
    )


def prove_detections(detector: Detector, detections: Sequence[Detection]) -> list[Judgement]:
    """The verdict on each detection.

    Args:
        detector: The detector that all of them name.
        detections: What to prove.
    """
    requests = [Request(item.spec, (*item.bad, *item.good)) for item in detections]
    try:
        answers = detector.find(requests)
    except DetectorError as error:
        answers = [error] * len(detections)
    judgements = [_judge(item, answer) for item, answer in zip(detections, answers, strict=True)]
    for index, (item, answer) in enumerate(zip(detections, answers, strict=True)):
        if judgements[index].status is Status.PROVEN and isinstance(answer, list):
            judgements[index] = _judge_fixes(detector, item, answer) or judgements[index]
    return judgements


def _judge(item: Detection, answer: "list[Finding] | DetectorError") -> Judgement:
    if isinstance(answer, DetectorError):
        return Judgement(Status.FAILED, str(answer))
    if not item.bad:
        return Judgement(Status.UNPROVEN, "the rule has no `bad` fence to show the detector")
    by_snippet: dict[str, list[Finding]] = {}
    for finding in answer:
        by_snippet.setdefault(finding.snippet, []).append(finding)
    for snippet in item.bad:
        lines = {finding.line for finding in by_snippet.get(snippet.id, ())}
        if not lines:
            return Judgement(Status.FAILED, f"the detector is silent on `{snippet.id}`", snippet.code.rstrip())
        wanted = set(item.marks.get(snippet.id, ()))
        if wanted and lines != wanted:
            found = ", ".join(map(str, sorted(lines)))
            marked = ", ".join(map(str, sorted(wanted)))
            reason = f"the detector fires on line {found} of `{snippet.id}`, and line {marked} is marked"
            return Judgement(Status.FAILED, reason, _told(by_snippet[snippet.id]))
    for snippet in item.good:
        if noise := by_snippet.get(snippet.id):
            return Judgement(Status.FAILED, f"the detector fires on `{snippet.id}`", _told(noise))
    return Judgement(Status.PROVEN)


def _judge_fixes(detector: Detector, item: Detection, found: Sequence[Finding]) -> Judgement | None:
    """What is wrong with the detector's own fixes: mended code must compile, and the detector be silent on it."""
    fixable = {finding.snippet for finding in found if finding.has_fix}
    mended: list[Snippet] = []
    for snippet in item.bad:
        if snippet.id not in fixable:
            continue
        try:
            code = detector.fixed(item.spec, snippet)
            ast.parse(code)
        except (DetectorError, SyntaxError, ValueError) as error:
            return Judgement(Status.FAILED, f"the detector's fix of `{snippet.id}` does not compile: {error}")
        mended.append(Snippet(snippet.id, code, snippet.python))
    if not mended:
        return None
    (answer,) = detector.find([Request(item.spec, tuple(mended))])
    # Only what had a fix must be gone: a snippet may hold a second place that nobody can mend by itself.
    left = [f for f in answer if f.has_fix] if isinstance(answer, list) else []
    if left:
        return Judgement(Status.FAILED, f"the detector still fires on its own fix of `{left[0].snippet}`", _told(left))
    return None


def _told(findings: Iterable[Finding]) -> str:
    return "\n".join(f"line {finding.line}: {finding.code} {finding.message}" for finding in findings)
