"""The versions of Python that examples need, against those that they are for."""

import re
from collections import Counter
from typing import Final, NamedTuple

from vulgate.audit.material import Material
from vulgate.audit.needed import SOURCE, needed_versions
from vulgate.model.audit import Figure, Item
from vulgate.model.blocks import Chapter, Example, Fact
from vulgate.model.book import CompiledBook
from vulgate.model.proofs import Share
from vulgate.model.versions import holds_on, lower_bound, ranges_of

_ASKS: Final = re.compile(
    r"\bversion_info\b|\bhasattr\(|\bexcept \(?[\w, ]*(?:Import|ModuleNotFound|Attribute|Syntax)Error"
)
"""What code says that does one thing or another by the version that it meets."""


class Needs(NamedTuple):
    """What is known of the versions that a book's Python needs."""

    share: Share
    items: list[Item]
    figures: tuple[Figure, ...]


def look(material: Material) -> Needs:
    """Counts the examples that the oldest version that they are for can run."""
    examples = judged_examples(material)
    needed: list[int] = material.helped("needed", list[int], lambda: needed_versions(examples))
    found, judged = [], 0
    for example, minor in zip(examples, needed, strict=True):
        oldest = _oldest(material.book, example)
        if not oldest:
            continue
        judged += 1
        if minor > int(oldest.partition(".")[2]):
            what = f"needs Python 3.{minor}, and is for {oldest} and later"
            fix = f'say `python=">=3.{minor}"` at the fence, or write it in the older way'
            found.append(Item("needs-newer", what, fix, material.place(example), SOURCE))
    counts = Counter(minor for minor in needed if minor)
    figures = []
    if counts:
        most = max(counts)
        figures.append(Figure("oldest Python for all examples", f"3.{most}, which {counts[most]:,} of them need"))
    return Needs(Share(judged - len(found), judged), found, tuple(figures))


def oldest_named(book: CompiledBook) -> str:
    """The oldest version that a book is for, such as `3.10`; empty if it names none."""
    named = [version for version in book.book.python if version.startswith("3.")]
    bounds = [lower_bound(chapter.python) for chapter in book.chapters]
    return min((version for version in (*named, *bounds) if version), key=_minor, default="")


def judged_examples(material: Material) -> list[Example]:
    """The examples in Python that are to run as they stand on every version that they are for."""
    return [example for example in material.python_examples if _can_be_judged(example)]


def _can_be_judged(example: Example) -> bool:
    fence = example.fence
    is_fault = fence.syntax_error or fence.strict or fence.raises or fence.skip or fence.role in ("bad", "near", "harm")
    return not is_fault and not _ASKS.search(example.code)


def _oldest(book: CompiledBook, example: Example) -> str:
    """The oldest version that an example is for; empty if nobody says."""
    chapter = book.find(example.chapter)
    parent = book.find(example.parent)
    of_chapter = chapter.python if isinstance(chapter, Chapter) else ""
    ranges = ranges_of(example.fence.python, parent.holds if isinstance(parent, Fact) else "", of_chapter)
    named = [version for version in book.book.python if version.startswith("3.")]
    admitted = [version for version in named if all(holds_on(range_, version) for range_ in ranges)]
    if admitted:
        return min(admitted, key=_minor)
    return max((bound for range_ in ranges if (bound := lower_bound(range_))), key=_minor, default="")


def _minor(version: str) -> int:
    rest = version.partition(".")[2]
    return int(rest) if rest.isdecimal() else 0
