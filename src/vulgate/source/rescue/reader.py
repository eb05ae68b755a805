"""Reads editions of the old compiler as books."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vulgate.model.codes import Reporter
from vulgate.model.ids import slug
from vulgate.model.spans import LineIndex
from vulgate.source.book import BookEntry, Manifest, PartEntry, SourceBook, SourceChapter, SourceFile
from vulgate.source.files import GENERATED, read_file
from vulgate.source.layouts.naming import title_from
from vulgate.source.origins import joined
from vulgate.source.rescue.cursor import read_cursor
from vulgate.source.rescue.encoding import is_damaged, mended
from vulgate.source.rescue.passages import Edition
from vulgate.source.rescue.ssm import read_ssm
from vulgate.source.rescue.tree import Draft
from vulgate.source.rescue.writing import Rescued, lines_of_draft, rescue

_HEAD: Final = 4096
_CURSOR: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?# .*Cursor Edition")
_SSM: Final = re.compile(rb"^::: (?:ssm|part|chapter|section)-meta\r?\n\w+: ", re.MULTILINE)
_UNSURE: Final = 0.85
_SHOWN: Final = 3


class OldEditionReader:
    """A `.cursor.md` or `.ssm.md` file of the compiler that came before this one."""

    name = "old-edition"

    def detect(self, path: Path) -> bool:
        """Whether a file is such an edition; those of this compiler say so in their head."""
        if path.suffix.lower() != ".md" or not path.is_file():
            return False
        try:
            with path.open("rb") as stream:
                head = stream.read(_HEAD)
        except OSError:
            return False
        return GENERATED not in head and bool(_CURSOR.match(head) or _SSM.search(head))

    def read(self, path: Path) -> SourceBook:
        """Reads the edition and puts it in order."""
        reporter = Reporter(lenient=True)
        file = read_file(path.parent, path.name, reporter)
        if file is None:
            empty = Manifest(BookEntry(title=title_from(path.stem)))
            return SourceBook(path.parent, self.name, empty, None, (), tuple(reporter.items))
        text = file.data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
        failed: list[int] = []
        if is_damaged(text[: 64 * _HEAD]):
            text, failed = mended(text)
        edition = read_ssm(text) if _SSM.search(text[:_HEAD].encode()) else read_cursor(text)
        rescued = rescue(edition)
        _tell(reporter, file.lines, edition, rescued, failed)
        parts, chapters = _chapters(rescued, file.path)
        if not chapters:
            reporter.add("no-chapters", None, path=path)
        manifest = Manifest(BookEntry(title=edition.title, id=slug(edition.title)), parts=parts)
        return SourceBook(path.parent, self.name, manifest, None, tuple(chapters), tuple(reporter.items), (file,))


def _chapters(rescued: Rescued, path: str) -> tuple[list[PartEntry], list[SourceChapter]]:
    parts: list[PartEntry] = []
    indexes: dict[tuple[str, bool], int] = {}
    chapters = []
    taken: Counter[str] = Counter()
    before = ""
    for draft, first in sorted(_with_first(rescued.drafts), key=lambda pair: pair[0].marker.is_appendix):
        data, origin = joined(lines_of_draft(draft, first, rescued.placed, path))
        is_appendix = draft.marker.is_appendix
        # The part of the appendices may be announced before the last chapter begins.
        title = "Appendices" if is_appendix else draft.part if "ppendi" not in draft.part else before
        before = before if is_appendix else title
        part: int | None = None
        if title:
            if (title, is_appendix) not in indexes:
                indexes[title, is_appendix] = len(parts)
                parts.append(PartEntry(title=re.sub(r"^Part [IVX]+: ", "", title), appendix=is_appendix))
            part = indexes[title, is_appendix]
        id = slug(draft.marker.title)[:60].strip("-") or "chapter"
        taken[id] += 1
        id = id if taken[id] == 1 else f"{id}-{taken[id]}"
        chapters.append(
            SourceChapter(
                SourceFile(f"chapters/{_number(draft)}{id}.md", data),
                id,
                part,
                "appendix" if is_appendix else "chapter" if draft.marker.number else "front",
                origin,
            )
        )
    return parts, chapters


def _with_first(drafts: list[Draft]) -> Iterator[tuple[Draft, int]]:
    first = 0
    for draft in drafts:
        yield draft, first
        first += len(draft.sections)


def _number(draft: Draft) -> str:
    number = draft.marker.number
    return f"{int(number):02}-" if number.isdecimal() else f"appendix-{number.lower()}-" if number else ""


def _tell(reporter: Reporter, lines: LineIndex, edition: Edition, rescued: Rescued, failed: list[int]) -> None:
    """Says what was damaged and what was left out; a count and a few places, since thousands would tell nobody anything."""

    def at(number: int):  # type: ignore[no-untyped-def]
        start, end = lines.line_start(number), lines.line_start(number + 1)
        return lines.span(start, max(start, end - 1))

    for number in failed[:_SHOWN]:
        reporter.add("encoding-damaged", at(number), count=len(failed))
    for passage in rescued.cut:
        reporter.add("passage-cut", at(passage.line))
    for places in rescued.placed.values():
        for found in places:
            if found.place.confidence < _UNSURE:
                reporter.add("example-unsure", at(found.snippet.line), confidence=f"{found.place.confidence:.2f}")
    if edition.doubled:
        reporter.add("left-out", None, what=f"{edition.doubled} headings that repeated the passage below them")
    if rescued.repeated:
        reporter.add("left-out", None, what=f"{rescued.repeated} examples that stood twice")
    for kind, count in sorted(edition.dropped.items()):
        reporter.add("left-out", None, what=f"{count} × {kind}, generated from the rest or said already")
