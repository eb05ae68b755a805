"""The state of linking: lowered chapters in, side tables out. Each pass reads the tables of the passes before it."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from vulgate.model.blocks import AnyBlock, Block, Chapter, Link, Origin, Relation
from vulgate.model.book import Part
from vulgate.model.codes import Reporter
from vulgate.model.spans import Span
from vulgate.passes.lowered import LoweredChapter, Reference
from vulgate.source.book import Manifest, SourceBook


class Linking:
    """What the passes over the whole book share.

    Attributes:
        source: The book's files.
        chapters: The lowered chapters in reading order.
        blocks: Their blocks, in order.
        by_id: The blocks by id.
        reporter: Takes the diagnostics.
        parts: The parts of the book.
        numbers: Number of each chapter and section, by id.
        part_of: Part of each chapter, by id.
        formerly: Old ids and the present ones.
        links: Resolved links of each block, by id.
        resolved: Resolved references with the ids they lead to.
        relations: Relations, by source, type and target.
        derived: Blocks that passes over the book add.
        fields: Values to set on blocks at the end, by id.
        assets: Files beside the chapters that links lead to, and whether they exist.
    """

    def __init__(self, source: SourceBook, chapters: Sequence[LoweredChapter], reporter: Reporter) -> None:
        self.source = source
        self.chapters = _with_unique_ids(chapters, reporter)
        self.blocks: list[AnyBlock] = [block for chapter in self.chapters for block in chapter.blocks]
        self.by_id: dict[str, AnyBlock] = {block.id: block for block in self.blocks}
        self.reporter = reporter
        self.parts: list[Part] = []
        self.front: list[str] = []
        self.numbers: dict[str, str] = {}
        self.part_of: dict[str, str] = {}
        self.formerly: dict[str, str] = {}
        self.links: defaultdict[str, list[Link]] = defaultdict(list)
        self.resolved: list[tuple[Reference, str]] = []
        self.relations: dict[tuple[str, str, str], Relation] = {}
        self.derived: list[AnyBlock] = []
        self.fields: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.assets: dict[str, bool] = {}

    @property
    def manifest(self) -> Manifest:
        """The book's manifest."""
        return self.source.manifest

    @property
    def root(self) -> Path:
        """The book's folder."""
        return self.source.root

    def heads(self) -> list[Chapter]:
        """The chapter blocks in reading order."""
        return [chapter.blocks[0] for chapter in self.chapters]  # type: ignore[misc]

    def relate(self, type_: str, source: str, target: str, span: Span, by: str) -> None:
        """Adds a relation between two blocks, once."""
        key = (source, type_, target)
        if source == target or key in self.relations:
            return
        block = self.by_id[source]
        self.relations[key] = Relation(
            id=f"{source}--{type_}--{target}",
            chapter=block.chapter,
            section=block.section,
            span=span,
            level=block.level,
            origin=Origin(by),
            type=type_,
            source=source,
            target=target,
        )


def part_of_block(block: Block, start: int, end: int) -> dict[str, Any]:
    """The span and text of the bytes between two offsets inside a block's span."""
    data = block.text.encode()
    first = block.span.first + data[: start - block.span.start].count(b"\n")
    text = data[start - block.span.start : end - block.span.start]
    last = first + text.rstrip(b"\r\n").count(b"\n")
    return {"span": Span(block.span.file, first, last, start, end), "text": text.decode()}


def _with_unique_ids(chapters: Sequence[LoweredChapter], reporter: Reporter) -> list[LoweredChapter]:
    """The chapters, with one whose id is taken already under another, after reporting it."""
    from vulgate.model.diagnostics import Label

    seen: dict[str, LoweredChapter] = {}
    result = []
    for chapter in chapters:
        old = chapter.blocks[0].id
        new, count = old, 2
        while new in seen:
            new = f"{old}-{count}"
            count += 1
        if new != old:
            first = Label(seen[old].blocks[0].span, "first given here")
            reporter.add(
                "duplicate-id",
                chapter.blocks[0].span,
                id=old,
                labels=(first,),
                help="give one of the chapters another `id` in its front matter",
            )
        seen[new] = _renamed(chapter, old, new) if new != old else chapter
        result.append(seen[new])
    return result


def _renamed(chapter: LoweredChapter, old: str, new: str) -> LoweredChapter:
    """A chapter whose own id, and every id below it, begins with another name."""

    def rename(value: Any) -> Any:
        if isinstance(value, str) and (value == old or value.startswith(f"{old}/")):
            return new + value[len(old) :]
        if isinstance(value, tuple):
            return tuple(rename(item) for item in value)
        return value

    id_fields = (
        "id",
        "chapter",
        "section",
        "parent",
        "bad",
        "good",
        "near",
        "harm",
        "proof",
        "starter",
        "solution",
        "test",
    )
    blocks = []
    for block in chapter.blocks:
        changes = {field: rename(getattr(block, field)) for field in id_fields if hasattr(block, field)}
        origin = Origin(block.origin.by, rename(block.origin.sources))
        blocks.append(msgspec.structs.replace(block, origin=origin, **changes))
    references = tuple(
        msgspec.structs.replace(reference, block=rename(reference.block)) for reference in chapter.references
    )
    anchors = {name: rename(ids) for name, ids in chapter.anchors.items()}
    return msgspec.structs.replace(chapter, blocks=tuple(blocks), references=references, anchors=anchors)
