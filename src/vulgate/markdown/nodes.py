"""The syntax tree. Nodes are immutable and carry byte offsets into the chapter file; names follow mdast."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct


class Node(Struct, frozen=True):
    """A stretch of Markdown; `start` and `end` are byte offsets."""

    start: int
    end: int
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in document order; safe for any depth."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


class Root(Node, frozen=True):
    """A whole chapter."""


# ------------------------------------------------------------------------------------------------ blocks


class Paragraph(Node, frozen=True):
    """A paragraph of inline nodes."""


class Heading(Node, frozen=True):
    """A heading; `id` is what stands in braces after the text."""

    depth: int = 1
    id: str = ""


class ThematicBreak(Node, frozen=True):
    """A rule across the page."""


class BlockQuote(Node, frozen=True):
    """A quote; `alert` is note, tip, important, warning or caution for a GitHub alert."""

    alert: str = ""


class List(Node, frozen=True):
    """A list; `first` is the first number of an ordered one, else `None`."""

    first: int | None = None


class Item(Node, frozen=True):
    """A list item. The items of a tight list hold inline nodes without a paragraph around them."""


class CodeBlock(Node, frozen=True):
    """A code block; `closed` is false for a fence without an end."""

    info: str = ""
    code: str = ""
    fenced: bool = True
    closed: bool = True


class HtmlBlock(Node, frozen=True):
    """Raw HTML on lines of its own."""

    value: str = ""


class Table(Node, frozen=True):
    """A table: one head row, then body rows."""

    alignments: tuple[str, ...] = ()


class TableRow(Node, frozen=True):
    """A row of cells; `head` for the header row."""

    head: bool = False


class TableCell(Node, frozen=True):
    """A cell of inline nodes."""


class FootnoteDefinition(Node, frozen=True):
    """The text of a footnote."""

    label: str = ""


class DefinitionList(Node, frozen=True):
    """Terms and their definitions."""


class DefinitionTerm(Node, frozen=True):
    """A term of a definition list."""


class DefinitionDetails(Node, frozen=True):
    """What a term means."""


class Option(Struct, frozen=True, gc=False):
    """An option line of a directive, with the byte range of its text."""

    name: str
    value: str
    start: int
    end: int


class Directive(Node, frozen=True):
    """A colon-fence directive.

    Attributes:
        name: The word in braces.
        title: What follows on the opening line.
        options: The option lines.
        body: Byte range of what stands between the option lines and the closing line.
        colons: How many colons open it.
        closed: False when no closing line was found.
        braced: False when the name stands without braces.
    """

    name: str = ""
    title: str = ""
    options: tuple[Option, ...] = ()
    body: tuple[int, int] = (0, 0)
    colons: int = 3
    closed: bool = True
    braced: bool = True


# ------------------------------------------------------------------------------------------------ inlines


class Text(Node, frozen=True):
    """Plain text, with entities and escapes resolved."""

    value: str = ""


class InlineCode(Node, frozen=True):
    """A code span."""

    value: str = ""


class InlineHtml(Node, frozen=True):
    """A raw HTML tag in a line."""

    value: str = ""


class Emphasis(Node, frozen=True):
    """Stressed text."""


class Strong(Node, frozen=True):
    """Strongly stressed text."""


class Delete(Node, frozen=True):
    """Struck-out text."""


class LinkNode(Node, frozen=True):
    """A link or an image; `style` tells how it was written."""

    url: str = ""
    title: str = ""
    image: bool = False
    style: Literal["inline", "reference", "autolink", "email", "wiki"] = "inline"


class SoftBreak(Node, frozen=True):
    """A line end inside a paragraph."""


class HardBreak(Node, frozen=True):
    """A forced line end."""


class FootnoteReference(Node, frozen=True):
    """A mark that points to a footnote."""

    label: str = ""


class TaskMarker(Node, frozen=True):
    """The box of a task-list item."""

    checked: bool = False


INLINE = (
    Text,
    InlineCode,
    InlineHtml,
    Emphasis,
    Strong,
    Delete,
    LinkNode,
    SoftBreak,
    HardBreak,
    FootnoteReference,
    TaskMarker,
)


def plain_text(nodes: tuple[Node, ...]) -> str:
    """The text of inline nodes without markup, on one line."""
    parts: list[str] = []
    for top in nodes:
        for node in top.walk():
            if isinstance(node, (Text, InlineCode)):
                parts.append(node.value)
            elif isinstance(node, (SoftBreak, HardBreak)):
                parts.append(" ")
    return "".join(parts)
