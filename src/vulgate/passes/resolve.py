"""Resolves every reference: links, `[[ids]]`, numbers in prose, and the ids in options and front matter."""

import posixpath
import re
from collections import defaultdict
from typing import Final

from vulgate.model.blocks import Block, Chapter, Link, Section
from vulgate.model.diagnostics import Label
from vulgate.model.suggest import did_you_mean
from vulgate.passes.linking import Linking
from vulgate.passes.lowered import LoweredChapter, Reference
from vulgate.source.files import exists_inside

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_MARKDOWN: Final = (".md", ".markdown")
_MAX_SUGGESTIONS: Final = 200


def resolve(link: Linking) -> None:
    """Resolves all references; what leads nowhere is reported with the nearest candidates."""
    _Resolver(link).run()


class _Resolver:
    def __init__(self, link: Linking) -> None:
        self.link = link
        self.report = link.reporter.add
        self.chapter_by_path: dict[str, LoweredChapter] = {chapter.path: chapter for chapter in link.chapters}
        self.local: defaultdict[str, list[str]] = defaultdict(list)
        self.by_number = {number: id for id, number in link.numbers.items() if number}
        self.suggestions: dict[str, str] = {}
        self.first_sections: defaultdict[str, list[str]] = defaultdict(list)
        for block in link.blocks:
            if "/" in block.id:
                self.local[block.id.partition("/")[2]].append(block.id)
            if isinstance(block, Section) and link.numbers[block.id].count(".") == 1:
                self.first_sections[block.chapter].append(link.numbers[block.id])
        self._collect_former_ids()

    def run(self) -> None:
        for chapter in self.link.chapters:
            for reference in chapter.references:
                target = self._resolve(reference, chapter)
                if target:
                    self._keep(reference, target)

    def _collect_former_ids(self) -> None:
        """Old ids may be written with or without their chapter."""
        former = self.link.formerly
        for block in self.link.blocks:
            for old in block.formerly:
                full = old if "/" in old or isinstance(block, Chapter) else f"{block.chapter}/{old}"
                former[full] = block.id
                if isinstance(block, Chapter):
                    former.update(
                        (f"{old}/{inner.id.partition('/')[2]}", inner.id)
                        for inner in self.link.blocks
                        if inner.chapter == block.id and "/" in inner.id
                    )
        for id in self.link.by_id:
            former.pop(id, None)

    def _keep(self, reference: Reference, target: Link) -> None:
        self.link.links[reference.block].append(target)
        if target.type == "block":
            self.link.resolved.append((reference, target.target))

    def _resolve(self, reference: Reference, chapter: LoweredChapter) -> Link | None:
        if reference.type == "link":
            return self._link(reference, chapter)
        id = self._number(reference) if reference.type == "number" else self._id(reference, chapter)
        return Link(id, "block", reference.span.start, reference.span.end) if id else None

    # -------------------------------------------------------------------------------------------- links

    def _link(self, reference: Reference, chapter: LoweredChapter) -> Link | None:
        target, place = reference.target, (reference.span.start, reference.span.end)
        if _SCHEME.match(target):
            return Link(target, "external", *place)
        path, _, anchor = target.partition("#")
        if not target:
            self.report(
                "dangling-link", reference.span, target="", help="write where the link leads between its parentheses"
            )
            return None
        if not path:
            id = self._anchor(reference, chapter, anchor) if anchor else chapter.blocks[0].id
            return Link(id, "block", *place) if id else None
        folder = "" if path.startswith("/") else posixpath.dirname(chapter.path)
        path = posixpath.normpath(posixpath.join(folder, path.lstrip("/").partition("?")[0]))
        if path == ".." or path.startswith("../"):
            self.report("link-outside-book", reference.span, target=target)
            return None
        if found := self.chapter_by_path.get(path):
            id = self._anchor(reference, found, anchor) if anchor else found.blocks[0].id
            return Link(id, "block", *place) if id else None
        if path.endswith(_MARKDOWN):
            self.report(
                "dangling-link", reference.span, target=target, help=self._suggest(path, list(self.chapter_by_path))
            )
            return None
        return self._file(reference, path)

    def _file(self, reference: Reference, path: str) -> Link | None:
        assets = self.link.assets
        if path not in assets:
            assets[path] = exists_inside(self.link.root, path)
        if not assets[path]:
            help = "add the file, or mend the path; it is relative to the chapter file"
            self.report("missing-file", reference.span, target=path, help=help)
            return None
        return Link(path, "file", reference.span.start, reference.span.end)

    def _anchor(self, reference: Reference, chapter: LoweredChapter, anchor: str) -> str:
        head = chapter.blocks[0].id
        full = f"{head}/{anchor}"
        if full in self.link.by_id:
            return full
        named = chapter.anchors.get(anchor.lower(), ())
        if len(named) == 1:
            return named[0]
        if len(named) > 1:
            self._report_ambiguous(reference, anchor, named)
            return ""
        if full in self.link.formerly:
            return self._former(reference, full)
        known = [block.id.partition("/")[2] for block in chapter.blocks if _has_name(block)]
        self.report("dangling-link", reference.span, target=reference.target, help=self._suggest(anchor, known, head))
        return ""

    # -------------------------------------------------------------------------------------------- ids

    def _id(self, reference: Reference, chapter: LoweredChapter) -> str:
        target = reference.target
        if target in self.link.by_id:
            return target
        own = f"{chapter.blocks[0].id}/{target}"
        if own in self.link.by_id:
            return own
        found = self.local.get(target, [])
        if len(found) == 1:
            return found[0]
        if found:
            self._report_ambiguous(reference, target, found)
            return ""
        for old in (target, own):
            if old in self.link.formerly:
                return self._former(reference, old)
        known = [id for id, full in self.local.items() if _has_name(self.link.by_id[full[0]])]
        known += [block.id for block in self.link.heads()]
        self.report("dangling-reference", reference.span, target=target, help=self._suggest(target, known))
        return ""

    def _former(self, reference: Reference, old: str) -> str:
        new = self.link.formerly[old]
        self.report("former-id", reference.span, target=reference.target, id=new)
        return new

    def _report_ambiguous(self, reference: Reference, target: str, found: list[str] | tuple[str, ...]) -> None:
        candidates = ", ".join(f"`{id}`" for id in sorted(found)[:5])
        labels = tuple(Label(self.link.by_id[id].span, f"`{id}`") for id in sorted(found)[:2])
        self.report("ambiguous-reference", reference.span, target=target, candidates=candidates, labels=labels)

    def _suggest(self, word: str, known: list[str], scope: str = "") -> str:
        """The nearest candidates; each word is looked up once, and a broken book does not pay for thousands."""
        key = f"{scope}#{word}"
        if key not in self.suggestions:
            if len(self.suggestions) >= _MAX_SUGGESTIONS:
                return ""
            self.suggestions[key] = did_you_mean(word, known)
        return self.suggestions[key]

    # -------------------------------------------------------------------------------------------- numbers

    def _number(self, reference: Reference) -> str:
        kind, _, number = reference.target.partition(" ")
        id = self.by_number.get(number, "")
        is_chapter = isinstance(self.link.by_id.get(id), Chapter)
        if id and not (kind == "Section" and is_chapter):
            return id
        self.report(
            "dangling-number",
            reference.span,
            what=reference.target[:1].lower() + reference.target[1:],
            help=self._numbers_help(number),
        )
        return ""

    def _numbers_help(self, number: str) -> str:
        chapter = number.split(".", 1)[0]
        head = self.by_number.get(chapter)
        if head is None:
            same = [n for n in self.by_number if "." not in n and n.isdigit() == chapter.isdigit()]
            kind = "chapters" if chapter.isdigit() else "appendices"
            if len(same) == 1:
                return f"the book has one {kind[:-1] if chapter.isdigit() else 'appendix'}, {same[0]}"
            return f"the book has {kind} {same[0]} to {same[-1]}" if same else f"the book has no {kind}"
        sections = self.first_sections[head]
        if not sections:
            return f"{self._named(chapter)} has no sections"
        if len(sections) == 1:
            return f"{self._named(chapter)} has one section, {sections[0]}"
        return f"{self._named(chapter)} has sections {sections[0]} to {sections[-1]}"

    def _named(self, number: str) -> str:
        return f"chapter {number}" if number.isdigit() else f"appendix {number}"


def _has_name(block: Block) -> bool:
    """Whether a block's id is one that a person would write: a section's, or that of a passage with a title."""
    return block.is_authored and (isinstance(block, Section) or (bool(block.title) and not isinstance(block, Chapter)))
