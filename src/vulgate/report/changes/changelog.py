"""The differences of two books as an entry of a changelog, in Markdown, as https://keepachangelog.com has it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from vulgate.model.changes import NAMED, TREE, Action, Aspect, Change, Comparison
from vulgate.report.changes.wording import (
    aspect_name,
    by_chapter,
    is_prose,
    listed,
    one,
    tally_of,
    tally_text,
    told,
    visible,
)

_HEADINGS: Final = {Action.ADDED: "Added", Action.CHANGED: "Changed", Action.REMOVED: "Removed"}
_SHOWN: Final = (
    "severity",
    "detect",
    "applies to",
    "python",
    "opt-in",
    "holds",
    "id",
    "place",
    "part",
    "difficulty",
    "edition",
)
"""Aspects that are told with their values; of others it is told that they changed."""
_MOST: Final = 60
"""Characters of a value that is told."""


def as_changelog(found: Comparison) -> str:
    """The differences as Markdown, which ends with a line end."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    edition = found.new.edition if found.new.edition != found.old.edition else ""
    yield f"## [{_text(edition) or 'Unreleased'}]"
    changes, inside = told(found.changes)
    for action, heading in _HEADINGS.items():
        members = [change for change in changes if change.action is action]
        lines = [*_named(members, inside), *(_of_book(found) if action is Action.CHANGED else ()), *_prose(members)]
        if lines:
            yield from ("", f"### {heading}", "", *lines)
    if not changes and not found.book:
        yield from ("", "Nothing that a reader sees has changed.")


def _named(changes: Sequence[Change], inside: Mapping[str, str]) -> Iterator[str]:
    """The entries of what has a name: what breaks first, then by kind, in reading order."""
    order = {kind: number for number, kind in enumerate((*NAMED[:1], *TREE, *NAMED[1:]))}
    named = [change for change in changes if not is_prose(change)]
    for change in sorted(named, key=lambda change: (not change.reasons, order[change.kind])):
        yield f"- {_entry(change, inside)}"


def _prose(changes: Sequence[Change]) -> Iterator[str]:
    for chapter, members in by_chapter(change for change in changes if is_prose(change)).items():
        yield f"- Prose and examples of `{_text(chapter)}`: {tally_text(tally_of(members))}."


def _of_book(found: Comparison) -> Iterator[str]:
    return (f"- Book: {_aspect(aspect)}." for aspect in found.book)


def _entry(change: Change, inside: Mapping[str, str]) -> str:
    kind = one(change.kind)
    reasons = "; ".join(change.reasons)
    head = f"**Breaking** ({_text(reasons)}): {kind}" if reasons else kind.capitalize()
    title = f" **{_text(change.title)}**" if change.title else ""
    severity = f", {change.severity}" if change.severity else ""
    entry = f"{head}{title} (`{_text(change.id)}`{severity})"
    details = [_aspect(aspect) for aspect in visible(change) if _is_told(aspect)]
    if change.action is Action.REMOVED:
        details = [f"its id means `{_text(aspect.new)}` now" for aspect in change.aspects]
    others = [aspect_name(aspect.name) for aspect in visible(change) if not _is_told(aspect)]
    if others:
        details.append(f"changed {listed(others)}")
    if change.kind == "chapter" and inside.get(change.id):
        details.append(f"with {inside[change.id]}")
    return f"{entry}: {'; '.join(details)}." if details else f"{entry}."


def _is_told(aspect: Aspect) -> bool:
    if aspect.name in ("title", "order", "status"):
        return True
    return aspect.name in _SHOWN and len(aspect.old) + len(aspect.new) <= 2 * _MOST


def _aspect(aspect: Aspect) -> str:
    old, new = _text(aspect.old), _text(aspect.new)
    if aspect.name == "title":
        return f"formerly “{old}”" if old else "with a title now"
    if aspect.name == "order":
        return "stands in another place"
    if aspect.name == "status":
        return f"{new.partition(',')[0]} now, {old.partition(',')[0]} before"
    if not old or not new:
        return (
            f"{aspect_name(aspect.name)} `{new}`, none before"
            if new
            else f"no {aspect_name(aspect.name)} now, `{old}` before"
        )
    return f"{aspect_name(aspect.name)} `{old}` → `{new}`"


def _text(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())
