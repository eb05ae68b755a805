"""Illustration: sections that explain at length and show nothing."""

import re
from typing import Final

from vulgate.audit.material import Material, Stretch, shows_something
from vulgate.audit.unfenced import spots
from vulgate.model.audit import Area, Figure, Item, Measure
from vulgate.model.blocks import AnyBlock, Section
from vulgate.model.inline import plain
from vulgate.model.proofs import Share

LONG: Final = 120
"""Words of prose from which on a section is expected to show something."""
_RECAP: Final = re.compile(
    r"(?:[\dA-Z.]+\s+)?(?:Summary|Self[- ]?check|Key takeaways|Takeaways|Recap|Further reading|References|Sources|Exercises"
    r"|Glossary|Contents|Overview|Introduction|Prerequisites|Conclusion|Changelog|Checklist|Questions|FAQ|Next steps)\b",
    re.IGNORECASE,
)
"""Titles of sections that repeat, ask or list, and need not show."""


def look(material: Material) -> Area:
    """Looks at the sections with prose of some length: an example, a diagram or a table belongs to them or below them."""
    long_, bare = [], []
    code = [(passage.chapter.path, passage.start) for passage, _, _ in spots(material.passages())]
    for chapter in material.book.chapters:
        stretches = [stretch for stretch in material.stretches if stretch.head.chapter == chapter.id]
        for at, stretch in enumerate(stretches):
            if stretch.words < LONG or _RECAP.match(plain(stretch.head.title)):
                continue
            long_.append(stretch)
            blocks = [block for inner in _with_inner(stretches, at) for block in inner.blocks]
            if not any(shows_something(block) or _holds(block, code) for block in blocks):
                bare.append(stretch)
    items = [
        Item(
            "nothing-shown",
            f"{stretch.words:,} words under “{plain(stretch.head.title)[:60]}” without an example, a diagram or a table",
            "show it: a few lines of code that run, or a table",
            material.place(stretch.head),
        )
        for stretch in bare
    ]
    return Area(
        "illustration",
        "Illustration",
        measures=(
            Measure(f"sections of {LONG} words or more show something", Share(len(long_) - len(bare), len(long_))),
        ),
        items=tuple(items),
        figures=(Figure("words to an example", _ratio(material)),),
    )


def _holds(block: AnyBlock, code: list[tuple[str, int]]) -> bool:
    """Whether code without a fence stands in a block; that is a fault of another kind."""
    return any(path == block.span.file and block.span.start <= start < block.span.end for path, start in code)


def _with_inner(stretches: list[Stretch], at: int) -> list[Stretch]:
    """A section and those below it; of a chapter, what stands before its first section."""
    if not isinstance(stretches[at].head, Section):
        return [stretches[at]]
    inner = [stretches[at]]
    for stretch in stretches[at + 1 :]:
        if stretch.depth <= stretches[at].depth:
            break
        inner.append(stretch)
    return inner


def _ratio(material: Material) -> str:
    words = sum(stretch.words for stretch in material.stretches)
    return f"{words // len(material.examples):,}" if material.examples else "no example"
