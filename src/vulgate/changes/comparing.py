"""Compares two compiled books."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from vulgate.changes.aspects import aspects_of
from vulgate.changes.breaking import GONE, judged, judged_chapter
from vulgate.changes.matching import Matching
from vulgate.changes.pairing import stays
from vulgate.changes.texts import compared
from vulgate.changes.verdicts import is_proven, status_aspect
from vulgate.model.blocks import AnyBlock, Chapter, Rule, Section
from vulgate.model.book import Book, CompiledBook
from vulgate.model.changes import Action, Aspect, Change, Comparison, Side

_FIELDS: Final = ("id", "title", "edition", "language", "description", "license")
_LISTS: Final = ("authors", "python")


def compare(
    old: CompiledBook, new: CompiledBook, *, names: tuple[str, str] = ("", ""), errors: tuple[int, int] = (0, 0)
) -> Comparison:
    """What tells a book from an earlier one.

    Args:
        old: The earlier book.
        new: The later one.
        names: How the user named them; their ids by default.
        errors: How many errors the compiler found in each.
    """
    matching = Matching(old, new)
    sides = [_side(book, name, count) for book, name, count in zip((old, new), names, errors, strict=True)]
    return Comparison(
        old=sides[0],
        new=sides[1],
        book=tuple(_of_book(old.book, new.book)),
        changes=tuple(_changes(matching, proven=all(side.is_proven for side in sides))),
        notes=tuple(_notes(*sides)),
    )


def _side(book: CompiledBook, name: str, errors: int) -> Side:
    whole = book.book
    return Side(name or whole.id, whole.id, whole.title, whole.edition, whole.digest, errors, is_proven(book))


def _notes(old: Side, new: Side) -> Iterator[str]:
    if old.id != new.id:
        yield f"The books have different ids, `{old.id}` and `{new.id}`; they are compared as if they were one."
    for side in (old, new):
        if side.errors:
            count = "an error" if side.errors == 1 else f"{side.errors} errors"
            yield f"{side.name} has {count}, which `vulgate build` shows; only what compiles is compared."
    unproven = [side.name for side in (old, new) if not side.is_proven]
    if len(unproven) == 1:
        yield f"Verdicts are not compared: none on {unproven[0]} are known."


def _of_book(old: Book, new: Book) -> Iterator[Aspect]:
    for field in _FIELDS:
        if getattr(old, field) != getattr(new, field):
            yield Aspect(field, getattr(old, field), getattr(new, field))
    for field in _LISTS:
        if getattr(old, field) != getattr(new, field):
            yield Aspect(field, ", ".join(getattr(old, field)), ", ".join(getattr(new, field)))
    parts = [", ".join(part.title or part.id for part in book.parts) for book in (old, new)]
    if parts[0] != parts[1]:
        yield Aspect("parts", *parts)


# ------------------------------------------------------------------------------------------------ changes, in order


def _changes(matching: Matching, *, proven: bool) -> list[Change]:
    """All changes in the order of the new book; what was removed stands where it stood."""
    new = compared(matching.new)
    place = {block.id: number for number, block in enumerate(new)}
    found: list[tuple[int, int, Change]] = []
    added = {block.id for block in matching.added}
    found += ((place[block.id], 1, _whole(Action.ADDED, block)) for block in new if block.id in added)
    moved = _moved(matching)
    for before, after in matching.pairs:
        aspects = aspects_of(matching, before, after, moved)
        if proven:
            aspects += tuple(status_aspect(matching, before, after))
        if aspects:
            found.append((place[after.id], 1, _changed(matching, before, after, aspects)))
    at = -1
    for block in compared(matching.old):
        if block.id in matching.new_of:
            at = place[matching.new_of[block.id]]
        else:
            found.append((at, 2, _removed(matching, block)))
    return [change for *_, change in sorted(found, key=lambda item: item[:2])]


def _whole(action: Action, block: AnyBlock) -> Change:
    return Change(
        action,
        block.kind,
        block.id,
        block.title,
        block.chapter,
        severity=block.severity if isinstance(block, Rule) else "",
        file=block.span.file,
        line=block.span.first,
    )


def _removed(matching: Matching, block: AnyBlock) -> Change:
    change = _whole(Action.REMOVED, block)
    heir = matching.new.formerly.get(block.id)
    if heir:
        return msgspec.structs.replace(change, aspects=(Aspect("id", block.id, heir),))
    return msgspec.structs.replace(change, breaking=GONE) if isinstance(block, Rule) else change


def _changed(matching: Matching, old: AnyBlock, new: AnyBlock, aspects: Sequence[Aspect]) -> Change:
    judged_aspects = tuple(_judged(matching, aspect, old, new) for aspect in aspects)
    old_id = old.id if old.id != new.id else ""
    return msgspec.structs.replace(_whole(Action.CHANGED, new), aspects=judged_aspects, old_id=old_id)


def _judged(matching: Matching, aspect: Aspect, old: AnyBlock, new: AnyBlock) -> Aspect:
    reason = ""
    if isinstance(old, Rule) and isinstance(new, Rule):
        reason = judged(aspect, matching, old, new)
    elif isinstance(old, Chapter):
        reason = judged_chapter(aspect, matching, old)
    return msgspec.structs.replace(aspect, breaking=reason) if reason else aspect


# ------------------------------------------------------------------------------------------------ the order of chapters


def _moved(matching: Matching) -> set[str]:
    """Ids, in the new book, of the chapters and sections that do not stand in the order that they stood in."""
    groups: dict[str, list[tuple[int, str]]] = {}
    place = {block.id: number for number, block in enumerate(compared(matching.old))}
    for old, new in matching.pairs:
        if isinstance(new, (Chapter, Section)):
            group = "" if isinstance(new, Chapter) else new.chapter
            if isinstance(old, Chapter) or matching.now(old.chapter) == group:
                groups.setdefault(group, []).append((place[old.id], new.id))
    return {id for group in groups.values() for id in _out_of_order(group)}


def _out_of_order(group: Sequence[tuple[int, str]]) -> list[str]:
    kept = stays([place for place, _ in group])
    return [id for number, (_, id) in enumerate(group) if number not in kept]
