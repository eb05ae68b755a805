"""Cuts a chapter's tree into the passages that become blocks.

The passages without a parent partition the chapter: each starts at the beginning of a line and reaches to the next one, so
blank lines and comments belong to the passage above them. Passages inside others (a fence in a rule or in a list) have a
parent.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from vulgate.markdown import nodes as n
from vulgate.markdown.directives import NAMES
from vulgate.markdown.fences import Info, read_info
from vulgate.markdown.parser import Document
from vulgate.model.codes import Reporter
from vulgate.model.spans import LineIndex

_COMMENT = re.compile(r"\s*(?:<!--(?:[^-]|-(?!->))*-->\s*)+")
_NO_INFO: Final = Info()
_LEAVES: Final = ("chapter", "section", "example", "diagram", "table")


class Draft:
    """A passage on its way to becoming a block.

    Attributes:
        kind: The block's kind.
        start: Offset of its first byte.
        end: Offset after its last byte.
        nodes: The syntax nodes in it.
        parent: The passage around it.
        section: The section or chapter it stands in.
        info: Language and attributes, of a code block.
        output: Expected output, of an example.
        children: The passages inside it.
        id: Set when ids are given.
    """

    __slots__ = ("children", "end", "id", "info", "kind", "nodes", "output", "parent", "section", "start")

    def __init__(
        self, kind: str, nodes: list[n.Node], start: int, end: int, parent: "Draft | None", section: "Draft | None"
    ) -> None:
        self.kind = kind
        self.nodes = nodes
        self.start = start
        self.end = end
        self.parent = parent
        self.section = section or self
        self.info = _NO_INFO
        self.output: str | None = None
        self.children: list[Draft] = []
        self.id = ""

    @property
    def node(self) -> n.Node:
        """The first syntax node."""
        return self.nodes[0]

    def parts(self, role: str) -> list["Draft"]:
        """The fences inside that play a part, such as `bad`."""
        return [child for child in self.children if child.info.fence.role == role]


class Drafts:
    """The passages of one chapter.

    Args:
        document: The parsed chapter.
        lines: Its line index.
        reporter: Takes diagnostics about fences.
    """

    def __init__(self, document: Document, lines: LineIndex, reporter: Reporter) -> None:
        self.document = document
        self.lines = lines
        self.reporter = reporter
        self.chapter = Draft("chapter", [], 0, 0, None, None)
        self.all: list[Draft] = [self.chapter]
        self._section = self.chapter

    def collect(self) -> list[Draft]:
        """All passages; one without a parent comes before those inside it."""
        self._cut_top_level(self.document.root.children)
        self._close_gaps()
        self._cut_nested()
        return self.all

    # -------------------------------------------------------------------------------------------- the top level

    def _cut_top_level(self, nodes: Iterable[n.Node]) -> None:
        previous: Draft = self.chapter
        for node in nodes:
            if isinstance(node, n.Heading):
                previous = self._heading(node)
            elif _is_trivia(node):
                continue
            elif (kind := _own_kind(node)) is None:
                if previous.kind != "concept":
                    previous = self._add("concept", node)
                previous.nodes.append(node)
            elif not self._is_output(node, previous):
                previous = self._add(kind, node)
                previous.nodes.append(node)

    def _heading(self, node: n.Heading) -> Draft:
        if node.depth == 1 and len(self.all) == 1 and not self.chapter.nodes:
            self.chapter.nodes.append(node)
            return self.chapter
        draft = Draft("section", [node], self._line_start(node.start), node.end, None, None)
        self.all.append(draft)
        self._section = draft
        return draft

    def _add(self, kind: str, node: n.Node) -> Draft:
        draft = Draft(kind, [], self._line_start(node.start), node.end, None, self._section)
        if isinstance(node, n.CodeBlock):
            self._read_fence(draft, node)
        self.all.append(draft)
        return draft

    def _close_gaps(self) -> None:
        """Lets every passage reach to the next one, so that together they are the whole chapter."""
        for draft, following in zip(self.all, self.all[1:], strict=False):
            draft.end = following.start
        self.all[-1].end = len(self.document.data)

    # -------------------------------------------------------------------------------------------- inside passages

    def _cut_nested(self) -> None:
        stack = list(reversed(self.all))
        self.all = []
        while stack:
            draft = stack.pop()
            self.all.append(draft)
            if draft.kind not in _LEAVES:
                inside = draft.nodes if draft.kind == "concept" else draft.node.children
                draft.children = self._nested_in(draft, inside)
                stack.extend(reversed(draft.children))

    def _nested_in(self, parent: Draft, nodes: Sequence[n.Node]) -> list[Draft]:
        """The passages directly inside a parent: those below lists and quotes, but not those below other passages."""
        found: list[Draft] = []
        stack = list(reversed(nodes))
        while stack:
            node = stack.pop()
            kind = _own_kind(node)
            if kind is None:
                if not isinstance(node, n.Paragraph):
                    stack.extend(reversed(node.children))
                continue
            if found and self._is_output(node, found[-1]):
                continue
            end = node.end
            while end > node.start and self.document.data[end - 1] in b"\r\n":
                end -= 1
            draft = Draft(kind, [node], node.start, end, parent, parent.section)
            if isinstance(node, n.CodeBlock):
                self._read_fence(draft, node)
            found.append(draft)
        return found

    # -------------------------------------------------------------------------------------------- fences

    def _read_fence(self, draft: Draft, node: n.CodeBlock) -> None:
        first_line = self.lines.span(node.start, max(node.start, self._line_end(node.start)))
        draft.info = read_info(node.info, first_line, self.reporter, self.lines) if node.info else _NO_INFO
        if draft.info.language == "output":
            self.reporter.add("output-without-example", first_line)

    def _is_output(self, node: n.Node, previous: Draft) -> bool:
        """Whether a fence is the expected output of the example directly above it; takes it in if so."""
        if not isinstance(node, n.CodeBlock) or node.info.strip() != "output":
            return False
        if previous.kind != "example" or previous.output is not None or previous.info.language == "output":
            return False
        if self.document.data[previous.node.end : node.start].strip(b" \t\r\n>"):
            return False
        previous.output = node.code
        previous.end = node.end
        return True

    def _line_start(self, at: int) -> int:
        return self.lines.line_start(self.lines.line(at))

    def _line_end(self, at: int) -> int:
        end = self.document.data.find(b"\n", at)
        return end if end >= 0 else len(self.document.data)


def _is_trivia(node: n.Node) -> bool:
    """Whether a node says nothing of its own: a comment, or a rule between passages."""
    return isinstance(node, n.ThematicBreak) or (isinstance(node, n.HtmlBlock) and bool(_COMMENT.fullmatch(node.value)))


def _own_kind(node: n.Node) -> str | None:
    """The kind of block that a node makes by itself, or `None` for prose."""
    if isinstance(node, n.CodeBlock):
        return "diagram" if node.info.split("{")[0].strip().lower() == "mermaid" else "example"
    if isinstance(node, n.Table):
        return "table"
    if isinstance(node, n.Directive):
        name = node.name.strip()
        return "note" if name in ("note", "tip", "warning") else name if name in NAMES else "unknown"
    if isinstance(node, n.BlockQuote) and node.alert:
        return "note"
    return None
