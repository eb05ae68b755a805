"""What is proven by looking at code and not by running it: the detectors of rules, and the types of examples."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from vulgate.detect import detectors
from vulgate.detect.base import Detector, DetectorError
from vulgate.detect.type_checker import checker_version
from vulgate.model.blocks import Rule
from vulgate.model.book import CompiledBook
from vulgate.verify.detection import Detection, detection_of, prove_detections
from vulgate.verify.jobs import Judgement
from vulgate.verify.type_checks import TypeCheck, prove_types, type_checks

_TYPE_CHECKER: Final = "type-checker"
NOT_ASKED: Final = "a type checker runs with `--types` only"


class Analysis(Struct, frozen=True):
    """One verdict that an analyser is to give.

    Attributes:
        block: Id of the rule or example.
        path: Its chapter file.
        line: Where it begins.
        claim: The digest that the verdict is kept under.
        runtime: The analyser with its version.
        reason: Why it cannot be asked, or empty.
        item: What to prove.
    """

    block: str
    path: str
    line: int
    claim: str
    runtime: str
    reason: str
    item: Detection | TypeCheck

    @property
    def asked(self) -> tuple[str, str, str]:
        """The detector, the part of `:detect:` that its version depends on, and that version."""
        if isinstance(self.item, TypeCheck):
            return _TYPE_CHECKER, self.runtime.partition(" ")[0], self.runtime
        spec = self.item.query.spec.partition(":")[0] if self.item.detector == _TYPE_CHECKER else ""
        return self.item.detector, spec, "" if self.reason else self.runtime


def analyses(book: CompiledBook, wants: Callable[[str], bool], types: str) -> list[Analysis]:
    """All that is to be proven by analysers.

    Args:
        book: The compiled book.
        wants: Whether a block is to be proven.
        types: The type checker for examples that ask for one; empty if types are not to be checked.
    """
    found: list[Analysis] = []
    for rule in book.of_kind(Rule):
        detection = detection_of(book, rule) if rule.is_authored and wants(rule.id) else None
        if detection:
            runtime, reason = _detector(detection, types)
            found.append(
                Analysis(rule.id, rule.span.file, rule.span.first, detection.claim, runtime, reason, detection)
            )
    if types:
        runtime = checker_version(types)
        for check in type_checks(book):
            if wants(check.step.block):
                step = check.step
                found.append(Analysis(step.block, step.path, step.line - 1, check.claim, runtime, "", check))
    return found


def _detector(detection: Detection, types: str) -> tuple[str, str]:
    """The detector with its version, and why it cannot be asked."""
    name = detection.detector
    detector = detectors().get(name)
    if detector is None:
        return name, f"no detector `{name}` is there to prove it"
    if name == _TYPE_CHECKER and not types:
        return name, NOT_ASKED
    version = _version(detector, detection)
    return version or name, "" if version else f"{detection.query.spec.partition(':')[0] or name} is not installed"


def _version(detector: Detector, detection: Detection) -> str:
    try:
        return detector.version(detection.query.spec)
    except DetectorError:  # it says so again when it is asked to look
        return detection.detector


def prove_analyses(items: Sequence[Analysis], types: str) -> list[Judgement]:
    """The verdict on each; every analyser is started once for all that it has to look at."""
    judgements: dict[int, Judgement] = {}
    batches: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        batches.setdefault(item.item.detector if isinstance(item.item, Detection) else "", []).append(index)
    for name, indexes in batches.items():
        members = [items[index].item for index in indexes]
        detections = [member for member in members if isinstance(member, Detection)]
        checks = [member for member in members if isinstance(member, TypeCheck)]
        found = prove_detections(detectors()[name], detections) if name else prove_types(types, checks)
        judgements.update(zip(indexes, found, strict=True))
    return [judgements[index] for index in range(len(items))]
