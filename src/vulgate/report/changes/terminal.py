"""The differences of two books for a person at a terminal."""

from collections.abc import Iterator
from difflib import unified_diff
from functools import partial
from typing import Final

from vulgate.model.changes import NAMED, TREE, Action, Aspect, Change, Comparison, Side
from vulgate.model.inline import plain
from vulgate.report.changes.wording import (
    aspect_name,
    by_chapter,
    changed_lines,
    is_prose,
    many,
    tally_of,
    tally_text,
    told,
    visible,
    word_changes,
)
from vulgate.report.text import paint, printable

_MARKS: Final = {Action.ADDED: ("+", "32"), Action.REMOVED: ("-", "31"), Action.CHANGED: ("~", "33")}
_WORDS: Final = {"-": ("31", "[-{}-]"), "+": ("32", "{{+{}+}}")}
_BREAKING: Final = "1;31"
_SHORT: Final = 70
"""Characters of an old and a new value up to which they stand side by side; of longer ones the words that changed are shown."""
_CONTEXT: Final = 2
"""Lines around a change of a text."""
_INDENT: Final = " " * 6


def as_text(found: Comparison, *, full: bool = False, color: bool = False) -> str:
    """The differences as text, which ends with a line end.

    Args:
        found: What was compared.
        full: Whether to show each passage of prose, the lines of texts that changed, and what readers do not see.
        color: Whether to use ANSI colours.
    """
    return "\n".join(_Text(found, full=full, color=color).lines()) + "\n"


class _Text:
    def __init__(self, found: Comparison, *, full: bool, color: bool) -> None:
        self.found = found
        self.full = full
        self.color = color
        self.paint = partial(paint, color=color)
        self.changes, self.inside = told(found.changes, full=full)

    def lines(self) -> Iterator[str]:
        yield self._side("old", self.found.old)
        yield self._side("new", self.found.new)
        for note in self.found.notes:
            yield f"{self.paint('1;33', 'note')}: {printable(note)}"
        if self.found.book:
            yield from self._heading("the book")
            yield from (line.removeprefix(_INDENT[2:]) for aspect in self.found.book for line in self._aspect(aspect))
        for kind in (*TREE, *NAMED):
            if changes := [change for change in self.changes if change.kind == kind]:
                yield from self._heading(many(kind))
                yield from (line for change in changes for line in self._change(change))
        yield from self._prose()
        yield from self._summary()

    def _side(self, word: str, side: Side) -> str:
        title = f"{side.title} {side.edition}".strip()
        return f"{word}  {self.paint('1', printable(title))}  {printable(side.name)}"

    def _heading(self, text: str) -> Iterator[str]:
        yield ""
        yield self.paint("1", text)

    # ------------------------------------------------------------------------------------------------ one change

    def _change(self, change: Change) -> Iterator[str]:
        mark, tone = _MARKS[change.action]
        severity = f" [{change.severity}]" if change.severity else ""
        kind = f" {change.kind}" if is_prose(change) else ""
        head = f"  {self.paint(tone, mark)}{kind} {self.paint('1', printable(change.id))}{severity}"
        yield f"{head} {printable(plain(change.title))}".rstrip()
        if change.breaking:
            yield _INDENT + self._breaking(change.breaking)
        if change.kind == "chapter" and self.inside.get(change.id):
            yield f"{_INDENT}with {self.inside[change.id]}"
        if change.action is Action.REMOVED:
            yield from (f"{_INDENT}its id means {printable(aspect.new)} now" for aspect in change.aspects)
        else:
            yield from (line for aspect in visible(change, full=self.full) for line in self._aspect(aspect))

    def _breaking(self, reason: str) -> str:
        return f"{self.paint(_BREAKING, 'breaking')}: {printable(reason)}"

    def _aspect(self, aspect: Aspect) -> Iterator[str]:
        name = aspect_name(aspect.name)
        tail = f"  {self._breaking(aspect.breaking)}" if aspect.breaking else ""
        if aspect.name == "order":
            yield f"{_INDENT}stands in another place{tail}"
        elif "\n" in aspect.old + aspect.new or aspect.name == "text":
            added, removed = changed_lines(aspect.old, aspect.new)
            yield f"{_INDENT}{name}: {_counted_lines(added, removed)}{tail}"
            yield from self._diff(aspect) if self.full else ()
        else:
            yield f"{_INDENT}{name}: {self._values(aspect)}{tail}"

    def _values(self, aspect: Aspect) -> str:
        old, new = printable(aspect.old), printable(aspect.new)
        if len(old) + len(new) <= _SHORT or not (old and new):
            return f"{old or '(none)'} -> {new or '(none)'}"
        return " ".join(self._word(*piece) for piece in word_changes(old, new))

    def _word(self, mark: str, words: str) -> str:
        if mark == "=":
            return words
        tone, form = _WORDS[mark]
        return self.paint(tone, words) if self.color else form.format(words)

    def _diff(self, aspect: Aspect) -> Iterator[str]:
        lines = unified_diff(_lines(aspect.old), _lines(aspect.new), lineterm="", n=_CONTEXT)
        for line in list(lines)[2:]:
            style = {"-": "31", "+": "32", "@": "36"}.get(line[:1])
            shown = printable(line.split(" @@")[0] + " @@" if line.startswith("@@") else line)
            yield f"{_INDENT}  {self.paint(style, shown) if style else shown}".rstrip()

    # ------------------------------------------------------------------------------------------------ prose, totals

    def _prose(self) -> Iterator[str]:
        changes = [change for change in self.changes if is_prose(change)]
        if not changes:
            return
        yield from self._heading("prose and examples")
        for chapter, members in by_chapter(changes).items():
            if self.full:
                yield from (line for change in members for line in self._change(change))
            else:
                yield f"  {printable(chapter)}: {tally_text(tally_of(members))}"

    def _summary(self) -> Iterator[str]:
        yield ""
        if self.found.is_empty:
            yield "the books say the same"
            return
        seen = [change for change in self.found.changes if self.full or not change.is_minor]
        groups = {kind: [change for change in seen if change.kind == kind] for kind in (*TREE, *NAMED)}
        groups["prose"] = [change for change in seen if is_prose(change)]
        parts = [f"{many(kind)}: {tally_text(tally_of(members))}" for kind, members in groups.items() if members]
        yield "; ".join(parts) or "no part of the book that readers see has changed"
        hidden = sum(change.is_minor for change in self.found.changes)
        if hidden and not self.full:
            yield f"{hidden} more changed where readers do not see it; `--full` shows them"
        if number := len(self.found.breaking):
            yield self.paint(_BREAKING, f"{number} {'change is' if number == 1 else 'changes are'} breaking")


def _counted_lines(added: int, removed: int) -> str:
    """`2 lines added, 1 removed`."""
    if not added:
        return f"{removed} {'line' if removed == 1 else 'lines'} removed"
    return f"{added} {'line' if added == 1 else 'lines'} added" + (f", {removed} removed" if removed else "")


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []
