"""A block in brief: what somebody reads to decide whether to read all of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from vulgate.model import blocks as b
from vulgate.model.inline import first_sentence, plain
from vulgate.search.contents import AUTHORED, Heading
from vulgate.search.passages import first_prose, markdown_of, quick_of, title_of
from vulgate.search.rulebook import ShortRule

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook


def brief(book: "OpenBook", block: b.AnyBlock) -> str:
    """A block in brief, as Markdown."""
    if isinstance(block, (b.Chapter, b.Section)):
        return _joined(*_heading(book, block))
    if isinstance(block, (b.Example, b.Table, b.Diagram, b.Quick, b.Contrast)):
        return markdown_of(book, block)
    return _joined(*_directive(book, block))


def told(block: b.AnyBlock) -> str:
    """What the fields of a derived block say; empty for others."""
    if isinstance(block, b.TestHint):
        return block.how
    if isinstance(block, b.Uncertainty):
        return block.detail or block.reason
    if isinstance(block, b.Pathway):
        return _joined(block.description, f"{block.hours:g} hours:" if block.hours else "", _items(block.steps))
    if isinstance(block, b.Reasoning):
        return "\n".join(f"- {step.step}: {step.block}" for step in block.steps)
    if isinstance(block, (b.Relation, b.Inference)):
        return f"{block.source} {block.type} {block.target}"
    return ""


def _directive(book: "OpenBook", block: b.AnyBlock) -> list[str]:
    title = f"**{title_of(book, block)}**"
    first = first_prose(book, block)
    if isinstance(block, b.Rule):
        good = [book.block(id) for id in block.good[:1]]
        return [
            f"{title} ({'; '.join(filter(None, (block.severity, block.detect)))})",
            first_sentence(first),
            f"Fix: {block.fix}" if block.fix else "",
            *(markdown_of(book, each) for each in good if each),
        ]
    if isinstance(block, b.Fact):
        about = "; ".join(filter(None, (block.holds, *block.cite)))
        return [f"{title} ({about})" if about else title, first]
    if isinstance(block, b.Pattern):
        use = f"Use when: {block.use_when}" if block.use_when else ""
        avoid = f"Avoid when: {block.avoid_when}" if block.avoid_when else ""
        return [title, use, avoid, first]
    if isinstance(block, b.Exercise):
        about = "; ".join(filter(None, (block.difficulty, f"{block.minutes} min" if block.minutes else "")))
        return [f"{title} ({about})", first]
    if isinstance(block, b.Term):
        return [title + (f" (also {', '.join(block.aliases)})" if block.aliases else ""), first]
    return [title, first or told(block) or ("" if block.is_authored else markdown_of(book, block))]


def _heading(book: "OpenBook", block: b.Chapter | b.Section) -> list[str]:
    heading = book.contents.by_id[block.id]
    parts = [f"**{heading.label}**"]
    if isinstance(block, b.Chapter):
        parts += [block.summary, _items(block.objectives)]
        return [*parts, "Sections:", _items(_line(each) for each in book.contents.below(heading) if each.depth == 2)]
    quick = quick_of(book, heading)
    parts += [markdown_of(book, quick)] if quick else []
    blocks = _named_blocks(book, heading)
    below = [each for each in book.contents.below(heading) if each.around[-1] is heading]
    if blocks:
        parts += ["In this section:", _items(blocks)]
    if below:
        parts += ["Sections below:", _items(_line(each) for each in below)]
    if len(parts) == 1:
        parts.append(_first_paragraph(book, heading))
    return parts


def _line(heading: Heading) -> str:
    return f"{heading.label} (`{heading.id}`)"


def _named_blocks(book: "OpenBook", heading: Heading) -> list[str]:
    """The blocks of a section itself that have a title, as lines."""
    rules: dict[str, ShortRule] = {rule.id: rule for rule in book.rules}
    rows = book.rows(
        "SELECT id, kind, title FROM block WHERE position > ? AND position < ? AND section = ? AND parent = ''"  # noqa: S608
        f" AND title <> '' AND kind <> 'section' AND {AUTHORED} ORDER BY position",
        (heading.start, heading.end, heading.id),
    )
    lines = []
    for id, kind, title in rows:
        rule = rules.get(str(id))
        lines.append(f"{kind}{f' ({rule.severity})' if rule else ''}: {plain(str(title))} (`{id}`)")
    return lines


def _first_paragraph(book: "OpenBook", heading: Heading) -> str:
    """The first paragraph of a section that has no quick answer and no named block."""
    concepts = book.blocks("kind = 'concept' AND position > ? AND position < ?", (heading.start, heading.end))
    return first_prose(book, concepts[0]) if concepts else ""


def _items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())
