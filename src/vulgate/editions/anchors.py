"""Where links lead in editions that hold whole chapters."""

from collections.abc import Callable, Iterable

from vulgate.model.blocks import AnyBlock
from vulgate.model.plain import Surroundings

Find = Callable[[str], AnyBlock | None]
"""The block with an id; `None` if there is none."""


def anchor_of(find: Find, id: str) -> str:
    """The id of the anchor that a link to a block leads to: no line inside a list or directive has room for one."""
    block = find(id)
    while block and block.parent and (outer := find(block.parent)):
        block = outer
    return block.id if block else id


def targets_of(blocks: Iterable[AnyBlock]) -> set[str]:
    """Ids of the blocks that links in some blocks lead to."""
    return {link.target for block in blocks for link in block.links if link.type == "block"}


def surroundings(
    find: Find,
    targets: Iterable[str],
    href: Callable[[str], str],
    *,
    file: Callable[[str], str] | None = None,
    has_marks: bool = False,
) -> Surroundings:
    """Surroundings with an anchor at each block that a link leads to.

    Args:
        find: The blocks.
        targets: Ids of the blocks that links lead to.
        href: The address of an anchor.
        file: The address of a file beside the chapters, by its path in the book.
        has_marks: Whether chapters and sections have comments with their numbers and ids.
    """
    anchors = {anchor_of(find, id) for id in targets}

    def title(id: str) -> str | None:
        block = find(id)
        return block.title if block else None

    return Surroundings(
        title=title,
        href=lambda target: href(anchor_of(find, target)),
        has_anchors=True,
        has_marks=has_marks,
        is_target=anchors.__contains__,
        file=file,
    )
