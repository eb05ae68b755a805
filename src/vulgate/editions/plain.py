"""A chapter as plain Markdown: what the directives say in words, and everything else as the author wrote it.

The chapter is not written anew. Edits replace the lines that only a Vulgate reader understands (option lines, closing colons,
fence attributes, `[[ids]]`), and every other byte is copied, so that nothing can be lost and nesting needs no recursion.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from vulgate.model import blocks as b
from vulgate.model.book import CompiledBook

_FRONT_MATTER = re.compile(
    rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_ATTRIBUTES = re.compile(rb"[ \t]*\{[^\r\n]*\}[ \t]*(?=\r?\n|\Z)")
_HEADING_ATTRIBUTES = re.compile(rb"[ \t]*\{[ \t]*[#.][^{}\r\n]*\}[ \t]*(?=#*[ \t]*(?:\r?\n|\Z))")
_OUTPUT = re.compile(rb"^([ \t>]*)(`{3,}|~{3,})[ \t]*output[ \t]*$", re.MULTILINE)
_COLONS = re.compile(rb":{3,}[ \t]*")
_WIKI = re.compile(rb"\[\[[^\[\]|\\]+(?:\\?\|([^\[\]]+))?\]\]")
_TARGET = re.compile(rb"\]\(\s*<?([^)\s>]*)>?")

ROLE_LABELS: Final = {
    "bad": "Broken:",
    "good": "Kept:",
    "near": "Looks like the fault, and is none:",
    "harm": "What the broken form does:",
    "proof": "Proof:",
    "detect": "Detector:",
    "starter": "Start from:",
    "solution": "Solution:",
    "test": "Test:",
}
_LABELS: Final = {
    "rule": "Rule",
    "fact": "Fact",
    "term": "Term",
    "pattern": "Pattern",
    "contrast": "Contrast",
    "rationale": "Rationale",
    "qa": "Question",
    "exercise": "Exercise",
    "quick": "In short",
    "intuition": "Intuition",
    "role": "For",
    "story": "Story",
}


class Edit(NamedTuple):
    """Replaces the bytes from `start` to before `end`."""

    start: int
    end: int
    text: str


def plain_chapter(book: CompiledBook, chapter: b.Chapter, href: Callable[[str], str]) -> str:
    """A chapter as plain Markdown.

    Args:
        book: The compiled book.
        chapter: The chapter.
        href: Gives the address of a block in this edition, by id.
    """
    blocks = book.authored(chapter.id)
    source = "".join(block.text for block in blocks if not block.parent).encode()
    anchors = {anchor_of(book, block.id) for block in blocks if block.id in book.targets}
    edits: list[Edit] = []
    for block in blocks:
        edits.extend(_block_edits(book, block, source, block.id in anchors))
        edits.extend(_link_edits(book, block, source, href))
    return _apply(source, edits)


def anchor_of(book: CompiledBook, id: str) -> str:
    """The id of the anchor that a link to a block leads to: no line inside a list or directive has room for one."""
    block = book[id]
    while block.parent:
        block = book[block.parent]
    return block.id


def _apply(source: bytes, edits: Iterable[Edit]) -> str:
    parts: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):  # at one place, in the order in which they were made
        if edit.start < done:  # inside something that is replaced already
            continue
        parts.append(source[done : edit.start].decode())
        parts.append(edit.text)
        done = edit.end
    parts.append(source[done:].decode())
    return "".join(parts)


def _block_edits(book: CompiledBook, block: b.AnyBlock, source: bytes, is_target: bool) -> Iterable[Edit]:
    start = block.span.start
    if is_target:
        yield Edit(start, start, f'<a id="{block.id}"></a>\n\n')
    if isinstance(block, b.Chapter):
        front = _FRONT_MATTER.match(source)
        end = front.end() if front else 0
        yield Edit(0, end, _chapter_head(book, block, source[end : block.span.end]))
        if block.objectives:
            listed = "".join(f"* {objective}\n" for objective in block.objectives)
            yield Edit(block.span.end, block.span.end, f"After this chapter you can:\n\n{listed}\n")
    elif isinstance(block, b.Section):
        yield Edit(start, start, f"<!-- {block.number} {block.id} -->\n".replace("<!--  ", "<!-- "))
        if attributes := _HEADING_ATTRIBUTES.search(source, start, _line_end(source, start)):
            yield Edit(attributes.start(), attributes.end(), "")
    elif isinstance(block, b.DirectiveBlock) and source[start : start + 3] == b":::":
        yield from _directive_edits(block, source)
    elif isinstance(block, (b.Example, b.Diagram)):
        yield from _fence_edits(block, source)


def _directive_edits(block: b.DirectiveBlock, source: bytes) -> Iterable[Edit]:
    """The head takes the place of the opening and option lines, the foot that of the closing colons."""
    start = block.span.start
    prefix = _prefix(source, start)
    body = _line_start(source, block.inner[0]) if block.inner[0] > start else block.span.end
    lines = [*_head(block).split("\n"), *([] if _is_blank(source, body) else [""])]
    yield Edit(
        start, body, "".join(f"{prefix if index else ''}{line}".rstrip(" ") + "\n" for index, line in enumerate(lines))
    )
    if closing := _COLONS.search(source, block.inner[1], block.span.end):
        yield _foot_edit(block, source, closing.start(), closing.end())


def _foot_edit(block: b.DirectiveBlock, source: bytes, start: int, end: int) -> Edit:
    """The closing colons give way to the foot, or go with their line where the next one keeps the paragraphs apart."""
    foot = _foot(block)
    prefix = _prefix(source, start)
    above = _line_start(source, max(0, _line_start(source, start) - 1))
    if foot:
        return Edit(start, end, foot if _is_blank(source, above) else f"\n{prefix}{foot}")
    if not prefix and _is_blank(source, _line_end(source, end)):
        return Edit(start, _line_end(source, end), "")
    return Edit(start, end, "")


def _fence_edits(block: b.Example | b.Diagram, source: bytes) -> Iterable[Edit]:
    start, end = block.span.start, block.span.end
    prefix = _prefix(source, start)
    fence_at = start + len(source[start:end]) - len(source[start:end].lstrip(b" \t"))
    line_end = _line_end(source, fence_at)
    if isinstance(block, b.Example) and block.fence.role in ROLE_LABELS:
        yield Edit(fence_at, fence_at, f"{ROLE_LABELS[block.fence.role]}\n{prefix.rstrip()}\n{prefix}")
    if attributes := _ATTRIBUTES.search(source, fence_at, line_end):
        yield Edit(attributes.start(), attributes.end(), "")
    if (
        isinstance(block, b.Example)
        and block.output is not None
        and (found := list(_OUTPUT.finditer(source, start, end)))
    ):
        opening = found[-1]
        indent, ticks = opening[1].decode(), opening[2].decode()
        yield Edit(opening.start(), opening.end(), f"{indent}Output:\n{indent.rstrip()}\n{indent}{ticks}text")


def _link_edits(book: CompiledBook, block: b.AnyBlock, source: bytes, href: Callable[[str], str]) -> Iterable[Edit]:
    """Links to blocks lead to their place in this edition; what the author wrote as text stays."""
    for link in block.links:
        written = source[link.start : link.end]
        if link.type != "block":
            continue
        if wiki := _WIKI.fullmatch(written):
            label = wiki[1].decode() if wiki[1] else (book[link.target].title or link.target)
            yield Edit(link.start, link.end, f"[{label}]({href(link.target)})")
        elif written.startswith((b"[", b"!")) and (found := list(_TARGET.finditer(written))):
            place = found[-1]
            yield Edit(link.start + place.start(1), link.start + place.end(1), href(link.target))


def _chapter_head(book: CompiledBook, chapter: b.Chapter, rest: bytes) -> str:
    kind = "Appendix" if chapter.number.isalpha() else "Chapter"
    about = [f"{kind} {chapter.number}"] if chapter.number else []
    about += [chapter.level] if chapter.level else []
    if chapter.prerequisites:
        names = (book[id].title if id in book else id for id in chapter.prerequisites)
        about.append("after " + ", ".join(names))
    about += [f"{chapter.hours:g} h"] if chapter.hours else []
    lines = [f"<!-- {' · '.join([*about, chapter.id])} -->"]
    if not rest.strip():
        lines.append(f"# {chapter.title}")
        lines.append("")
    return "\n".join(lines) + "\n"


def _head(block: b.DirectiveBlock) -> str:
    label = block.style.capitalize() if isinstance(block, b.Note) else _LABELS[block.kind]
    title = f"**{label}: {block.title}**" if block.title else f"**{label}**"
    facts: list[str] = []
    if isinstance(block, b.Rule):
        facts = [block.severity, block.detect if block.detect else ""]
    elif isinstance(block, b.Fact):
        facts = [block.holds, ", ".join(block.cite)]
    elif isinstance(block, b.Term) and block.aliases:
        facts = ["also " + ", ".join(block.aliases)]
    elif isinstance(block, b.Exercise):
        facts = [block.difficulty, f"{block.minutes} min" if block.minutes else ""]
    facts.append(f"`{block.id}`" if block.kind != "note" else "")
    told = "; ".join(fact for fact in facts if fact)
    lines = [f"{title} ({told})" if told else title]
    if isinstance(block, b.Pattern):
        lines += [f"Use when: {block.use_when}"] if block.use_when else []
        lines += [f"Avoid when: {block.avoid_when}"] if block.avoid_when else []
    return "\n\n".join(lines)


def _foot(block: b.DirectiveBlock) -> str:
    return f"Fix: {block.fix}" if isinstance(block, b.Rule) and block.fix else ""


def _prefix(source: bytes, at: int) -> str:
    """What a line inside the same lists and quotes begins with."""
    before = source[_line_start(source, at) : at].decode("utf-8", "replace")
    return re.sub(r"[^>\s]", " ", before)


def _line_start(source: bytes, at: int) -> int:
    return max(source.rfind(b"\n", 0, at), source.rfind(b"\r", 0, at)) + 1


def _line_end(source: bytes, at: int) -> int:
    end = source.find(b"\n", at)
    return len(source) if end < 0 else end + 1


def _is_blank(source: bytes, at: int) -> bool:
    return not source[at : _line_end(source, at)].strip(b" \t\r\n>")
