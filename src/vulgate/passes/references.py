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

_ID = re.compile(rb"\[\[([^\[\]\r\n|\\]+)(?:\\?\|([^\[\]\r\n]+))?\]\]")
_NUMBER = re.compile(
    rb"\b(Chapter|Section|Appendix)[ \xa0]"
    rb"(?:(\d{1,3}(?:\.\d{1,3})*)|([A-Z](?:\.\d{1,3})*))(?![\w.]*\w)(?!\s+of\s+(?:[*_\"'\[<]|\xe2\x80\x9c|[A-Z]))"
)
_ALLOW = re.compile(rb"<!--\s*vulgate:\s*allow\s+(\S+)\s*(.*?)\s*-->", re.DOTALL)


def collect_references(document: Document, drafts: Sequence[Draft], lines: LineIndex) -> Iterator[Reference]:
    """The references of a chapter, each with the innermost block around it."""
    owners = _Owners(drafts)
    for node in document.links:
        if node.style != "email" and not (node.style == "autolink" and not node.url.startswith(("http:", "https:"))):
            target = unquote(node.url) if "%" in node.url else node.url
            yield Reference("link", target, owners.at(node.start), lines.span(node.start, node.end))
    ids = list(_ID.finditer(document.data))
    numbers = list(_NUMBER.finditer(document.data))
    if not ids and not numbers:
        return
    in_prose = _Prose(document)
    for match in ids:
        if in_prose.holds(match.start()):
            target = match[1].decode("utf-8", "replace").strip()
            yield Reference("id", target, owners.at(match.start()), lines.span(*match.span()))
    for match in numbers:
        if in_prose.holds(match.start()):
            target = " ".join(match[0].decode("utf-8", "replace").split())
            yield Reference("number", target, owners.at(match.start()), lines.span(*match.span()))


def collect_allows(document: Document, lines: LineIndex) -> Iterator[Allow]:
    """The comments that silence a warning; each reaches to the end of the block after it."""
    if b"vulgate:" not in document.data:
        return
    stack: list[n.Node] = [document.root]
    while stack:
        siblings = stack.pop().children
        for index, node in enumerate(siblings):
            if isinstance(node, n.HtmlBlock):
                for match in _ALLOW.finditer(document.data, node.start, node.end):
                    until = siblings[index + 1].end if index + 1 < len(siblings) else node.end
                    code, reason = (match[group].decode("utf-8", "replace") for group in (1, 2))
                    yield Allow(code, reason, lines.span(*match.span()), until)
            elif not isinstance(node, n.INLINE):
                stack.append(node)


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


class _Prose:
    """Knows which offsets are plain text: not code, not HTML, not inside a link."""

    def __init__(self, document: Document) -> None:
        texts: list[tuple[int, int]] = []
        stack: list[n.Node] = [document.root]
        while stack:
            node = stack.pop()
            if isinstance(node, n.Text):
                texts.append((node.start, node.end))
            elif isinstance(node, n.Directive):
                head_end = node.options[-1].end if node.options else node.body[0]
                texts.append((node.start, head_end))
                stack.extend(node.children)
            elif not isinstance(node, n.LinkNode):
                stack.extend(node.children)
        texts.sort()
        self.starts = [start for start, _ in texts]
        self.ends = [end for _, end in texts]

    def holds(self, offset: int) -> bool:
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.ends[index]
