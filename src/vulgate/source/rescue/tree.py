"""The chapters and sections of an old book, from its passages in order."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field

from vulgate.source.rescue.outline import (
    CODE,
    HEADING,
    NUMBERED,
    PART,
    Marker,
    Numbers,
    first_words,
    is_announced,
    marker,
    titled,
    unglued,
    without_level,
)
from vulgate.source.rescue.passages import Passage

_COMMENT: Final = re.compile(r"<!-- SSM:.*?-->\s*")
_LONGEST_HEADING: Final = 100


class Section(Struct):
    """A section on its way: its heading, and its passages."""

    depth: int
    title: str
    line: int
    passages: list[Passage] = field(default_factory=list)


class Draft(Struct):
    """A chapter on its way.

    Attributes:
        marker: What it is.
        line: Where it begins in the edition.
        part: The part that it belongs to, by title.
        sections: Its sections; the first is what stands before any heading.
    """

    marker: Marker
    line: int
    part: str
    sections: list[Section]


def drafts_of(passages: Sequence[Passage], title: str) -> list[Draft]:
    """The chapters of a book.

    Args:
        passages: The prose, in order.
        title: The book's title, for what stands before the first chapter.
    """
    tree = _Tree(passages, title)
    for passage in passages:
        tree.add(passage)
    return sorted(tree.drafts, key=_order)


def _order(draft: Draft) -> tuple[bool, str]:
    """Chapters as they lie, then the appendices by their letters: instalments came late, and so lie behind others."""
    return draft.marker.is_appendix, draft.marker.number if draft.marker.is_appendix else ""


class _Tree:
    def __init__(self, passages: Sequence[Passage], title: str) -> None:
        self.title = title
        self.drafts: list[Draft] = []
        self.part = ""
        self.numbers = Numbers()
        heads = (marker(passage.text) for passage in passages if passage.is_head)
        self.heads = {first_words(head.title) for head in heads if head}

    def add(self, passage: Passage) -> None:
        for match in _COMMENT.finditer(passage.text):
            if found := PART.match(match[0].strip()):
                self.part = found["name"]
        text = _COMMENT.sub("", passage.text).strip()
        if found := PART.match(text):
            self.part = found["said"] or found["name"]
            return
        for piece in unglued(text) if text else ():
            self._piece(piece, passage)

    def _piece(self, text: str, passage: Passage) -> None:
        begun = marker(text)
        if begun and self._begins(begun, passage):
            if begun.rest:
                self._text(begun.rest, passage)
            return
        if not self.drafts:
            self._open(Marker("", self.title, "", is_appendix=False), passage)
        self._text(text, passage)

    def _begins(self, begun: Marker, passage: Passage) -> bool:
        """Whether a chapter begins with a text that looks so; it is begun then."""
        draft = self.drafts[-1] if self.drafts else None
        is_same = draft is not None and draft.marker.number == begun.number
        if draft and is_same and not passage.is_head:
            if begun.is_appendix:  # in several instalments
                draft.sections.append(Section(2, begun.title, passage.line))
                return True
            if not draft.sections[0].passages and len(draft.sections) == 1:  # the first line of the chapter, again
                draft.marker = begun if begun.level else draft.marker
                return True
        # The end of a chapter often announces the next one.
        if not passage.is_head and is_announced(begun.title, self.heads):
            return False
        self._open(begun, passage)
        return True

    def _open(self, begun: Marker, passage: Passage) -> None:
        self.drafts.append(Draft(begun, passage.line, self.part, [Section(0, "", passage.line)]))
        self.numbers = Numbers(begun.number)

    def _text(self, text: str, passage: Passage) -> None:
        """Adds a text to the last chapter: a section if it is a heading, else a passage of the last one."""
        sections = self.drafts[-1].sections
        if "\n" not in text:
            found = NUMBERED.match(text)
            if found and (depth := self.numbers.take(found["number"])):
                self._numbered(found["title"], depth, passage, is_zero=depth == 1 and found["number"].endswith(".0"))
                return
            heading = HEADING.match(text)
            if heading and len(text) < _LONGEST_HEADING and not CODE.search(text):
                depth = max(2, min(len(heading["marks"]) + 1, 5))
                sections.append(Section(depth, heading["title"].strip("* "), passage.line))
                return
        sections[-1].passages.append(Passage(text, passage.line))

    def _numbered(self, text: str, depth: int, passage: Passage, *, is_zero: bool) -> None:
        sections = self.drafts[-1].sections
        title, rest = titled(text.strip("* "))
        title, level = without_level(title)
        if is_zero:  # what stands before the first section has no number of its own
            sections[-1].passages.append(Passage(f"**{title}**", passage.line))
        else:
            sections.append(Section(depth + 1, f"{title} ({level})" if level else title, passage.line))
        if rest:
            sections[-1].passages.append(Passage(rest, passage.line))
