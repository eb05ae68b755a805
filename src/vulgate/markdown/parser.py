"""Text to tree: pyromark's CommonMark events, nested, with directives put back.

Parsing never fails: any bytes give a tree and a list of faults. The work is linear in the size of the input, and no step
recurses, so nesting of any depth is safe. Syntax: CommonMark 0.31 and the GitHub extensions, read by pulldown-cmark.
"""

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Any, Final

import pyromark
from msgspec import Struct

from vulgate.markdown import nodes as n
from vulgate.markdown.autolinks import link_addresses
from vulgate.markdown.directives import Mark, find_marks, mask
from vulgate.model.spans import line_start

RECENT: Final = 16
"""Trees that are kept; all of a book would take several hundred times the bytes of its text."""

_O = pyromark.Options
OPTIONS: Final = (
    _O.ENABLE_TABLES
    | _O.ENABLE_FOOTNOTES
    | _O.ENABLE_STRIKETHROUGH
    | _O.ENABLE_TASKLISTS
    | _O.ENABLE_GFM
    | _O.ENABLE_HEADING_ATTRIBUTES
    | _O.ENABLE_DEFINITION_LIST
)

MAX_OPEN: Final = 100
"""How many directives may be open at once; each of them holds the text of those inside it."""
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_BOM = b"\xef\xbb\xbf"
# A line end is atomic: to try `\r\n` as two of them would double the work at each line.
_FRONT_MATTER = re.compile(rb"---[ \t]*(?>\r\n?|\n)((?:[^\r\n]*(?>\r\n?|\n))*?)(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)")
_FRONT_MATTER_OPEN = re.compile(rb"---[ \t]*(?:\r\n?|\n)[A-Za-z_-]+[ \t]*:")
_YAML_START = re.compile(rb"\s*(?:[#{[%]|[^\r\n]*:|\Z)")
_FENCE_CLOSE = re.compile(rb"(`{3,}|~{3,})[ \t]*\r?\n?\Z")
_FENCE_OPEN = re.compile(rb"`{3,}|~{3,}")
_BLANK = bytes(c if c in b"\r\n" else 0x20 for c in range(256))


class Fault(Struct, frozen=True, gc=False):
    """Something the parser had to mend; `name` is a diagnostic's name without its text."""

    name: str
    start: int
    end: int
    value: str = ""


class Document(Struct, frozen=True):
    """A parsed chapter.

    Attributes:
        data: The bytes that offsets count in.
        root: The tree.
        front_matter: Byte range of the YAML between the `---` lines, or `None`.
        faults: What had to be mended, in order.
        links: The links and images in the tree, in the order in which they end.
    """

    data: bytes
    root: n.Root
    front_matter: tuple[int, int] | None
    faults: tuple[Fault, ...]
    links: tuple[n.LinkNode, ...] = ()

    def slice(self, start: int, end: int) -> str:
        """The source text between two offsets; bytes that are not UTF-8 read as U+FFFD."""
        return self.data[start:end].decode("utf-8", "replace")


@lru_cache(maxsize=RECENT)
def parse(data: bytes) -> Document:
    """Parses the bytes of a chapter. Never raises.

    The last trees are kept: a chapter is parsed to be lowered, and again to be rendered.
    """
    faults: list[Fault] = []
    clean = _readable(data, faults)
    if b"\r" in clean:  # a lone one ends a line too, which pulldown-cmark does not know everywhere
        clean = _LONE_RETURN.sub(b"\n", clean)
    top = len(_BOM) if clean.startswith(_BOM) else 0
    front_matter = _front_matter(clean, top, faults)
    if front_matter:
        top = front_matter.end()
    clean = clean[:top].translate(_BLANK) + clean[top:]
    marks = find_marks(clean) if b":::" in clean else []
    builder = _TreeBuilder(clean, {mark.start: mark for mark in marks}, faults)
    root = builder.build((mask(clean, marks) if marks else clean).decode())
    faults.sort(key=lambda fault: fault.start)
    return Document(data, root, front_matter.span(1) if front_matter else None, tuple(faults), tuple(builder.links))


def _readable(data: bytes, faults: list[Fault]) -> bytes:
    """`data` as valid UTF-8 of the same length."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        faults.append(Fault("not-utf8", error.start, error.end, f"0x{data[error.start]:02x}"))
        # U+FFFD takes three bytes; a question mark keeps every offset.
        return data.decode("utf-8", "surrogateescape").encode("utf-8", "replace")
    return data


def _front_matter(data: bytes, top: int, faults: list[Fault]) -> re.Match[bytes] | None:
    match = _FRONT_MATTER.match(data, top)
    if match is None and (opened := _FRONT_MATTER_OPEN.match(data, top)):
        faults.append(Fault("front-matter-open", top, opened.end() - 1))
    # Between two lines of dashes, "Foo" is a heading in CommonMark; only what looks like YAML is front matter.
    return match if match and _YAML_START.match(match[1]) and match[1].strip() else None


class _Frame:
    """A node that is still open."""

    __slots__ = ("addresses", "children", "mark", "options", "start", "tag")

    def __init__(self, tag: Any, start: int, mark: Mark | None = None) -> None:
        self.tag = tag
        self.start = start
        self.children: list[n.Node] = []
        self.mark = mark
        self.options: list[n.Option] = []
        self.addresses = False


class _TreeBuilder:
    def __init__(self, data: bytes, marks: dict[int, Mark], faults: list[Fault]) -> None:
        self.data = data
        self.marks = marks
        self.mark_starts = sorted(marks)
        self.faults = faults
        self.links: list[n.LinkNode] = []
        self.stack = [_Frame("Root", 0)]
        self.open_directives = 0
        self.refused = False

    def build(self, text: str) -> n.Root:
        stack = self.stack
        top = stack[0].children
        events: Any = pyromark.events_with_range(text, options=OPTIONS)
        for event, place in events:
            start, end = place["start"], place["end"]
            if event.__class__ is str:
                if event == "SoftBreak":
                    top.append(n.SoftBreak(start, end))
                elif event == "Rule":
                    if start in self.marks:
                        self._directive_line(self.marks[start])
                        top = stack[-1].children
                    else:
                        top.append(n.ThematicBreak(start, end))
                elif event == "HardBreak":
                    top.append(n.HardBreak(start, end))
                continue
            ((name, value),) = event.items()
            if name == "Text" or name == "Html":
                if "://" in value or "www." in value or "@" in value:
                    stack[-1].addresses = True
                top.append(n.Text(start, end, (), self._unmasked(value, start, end)))
            elif name == "Start":
                frame = _Frame(value, start)
                stack.append(frame)
                top = frame.children
            elif name == "End":
                self._close_directives(end)
                frame = stack.pop()
                top = stack[-1].children
                top.append(self._finish(frame, end))
            else:
                top.append(_LEAVES[name](value, start, end))
        self._close_directives(len(self.data))
        return n.Root(0, len(self.data), tuple(stack[0].children))

    # -------------------------------------------------------------------------------------------- directives

    def _directive_line(self, mark: Mark) -> None:
        stack = self.stack
        if mark.type == "open":
            if self.open_directives == MAX_OPEN:
                self._refuse(mark)
            else:
                self.open_directives += 1
                stack.append(_Frame("Directive", mark.start, mark))
        elif mark.type == "option":
            if stack[-1].mark:
                stack[-1].options.append(n.Option(mark.name, mark.value, mark.start, mark.end))
        else:
            self._close_mark(mark)

    def _refuse(self, mark: Mark) -> None:
        """An opening line too many is text; the first is reported."""
        if not self.refused:
            self.faults.append(Fault("nested-too-deeply", mark.start, mark.end, str(MAX_OPEN)))
        self.refused = True
        text = n.Text(mark.start, mark.end, (), self.data[mark.start : mark.end].decode())
        self.stack[-1].children.append(n.Paragraph(mark.start, mark.end, (text,)))

    def _close_mark(self, mark: Mark) -> None:
        """Closes the innermost directive with as many colons, else the innermost with fewer."""
        open_marks: list[int] = []
        for frame in reversed(self.stack):
            if frame.mark is None:
                break
            open_marks.append(frame.mark.colons)
        if mark.colons in open_marks:
            depth = open_marks.index(mark.colons)
        else:
            depth = next((i for i, colons in enumerate(open_marks) if colons < mark.colons), -1)
        if depth < 0:
            self.faults.append(Fault("stray-directive-end", mark.start, mark.end))
            return
        for _ in range(depth):
            self._pop_directive(line_start(self.data, mark.start), line_start(self.data, mark.start), closed=False)
        self._pop_directive(mark.end, line_start(self.data, mark.start), closed=True)

    def _close_directives(self, end: int) -> None:
        while self.stack[-1].mark is not None:
            self._pop_directive(end, end, closed=False)

    def _pop_directive(self, end: int, body_end: int, *, closed: bool) -> None:
        frame = self.stack.pop()
        mark = frame.mark
        assert mark is not None
        self.open_directives -= 1
        head_end = frame.options[-1].end if frame.options else mark.end
        body_start = min(self._next_line(head_end), body_end)
        if not closed:
            self.faults.append(Fault("unclosed-directive", mark.start, mark.end, mark.name))
        node = n.Directive(
            mark.start,
            end,
            tuple(frame.children),
            name=mark.name,
            title=mark.value,
            options=tuple(frame.options),
            body=(body_start, body_end),
            colons=mark.colons,
            closed=closed,
            braced=mark.braced,
        )
        self.stack[-1].children.append(node)

    def _next_line(self, at: int) -> int:
        return at + (2 if self.data[at : at + 2] == b"\r\n" else 1 if at < len(self.data) else 0)

    def _unmasked(self, value: str, start: int, end: int) -> str:
        """Text as the author wrote it, where a mask lies in something that is no thematic break."""
        if self.mark_starts and "___" in value:
            index = bisect_left(self.mark_starts, end) - 1
            if index >= 0 and self.marks[self.mark_starts[index]].end > start:
                return self.data[start:end].decode()
        return value

    # -------------------------------------------------------------------------------------------- nodes

    def _finish(self, frame: _Frame, end: int) -> n.Node:
        tag, start, children = frame.tag, frame.start, tuple(frame.children)
        if tag.__class__ is str:
            if frame.addresses and tag != "HtmlBlock":
                children = link_addresses(children, self.data, self.links)
            node: n.Node = _CONTAINERS[tag](start, end, children)
            return node
        ((name, value),) = tag.items()
        if frame.addresses and name == "Heading":
            children = link_addresses(children, self.data, self.links)
        if name == "Heading":
            return n.Heading(start, end, children, int(value["level"][1:]), value["id"] or "")
        if name == "Link" or name == "Image":
            style = _LINK_STYLES.get(value["link_type"], "reference")
            link = n.LinkNode(start, end, children, value["dest_url"], value["title"], name == "Image", style)
            self.links.append(link)
            return link
        if name == "CodeBlock":
            return self._code(value, start, end, children)
        if name == "List":
            return n.List(start, end, children, value)
        if name == "BlockQuote":
            return n.BlockQuote(start, end, children, (value or "").lower())
        if name == "Table":
            return n.Table(start, end, children, tuple("" if a == "None" else a.lower() for a in value))
        assert name == "FootnoteDefinition", name
        return n.FootnoteDefinition(start, end, children, value)

    def _code(self, value: Any, start: int, end: int, children: tuple[n.Node, ...]) -> n.CodeBlock:
        code = "".join(child.value for child in children if isinstance(child, n.Text))
        if value.__class__ is str:
            return n.CodeBlock(start, end, (), "", code, fenced=False)
        closed = self._fence_is_closed(start, end, children)
        if not closed:
            self.faults.append(Fault("unclosed-fence", start, self._first_line_end(start)))
        return n.CodeBlock(start, end, (), value["Fenced"], code, fenced=True, closed=closed)

    def _fence_is_closed(self, start: int, end: int, children: tuple[n.Node, ...]) -> bool:
        opening = _FENCE_OPEN.match(self.data, start)
        closing = _FENCE_CLOSE.search(self.data, max(start + 3, line_start(self.data, max(start, end - 1))), end)
        if not opening or not closing or closing.start() < self._first_line_end(start):
            return False
        last_text = children[-1].end if children else 0
        same = closing[1][:1] == opening[0][:1] and len(closing[1]) >= len(opening[0])
        return same and last_text <= closing.start()

    def _first_line_end(self, start: int) -> int:
        end = self.data.find(b"\n", start)
        return end if end >= 0 else len(self.data)


_LINK_STYLES: Final[dict[str, Any]] = {"Inline": "inline", "Autolink": "autolink", "Email": "email"}
_CONTAINERS: Final[dict[str, Any]] = {
    "Paragraph": n.Paragraph,
    "Item": n.Item,
    "Emphasis": n.Emphasis,
    "Strong": n.Strong,
    "Strikethrough": n.Delete,
    "TableRow": n.TableRow,
    "TableHead": lambda start, end, children: n.TableRow(start, end, children, head=True),
    "TableCell": n.TableCell,
    "HtmlBlock": lambda start, end, children: n.HtmlBlock(start, end, (), "".join(text.value for text in children)),
    # Where two blank lines follow, pulldown-cmark says that the list ends with the paragraph after it.
    "DefinitionList": lambda start, end, children: n.DefinitionList(
        start, min(end, children[-1].end) if children else end, children
    ),
    "DefinitionListTitle": n.DefinitionTerm,
    "DefinitionListDefinition": n.DefinitionDetails,
}
_LEAVES: Final[dict[str, Any]] = {
    "Code": lambda value, start, end: n.InlineCode(start, end, (), value),
    "InlineHtml": lambda value, start, end: n.InlineHtml(start, end, (), value),
    "FootnoteReference": lambda value, start, end: n.FootnoteReference(start, end, (), value),
    "TaskListMarker": lambda value, start, end: n.TaskMarker(start, end, (), value),
}
