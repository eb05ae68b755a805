"""Numbers: parts I, II; chapters 1, 2; appendices A, B; sections 1.1, 1.2. Always computed, never written."""

from vulgate.model.blocks import Chapter, Section
from vulgate.model.book import Part
from vulgate.model.ids import slug
from vulgate.passes.linking import Linking


def number(link: Linking) -> None:
    """Numbers parts, chapters and sections, and finds the part of each chapter."""
    chapter_count = appendix_count = 0
    of_part: dict[int | None, list[str]] = {}
    for chapter, lowered in zip(link.source.chapters, link.chapters, strict=True):
        head = lowered.blocks[0]
        if chapter.type == "front":
            link.front.append(head.id)
            link.numbers.update((block.id, "") for block in lowered.blocks if isinstance(block, (Chapter, Section)))
            continue
        if chapter.type == "appendix":
            appendix_count += 1
            link.numbers[head.id] = _letters(appendix_count)
        else:
            chapter_count += 1
            link.numbers[head.id] = str(chapter_count)
        of_part.setdefault(chapter.part, []).append(head.id)
        _number_sections(link, [block for block in lowered.blocks if isinstance(block, Section)], link.numbers[head.id])
    _make_parts(link, of_part)


def _make_parts(link: Linking, of_part: dict[int | None, list[str]]) -> None:
    if None in of_part:
        link.parts.append(Part(id="main", chapters=tuple(of_part[None])))
    count = 0
    for index, entry in enumerate(link.manifest.parts):
        if not entry.appendix:
            count += 1
        part_id = entry.id or slug(entry.title) or f"part-{index + 1}"
        chapters = tuple(of_part.get(index, ()))
        roman = "" if entry.appendix else _roman(count)
        link.parts.append(Part(id=part_id, title=entry.title, number=roman, chapters=chapters, appendix=entry.appendix))
    for part in link.parts:
        link.part_of.update(dict.fromkeys(part.chapters, part.id))


def _number_sections(link: Linking, sections: list[Section], chapter: str) -> None:
    """Numbers sections by their nesting; a heading that skips a level counts as one level down."""
    stack: list[tuple[int, int]] = []
    for section in sections:
        count = 0
        while stack and stack[-1][0] >= section.depth:
            _, count = stack.pop()
        stack.append((section.depth, count + 1))
        link.numbers[section.id] = ".".join([chapter, *(str(position) for _, position in stack)])


def _letters(count: int) -> str:
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _roman(count: int) -> str:
    values = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    result = ""
    for value, letters in values:
        repeat, count = divmod(count, value)
        result += letters * repeat
    return result
