"""Chapters whose headings are plain lines such as `6.1 Function definitions`, and whose code stands in prose without fences."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from vulgate.model.ids import slug
from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import added, code_mask
from vulgate.source.origins import Line
from vulgate.source.rescue.heap import languages, parses
from vulgate.source.rescue.outline import LONGEST, NUMBERED, Numbers, is_announced, marker, without_level

_COMMENT: Final = re.compile(r"[ \t]*<!-- SSM:.*-->[ \t]*$")
_PYTHON: Final = "python"


def divided(lines: list[Line], heads: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, bool, list[Line]]]:
    """The chapters that stand in a file: a name for each but the first, whether it is an appendix, and its lines.

    Args:
        lines: The file.
        heads: First words of the chapters that begin a file; elsewhere they announce a chapter and begin none.
    """
    heads = set(heads)
    name, is_appendix, number = "", False, ""
    chapter: list[Line] = []
    for line, is_code in zip(lines, code_mask(lines), strict=True):
        begun = None if is_code or not re.search("CHAPTER|APPENDIX", line.text) else marker(line.text.strip())
        if begun and not number:
            number, is_appendix = begun.number, begun.is_appendix
        elif begun and begun.number != number and not is_announced(begun.title, heads):
            yield name, is_appendix, chapter
            name, is_appendix, number, chapter = slug(begun.title)[:60].strip("-"), begun.is_appendix, begun.number, []
        chapter.append(line)
    yield name, is_appendix, chapter


def plain_headings(lines: list[Line], page: Page) -> list[Line]:
    """A chapter with headings, with fences around its code, and without the marks of the old compiler."""
    return _fenced(_headed(lines))


def _headed(lines: list[Line]) -> list[Line]:
    found: list[Line] = []
    numbers: Numbers | None = None
    for line, is_code in zip(lines, code_mask(lines), strict=True):
        text = line.text.strip()
        if is_code or not text:
            found.append(line)
            continue
        if _COMMENT.match(text):
            continue
        begun = marker(text)
        if begun and numbers is None:
            numbers = Numbers(begun.number)
            front = [added(part, line) for part in ("---", f"level: {begun.level}", "---")] if begun.level else []
            found = [*front, *found, added(f"# {begun.title}", line), added("", line)]
            continue
        if begun and numbers and begun.is_appendix and begun.number == numbers.number:  # a further instalment
            found += [added("", line), added(f"## {begun.title}", line), added("", line)]
            continue
        section = (
            NUMBERED.match(text)
            if numbers and len(text) <= LONGEST and not text.endswith((".", ",", ":", ";"))
            else None
        )
        depth = numbers.take(section["number"]) if numbers and section else 0
        if section and depth:
            title, level = without_level(section["title"].strip("* "))
            said = f"{title} ({level})" if level else title
            is_zero = depth == 1 and section["number"].endswith(
                ".0"
            )  # what is before the first section has no number of its own
            head = f"**{said}**" if is_zero else f"{'#' * min(depth + 1, 6)} {said}"
            found += [added("", line), added(head, line), added("", line)]
        else:
            found.append(line)
    return found


def _fenced(lines: list[Line]) -> list[Line]:
    """Lines with fences around what is surely Python: it parses, and says something that prose does not."""
    mask = code_mask(lines)
    found: list[Line] = []
    at = 0
    while at < len(lines):
        end = _paragraph(lines, mask, at)
        if end == at or not _is_python(lines[at:end]):
            found += lines[at : end or at + 1] if end > at else [lines[at]]
            at = max(end, at + 1)
            continue
        while (more := _paragraph(lines, mask, _after_blank(lines, mask, end))) > end and _goes_on(
            lines[at:end], lines[_after_blank(lines, mask, end) : more]
        ):
            end = more
        found += [added(f"```{_PYTHON}", lines[at]), *lines[at:end], added("```", lines[end - 1])]
        at = end
    return found


def _paragraph(lines: Sequence[Line], mask: Sequence[bool], at: int) -> int:
    """Where the paragraph that begins at an index ends; the index itself where none begins."""
    while (
        at < len(lines)
        and not mask[at]
        and lines[at].text.strip()
        and not re.match(r"#{1,6} |---$|level: ", lines[at].text)
    ):
        at += 1
    return at


def _after_blank(lines: Sequence[Line], mask: Sequence[bool], at: int) -> int:
    while at < len(lines) and not mask[at] and not lines[at].text.strip():
        at += 1
    return at


def _text(lines: Sequence[Line]) -> str:
    return "".join(line.text for line in lines)


def _is_python(lines: Sequence[Line]) -> bool:
    code = _text(lines)
    return languages(code) == _PYTHON and parses(code)


def _goes_on(code: Sequence[Line], more: Sequence[Line]) -> bool:
    """Whether the next paragraph is part of the same code: it is indented, or code itself, and both together are Python."""
    return bool(more) and (more[0].text[:1] in " \t" or _is_python(more)) and parses(_text(code) + "\n" + _text(more))
