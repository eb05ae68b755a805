"""Setting what Pandoc has read: numbers and anchors, boxes, links that lead somewhere, and nothing that has no place in a book.

Raw HTML is taken out, its text stays; only line breaks and our own anchors mean something. Links lead to places of the book or to
the web. Ids and classes that an author wrote are for other readers, and go.
"""

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from vulgate.editions.paper.colophon import proven_on
from vulgate.editions.paper.diagrams import Diagrams
from vulgate.editions.paper.form import Box, Form, Heading, Listing
from vulgate.editions.paper.html import text_of_html
from vulgate.editions.paper.manuscript import BLOCK, FILE, KEY, named
from vulgate.editions.paper.pandoc import Node
from vulgate.editions.paper.pictures import Pictures
from vulgate.editions.paper.places import Places
from vulgate.editions.paper.tree import attr, div, emph, link, marked, para, text_of, words
from vulgate.model import blocks as b
from vulgate.model.plain import block_facts, block_label, example_label

MAX_DEPTH: Final = 12
"""How deep lists, quotes and boxes are set; what lies deeper is set as the text it holds."""
_ANCHOR: Final = re.compile(r'<a id="([^"]*)">')
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SCHEMES: Final = ("http://", "https://", "mailto:")
_IN_ADDRESSES: Final = ":/?#@!$&'()*+,;=%~"
_ALERTS: Final = frozenset({"note", "tip", "warning", "important", "caution"})


class Compositor:
    """Sets the chapters of one book in one form.

    Args:
        places: Where things stand.
        form: How they are written.
        pictures: The pictures of the book.
        diagrams: The pictures of its diagrams.
    """

    def __init__(self, places: Places, form: Form, pictures: Pictures, diagrams: Diagrams) -> None:
        self.places = places
        self.book = places.book
        self.form = form
        self.pictures = pictures
        self.diagrams = diagrams
        self._anchored: set[str] = set()
        self._top = 1
        self._title: tuple[str, str] | None = None

    def chapter(self, blocks: Sequence[Node], *, id: str, number: str, top: int) -> list[Node]:
        """The blocks of a chapter.

        Args:
            blocks: What Pandoc has read.
            id: Id of the chapter.
            number: Its number, or empty.
            top: The level of its title.
        """
        self._top = top
        self._title = (id, number)
        return self._blocks(blocks, 0)

    # -------------------------------------------------------------------------------------------- blocks

    def _blocks(self, nodes: Sequence[Node], depth: int) -> list[Node]:
        out: list[Node] = []
        waiting = ""
        for node in nodes:
            if anchor := _lone_anchor(node):
                # A heading has its anchor from its own attributes.
                is_heading = isinstance(self.book.find(anchor), b.Chapter | b.Section)
                waiting = waiting or ("" if is_heading else self._new_anchor(anchor))
                continue
            made = self._block(node, depth)
            if waiting and made and node["t"] != "Header":
                made, waiting = self.form.anchored(made, waiting), ""
            out += made
            waiting = "" if node["t"] == "Header" else waiting
        return out

    def _block(self, node: Node, depth: int) -> list[Node]:
        kind: str = node["t"]
        content: Any = node.get("c")
        if depth > MAX_DEPTH:
            text = text_of(node)
            return [para(words(text))] if text.strip() else []
        match kind:
            case "Para" | "Plain":
                inlines = self._inlines(content, depth)
                return [{"t": kind, "c": inlines}] if inlines else []
            case "Header":
                return self._header(*content)
            case "CodeBlock":
                return self._code(*content)
            case "Div":
                return self._division(content[0], content[1], depth)
            case "RawBlock":
                text = text_of_html(content[1])
                return [para(words(text))] if text else []
            case "BlockQuote":
                return [{"t": kind, "c": self._blocks(content, depth + 1)}]
            case "BulletList":
                return [{"t": kind, "c": [self._blocks(item, depth + 1) for item in content]}]
            case "OrderedList":
                return [{"t": kind, "c": [content[0], [self._blocks(item, depth + 1) for item in content[1]]]}]
            case "DefinitionList":
                items = [
                    [self._inlines(term, depth), [self._blocks(said, depth + 1) for said in meanings]]
                    for term, meanings in content
                ]
                return [{"t": kind, "c": items}]
            case "Table":
                return [{"t": kind, "c": self._table(content, depth)}]
            case "HorizontalRule":
                return [node]
            case _:
                text = text_of(node)
                return [para(words(text))] if text else []

    def _header(self, level: int, attributes: list[Any], inlines: list[Node]) -> list[Node]:
        title = self._inlines(inlines, 0)
        block = self._block_of(attributes)
        if isinstance(block, b.Section):
            above = self._chapter_heading([]) if self._title else []
            level = self._top + max(1, block.depth - 1)
            return above + self.form.heading(Heading("section", level, block.number, title, self._new_anchor(block.id)))
        if self._title:
            return self._chapter_heading(title)
        return [para([{"t": "Strong", "c": title}])] if title else []

    def _chapter_heading(self, title: list[Node]) -> list[Node]:
        """The title of the chapter; its first heading is not always one."""
        assert self._title
        (id, number), self._title = self._title, None
        chapter = self.book.find(id)
        title = title or words(chapter.title if chapter else id)
        return self.form.heading(Heading("chapter", self._top, number, title, self._new_anchor(id)))

    def _code(self, attributes: list[Any], code: str) -> list[Node]:
        block = self._block_of(attributes)
        classes = attributes[1]
        if isinstance(block, b.Diagram):
            return self.diagrams.set(block, self.form)
        if isinstance(block, b.Example):
            label = example_label(block.fence)
            return self.form.listing(Listing(block.language, code, block.fence.role, marked(label)))
        if classes == ["output"]:
            return self.form.listing(Listing("", code, "output", words("Output:")))
        return self.form.listing(Listing(classes[0] if classes else "", code))

    def _division(self, attributes: list[Any], nodes: list[Node], depth: int) -> list[Node]:
        block = self._block_of(attributes)
        alert = next((name for name in attributes[1] if name in _ALERTS), "")
        if isinstance(block, b.DirectiveBlock):
            title: list[Node] = []
            if nodes and nodes[0]["t"] == "Header" and block.title:
                title = self._inlines(nodes[0]["c"][2], depth)
                nodes = nodes[1:]
            rule = isinstance(block, b.Rule)
            facts = block_facts(block)[1 if rule else 0 :]
            facts += [f"proven on {runtimes}"] if (runtimes := ", ".join(proven_on(block))) else []
            box = Box(
                kind=block.style if isinstance(block, b.Note) else block.kind,
                label=block_label(block),
                grade=block.severity if isinstance(block, b.Rule) else "",
                title=title,
                facts=marked(" · ".join(facts)),
                body=self._blocks(nodes, depth + 1),
            )
            return self.form.box(box)
        body = self._blocks(nodes[1:] if alert else nodes, depth + 1)
        if alert:
            return self.form.box(Box(alert, alert.capitalize(), "", [], [], body))
        return [div(body)] if body else []

    def _table(self, content: list[Any], depth: int) -> list[Any]:
        """A table: Pandoc nests rows in bodies and cells in rows, each with attributes."""
        _, _, columns, head, bodies, foot = content

        def rows(found: list[Any]) -> list[Any]:
            return [
                [attr(), [[attr(), *cell[1:4], self._blocks(cell[4], depth + 1)] for cell in cells]]
                for _, cells in found
            ]

        return [
            attr(),
            [None, []],
            columns,
            [attr(), rows(head[1])],
            [[attr(), body[1], rows(body[2]), rows(body[3])] for body in bodies],
            [attr(), rows(foot[1])],
        ]

    # -------------------------------------------------------------------------------------------- inlines

    def _inlines(self, nodes: Sequence[Node], depth: int) -> list[Node]:
        out: list[Node] = []
        for node in nodes:
            made = self._inline(node, depth)
            out += self.form.joint(out[-1], made[0]) if out and made else []
            out += made
        return out

    def _inline(self, node: Node, depth: int) -> list[Node]:
        kind: str = node["t"]
        content: Any = node.get("c")
        if depth > MAX_DEPTH:
            return words(text_of(node))
        match kind:
            case "Str":
                return [{"t": "Str", "c": self.form.word(content)}]
            case "Code":
                return [{"t": "Code", "c": [attr(), self.form.word(content[1])]}]
            case "Space" | "SoftBreak" | "LineBreak":
                return [node]
            case "RawInline":
                return [{"t": "LineBreak"}] if _BREAK.fullmatch(content[1]) else []
            case "Link":
                return self._link(content[1], content[2][0], depth)
            case "Image":
                return self._image(content[1], content[2][0], depth)
            case "Note":
                return [{"t": "Note", "c": self._blocks(content, depth + 1)}]
            case "Emph" | "Strong" | "Strikeout" | "Superscript" | "Subscript" | "Underline":
                return [{"t": kind, "c": self._inlines(content, depth + 1)}]
            case "Span":
                return self._inlines(content[1], depth + 1)
            case _:
                return words(text_of(node))

    def _link(self, inlines: list[Node], address: str, depth: int) -> list[Node]:
        label = self._inlines(inlines, depth + 1)
        if address.startswith(BLOCK):
            place = self.places.find(named(address.removeprefix(BLOCK)))
            return self.form.reference(label, place) if place else label
        return _web(label, address)

    def _image(self, inlines: list[Node], address: str, depth: int) -> list[Node]:
        picture = self.pictures.find(named(address.removeprefix(FILE))) if address.startswith(FILE) else None
        if picture:
            return [self.form.picture(picture, words(text_of(inlines)))]
        label = [emph(self._inlines(inlines, depth + 1) or words("picture"))]
        return _web(label, address)

    # -------------------------------------------------------------------------------------------- ids

    def _block_of(self, attributes: list[Any]) -> b.AnyBlock | None:
        id = next((value for key, value in attributes[2] if key == KEY), "")
        return self.book.find(named(id)) if id else None

    def _new_anchor(self, id: str) -> str:
        """The anchor of a block, once; empty for one that is set already and for what is no block of the book."""
        if id in self._anchored or self.book.find(id) is None:
            return ""
        self._anchored.add(id)
        return self.places.anchor(id)


def _web(label: list[Node], address: str) -> list[Node]:
    """A link to the web; the words alone for what leads elsewhere, and is nothing to be opened from a book."""
    return [link(label, quote(address, safe=_IN_ADDRESSES))] if address.lower().startswith(_SCHEMES) else label


def _lone_anchor(node: Node) -> str:
    """The id in a paragraph that is nothing but an anchor of ours."""
    if node["t"] not in ("Para", "Plain") or len(node["c"]) != 2:
        return ""
    first, second = node["c"]
    if first["t"] != "RawInline" or second["t"] != "RawInline" or second["c"][1] != "</a>":
        return ""
    match = _ANCHOR.fullmatch(first["c"][1])
    return match[1] if match else ""
