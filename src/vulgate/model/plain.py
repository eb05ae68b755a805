"""Passages as plain Markdown: what the directives say in words, and everything else as the author wrote it.

A passage is not written anew. Edits replace the lines that only a Vulgate reader understands (option lines, closing colons,
fence attributes, `[[ids]]`), and every other byte is copied, so that nothing can be lost and nesting needs no recursion.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from vulgate.model import blocks as b
from vulgate.model.spans import line_start

_FRONT_MATTER = re.compile(
    rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_ATTRIBUTES = re.compile(rb"[ \t]*\{[^\r\n]*\}[ \t]*(?=\r?\n|\Z)")
_BOM: Final = b"\xef\xbb\xbf"
_HEADING = re.compile(rb"^ {0,3}(?:#{1,6}[ \t]|=+[ \t]*\r?$|-+[ \t]*\r?$)", re.MULTILINE)
_HEADING_ATTRIBUTES = re.compile(rb"[ \t]*\{[ \t]*[#.][^{}\r\n]*\}[ \t]*(?=#*[ \t]*(?:\r?\n|\Z))")
_TO_US = re.compile(
    rb"^[ \t>]*<!--\s*vulgate:\s*(?:allow|asked)\s(?:(?!-->).)*+-->[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_OUTPUT = re.compile(rb"^([ \t>]*)(`{3,}|~{3,})[ \t]*output[ \t]*$", re.MULTILINE)
_COLONS = re.compile(rb":{3,}[ \t]*")
_WORDS = re.compile(r"[^>\s]")
_WIKI = re.compile(rb"\[\[[^\[\]|\\]+(?:\\?\|([^\[\]]+))?\]\]")
_TARGET = re.compile(rb"\]\(\s*<?([^)\s>]*)>?")

ROLE_LABELS: Final = {
    "bad": "Bad:",
    "good": "Good:",
    "near": "Looks like the fault, and is none:",
    "harm": "What the bad form does:",
    "proof": "Proof:",
    "detect": "Detector:",
    "starter": "Start from:",
    "solution": "Solution:",
    "test": "Test:",
}
LABELS: Final = {
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


class Surroundings(NamedTuple):
    """What a passage cannot know of itself.

    Attributes:
        title: The title of a block, by id; `None` if there is no such block.
        href: The address of a block where the passage is going to be read, by id.
        has_anchors: Whether chapters and the blocks for which `is_target` holds have anchors.
        has_marks: Whether chapters and sections have comments with their numbers and ids.
        is_target: Whether a link leads to a block, by id.
        file: The address of a file beside the chapters, by its path in the book; links to files stay as they are if `None`.
        attributes: What is written in braces for a heading, fence or directive, in Pandoc's Markdown; with it, directives become
            divisions, and nothing is said in words of what a fence or its output is. Without it, the passage is CommonMark.
    """

    title: Callable[[str], str | None]
    href: Callable[[str], str]
    has_anchors: bool = False
    has_marks: bool = False
    is_target: Callable[[str], bool] = lambda target: False
    file: Callable[[str], str] | None = None
    attributes: Callable[[b.AnyBlock], str] | None = None

    def link(self, id: str) -> str:
        """A link to a block under its title."""
        return f"[{self.title(id) or id}]({self.href(id)})"


def plain_passage(blocks: Sequence[b.AnyBlock], around: Surroundings) -> str:
    """Neighbouring blocks of a chapter as plain Markdown.

    Args:
        blocks: Authored blocks in reading order, each before those inside it. Those without a parent follow each other without a
            gap; if there is none, the first block is the passage.
        around: Titles and addresses of what the passage leads to.
    """
    if not blocks:
        return ""
    base = blocks[0].span.start
    text = "".join(block.text for block in blocks if not block.parent) or blocks[0].text
    # Spans count from the beginning of the file. Line feeds stand for what comes before, which nobody reads.
    source = b"\n" * base + text.encode()
    edits: list[Edit] = []
    for block in blocks:
        edits.extend(_block_edits(block, source, around))
        edits.extend(_link_edits(block, source, around))
    edits.extend(_comment_edits(blocks, source, base))
    return _apply(source, edits, base)


def _apply(source: bytes, edits: Iterable[Edit], done: int) -> str:
    parts: list[str] = []
    for edit in sorted(edits, key=lambda edit: edit[:2]):  # at one place, in the order in which they were made
        if edit.start < done:  # inside something that is replaced already
            continue
        parts.append(source[done : edit.start].decode())
        parts.append(edit.text)
        done = edit.end
    parts.append(source[done:].decode())
    return "".join(parts)


def _block_edits(block: b.AnyBlock, source: bytes, around: Surroundings) -> Iterable[Edit]:
    start = block.span.start
    if around.has_anchors and (isinstance(block, b.Chapter) or around.is_target(block.id)):
        yield Edit(start, start, f'<a id="{block.id}"></a>\n\n')
    if isinstance(block, b.Chapter):
        yield from _chapter_edits(block, source, around)
    elif isinstance(block, b.Section):
        if around.has_marks:
            yield Edit(start, start, f"<!-- {block.number} {block.id} -->\n".replace("<!--  ", "<!-- "))
        if around.attributes:
            yield Edit(start, start, f"\n{{{around.attributes(block)}}}\n")
        if attributes := _HEADING_ATTRIBUTES.search(source, start, _line_end(source, start)):
            yield Edit(attributes.start(), attributes.end(), "")
    elif isinstance(block, b.DirectiveBlock) and source[start : start + 3] == b":::":
        named = _Names(block, source, around).replace
        head, foot = named(_head(block, around)), named(_foot(block, around))
        if around.attributes and (opening := _COLONS.match(source, start)):
            colons = opening[0].strip().decode()
            head = f"{colons} {{{around.attributes(block)}}}\n\n{head}".rstrip()
            foot = f"{foot}\n\n{colons}" if foot else colons
        yield from _directive_edits(block, source, head, foot)
    elif isinstance(block, (b.Example, b.Diagram)):
        yield from _fence_edits(block, source, around.attributes(block) if around.attributes else "")


def _directive_edits(block: b.DirectiveBlock, source: bytes, head: str, foot: str) -> Iterable[Edit]:
    """The head takes the place of the opening and option lines, the foot that of the closing colons."""
    start = block.span.start
    prefix = _prefix(source, start)
    body = line_start(source, block.inner[0]) if block.inner[0] > start else block.span.end
    lines = [*head.split("\n"), *([] if _is_blank(source, body) else [""])]
    yield Edit(
        start, body, "".join(f"{prefix if index else ''}{line}".rstrip(" ") + "\n" for index, line in enumerate(lines))
    )
    if closing := _COLONS.search(source, block.inner[1], block.span.end):
        yield _foot_edit(foot, source, closing.start(), closing.end())


class _Names:
    """Puts links in place of the `[[ids]]` in a directive's title and options."""

    def __init__(self, block: b.DirectiveBlock, source: bytes, around: Surroundings) -> None:
        self.links = {
            source[link.start : link.end].decode("utf-8", "replace"): _wiki_link(link, source, around)
            for link in block.links
            if link.type == "block" and source[link.start : link.start + 2] == b"[["
        }

    def replace(self, text: str) -> str:
        """The text with each id that leads somewhere as a link."""
        for written, link in self.links.items():
            text = text.replace(written, link)
        return text


def _wiki_link(link: b.Link, source: bytes, around: Surroundings) -> str:
    wiki = _WIKI.fullmatch(source, link.start, link.end)
    if wiki and wiki[1]:
        return f"[{wiki[1].decode()}]({around.href(link.target)})"
    return around.link(link.target)


def _foot_edit(foot: str, source: bytes, start: int, end: int) -> Edit:
    """The closing colons give way to the foot, or go with their line where the next one keeps the paragraphs apart."""
    prefix = _prefix(source, start)
    above = line_start(source, max(0, line_start(source, start) - 1))
    if foot:
        lines = foot.split("\n") if _is_blank(source, above) else ["", *foot.split("\n")]
        return Edit(
            start, end, "\n".join(f"{prefix if index else ''}{line}".rstrip() for index, line in enumerate(lines))
        )
    if not prefix.strip() and _is_blank(source, _line_end(source, end)):
        return Edit(start - len(prefix), _line_end(source, end), "")
    return Edit(start - len(prefix), end, prefix.rstrip())


def _fence_edits(block: b.Example | b.Diagram, source: bytes, attributes: str) -> Iterable[Edit]:
    start, end = block.span.start, block.span.end
    prefix = _prefix(source, start)
    fence_at = start + len(source[start:end]) - len(source[start:end].lstrip(b" \t"))
    line_end = _line_end(source, fence_at)
    if isinstance(block, b.Example) and not attributes and (label := example_label(block.fence)):
        yield Edit(fence_at, fence_at, f"{label}\n{prefix.rstrip()}\n{prefix}")
    if written := _ATTRIBUTES.search(source, fence_at, line_end):
        yield Edit(written.start(), written.end(), "")
    if attributes and source[fence_at : fence_at + 3] in (b"```", b"~~~"):
        end_of_info = fence_at + len(source[fence_at:line_end].rstrip())
        yield Edit(end_of_info, end_of_info, f" {{{attributes}}}")
    if (
        isinstance(block, b.Example)
        and block.output is not None
        and (found := list(_OUTPUT.finditer(source, start, end)))
    ):
        opening = found[-1]
        indent, ticks = opening[1].decode(), opening[2].decode()
        said = "" if attributes else f"Output:\n{indent.rstrip()}\n{indent}"
        yield Edit(opening.start(), opening.end(), f"{indent}{said}{ticks}{'{.output}' if attributes else 'text'}")


def example_label(fence: b.Fence) -> str:
    """What is to be known of an example before reading it: its part in the directive, and what its attributes promise."""
    promises = []
    if fence.raises:
        promises.append(f"raises `{fence.raises}`" + (f" with “{fence.match}”" if fence.match else ""))
    promises += ["does not compile"] if fence.syntax_error else []
    promises += [f"on Python {fence.python}"] if fence.python else []
    promises += [f"needs {' and '.join(fence.requires)}"] if fence.requires else []
    promises += [f"needs {fence.service} running"] if fence.service else []
    promises += [f"not run: {fence.skip}"] if fence.skip else []
    role = ROLE_LABELS.get(fence.role, "")
    if not promises:
        return f"File `{fence.file}`:" if fence.file and not role else role
    return f"{role.rstrip(':') or 'Example'} ({', '.join(promises)}):"


def _comment_edits(blocks: Sequence[b.AnyBlock], source: bytes, start: int) -> Iterable[Edit]:
    """Comments to the compiler go, with their lines; in code they are code."""
    found = [match.span() for match in _TO_US.finditer(source, start)] if b"vulgate:" in source else []
    code = [block.span for block in blocks if found and isinstance(block, (b.Example, b.Diagram))]
    for first, last in found:
        if any(span.start < last and first < span.end for span in code):
            continue
        apart = _is_blank(source, line_start(source, max(0, first - 1))) and _is_blank(source, last)
        yield Edit(first, _line_end(source, last) if apart else last, "")


def _link_edits(block: b.AnyBlock, source: bytes, around: Surroundings) -> Iterable[Edit]:
    """Links to blocks and files lead to their place in this edition; what the author wrote as text stays."""
    addresses = {"block": around.href, "file": around.file, "external": None}
    for link in block.links:
        written = source[link.start : link.end]
        if (address := addresses[link.type]) is None:
            continue
        if _WIKI.fullmatch(written):
            yield Edit(link.start, link.end, _wiki_link(link, source, around))
        elif written.startswith((b"[", b"!")) and (found := list(_TARGET.finditer(written))):
            place = found[-1]
            yield Edit(link.start + place.start(1), link.start + place.end(1), address(link.target))


def _chapter_edits(chapter: b.Chapter, source: bytes, around: Surroundings) -> Iterable[Edit]:
    """The front matter gives way to words: what the chapter is before its title, and what it is good for after it."""
    front = _FRONT_MATTER.match(source)
    end = front.end() if front else len(_BOM) if source.startswith(_BOM) else 0
    title = "" if _HEADING.search(source, end, chapter.span.end) else f"# {chapter.title}\n\n"
    mark = f"<!-- {chapter.id} -->\n" if around.has_marks else ""
    yield Edit(0, end, f"{mark}{title}")
    about = []
    if chapter.number and not around.attributes:
        about.append(f"{'Appendix' if chapter.number.isalpha() else 'Chapter'} {chapter.number}")
    about += [chapter.level.capitalize()] if chapter.level else []
    if chapter.prerequisites:
        about.append("After " + ", ".join(_title(id, around) for id in chapter.prerequisites))
    about += [f"{chapter.hours:g} hours"] if chapter.hours else []
    about += [f"Python {chapter.python}"] if chapter.python else []
    parts = [f"*{'. '.join(about)}.*"] if about else []
    parts += [chapter.summary] if chapter.summary else []
    if chapter.objectives:
        parts.append(
            "After this chapter you can:\n\n" + "\n".join(f"* {objective}" for objective in chapter.objectives)
        )
    if parts:
        above = "" if _is_blank(source, line_start(source, max(0, chapter.span.end - 1))) else "\n"
        yield Edit(chapter.span.end, chapter.span.end, above + "\n\n".join(parts) + "\n\n")


def _title(id: str, around: Surroundings) -> str:
    title = around.title(id)
    return id if title is None else title


def _head(block: b.DirectiveBlock, around: Surroundings) -> str:
    if around.attributes:
        lines = [f"###### {block.title}"] if block.title else []
    else:
        label = block_label(block)
        title = f"**{label}: {block.title}**" if block.title else f"**{label}**"
        told = "; ".join(block_facts(block))
        lines = [f"{title} ({told})" if told else title]
    if isinstance(block, b.Pattern):
        lines += [f"Use when: {block.use_when}"] if block.use_when else []
        lines += [f"Avoid when: {block.avoid_when}"] if block.avoid_when else []
    return "\n\n".join(lines)


def block_label(block: b.DirectiveBlock) -> str:
    """What a directive is, in the words of a reader: "Rule", "In short"."""
    return block.style.capitalize() if isinstance(block, b.Note) else LABELS[block.kind]


def block_facts(block: b.DirectiveBlock) -> list[str]:
    """What the options of a directive say beside its title: severity, detector, versions, id."""
    facts: list[str] = []
    if isinstance(block, b.Rule):
        facts = [block.severity, block.detect if block.detect else ""]
    elif isinstance(block, b.Fact):
        facts = [block.holds, ", ".join(block.cite)]
    elif isinstance(block, b.Term) and block.aliases:
        facts = ["also " + ", ".join(block.aliases)]
    elif isinstance(block, b.Exercise):
        facts = [block.difficulty, f"{block.minutes} min" if block.minutes else ""]
    # An id that nobody wrote is of no use to a reader.
    facts.append(f"`{block.id}`" if block.title and block.kind != "note" else "")
    return [fact for fact in facts if fact]


def _foot(block: b.DirectiveBlock, around: Surroundings) -> str:
    """What the options of a rule say beside its text."""
    if not isinstance(block, b.Rule):
        return ""
    lines = [f"Fix: {block.fix}"] if block.fix else []
    if block.because:
        lines.append("Because: " + "; ".join(around.link(id) for id in block.because if around.title(id) is not None))
    if block.cite:
        lines.append(f"Source: {', '.join(block.cite)}")
    return "\n\n".join(lines)


def _prefix(source: bytes, at: int) -> str:
    """What a line inside the same lists and quotes begins with."""
    start = line_start(source, at)
    return _WORDS.sub(" ", source[start:at].decode("utf-8", "replace")) if start < at else ""


def _line_end(source: bytes, at: int) -> int:
    end = source.find(b"\n", at)
    return len(source) if end < 0 else end + 1


def _is_blank(source: bytes, at: int) -> bool:
    return not source[at : _line_end(source, at)].strip(b" \t\r\n>")
