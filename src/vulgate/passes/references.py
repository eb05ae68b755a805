"""Collects what a chapter points at: links, `[[ids]]`, and numbers such as "Chapter 3.2" in prose."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from vulgate.markdown import nodes as n
from vulgate.markdown.parser import Document
from vulgate.model.spans import LineIndex
from vulgate.passes.drafts import Draft
from vulgate.passes.lowered import Allow, Reference

# What a pattern looks for comes first and what must not stand before it second: `re` jumps from one candidate to the next then.
_ID = re.compile(rb"\[\[(?<!\\\[\[)([^\[\]\r\n|\\]+)(?:\\?\|([^\[\]\r\n]+))?\]\]")
# "Chapter 7 of ..." speaks of another book.
_NUMBER = re.compile(
    rb"(?:Chapter(?<!\wChapter)|Section(?<!\wSection)|Appendix(?<!\wAppendix))(?: |\xc2\xa0)"
    rb"(?:\d{1,3}(?:\.\d{1,3})*|[A-Z](?:\.\d{1,3})*)(?![\w.]*\w)(?!\s+of\b)"
)
_ALLOW = re.compile(rb"<!--\s*vulgate:\s*allow\s+((?:(?!-->|<!--).)++)-->", re.DOTALL)
_ASKED = re.compile(rb"<!--\s*vulgate:\s*asked\s+((?:(?!-->|<!--).)++)-->", re.DOTALL)


def collect_references(document: Document, drafts: Sequence[Draft], lines: LineIndex) -> Iterator[Reference]:
    """The references of a chapter, each with the innermost block around it."""
    owners = _Owners(drafts)
    for node in document.links:
        if node.style != "email" and not (node.style == "autolink" and not node.url.startswith(("http:", "https:"))):
            target = unquote(node.url) if "%" in node.url else node.url
            yield Reference("link", target, owners.at(node.start), lines.span(node.start, node.end))
    for match in _ID.finditer(document.data):
        if _in_prose(document, match.start()):
            target = match[1].decode("utf-8", "replace").strip()
            yield Reference("id", target, owners.at(match.start()), lines.span(*match.span()))
    for match in _NUMBER.finditer(document.data):
        if _in_prose(document, match.start()):
            target = " ".join(match[0].decode("utf-8", "replace").split())
            yield Reference("number", target, owners.at(match.start()), lines.span(*match.span()))


def collect_allows(document: Document, lines: LineIndex) -> list[Allow]:
    """The comments that silence a warning; each reaches to the end of the block after it, past other comments."""
    found: list[Allow] = []
    stack: list[n.Node] = [document.root] if b"vulgate:" in document.data else []
    while stack:
        until = 0
        for node in reversed(stack.pop().children):
            if isinstance(node, n.HtmlBlock):
                for match in _ALLOW.finditer(document.data, node.start, node.end):
                    code, _, reason = " ".join(match[1].decode("utf-8", "replace").split()).partition(" ")
                    found.append(Allow(code, reason, lines.span(*match.span()), until or node.end))
                if node.value.lstrip().startswith("<!--"):
                    continue
            elif not isinstance(node, n.INLINE):
                stack.append(node)
            until = node.end
    return sorted(found, key=lambda allow: allow.span.start)


def collect_asked(document: Document, drafts: Sequence[Draft]) -> dict[str, tuple[str, ...]]:
    """How readers ask for a section, from the comments in it: phrases by the ids of sections."""
    found: dict[str, tuple[str, ...]] = {}
    if b"vulgate:" in document.data:
        headings = [draft for draft in drafts if draft.kind in ("chapter", "section")]
        starts = [draft.start for draft in headings]
        for node in document.root.children:
            if isinstance(node, n.HtmlBlock):
                for match in _ASKED.finditer(document.data, node.start, node.end):
                    id = headings[max(0, bisect_right(starts, node.start) - 1)].id
                    found[id] = (*found.get(id, ()), *phrases(match[1].decode("utf-8", "replace")))
    return found


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text that has semicolons between them."""
    return tuple(phrase for part in text.split(";") if (phrase := " ".join(part.split())))


class _Owners:
    """Finds the innermost block at an offset."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.top = [draft for draft in drafts if draft.parent is None]
        self.starts = [draft.start for draft in self.top]

    def at(self, offset: int) -> str:
        draft = self.top[max(0, bisect_right(self.starts, offset) - 1)]
        while True:
            inner = next((child for child in draft.children if child.start <= offset < child.end), None)
            if inner is None:
                return draft.id
            draft = inner


def _in_prose(document: Document, offset: int) -> bool:
    """Whether an offset is plain text: not code, not HTML, not inside a link."""
    node: n.Node = document.root
    while not isinstance(node, (n.Text, n.LinkNode)):
        index = bisect_right(node.children, offset, key=lambda child: child.start) - 1
        if index < 0 or node.children[index].end <= offset:
            return isinstance(node, n.Directive) and offset < node.body[0]
        node = node.children[index]
    return isinstance(node, n.Text)
