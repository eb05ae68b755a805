"""A chapter as HTML: a pure function of its blocks and of what they lead to."""

import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import unquote

from msgspec import Struct

from vulgate.editions.web.cards import Card, arrange, backlinks, folded, permalink
from vulgate.editions.web.context import Context
from vulgate.editions.web.figures import code_figure, diagram_figure
from vulgate.editions.web.text import BLOCK, attribute, cut, escape, inline, link, safe_url
from vulgate.editions.web.writer import Begin, End, Part, Writer
from vulgate.markdown import nodes as n
from vulgate.markdown.parser import parse
from vulgate.model import blocks as b

_WIKI: Final = b"[["


class Chunk(Struct, frozen=True):
    """A heading and what stands below it, up to the next one.

    Attributes:
        id: Id of the section; of the chapter for what comes before the first one.
        depth: The level of the heading.
        pieces: The HTML of the passage, with the heading, as `text.cut` cuts it.
        anchors: Ids of the blocks in it, the section's own among them, and those that its footnotes have.
    """

    id: str
    depth: int
    pieces: tuple[str, ...]
    anchors: tuple[str, ...]

    @property
    def size(self) -> int:
        """About how many characters of HTML it is."""
        return sum(map(len, self.pieces))

    @property
    def targets(self) -> tuple[str, ...]:
        """Ids of the blocks that it leads to."""
        return self.pieces[1::2]


def anchor(id: str) -> str:
    """The fragment of a block's address on the page of its chapter."""
    return id.partition("/")[2] or id


def chunks(chapter: b.Chapter, context: Context) -> list[Chunk]:
    """A chapter, cut at its headings."""
    return list(_ChapterWriter(chapter, context).chunks())


class _Mark(NamedTuple):
    """A stretch of text that becomes something else."""

    start: int
    end: int
    html: str
    term: str = ""


class _ChapterWriter(Writer):
    def __init__(self, chapter: b.Chapter, context: Context) -> None:
        self.chapter = chapter
        self.context = context
        self.blocks_of = context.book.authored(chapter.id)
        self.source = "".join(block.text for block in self.blocks_of if not block.parent).encode()
        self.document = parse(self.source)
        self.tops = [block for block in self.blocks_of if not block.parent]
        self.top_starts = [block.span.start for block in self.tops]
        self.nested = {block.span.start: block for block in self.blocks_of if block.parent}
        self.links = {link.start: link for block in self.blocks_of for link in block.links}
        self.marks = sorted(self._marks())
        self.mark_starts = [mark.start for mark in self.marks]
        self.explained: set[str] = set()
        self.issued: set[str] = set()
        self.skip_to = 0
        self.depth = 1
        # A page has one heading of the first level, the chapter's.
        self.lowered = any(isinstance(block, b.Section) and block.depth == 1 for block in self.tops)
        self.inside: list[b.Block] = []
        self.in_link = 0
        self.footnotes = (
            {node.label: node for node in self.document.root.walk() if isinstance(node, n.FootnoteDefinition)}
            if b"[^" in self.source
            else {}
        )
        self.numbers: dict[str, int] = {}
        self.pending: list[n.FootnoteDefinition] = []

    # -------------------------------------------------------------------------------------------- chunks

    def chunks(self) -> Iterator[Chunk]:
        """The chapter, heading by heading."""
        nodes: list[n.Node] = []
        heading: b.Chapter | b.Section = self.chapter
        top: n.Heading | None = None
        for node in self.document.root.children:
            if not isinstance(node, n.Heading):
                nodes.append(node)
                continue
            block = self._top(node.start)
            if isinstance(block, b.Chapter):
                top = node
            elif isinstance(block, b.Section):
                yield self._chunk(heading, top, nodes)
                nodes, heading, top = [], block, node
            else:
                nodes.append(node)
        yield self._chunk(heading, top, nodes)

    def _chunk(self, head: b.Chapter | b.Section, node: n.Heading | None, nodes: list[n.Node]) -> Chunk:
        self.pending = []
        self.anchors: list[str] = [head.id]
        parts = [self._head(head, node)]
        parts.append(self.write(self.blocks(nodes)))
        parts.append(self._footnotes())
        return Chunk(head.id, self.depth, cut("".join(parts)), tuple(self.anchors))

    def _head(self, head: b.Chapter | b.Section, node: n.Heading | None) -> str:
        if isinstance(head, b.Chapter):
            self.depth = 1
            return ""
        # A level is never left out, whatever the author did: readers who hear a page go by them.
        self.depth = min(head.depth + self.lowered, self.depth + 1, 6)
        number = f"<span class=number>{head.number}</span> " if head.number else ""
        self.in_link += 1  # no terms in headings
        title = self.write(self.inline(node.children)) if node else inline(head.title)
        self.in_link -= 1
        place = attribute(anchor(head.id))
        old = "".join(f'<a id="{attribute(anchor(id))}"></a>' for id in head.formerly)
        return f'{old}<h{self.depth} id="{place}">{number}{title}{permalink(place)}</h{self.depth}>\n' + backlinks(
            self.context, head.id
        )

    # -------------------------------------------------------------------------------------------- blocks

    def _top(self, at: int) -> b.AnyBlock:
        """The block of the partition that an offset lies in."""
        return self.tops[max(0, bisect_left(self.top_starts, at + 1) - 1)]

    def _block(self, node: n.Node) -> b.AnyBlock | None:
        """The block that a code block, table or directive is."""
        found = self.nested.get(node.start)
        if found is not None:
            return found
        top = self._top(node.start)
        return None if isinstance(top, (b.Concept, b.Chapter, b.Section)) else top

    def _place(self, block: b.Block) -> str:
        self.anchors.append(block.id)
        return attribute(anchor(block.id))

    def paragraph(self, node: n.Node) -> Sequence[Part]:
        """A paragraph; the first one of a passage has its anchor."""
        top = self._top(node.start)
        if isinstance(top, b.Concept) and top.id not in self.anchors and not self.inside:
            return [f'<p id="{self._place(top)}">', *self.inline(node.children), "</p>\n"]
        return super().paragraph(node)

    def list_(self, node: n.List) -> Sequence[Part]:
        """A list; it has the anchor of a passage that begins with it."""
        parts = super().list_(node)
        top = self._top(node.start)
        if isinstance(top, b.Concept) and top.id not in self.anchors and not self.inside:
            return [f'<div id="{self._place(top)}">', *parts, "</div>\n"]
        return parts

    def heading(self, node: n.Heading) -> Sequence[Part]:
        """A heading inside a list, a quote or a directive: no section of the book."""
        level = min(6, max(node.depth, self.depth + 1))
        return [f"<h{level}>", *self.inline(node.children), f"</h{level}>\n"]

    def code(self, node: n.CodeBlock) -> Sequence[Part]:
        """An example or a diagram."""
        block = self._block(node)
        if isinstance(block, b.Example):
            if node.start > block.span.start and node.info.strip() == "output" and block.output is not None:
                return []
            return [code_figure(block, self._place(block), runs=self.context.runs.get(block.id, ""))]
        if isinstance(block, b.Diagram):
            return [diagram_figure(block, self._place(block), self.context.drawings.get(block.code))]
        return [f"<pre tabindex=0><code>{escape(node.code)}</code></pre>\n"]

    def table(self, node: n.Table) -> Sequence[Part]:
        """A table with its anchor."""
        block = self._block(node)
        parts = super().table(node)
        return [f'<div id="{self._place(block)}">', *parts, "</div>\n"] if isinstance(block, b.Table) else parts

    def directive(self, node: n.Directive) -> Sequence[Part]:
        """A card."""
        block = self._block(node)
        if not isinstance(block, b.DirectiveBlock):
            return list(node.children)
        return self._card(block, node.children)

    def quote(self, node: n.BlockQuote) -> Sequence[Part]:
        """A quote, or an alert, which is a note."""
        block = self._block(node) if node.alert else None
        if isinstance(block, b.DirectiveBlock):
            return self._card(block, node.children)
        return super().quote(node)

    def _card(self, block: b.DirectiveBlock, children: Sequence[n.Node]) -> Sequence[Part]:
        old = "".join(f'<a id="{attribute(anchor(id))}"></a>' for id in block.formerly)
        card = Card(block, self._place(block), self.depth + 1, self.context)
        self.inside.append(block)
        self.depth += 1
        roles = {id(child): self._role(child) for child in children}
        runs: list[Part] = []
        fences = [child for child in children if roles[id(child)]]
        placed = False
        for has_role, group in groupby(children, key=lambda child: bool(roles[id(child)])):
            if not has_role:
                runs += self.blocks(list(group))
            elif not placed:
                placed = True
                runs.append(self._fences(fences))

        def leave(html: str) -> str:
            self.inside.pop()
            self.depth -= 1
            return html

        return [old, card.opening(), Begin(), *runs, End(leave), card.closing()]

    def _role(self, node: n.Node) -> str:
        block = self.nested.get(node.start) if isinstance(node, n.CodeBlock) else None
        if isinstance(block, b.Example) and block.fence.role:
            return block.fence.role
        return ""

    def _fences(self, nodes: list[n.Node]) -> str:
        found = []
        for node in nodes:
            block = self.nested[node.start]
            assert isinstance(block, b.Example)
            found.append((block, code_figure(block, self._place(block), runs=self.context.runs.get(block.id, ""))))
        return arrange(found, folded)

    # -------------------------------------------------------------------------------------------- text and links

    def _marks(self) -> Iterator[_Mark]:
        """Where text becomes a link: `[[ids]]`, numbers, and terms."""
        for start, known in self.links.items():
            written = self.source[start : known.end]
            if known.type != "block" or not written or (written[:1] in b"[<!" and written[:2] != _WIKI):
                continue
            if written[:2] == _WIKI:
                label = written[2:-2].decode("utf-8", "replace").replace("\\|", "|").partition("|")[2]
                name = inline(label or self.context.name(known.target))
            else:
                name = escape(written.decode("utf-8", "replace"))
            yield _Mark(start, known.end, link(known.target, name))
        for use in self.context.glossary.uses(self.source):
            yield _Mark(use.start, use.end, use.entry.attributes, use.entry.id)

    def text(self, node: n.Text) -> str:
        """Plain text, with what it leads to."""
        start, end = node.start, node.end
        if end <= self.skip_to:
            return ""
        at = bisect_left(self.mark_starts, start)
        if start >= self.skip_to and (at == len(self.marks) or self.mark_starts[at] >= end):
            return escape(node.value)
        raw = self.source[start:end]
        if raw.decode("utf-8", "replace") != node.value:  # an entity or escape: offsets are not the text's
            return escape(node.value)
        parts: list[str] = []
        done = max(start, self.skip_to)
        while at < len(self.marks) and self.mark_starts[at] < end:
            mark = self.marks[at]
            at += 1
            if mark.start < done or (mark.term and not self._explains(mark, end)):
                continue
            parts.append(escape(self.source[done : mark.start].decode("utf-8", "replace")))
            shown = escape(self.source[mark.start : mark.end].decode("utf-8", "replace"))
            parts.append(link(mark.term, shown, mark.html) if mark.term else mark.html)
            done = mark.end
        self.skip_to = max(self.skip_to, done) if done > end else self.skip_to
        parts.append(escape(self.source[done:end].decode("utf-8", "replace")))
        return "".join(parts)

    def _explains(self, mark: _Mark, end: int) -> bool:
        """Whether a term is explained here: where a chapter uses it first, outside links and its own definition."""
        if mark.end > end or mark.term in self.explained or self.in_link or any(x.id == mark.term for x in self.inside):
            return False
        self.explained.add(mark.term)
        return True

    def link(self, node: n.LinkNode) -> Sequence[Part]:
        """A link or an image; what leads nowhere is text."""
        known = self.links.get(node.start)
        if node.image:
            return [self._image(node, known.target if known and known.type == "file" else "")]
        if known and known.type == "block":
            href = BLOCK + attribute(known.target)
        elif known and known.type == "file":
            href = self._file(known.target)
        else:
            href = safe_url("mailto:" + node.url if node.style == "email" else node.url)
        if not href:
            return list(node.children)
        self.issued.add(href)
        self.in_link += 1
        outside = " rel=external" if known is None or known.type == "external" else ""
        title = f' title="{attribute(node.title)}"' if node.title else ""

        def leave(html: str) -> str:
            self.in_link -= 1
            return html

        return [f'<a href="{href}"{title}{outside}>', Begin(), *node.children, End(leave), "</a>"]

    def _image(self, node: n.LinkNode, path: str) -> str:
        alt = attribute(n.plain_text(node.children))
        title = f' title="{attribute(node.title)}"' if node.title else ""
        if src := self._file(path) if path else "":
            size = self.context.size(path)
            pixels = f" width={size[0]} height={size[1]}" if size else ""
            return f'<img src="{src}" alt="{alt}"{title}{pixels} loading=lazy>'
        # A page asks no other host for anything: an image from elsewhere is a link.
        url = safe_url(node.url)
        return f'<a href="{url}" rel=external>{alt or url}</a>' if url else f"<span>{alt}</span>"

    def _file(self, path: str) -> str:
        href = self.context.address(path)
        self.issued.add(href)
        return attribute(href)

    def address(self, tag: str, url: str) -> str | None:
        """An address in raw HTML: one that is ours, one of another host for a link, or a file of the book."""
        if url in self.issued or (tag == "a" and url.startswith((BLOCK, "#"))):
            return url
        if tag == "a" and (safe := safe_url(url)):
            return safe.replace("&amp;", "&")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.chapter.path), unquote(url)))
        if ":" in url or path.startswith(("..", "/")):
            return None
        if tag == "a":
            name, _, place = path.partition("#")
            head = next((chapter for chapter in self.context.book.chapters if chapter.path == name), None)
            target = f"{head.id}/{place}" if head and place else head.id if head else ""
            return BLOCK + target if target and self.context.book.find(target) else None
        return self.context.address(path) or None

    # -------------------------------------------------------------------------------------------- footnotes

    def footnote(self, node: n.FootnoteReference) -> Sequence[Part]:
        """A mark that points to a footnote, which stands below the section that names it first."""
        definition = self.footnotes.get(node.label)
        if definition is None:
            return [escape(f"[^{node.label}]")]
        back = ""
        if node.label not in self.numbers:
            self.numbers[node.label] = len(self.numbers) + 1
            self.pending.append(definition)
            back = f' id="vg-fnref-{self.numbers[node.label]}"'
        number = self.numbers[node.label]
        return [f'<sup{back}><a href="{BLOCK}{attribute(self.chapter.id)}/vg-fn-{number}">{number}</a></sup>']

    def _footnotes(self) -> str:
        """The footnotes that a section names first; they may name others."""
        items: list[str] = []
        first = self.numbers[self.pending[0].label] if self.pending else 0
        for definition in self.pending:  # grows
            number = self.numbers[definition.label]
            self.anchors.append(f"{self.chapter.id}/vg-fn-{number}")
            text = self.write(definition.children)
            back = f'<a href="#vg-fnref-{number}" aria-label="Back">↩</a>'
            items.append(f'<li id="vg-fn-{number}">{text}{back}</li>\n')
        return f"<ol class=footnotes start={first}>{''.join(items)}</ol>\n" if items else ""
