"""What the forms of an audit share: items by what looked for them, and words for places."""

from collections.abc import Sequence

from vulgate.model.audit import Item


def by_check(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Items by their check, the checks in the order in which they come."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.check, []).append(item)
    return groups


def place(item: Item) -> str:
    """Where an item is, as `functions.md:12`; empty for the book as a whole."""
    return f"{item.span.file}:{item.span.first}" if item.span else ""


def common_fix(items: Sequence[Item]) -> str:
    """The fix of some items, if it is the same for all."""
    fixes = {item.fix for item in items}
    return fixes.pop() if len(fixes) == 1 else ""
