"""Writes the chapters of a rescued book: sections with their prose, and the examples at their places."""

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, Literal

from msgspec import Struct

from vulgate.source.origins import Line
from vulgate.source.rescue.outline import CODE
from vulgate.source.rescue.passages import Edition, Passage, Snippet
from vulgate.source.rescue.placing import Place, place
from vulgate.source.rescue.prose import is_cut, unflattened
from vulgate.source.rescue.tree import Draft, Section, drafts_of

_LETTERS: Final = re.compile(r"[\W_]+")
_MOST_OF: Final = 0.6
"""The share of an example that a passage must hold to be its place."""
_SHORTEST: Final = 24
"""Letters that tell one piece of code from another."""


class Placed(Struct, frozen=True):
    """An example and its place."""

    snippet: Snippet
    place: Place


class Rescued(Struct):
    """A rescued book before it is written.

    Attributes:
        drafts: The chapters.
        placed: The examples of each section, by index over all sections.
        cut: Passages that end in the middle of a word.
        repeated: How many examples stood in more than one heap.
    """

    drafts: list[Draft]
    placed: dict[int, list[Placed]]
    cut: list[Passage]
    repeated: int


def rescue(edition: Edition) -> Rescued:
    """Puts an edition in order."""
    drafts = drafts_of(edition.passages, edition.title)
    sections = [section for draft in drafts for section in draft.sections]
    snippets, repeated = _distinct(edition.snippets)
    anchors = _anchors(snippets, sections)
    texts = [
        " ".join([section.title, section.title, *(passage.text for passage in section.passages)])
        for section in sections
    ]
    limits = _limits(drafts)
    placed: defaultdict[int, list[Placed]] = defaultdict(list)
    heaps: defaultdict[str, list[int]] = defaultdict(list)
    for at, snippet in enumerate(snippets):
        heaps[snippet.heap].append(at)
    for members in heaps.values():
        own = {index: anchors[at] for index, at in enumerate(members) if at in anchors}
        allowed = [limits.get(snippets[at].chapter) for at in members]
        for at, found in zip(members, place([snippets[at].code for at in members], texts, own, allowed), strict=True):
            placed[found.section].append(Placed(snippets[at], found))
    cut = [passage for passage in edition.passages if is_cut(passage.text)]
    return Rescued(drafts, placed, cut, repeated)


# ------------------------------------------------------------------------------------------------ the examples


def _limits(drafts: Sequence[Draft]) -> dict[str, range]:
    """The sections of each chapter that an edition names with its examples (`CH-06`)."""
    ends = accumulate(len(draft.sections) for draft in drafts)
    return {
        f"CH-{int(draft.marker.number):02}": range(end - len(draft.sections), end)
        for end, draft in zip(ends, drafts, strict=True)
        if draft.marker.number.isdecimal()
    }


def _distinct(snippets: Sequence[Snippet]) -> tuple[list[Snippet], int]:
    """The examples, each once: what stood in two heaps stays in the first."""
    seen: dict[str, None] = {}
    found = []
    for snippet in snippets:
        key = "\n".join(line.rstrip() for line in snippet.code.strip().splitlines())
        if key not in seen:
            seen[key] = None
            found.append(snippet)
    return found, len(snippets) - len(found)


def _anchors(snippets: Sequence[Snippet], sections: Sequence[Section]) -> dict[int, tuple[int, int]]:
    """The section and passage that hold the code of an example, run together into one line."""
    letters = [_LETTERS.sub("", snippet.code).casefold() for snippet in snippets]
    starts, at = [], 0
    for found in letters:
        starts.append(at)
        at += len(found) + 1
    whole = "\n".join(letters)
    anchors: dict[int, tuple[int, int]] = {}
    for section, draft in enumerate(sections):
        for index, passage in enumerate(draft.passages):
            told = _LETTERS.sub("", passage.text).casefold() if CODE.search(passage.text) else ""
            if len(told) >= _SHORTEST and (found_at := whole.find(told)) >= 0:
                snippet = bisect.bisect_right(starts, found_at) - 1
                if len(told) > len(letters[snippet]) * _MOST_OF:
                    anchors.setdefault(snippet, (section, index))
    return anchors


# ------------------------------------------------------------------------------------------------ the text


def lines_of_draft(draft: Draft, first: int, placed: dict[int, list[Placed]], file: str) -> list[Line]:
    """The lines of a chapter in our source format.

    Args:
        draft: The chapter.
        first: Index of its first section among all sections.
        placed: The examples of each section.
        file: Path of the edition.
    """
    lines: list[Line] = []

    def write(text: str, number: int) -> None:
        lines.extend(Line(line + "\n", file, number) for line in [*text.split("\n"), ""])

    if draft.marker.level:
        write(f"---\nlevel: {draft.marker.level}\n---", draft.line)
    write(f"# {draft.marker.title}", draft.line)
    for at, section in enumerate(draft.sections):
        if section.title:
            write(f"{'#' * min(section.depth, 6)} {section.title}", section.line)
        for kind, text, number in _contents(section, placed.get(first + at, [])):
            if kind == "prose":
                write(text, number)
            else:
                lines.extend(_fence(text, number, file))
    return lines


_Kind = Literal["prose", "code"]


def _contents(section: Section, placed: Sequence[Placed]) -> Iterator[tuple[_Kind, str, int]]:
    """The prose and the code of a section, in order.

    Code that a passage repeats takes its place, other code follows the next passage that announces it; the rest ends the section.
    """
    here = {found.place.passage: found.snippet for found in placed if found.place.passage >= 0}
    waiting = [found.snippet for found in placed if found.place.passage < 0]
    for at, passage in enumerate(section.passages):
        if at in here:
            yield "code", _coded(here[at]), here[at].line
            continue
        text = unflattened(passage.text)
        yield "prose", _escaped(text), passage.line
        announces = passage.text.rstrip("* ").endswith(":") and at + 1 == len(section.passages)
        if waiting and (announces or re.search(r"\bexample\b.{0,40}:\**$", passage.text, re.IGNORECASE)):
            snippet = waiting.pop(0)
            yield "code", _coded(snippet), snippet.line
    for snippet in waiting:
        yield "code", _coded(snippet), snippet.line


def _coded(snippet: Snippet) -> str:
    return f"{snippet.language}\n{snippet.code}"


def _fence(told: str, number: int, file: str) -> Iterator[Line]:
    language, _, code = told.partition("\n")
    marks = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", code))])
    yield Line(f"{marks}{language or 'text'}\n", file, number)
    for at, line in enumerate(code.splitlines()):
        yield Line(f"{line}\n", file, number + at)
    yield Line(f"{marks}\n", file, number + max(0, code.count("\n") - 1))
    yield Line("\n", file, number)


def _escaped(text: str) -> str:
    """Prose whose first letters would be markup by accident: code that was run together begins with `#`."""
    if text.startswith("#") and "\n" not in text:
        return f"`{text.strip()}`" if "`" not in text else f"\\{text}"
    return "---" if text == "---" else re.sub(r"^(=+|-{3,})$", r"\\\1", text)
