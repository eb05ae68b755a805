"""The syntax tree as HTML. No step recurses on the depth of its input."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from vulgate.editions.web.sanitize import clean, clean_around
from vulgate.editions.web.text import escape
from vulgate.markdown import nodes as n

_ALIGN: Final = {"left": " class=l", "center": " class=m", "right": " class=r", "": ""}


class Begin(NamedTuple):
    """Remembers where the output stands."""


class End(NamedTuple):
    """Replaces what was put out since the matching `Begin`."""

    finish: Callable[[str], str]


Part = str | n.Node | Begin | End


class Writer:
    """Turns nodes into HTML; a subclass says what links, code and directives become."""

    def write(self, parts: Iterable[Part]) -> str:
        """The HTML of nodes, with texts between them as they are."""
        out: list[str] = []
        begun: list[int] = []
        stack = list(parts)
        stack.reverse()
        handlers: Any = _HANDLERS
        while stack:
            item = stack.pop()
            kind = item.__class__
            if kind is str:
                out.append(item)  # type: ignore[arg-type]
            elif kind is n.Text:
                out.append(self.text(item))  # type: ignore[arg-type]
            elif kind is Begin:
                begun.append(len(out))
            elif kind is End:
                start = begun.pop()
                out[start:] = [item.finish("".join(out[start:]))]  # type: ignore[union-attr]
            else:
                stack.extend(reversed(handlers[kind](self, item)))
        return "".join(out)

    def blocks(self, nodes: Sequence[n.Node]) -> Sequence[Part]:
        """Neighbouring nodes; where raw HTML stands among them it is cleaned over all of them, so that it may wrap them."""
        if not any(node.__class__ is n.HtmlBlock for node in nodes):
            return nodes
        passages: list[tuple[bool, str]] = []
        parts: list[Part] = []
        for node in nodes:
            if isinstance(node, n.HtmlBlock):
                passages.append((True, node.value))
            else:
                at = len(passages)
                passages.append((False, ""))
                parts += (Begin(), node, End(_keep(passages, at)))
        return [Begin(), *parts, End(lambda _: clean_around(passages, self.address))]

    # -------------------------------------------------------------------------------------------- what a subclass knows

    def text(self, node: n.Text) -> str:
        """Plain text."""
        return escape(node.value)

    def address(self, tag: str, url: str) -> str | None:
        """The address that raw HTML may have in place of what the author wrote, or `None`."""
        raise NotImplementedError

    def link(self, node: n.LinkNode) -> Sequence[Part]:
        """A link or an image."""
        raise NotImplementedError

    def code(self, node: n.CodeBlock) -> Sequence[Part]:
        """A code block."""
        raise NotImplementedError

    def directive(self, node: n.Directive) -> Sequence[Part]:
        """A directive."""
        raise NotImplementedError

    def heading(self, node: n.Heading) -> Sequence[Part]:
        """A heading."""
        raise NotImplementedError

    def table(self, node: n.Table) -> Sequence[Part]:
        """A table, in a box that scrolls."""
        parts: list[Part] = ["<div class=scroll tabindex=0 role=group aria-label=Table><table>"]
        head, *rows = node.children
        parts += ("<thead>", *self._row(head, node.alignments), "</thead>")
        if rows:
            parts.append("<tbody>")
            for row in rows:
                parts += self._row(row, node.alignments)
            parts.append("</tbody>")
        parts.append("</table></div>\n")
        return parts

    def quote(self, node: n.BlockQuote) -> Sequence[Part]:
        """A quote, or an alert."""
        return ["<blockquote>", *self.blocks(node.children), "</blockquote>\n"]

    def footnote(self, node: n.FootnoteReference) -> Sequence[Part]:
        """A mark that points to a footnote."""
        return [escape(f"[^{node.label}]")]

    # -------------------------------------------------------------------------------------------- the rest

    def _row(self, row: n.Node, alignments: tuple[str, ...]) -> list[Part]:
        tag = "th" if isinstance(row, n.TableRow) and row.head else "td"
        parts: list[Part] = ["<tr>"]
        for cell, align in zip(row.children, alignments, strict=False):
            shown = tag if cell.children else "td"  # a heading that says nothing is none
            parts += (f"<{shown}{_ALIGN[align]}>", *self.inline(cell.children), f"</{shown}>")
        parts.append("</tr>\n")
        return parts

    def inline(self, nodes: Sequence[n.Node]) -> Sequence[Part]:
        """Inline nodes; where an author's tags stand among them they are cleaned, and closed at the end."""
        if any(node.__class__ is n.InlineHtml for top in nodes for node in top.walk()):
            return [Begin(), *nodes, End(lambda html: clean(html, self.address))]
        return nodes

    def paragraph(self, node: n.Node) -> Sequence[Part]:
        """A paragraph."""
        return ["<p>", *self.inline(node.children), "</p>\n"]

    def list_(self, node: n.List) -> Sequence[Part]:
        """A list."""
        tag = "ul" if node.first is None else "ol"
        tasks = " class=tasks" if any(_task(item) for item in node.children) else ""
        start = f" start={node.first}" if node.first not in (None, 1) else ""
        return [f"<{tag}{start}{tasks}>\n", *node.children, f"</{tag}>\n"]

    def item(self, node: n.Item) -> Sequence[Part]:
        """A list item."""
        if any(isinstance(child, n.HtmlBlock) for child in node.children):
            return ["<li>", *self.blocks(node.children), "</li>\n"]
        if any(isinstance(child, n.InlineHtml) for child in node.children):
            return ["<li>", Begin(), *node.children, End(lambda html: clean(html, self.address)), "</li>\n"]
        return ["<li>", *node.children, "</li>\n"]

    def span(self, tag: str, node: n.Node) -> Sequence[Part]:
        """Inline nodes in a tag."""
        return [f"<{tag}>", *node.children, f"</{tag}>"]


def _task(item: n.Node) -> bool:
    first = item.children[0] if item.children else item
    return isinstance(first, n.TaskMarker) or (bool(first.children) and isinstance(first.children[0], n.TaskMarker))


def _keep(passages: list[tuple[bool, str]], at: int) -> Callable[[str], str]:
    def keep(html: str) -> str:
        passages[at] = (False, html)
        return ""

    return keep


_Handler = Callable[[Writer, Any], Sequence[Part]]
_HANDLERS: Final[dict[type[n.Node], _Handler]] = {
    n.Paragraph: lambda w, node: w.paragraph(node),
    n.Heading: lambda w, node: w.heading(node),
    n.ThematicBreak: lambda w, node: ["<hr>\n"],
    n.BlockQuote: lambda w, node: w.quote(node),
    n.List: lambda w, node: w.list_(node),
    n.Item: lambda w, node: w.item(node),
    n.CodeBlock: lambda w, node: w.code(node),
    n.HtmlBlock: lambda w, node: [clean(node.value, w.address)],
    n.Table: lambda w, node: w.table(node),
    n.FootnoteDefinition: lambda w, node: [],
    n.DefinitionList: lambda w, node: ["<dl>", *node.children, "</dl>\n"],
    n.DefinitionTerm: lambda w, node: ["<dt>", *w.inline(node.children), "</dt>"],
    n.DefinitionDetails: lambda w, node: ["<dd>", *w.inline(node.children), "</dd>\n"],
    n.Directive: lambda w, node: w.directive(node),
    n.InlineCode: lambda w, node: [f"<code>{escape(node.value)}</code>"],
    n.InlineHtml: lambda w, node: [node.value],
    n.Emphasis: lambda w, node: w.span("em", node),
    n.Strong: lambda w, node: w.span("strong", node),
    n.Delete: lambda w, node: w.span("del", node),
    n.LinkNode: lambda w, node: w.link(node),
    n.SoftBreak: lambda w, node: ["\n"],
    n.HardBreak: lambda w, node: ["<br>\n"],
    n.FootnoteReference: lambda w, node: w.footnote(node),
    n.TaskMarker: lambda w, node: ["☑ " if node.checked else "☐ "],  # a box that no reader can tick says no more
}
