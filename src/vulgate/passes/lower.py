"""Lowers one chapter: from its bytes to typed blocks. A pure function of the file, the chapter's id and the compiler."""

import warnings
from typing import Any, Final

import msgspec

from vulgate.markdown import nodes as n
from vulgate.markdown.parser import Document, parse
from vulgate.model import blocks as b
from vulgate.model.codes import Reporter
from vulgate.model.frontmatter import FrontMatter
from vulgate.model.spans import LineIndex, Span
from vulgate.passes.claims import derive_facts, derive_terms
from vulgate.passes.code import check_code
from vulgate.passes.completeness import check_block
from vulgate.passes.detecting import check_detectors
from vulgate.passes.directives import ROLE_OWNERS, SPECS, read_directive, take_references
from vulgate.passes.drafts import Draft, Drafts
from vulgate.passes.identify import digest, heading_slug, identify
from vulgate.passes.lowered import LoweredChapter, Reference
from vulgate.passes.references import collect_allows, collect_asked, collect_references
from vulgate.source.book import SourceChapter

_FIELDS: Final = {"detect": "detectors"}  # `Rule.detect` is the option
SCOPES: Final = {
    **dict.fromkeys(("term", "rule", "fact", "pattern", "contrast", "qa"), "book"),
    **dict.fromkeys(("chapter", "quick", "exercise", "role", "pathway"), "chapter"),
}


def lower(chapter: SourceChapter, *, lenient: bool = False) -> LoweredChapter:
    """Lowers a chapter.

    Args:
        chapter: The chapter's file and place.
        lenient: Whether the book has no manifest, so that breaking our conventions is only a warning.
    """
    with warnings.catch_warnings():  # what Python has to say of an example, it says when it is run
        warnings.simplefilter("ignore")
        return _Lowering(chapter, Reporter(lenient=lenient)).run()


class _Lowering:
    def __init__(self, chapter: SourceChapter, reporter: Reporter) -> None:
        self.chapter = chapter
        self.reporter = reporter
        self.lines: LineIndex = chapter.file.lines
        self.document: Document = parse(chapter.file.data)
        self.references: list[Reference] = []

    def run(self) -> LoweredChapter:
        for fault in self.document.faults:
            self.reporter.add(fault.name, self.lines.span(fault.start, fault.end), value=fault.value)
        meta = self._front_matter()
        self.chapter_id = meta.id or self.chapter.id
        drafts = Drafts(self.document, self.lines, self.reporter).collect()
        identify(drafts, self.chapter_id, self.document, self.lines, self.reporter)
        self.level = meta.level
        self.asked = collect_asked(self.document, drafts)
        authored: list[b.AnyBlock] = [
            self._chapter_block(drafts[0], meta),
            *(self._block(draft) for draft in drafts[1:]),
        ]
        taken = {draft.id for draft in drafts}
        derived: list[b.AnyBlock] = [
            *(_under_free_id(block, taken) for block in derive_terms(drafts, self.document, self.lines)),
            *(_under_free_id(block, taken) for block in derive_facts(drafts, self.document, self.lines)),
        ]
        for block in authored:
            check_block(block, self.reporter)
        check_detectors(authored, self.lines, self.reporter)
        self.references.extend(collect_references(self.document, drafts, self.lines))
        anchors: dict[str, tuple[str, ...]] = {}
        for draft in drafts:
            if draft.kind == "section":
                anchors[heading_slug(draft)] = (*anchors.get(heading_slug(draft), ()), draft.id)
        return LoweredChapter(
            path=self.chapter.file.path,
            blocks=(*authored, *derived),
            references=tuple(self.references),
            allows=tuple(collect_allows(self.document, self.lines)),
            anchors=anchors,
            diagnostics=tuple(self.reporter.items),
        )

    def _front_matter(self) -> FrontMatter:
        if self.document.front_matter is None:
            return FrontMatter()
        from vulgate.markdown.frontmatter import read_front_matter  # needs a YAML library, which takes time to load

        return read_front_matter(self.lines, *self.document.front_matter, self.reporter)

    # -------------------------------------------------------------------------------------------- blocks

    def _chapter_block(self, draft: Draft, meta: FrontMatter) -> b.Chapter:
        heading = draft.nodes[0] if draft.nodes else None
        title = meta.title or (_inline_source(heading, self.document) if heading else "")
        if not title:
            span = self.lines.span(0, 0)
            if not self.document.root.children:
                self.reporter.add("empty-chapter", span)
            else:
                self.reporter.add("no-title", span)
            title = self.chapter.id.replace("-", " ").capitalize()
        return b.Chapter(
            **self._common(draft, title=title, tags=meta.tags, formerly=meta.formerly),
            path=self.chapter.file.path,
            hours=meta.hours,
            python=meta.python,
            prerequisites=meta.prerequisites,
            objectives=meta.objectives,
            summary=meta.summary,
        )

    def _block(self, draft: Draft) -> b.AnyBlock:
        node = draft.node
        if draft.kind == "section":
            assert isinstance(node, n.Heading)
            return b.Section(**self._common(draft, title=_inline_source(node, self.document)), depth=node.depth)
        if draft.kind == "concept":
            return b.Concept(**self._common(draft))
        if isinstance(node, n.CodeBlock):
            return self._code_block(draft, node)
        if isinstance(node, n.Table):
            return self._table(draft, node)
        if isinstance(node, n.BlockQuote):
            inner = (node.children[0].start, node.children[-1].end) if node.children else (draft.end, draft.end)
            return b.Note(**self._common(draft), style=node.alert, inner=inner)
        assert isinstance(node, n.Directive)
        return self._directive(draft, node)

    def _common(self, draft: Draft, **more: Any) -> dict[str, Any]:
        text = self.document.slice(draft.start, draft.end)
        return {
            "id": draft.id,
            "text": text,
            "chapter": self.chapter_id,
            "section": draft.section.id,
            "parent": draft.parent.id if draft.parent else "",
            "span": self._span(draft),
            "digest": digest(text),
            "level": self.level,
            "asked": self.asked.get(draft.id, ()),
            "scope": SCOPES.get(draft.kind, "section"),
            **more,
        }

    def _span(self, draft: Draft) -> Span:
        return self.lines.span(draft.start, draft.end)

    def _directive(self, draft: Draft, node: n.Directive) -> b.AnyBlock:
        values = read_directive(node, self.lines, self.reporter)
        if not values:
            return b.Concept(**self._common(draft))
        for relation, target, start, end in take_references(node, values, self.lines):
            span = self.lines.span(start, end)
            self.references.append(Reference("option", target, draft.id, span, relation))
        spec = SPECS[node.name.strip()]
        parts = {_FIELDS.get(part, part): tuple(child.id for child in draft.parts(part)) for part in spec.parts}
        # Without a closing line the body ends with the line end that a passage inside another leaves to that one.
        inner = (min(node.body[0], draft.end), min(node.body[1], draft.end))
        block: b.AnyBlock = spec.block(**{**self._common(draft), **parts, **values}, inner=inner)
        return block

    def _code_block(self, draft: Draft, node: n.CodeBlock) -> b.AnyBlock:
        common = self._common(draft)
        if draft.kind == "diagram":
            return self._diagram(draft, node, common)
        fence = draft.info.fence
        if fence.role and (owner := self._missing_owner(draft)):
            self.reporter.add("misplaced-fence-part", self._opening(node), role=fence.role, owner=owner)
        symbols = check_code(draft.info, node, self.chapter.file.path, self.lines, self.reporter)
        return b.Example(
            **common,
            language=draft.info.language,
            code=node.code,
            fence=fence,
            output=draft.output,
            symbols=symbols,
        )

    def _missing_owner(self, draft: Draft) -> str:
        owner = ROLE_OWNERS[draft.info.fence.role]
        article = "an" if owner[0] in "aeiou" else "a"
        return "" if draft.parent and draft.parent.kind == owner else f"{article} `{owner}`"

    def _diagram(self, draft: Draft, node: n.CodeBlock, common: dict[str, Any]) -> b.Diagram:
        from vulgate.passes.mermaid import MermaidError, parse

        try:
            diagram = parse(node.code)
        except MermaidError as error:
            line = min(self.lines.line(node.start) + error.line, self.lines.line(node.end))
            start = self.lines.line_start(line)
            span = self.lines.span(start, max(start, self.lines.line_start(line + 1) - 1))
            self.reporter.add("diagram-syntax", span, reason=error.message, help=error.help)
            return b.Diagram(**common, code=node.code)
        return b.Diagram(
            **{**common, "title": diagram.title},
            code=node.code,
            type=diagram.type,
            direction=diagram.direction,
            nodes=diagram.nodes,
            edges=diagram.edges,
        )

    def _table(self, draft: Draft, node: n.Table) -> b.Table:
        rows = [tuple(_inline_source(cell, self.document) for cell in row.children) for row in node.children]
        return b.Table(
            **self._common(draft),
            headers=rows[0] if rows else (),
            rows=tuple(rows[1:]),
            alignments=node.alignments,
        )

    def _opening(self, node: n.Node) -> Span:
        line = self.lines.line(node.start)
        return self.lines.span(
            node.start, node.start + len(self.document.data[node.start : self.lines.line_start(line + 1)].rstrip())
        )


def _under_free_id(block: b.AnyBlock, taken: set[str]) -> b.AnyBlock:
    """A derived block; the author's ids come first, so where one has its id it gets another."""
    id = block.id
    while id in taken:
        id += "-2"
    taken.add(id)
    return block if id == block.id else msgspec.structs.replace(block, id=id)


def _inline_source(node: n.Node, document: Document) -> str:
    """The Markdown of a node's inline content."""
    if not node.children:
        return ""
    return " ".join(document.slice(node.children[0].start, node.children[-1].end).split())
