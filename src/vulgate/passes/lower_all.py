"""Lowers many chapters, on two processors where the system can fork."""

from collections.abc import Callable, Sequence
from typing import Final

from vulgate.forked import Helper, Shares, can_fork
from vulgate.passes.lower import lower
from vulgate.passes.lowered import LoweredChapter
from vulgate.source.book import SourceChapter

Step = Callable[[SourceChapter], None]
"""Told of each chapter before it is lowered."""
Keep = Callable[[SourceChapter, LoweredChapter], None]
"""Told of each chapter that is lowered, in the process that did it."""

MIN_BYTES: Final = 150_000
"""Less than this is lowered sooner than a second process would start."""


def lower_all(
    chapters: Sequence[SourceChapter], *, lenient: bool = False, step: Step | None = None, keep: Keep | None = None
) -> list[LoweredChapter]:
    """Lowers chapters, each on its own; the result does not depend on how the work is shared.

    Args:
        chapters: The chapters.
        lenient: Whether the book has no manifest.
        step: Told of each chapter that this process lowers.
        keep: Told of each lowered chapter, here or in the helper, which so does its share of writing them.

    Returns:
        The lowered chapters in the same order.
    """
    order = sorted(range(len(chapters)), key=lambda index: -len(chapters[index].file.data))
    is_little = len(chapters) < 2 or sum(len(chapter.file.data) for chapter in chapters) < MIN_BYTES
    if is_little or len(order) > Shares.MOST or not can_fork():
        return [_lower(chapter, lenient, step, keep) for chapter in chapters]
    # Who is free takes the largest chapter that is left: how long one takes does not follow from its size.
    shares = Shares(len(order))
    helper = Helper(lambda: {order[place]: _lower(chapters[order[place]], lenient, None, keep) for place in shares})
    results = {order[place]: _lower(chapters[order[place]], lenient, step, keep) for place in shares}
    results |= helper.result(dict[int, LoweredChapter]) or {}
    shares.close()
    # What the helper did not deliver, for whatever reason, is done here.
    return [
        results[index] if index in results else _lower(chapter, lenient, None, keep)
        for index, chapter in enumerate(chapters)
    ]


def _lower(chapter: SourceChapter, lenient: bool, step: Step | None, keep: Keep | None) -> LoweredChapter:
    if step:
        step(chapter)
    lowered = lower(chapter, lenient=lenient)
    if keep:
        keep(chapter, lowered)
    return lowered
