"""What was proven and is not any more, and the other way round."""

from collections.abc import Iterator
from typing import Final

from vulgate.changes.matching import Matching
from vulgate.model.blocks import AnyBlock, Diagram, Example, Exercise, Fact, Rule, Status, Verdict
from vulgate.model.book import CompiledBook
from vulgate.model.changes import Aspect

_WORST_FIRST: Final = (Status.FAILED, Status.UNPROVEN, Status.SKIPPED, Status.PROVEN)


def is_proven(book: CompiledBook) -> bool:
    """Whether any verdict on a book is known."""
    return any(block.verdicts for block in book.blocks)


def status_aspect(matching: Matching, old: AnyBlock, new: AnyBlock) -> Iterator[Aspect]:
    """The status of a block, if it has changed and something is known of it.

    Of a block that was never tried nobody knows whether it would have been proven: it is told only what has been lost.
    """
    before, verdicts_before = _status(matching.old, old)
    after, verdicts = _status(matching.new, new)
    if before is not after and verdicts_before and (verdicts or before is Status.PROVEN):
        yield Aspect("status", _told(before, verdicts_before), _told(after, verdicts))


def _status(book: CompiledBook, block: AnyBlock) -> tuple[Status, tuple[Verdict, ...]]:
    """A block's status and verdicts; of one that holds code and makes no claim itself, the worst of what is inside it."""
    if isinstance(block, (Rule, Fact, Exercise, Example, Diagram)):
        return block.status, block.verdicts
    inside = [child for child in book.children(block.id) if isinstance(child, Example) and child.verdicts]
    if not inside:
        return block.status, block.verdicts
    status = min((child.status for child in inside), key=_WORST_FIRST.index)
    return status, tuple(verdict for child in inside for verdict in child.verdicts)


def _told(status: Status, verdicts: tuple[Verdict, ...]) -> str:
    """The status, with the first reason for it."""
    verdict = next((verdict for verdict in verdicts if verdict.status is status and verdict.reason), None)
    return f"{status}, on {verdict.runtime}: {verdict.reason}" if verdict else str(status)
