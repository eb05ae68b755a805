"""What of a block is not as it was."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from vulgate.changes import texts
from vulgate.changes.matching import Matching
from vulgate.model.blocks import AnyBlock, Chapter, DirectiveBlock, Section
from vulgate.model.changes import PROSE, Aspect

# The options of each kind, as the author writes them, and the fields that they become.
_OPTIONS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "rule": (
        ("severity", "severity"),
        ("detect", "detect"),
        ("applies to", "applies"),
        ("python", "python"),
        ("opt-in", "opt_in"),
        ("noise", "noise"),
        ("precision", "precision"),
        ("fix", "fix"),
        ("because", "because"),
        ("cite", "cite"),
    ),
    "fact": (("holds", "holds"), ("cite", "cite")),
    "term": (("aliases", "aliases"),),
    "pattern": (("use-when", "use_when"), ("avoid-when", "avoid_when")),
    "qa": (("self-check", "self_check"),),
    "exercise": (("difficulty", "difficulty"), ("minutes", "minutes")),
    "contrast": (("sides", "sides"),),
    "note": (("style", "style"),),
    "pathway": (("description", "description"), ("steps", "steps"), ("hours", "hours")),
    "chapter": (
        ("part", "part"),
        ("path", "path"),
        ("level", "level"),
        ("hours", "hours"),
        ("python", "python"),
        ("prerequisites", "prerequisites"),
        ("objectives", "objectives"),
        ("summary", "summary"),
    ),
    "section": (("depth", "depth"),),
}
_OF_ALL: Final = (("tags", "tags"), ("asked", "asked"))
_IDS: Final = ("because", "prerequisites", "steps")
"""Fields that name blocks: what was only renamed there is told once, where it was renamed."""
_PLACES: Final = ("place", "order")
"""Aspects that say nothing of the text."""
_ROLES: Final = {"": "examples", "detect": "detector"}
"""What the fences of a role are called where the role's own word does not say it."""


def aspects_of(matching: Matching, old: AnyBlock, new: AnyBlock, moved: Iterable[str]) -> tuple[Aspect, ...]:
    """What of a block is not as it was.

    Args:
        matching: Which block is which.
        old: The block in the old book.
        new: The same in the new one.
        moved: Ids, in the new book, of the chapters and sections that stand in another order than before.
    """
    found = [*_names(matching, old, new, moved), *_options(matching, old, new), *_words(matching, old, new)]
    if old.digest != new.digest and all(aspect.name in _PLACES for aspect in found):
        before, after = texts.normal(old.text), texts.normal(new.text)
        found += [Aspect("source", before, after)] if before != after else []
    return tuple(found)


def _names(matching: Matching, old: AnyBlock, new: AnyBlock, moved: Iterable[str]) -> list[Aspect]:
    found = []
    if new.kind not in PROSE and new.id not in (old.id, matching.renamed(old)):  # ids of prose are its first words
        found.append(Aspect("id", old.id, new.id))
    if old.title != new.title:
        found.append(Aspect("title", old.title, new.title))
    if _home(old, matching.now) != _home(new, str):
        found.append(Aspect("place", _home(old, str), _home(new, str)))
    elif new.id in moved:
        found.append(Aspect("order"))
    return found


def _home(block: AnyBlock, now: Callable[[str], str]) -> str:
    """Where a block stands: its section, or of a section its chapter; chapters stand in the book."""
    if isinstance(block, Chapter):
        return ""
    return now(block.chapter if isinstance(block, Section) else block.section)


def _options(matching: Matching, old: AnyBlock, new: AnyBlock) -> list[Aspect]:
    found = []
    for name, field in (*_OPTIONS.get(new.kind, ()), *_OF_ALL):
        before, after = getattr(old, field), getattr(new, field)
        same = tuple(map(matching.now, before)) if field in _IDS else before
        if same != after:
            found.append(Aspect(name, _shown(before), _shown(after)))
    return found


def _words(matching: Matching, old: AnyBlock, new: AnyBlock) -> list[Aspect]:
    """What the words and the fences of a block say; chapters and sections have none of their own."""
    if old.digest == new.digest or isinstance(new, (Chapter, Section)):
        return []
    found = []
    before, after = texts.prose(matching.old, old), texts.prose(matching.new, new)
    if not texts.read_the_same(before, after):
        found.append(Aspect("text", before, after))
    if not isinstance(new, DirectiveBlock):  # the text holds the fences in it
        return found
    fences, now = texts.fences(matching.old, old), texts.fences(matching.new, new)
    roles = (role for role in dict.fromkeys((*fences, *now)) if fences.get(role) != now.get(role))
    return [*found, *(Aspect(_ROLES.get(role, role), fences.get(role, ""), now.get(role, "")) for role in roles)]


def _shown(value: Any) -> str:
    """A field's value as one text."""
    if value is None or value is False or value == (0, 0):
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple) and all(isinstance(item, int) for item in value) and value:
        return "/".join(map(str, value))
    return ", ".join(value) if isinstance(value, tuple) else "yes" if value is True else str(value)
