"""The prove pass: sets on each block what the record of verdicts says of it, and counts how much of the book is proven."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from vulgate.model.blocks import AnyBlock, Block, Chapter, Diagram, Example, Exercise, Fact, Rule, Status, Verdict
from vulgate.model.book import CompiledBook
from vulgate.model.proofs import Coverage, Share
from vulgate.model.versions import holds_on, ranges_of
from vulgate.sessions.plan import sessions, tasks
from vulgate.sessions.steps import Runtime
from vulgate.store.proofs import Entry, Proofs
from vulgate.verify.detection import detection_of
from vulgate.verify.runners import runner_of
from vulgate.verify.type_checks import type_checks

Verdicts = dict[str, dict[str, Verdict]]
"""Verdicts by block and runtime."""
_PYTHON: Final = "python"


def prove(book: CompiledBook, entries: Sequence[Entry]) -> CompiledBook:
    """The book with its verdicts.

    Args:
        book: The compiled book.
        entries: The record of verdicts.
    """
    if not entries:
        return book
    verdicts = block_verdicts(book, entries)
    book = msgspec.structs.replace(book, blocks=tuple(_proven(book, block, verdicts) for block in book.blocks))
    total = sum(coverage(book).values(), Coverage())
    shares = {"examples": total.examples, "facts": total.facts, "rules": total.rules}
    proven = {kind: (share.covered, share.total) for kind, share in shares.items() if share.total}
    return msgspec.structs.replace(book, summary=msgspec.structs.replace(book.summary, proven=proven))


def block_verdicts(book: CompiledBook, entries: Iterable[Entry]) -> Verdicts:
    """What the record says of each code block, and of each rule's detector."""
    record: dict[str, list[Entry]] = {}
    for entry in entries:
        record.setdefault(entry.claim, []).append(entry)
    found: Verdicts = {}
    for block, claim, label in _claims(book, {entry.runtime for of_claim in record.values() for entry in of_claim}):
        for entry in record.get(claim, ()):
            if label in ("", entry.runtime):
                verdict = entry.verdict
                found.setdefault(block, {})[entry.runtime] = verdict
    return found


def prune(book: CompiledBook, proofs: Proofs) -> None:
    """Deletes verdicts on what the book no longer says, on whatever runtime they were found."""
    labels = {entry.runtime for entry in proofs.read()}
    proofs.keep_only(claim for _, claim, _ in _claims(book, labels))


def _claims(book: CompiledBook, labels: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Block, claim and runtime of all that there is to prove; the runtime is empty where any counts."""
    runtimes = [Runtime(label, version) for label in sorted(labels) if (version := version_of(label))]
    for session in sessions(book, runner_of):
        for runtime in runtimes if session.runner == _PYTHON else [Runtime("")]:
            planned, left = tasks(session, runtime, lambda step, runtime: "")
            for task in planned:
                yield from (
                    (task.steps[index].step.block, claim, runtime.label) for index, claim in task.claims.items()
                )
            yield from ((item.step.block, item.claim, runtime.label) for item in left)
    for check in type_checks(book):
        yield check.step.block, check.claim, ""
    for rule in book.of_kind(Rule):
        if detection := detection_of(book, rule):
            yield rule.id, detection.claim, ""


def version_of(label: str) -> str:
    """The Python version of a runtime's label, or an empty string."""
    version = label.partition("-")[0]
    return version if version.replace(".", "", 1).isdigit() and "." in version else ""


# ---------------------------------------------------------------------------------------------------- blocks


def _proven(book: CompiledBook, block: AnyBlock, verdicts: Verdicts) -> AnyBlock:
    found = _verdicts(block, verdicts)
    if not found:
        return block
    status = _status(found, named_versions(book, block))
    if isinstance(block, Rule):
        status = _rule_status(block, status, verdicts.get(block.id, {}).values())
    ordered = tuple(sorted(found, key=lambda verdict: _order(verdict.runtime)))
    return msgspec.structs.replace(block, status=status, verdicts=ordered)


def _verdicts(block: AnyBlock, verdicts: Verdicts) -> list[Verdict]:
    """A block's own verdicts, and those that follow from the fences inside it."""
    own = list(verdicts.get(block.id, {}).values())
    return own + _joined(_fences(block), verdicts) if isinstance(block, (Fact, Rule, Exercise)) else own


def _joined(ids: Iterable[str], verdicts: Verdicts) -> list[Verdict]:
    """One verdict a runtime: failed if any failed, proven if any is proven, else why not."""
    by_runtime: dict[str, list[Verdict]] = {}
    for id in ids:
        for runtime, verdict in verdicts.get(id, {}).items():
            by_runtime.setdefault(runtime, []).append(verdict)
    rank = (Status.FAILED, Status.PROVEN, Status.UNPROVEN, Status.SKIPPED)
    return [min(found, key=lambda verdict: rank.index(verdict.status)) for found in by_runtime.values()]


def _status(found: Sequence[Verdict], named: Sequence[str]) -> Status:
    """Proven is what nowhere failed, and was proven on every version named for it, but for those that cannot run it."""
    statuses = Counter(verdict.status for verdict in found)
    if statuses[Status.FAILED]:
        return Status.FAILED
    tried = {version_of(verdict.runtime) for verdict in found if verdict.status is not Status.UNPROVEN}
    on_python = any(tried)
    if statuses[Status.PROVEN] and (not on_python or tried.issuperset(named)):
        return Status.PROVEN
    return Status.SKIPPED if set(statuses) == {Status.SKIPPED} else Status.UNPROVEN


def _rule_status(rule: Rule, status: Status, own: Iterable[Verdict]) -> Status:
    """A rule is proven with its detector, unless only a person can see that it is broken."""
    if rule.detect in ("", "review"):
        return status if rule.detect else _at_most_unproven(status)
    return status if any(verdict.status is Status.PROVEN for verdict in own) else _at_most_unproven(status)


def _at_most_unproven(status: Status) -> Status:
    return Status.UNPROVEN if status is Status.PROVEN else status


def named_versions(book: CompiledBook, block: Block) -> list[str]:
    """The Python versions, of those that the book names, that a block must be proven on: for a claim, those of its fences."""
    if isinstance(block, (Fact, Rule, Exercise)):
        parts = {version for id in _fences(block) for version in named_versions(book, book[id])}
        return [version for version in book.book.python if version in parts]
    chapter = book[block.chapter] if block.chapter else None
    parent = book[block.parent] if block.parent else None
    ranges = ranges_of(
        block.fence.python if isinstance(block, Example) else "",
        parent.holds if isinstance(parent, Fact) else "",
        chapter.python if isinstance(chapter, Chapter) else "",
    )
    return [version for version in book.book.python if all(holds_on(text, version) for text in ranges)]


def _fences(block: Fact | Rule | Exercise) -> tuple[str, ...]:
    """The fences whose verdicts make up a claim's."""
    if isinstance(block, Fact):
        return block.proof
    if isinstance(block, Rule):
        return (*block.bad, *block.good, *block.near, *block.harm)
    return (*block.solution, *block.test)


def _order(label: str) -> tuple[int, tuple[int, ...], str]:
    version = version_of(label)
    return (0 if version else 1, tuple(int(part) for part in version.split(".")) if version else (), label)


# ---------------------------------------------------------------------------------------------------- coverage


def coverage(book: CompiledBook) -> dict[str, Coverage]:
    """How much of each chapter is proven, by its id. The book's verdicts must have been set."""
    found: dict[str, Coverage] = {chapter.id: Coverage() for chapter in book.chapters}
    for block in book.blocks:
        if isinstance(block, (Fact, Rule, Example, Diagram)) and block.is_authored and block.chapter in found:
            found[block.chapter] += _covered(block)
    return found


def _covered(block: Fact | Rule | Example | Diagram) -> Coverage:
    proven = block.status is Status.PROVEN
    failed = int(block.status is Status.FAILED)
    if isinstance(block, Fact):
        has_ground = proven or (bool(block.cite) and not failed)
        return Coverage(facts=Share(int(has_ground), 1), proofs=int(proven), failed=failed)
    if isinstance(block, Rule):
        detectors = int(block.detect not in ("", "review"))
        return Coverage(rules=Share(int(proven), 1), detectors=detectors, failed=failed)
    return _covered_code(block, proven=proven, failed=failed)


def _covered_code(block: Example | Diagram, *, proven: bool, failed: int) -> Coverage:
    language = block.language if isinstance(block, Example) else "mermaid"
    if runner_of(language) is None:
        return Coverage(unread=int(bool(language) and language not in ("text", "output", "markdown", "md")))
    fence = block.fence if isinstance(block, Example) else None
    if fence and fence.static:
        return Coverage(static=1, failed=failed)
    partly = block.status is Status.UNPROVEN and any(verdict.status is Status.PROVEN for verdict in block.verdicts)
    return Coverage(
        examples=Share(int(proven), 1),
        skipped=int(block.status is Status.SKIPPED),
        failed=failed,
        partly=int(partly),
    )


def shortfalls(total: Coverage, require: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """What is proven less than required: the kind, its share and the required one."""
    shares = {"examples": total.examples.ratio, "facts": total.facts.ratio, "rules": total.rules.ratio}
    return [(kind, shares[kind], wanted) for kind, wanted in require.items() if shares[kind] < wanted]
