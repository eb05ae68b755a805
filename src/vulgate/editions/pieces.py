"""Cuts Markdown into pieces of a size, and never a sentence or a code block."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from vulgate.model.tokens import count_tokens
from vulgate.search.cutting import is_fence, lines, paragraphs

_TABLE: Final = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\r?\n?\Z")
_HEADING: Final = re.compile(r"[ \t>]*#{1,6}[ \t]")
# The end of a sentence: a full stop and what closes with it, then white space, and something that a sentence begins with.
_END: Final = re.compile(
    r"""[.!?]["'’”)\]*_`]*\s+(?=["'‘“(\[*_`]*[^\W_a-z])"""
    r"""|[。！？]["'’”」』）*_`]*\s*"""
    r"""|(\n)(?=[ \t>]*(?:[-*+]|\d+[.)])[ \t])"""  # a list item
)
_SHORTEST: Final = 12
"""Characters at the end of a sentence in which an abbreviation is looked for."""
_SHORT: Final = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Dr|Mr|Mrs|St|No|p|pp)|\b[A-Z])\.\s+\Z")


def pieces(markdown: str, most: int) -> list[str]:
    """Markdown in pieces that have so many tokens at most.

    A code block or a sentence that is longer is a piece of its own. What introduces something (a heading, a line that ends with a
    colon) goes with it. A table is cut between its rows, and each piece of it has the head; everything else is in one piece only.

    Args:
        markdown: Whole blocks.
        most: Tokens; see `vulgate.model.tokens`.
    """
    if count_tokens(markdown) <= most:
        return [markdown]
    parts = [fine for part in _introduced(paragraphs(markdown), most) for fine in _cut(part, most)]
    return [textwrap.dedent(piece) for piece in _packed(parts, most)]


def _packed(parts: Iterable[str], most: int) -> Iterator[str]:
    taken = ""
    for part in parts:
        if taken and count_tokens(taken + part) > most:
            yield taken
            taken = ""
        taken += part
    if taken:
        yield taken


def _introduced(parts: Iterable[str], most: int) -> Iterator[str]:
    """The parts, with those that only introduce the next one in front of it, unless that is what makes it too long."""
    before = ""
    for part in parts:
        if before and count_tokens(part) <= most < count_tokens(before + part):
            yield before
            before = ""
        before += part
        if not _introduces(part):
            yield before
            before = ""
    if before:
        yield before


def _introduces(part: str) -> bool:
    text = part.rstrip()
    return not text or (not is_fence(part) and "\n" not in text and (text.endswith(":") or bool(_HEADING.match(text))))


def _cut(part: str, most: int) -> Iterable[str]:
    """A part cut where it must be and may be."""
    if count_tokens(part) <= most or any(is_fence(each) for each in paragraphs(part)):
        return [part]
    rows = lines(part)
    head = next((index for index, row in enumerate(rows[1:3], 1) if "|" in rows[0] and _TABLE.match(row)), 0)
    if head:
        title = "".join(rows[: head + 1])
        return [title + row for row in _packed(rows[head + 1 :], most - count_tokens(title))] or [part]
    return [
        fine
        for sentence in _sentences(part, guarded=True)
        for fine in ([sentence] if count_tokens(sentence) <= most else _sentences(sentence, guarded=False))
    ]


def _sentences(text: str, *, guarded: bool) -> Iterator[str]:
    """The sentences and list items of a paragraph.

    Args:
        text: The paragraph.
        guarded: Whether a full stop in a code span or a link ends none. One that is never closed guards all that follows.
    """
    start = looked = ticks = brackets = 0
    for match in _END.finditer(text):
        step = text[looked : match.end()]
        looked = match.end()
        ticks += step.count("`")
        brackets += step.count("[") - step.count("]")
        is_free = not guarded or (ticks % 2 == 0 and brackets == 0)
        if match[1] or (is_free and not _SHORT.search(step[-_SHORTEST:])):
            yield text[start:looked]
            start, ticks, brackets = looked, 0, 0
    if start < len(text):
        yield text[start:]
