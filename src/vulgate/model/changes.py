"""How two books differ: what was added, removed and changed, and which of it breaks what a reader relies on."""

from collections import Counter
from enum import StrEnum
from typing import Final

from msgspec import Struct


class Action(StrEnum):
    """What happened to a part of a book."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Aspect(Struct, frozen=True, omit_defaults=True):
    """One thing that is not as it was.

    Attributes:
        name: What it is: `severity`, `title`, `text`, `place`, `id`, `status`.
        old: How it was; empty where there was none. Texts are Markdown, lists are joined by commas.
        new: How it is; empty where there is none.
        breaking: Why whoever relies on the book must look at it; empty if nobody must.
    """

    name: str
    old: str = ""
    new: str = ""
    breaking: str = ""

    @property
    def is_minor(self) -> bool:
        """Whether a reader of the book does not see it, and nothing breaks."""
        return self.name in MINOR and not self.breaking


class Change(Struct, frozen=True, omit_defaults=True):
    """A part of the book that was added, removed or changed.

    Attributes:
        action: What happened to it.
        kind: The kind of block: `rule`, `fact`, `chapter`, `section`.
        id: Its id; of what was removed the one that it had.
        title: Its title, as Markdown; empty where it has none.
        chapter: Id of the chapter it stands in; of what was removed the chapter it stood in.
        old_id: The id that it had before, if that was another one.
        severity: Of a rule: how bad breaking it is.
        file: The chapter file, in the new book; of what was removed in the old one.
        line: Its first line there, from 1.
        aspects: What is not as it was. Of what was removed: what stands for it now, if anything does.
        breaking: Why whoever relies on the book must look at it, apart from the aspects.
    """

    action: Action
    kind: str
    id: str
    title: str = ""
    chapter: str = ""
    old_id: str = ""
    severity: str = ""
    file: str = ""
    line: int = 0
    aspects: tuple[Aspect, ...] = ()
    breaking: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is breaking: all reasons, its own and those of its aspects."""
        return tuple(filter(None, (self.breaking, *(aspect.breaking for aspect in self.aspects))))

    @property
    def is_minor(self) -> bool:
        """Whether a reader sees no difference: only words for search, figures or the way the source is written."""
        return bool(self.aspects) and all(aspect.is_minor for aspect in self.aspects)


class Side(Struct, frozen=True, omit_defaults=True):
    """One of the two books that are compared.

    Attributes:
        name: How the user named it.
        id: Id of the book.
        title: Its title.
        edition: The author's name for the edition.
        digest: Digest of the manifest and all chapters.
        errors: How many errors the compiler found in it; what did not compile is not compared.
        is_proven: Whether any verdict on it is known.
    """

    name: str
    id: str
    title: str
    edition: str = ""
    digest: str = ""
    errors: int = 0
    is_proven: bool = False


class Tally(Struct, frozen=True):
    """How many changes there are of one kind."""

    added: int = 0
    removed: int = 0
    changed: int = 0


class Comparison(Struct, frozen=True):
    """All that tells a book from an earlier one.

    Attributes:
        old: The earlier book.
        new: The later book.
        book: What is not as it was in the book as a whole: title, edition, versions of Python.
        changes: The parts that are not as they were, in reading order.
        notes: What limits the comparison, in sentences.
    """

    old: Side
    new: Side
    book: tuple[Aspect, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the books say the same."""
        return not self.book and not self.changes

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that whoever relies on the book must look at."""
        return tuple(change for change in self.changes if change.reasons)

    @property
    def tallies(self) -> dict[str, Tally]:
        """How many changes there are of each kind, in the order of `KINDS`."""
        counted = Counter((change.kind, change.action) for change in self.changes)
        kinds = {change.kind for change in self.changes}
        return {kind: Tally(*(counted[kind, action] for action in Action)) for kind in KINDS if kind in kinds}


MINOR: Final = ("asked", "source", "noise", "precision")
"""Aspects that a reader of the book does not see."""
NAMED: Final = ("rule", "fact", "term", "pattern", "qa", "exercise", "pathway")
"""Kinds of blocks that are told one by one."""
TREE: Final = ("chapter", "section")
"""Kinds of blocks that hold others."""
PROSE: Final = (
    "concept",
    "quick",
    "contrast",
    "rationale",
    "intuition",
    "role",
    "story",
    "note",
    "table",
    "diagram",
)
"""Kinds of blocks that have no name to tell them by."""
KINDS: Final = (*TREE, *NAMED, "example", *PROSE)
"""All kinds of blocks that are compared, in the order in which changes are told."""
