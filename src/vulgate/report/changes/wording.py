"""Words for changes, and what all forms tell of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from vulgate.model.changes import PROSE, Action, Aspect, Change, Tally

_PLURALS: Final = {
    "qa": "questions",
    "pathway": "learning paths",
    "prose": "passages",
}
_SINGULARS: Final = {"qa": "question", "pathway": "learning path", "prose": "passage"}
_FENCES: Final = ("bad", "good", "near", "harm", "proof", "starter", "solution", "test")
_NAMES: Final = {
    **{role: f"{role} code" for role in _FENCES},
    "place": "moved",
    "detector": "what the detector looks for",
    "source": "source, which reads the same",
    "asked": "words for search",
}


def one(kind: str) -> str:
    """The word for one block of a kind."""
    return _SINGULARS.get(kind, kind)


def many(kind: str) -> str:
    """The word for several blocks of a kind."""
    return _PLURALS.get(kind, f"{kind}s")


def counted(number: int, kind: str) -> str:
    """A number of blocks: `1 rule`, `3 facts`."""
    return f"{number} {one(kind) if number == 1 else many(kind)}"


def aspect_name(name: str) -> str:
    """What an aspect is called."""
    return _NAMES.get(name, name)


def tally_text(tally: Tally) -> str:
    """`3 added, 1 changed`."""
    figures = ((tally.added, "added"), (tally.removed, "removed"), (tally.changed, "changed"))
    return ", ".join(f"{number} {word}" for number, word in figures if number)


def tally_of(changes: Iterable[Change]) -> Tally:
    """How many of some changes there are of each sort."""
    actions = [change.action for change in changes]
    return Tally(*(actions.count(action) for action in Action))


def is_prose(change: Change) -> bool:
    """Whether it is about a passage without a name, which is told by the chapter."""
    return change.kind in (*PROSE, "example")


def told(changes: Iterable[Change], *, full: bool = False) -> tuple[list[Change], dict[str, str]]:
    """The changes that are told one by one, and what came or went with each chapter.

    Args:
        changes: All changes.
        full: Whether to tell all of them.

    Returns:
        The changes, without what readers do not see, and of a chapter that is new or gone only itself and its rules; and by the
        chapter's id how much more is in it.
    """
    if full:
        return list(changes), {}
    seen = [change for change in changes if not change.is_minor]
    chapters = {(change.action, change.id) for change in seen if change.kind == "chapter"} - {
        (Action.CHANGED, change.id) for change in seen
    }
    kept, inside = [], {id: Counter[str]() for _, id in chapters}
    for change in seen:
        if (change.action, change.chapter) in chapters and change.kind not in ("chapter", "rule"):
            inside[change.chapter]["prose" if is_prose(change) else change.kind] += 1
        else:
            kept.append(change)
    return kept, {
        id: listed([counted(number, kind) for kind, number in counts.items()]) for id, counts in inside.items()
    }


def visible(change: Change, *, full: bool = False) -> list[Aspect]:
    """The aspects that are told."""
    return [aspect for aspect in change.aspects if full or not aspect.is_minor]


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def by_chapter(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by the chapter that they are in."""
    chapters: dict[str, list[Change]] = {}
    for change in changes:
        chapters.setdefault(change.chapter, []).append(change)
    return chapters


def changed_lines(old: str, new: str) -> tuple[int, int]:
    """How many lines were added and removed."""
    added = removed = 0
    for tag, i, j, k, m in SequenceMatcher(None, old.split("\n"), new.split("\n"), autojunk=False).get_opcodes():
        if tag != "equal":
            added += m - k
            removed += j - i
    return added if new else 0, removed if old else 0


def word_changes(old: str, new: str) -> list[tuple[str, str]]:
    """A text as pieces, each with `=` for what stayed, `-` for what went and `+` for what came."""
    before, after = old.split(), new.split()
    pieces = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("=", " ".join(before[i:j])))
            continue
        pieces += [("-", " ".join(before[i:j]))] if j > i else []
        pieces += [("+", " ".join(after[k:m]))] if m > k else []
    return pieces
