"""Lowers many chapters, on two processors where the system can fork."""

from collections.abc import Callable, Sequence
from typing import Final

from vulgate.forked import Helper, can_fork
from vulgate.passes.lower import lower
from vulgate.passes.lowered import LoweredChapter
from vulgate.source.book import SourceChapter

Step = Callable[[SourceChapter], None]
"""Told of each chapter before it is lowered."""

MIN_BYTES: Final = 150_000
"""Less than this is lowered sooner than a second process would start."""


def lower_all(
    chapters: Sequence[SourceChapter], *, lenient: bool = False, step: Step | None = None
) -> list[LoweredChapter]:
    """Lowers chapters, each on its own; the result does not depend on how the work is shared.

    Args:
        chapters: The chapters.
        lenient: Whether the book has no manifest.
        step: Told of each chapter that this process lowers.

    Returns:
        The lowered chapters in the same order.
    """
    theirs = _share(chapters) if can_fork() else []
    helper = Helper(lambda: [lower(chapters[index], lenient=lenient) for index in theirs]) if theirs else None
    results: dict[int, LoweredChapter] = {}
    for index, chapter in enumerate(chapters):
        if index not in theirs:
            if step:
                step(chapter)
            results[index] = lower(chapter, lenient=lenient)
    if helper:
        results.update(zip(theirs, helper.result(list[LoweredChapter]) or (), strict=False))
    # What the helper did not deliver, for whatever reason, is done here.
    return [results[i] if i in results else lower(chapters[i], lenient=lenient) for i in range(len(chapters))]


def _share(chapters: Sequence[SourceChapter]) -> list[int]:
    """The chapters for the second process: about half of the bytes, the largest chapter staying here."""
    sizes = sorted(((len(chapter.file.data), index) for index, chapter in enumerate(chapters)), reverse=True)
    if sum(size for size, _ in sizes) < MIN_BYTES:
        return []
    here = there = 0
    theirs = []
    for size, index in sizes:
        if here <= there:
            here += size
        else:
            there += size
            theirs.append(index)
    return sorted(theirs)
