"""Puts a book of another layout together: pages in order, each read and changed into our source format."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from vulgate.model.codes import Reporter
from vulgate.model.spans import LineIndex, Span
from vulgate.model.suggest import did_you_mean
from vulgate.source.book import BookEntry, Manifest, PartEntry, SourceBook, SourceChapter, SourceFile
from vulgate.source.data import DataError, read_json, read_toml, read_yaml
from vulgate.source.dialects.fences import fences
from vulgate.source.dialects.front import front_matter
from vulgate.source.dialects.links import links
from vulgate.source.dialects.notebook import read_notebook
from vulgate.source.dialects.page import Change, Page
from vulgate.source.dialects.titles import titled
from vulgate.source.files import chapter_id, read_file
from vulgate.source.origins import Line, joined, lines_of

COMMON: Final[tuple[Change, ...]] = (fences, links, front_matter)
"""What is changed in every dialect, after all else."""
MOST: Final = 20_000
"""Pages that one book may have; a table of contents that names more is not read to its end."""
Type = Literal["front", "chapter", "appendix"]
Divide = Callable[[list[Line]], Iterable[tuple[str, bool, list[Line]]]]
"""Divides the lines of a file into chapters: the name of each but the first, whether it is an appendix, and its lines."""


def find_config(path: Path, names: Iterable[str]) -> str:
    """The name of the first of some files that a path is, or that lies in it; empty if none does."""
    if path.is_file():
        return path.name if path.name in names else ""
    return next((name for name in names if (path / name).is_file()), "")


class Entry(Struct, frozen=True):
    """A page of the table of contents.

    Attributes:
        path: Path inside the book.
        title: What the table of contents calls it.
        part: Index of its part.
        type: What it is.
        span: Where the table of contents names it.
    """

    path: str
    title: str = ""
    part: int | None = None
    type: Type = "chapter"
    span: Span | None = None


class Assembly:
    """A book of another layout on its way.

    Args:
        root: The book's folder.
        layout: Name of the layout.
        base: Folder of the pages inside the book.
    """

    def __init__(self, root: Path, layout: str, base: str = "") -> None:
        self.root = root
        self.layout = layout
        self.base = "" if base == "." else base
        self.reporter = Reporter(lenient=True)
        self.parts: list[PartEntry] = []
        self.entries: list[Entry] = []
        self.files: dict[str, SourceFile] = {}
        self._seen: set[str] = set()
        self._indexes: dict[str, LineIndex | None] = {}

    def part(self, title: str, *, appendix: bool = False) -> int:
        """Begins a part; its index."""
        self.parts.append(PartEntry(title=title, appendix=appendix))
        return len(self.parts) - 1

    def page(
        self, path: str, title: str = "", part: int | None = None, type: Type = "chapter", span: Span | None = None
    ) -> bool:
        """Adds a page; `False` if it is there already.

        Args:
            path: Path inside the book.
            title: What the table of contents calls it.
            part: Index of its part.
            type: What it is.
            span: Where the table of contents names it.
        """
        path = posixpath.normpath(path)
        if path in self._seen:
            self.reporter.add("chapter-twice", span, path=path)
            return False
        if len(self.entries) >= MOST:
            return False
        self._seen.add(path)
        self.entries.append(Entry(path, title, part, type, span))
        return True

    def has(self, path: str) -> bool:
        """Whether a page was added."""
        return posixpath.normpath(path) in self._seen

    def file(self, path: str) -> SourceFile | None:
        """A file of the layout itself, such as its table of contents; what cannot be read is reported."""
        file = read_file(self.root, path, self.reporter)
        if file:
            self.files[file.path] = file
        return file

    def value(self, path: str) -> Any:
        """What a data file of the layout holds: TOML, JSON or YAML; `None` where it cannot be used, which is reported."""
        file = self.file(path)
        if file is None:
            return None
        read = {".toml": read_toml, ".json": read_json}.get(posixpath.splitext(path)[1], read_yaml)
        try:
            return read(file.data)
        except DataError as error:
            self.unreadable(file, error)
            return None

    def named(self, path: str, text: str) -> Span | None:
        """Where a file of the layout names something; `None` where it does not say it in these letters."""
        if path not in self._indexes:
            self._indexes[path] = self.files[path].lines if path in self.files else None
        index = self._indexes[path]
        at = index.data.find(text.encode()) if index else -1
        return index.span(at, at + len(text.encode())) if index and at >= 0 else None

    def unreadable(self, file: SourceFile, error: DataError) -> None:
        """Says that a file of the layout is damaged; the book is read as far as it can be without it."""
        lines = file.lines
        start = lines.line_start(error.line)
        span = lines.span(start, max(start, lines.line_start(error.line + 1) - 1))
        self.reporter.add("layout-unreadable", span, path=file.path, reason=str(error))

    def book(
        self,
        entry: BookEntry,
        changes: Sequence[Change] = (),
        *,
        on_disk: Iterable[str] = (),
        divide: Divide = lambda lines: [("", False, lines)],
    ) -> SourceBook:
        """The book.

        Args:
            entry: What is known of it.
            changes: What its dialect writes differently.
            on_disk: Paths that a missing page may be meant to be.
            divide: Divides a file that holds several chapters.
        """
        known = {entry.path for entry in self.entries}
        ids = _Ids()
        chapters: list[SourceChapter] = []
        on_disk = list(on_disk)
        for page in self.entries:
            before = len(self.reporter.items)
            file = read_file(self.root, page.path, self.reporter, page.span)
            if file is None:
                if len(self.reporter.items) == before:
                    help = did_you_mean(page.path, on_disk)
                    self.reporter.add("chapter-missing", page.span, path=page.path, help=help)
                continue
            chapters += self._chapters(file, page, known, changes, ids, divide)
        if not chapters and not self.reporter.items:
            self.reporter.add("no-chapters", None, path=self.root)
        chapters.sort(key=lambda chapter: chapter.type == "appendix")  # a file may hold both
        originals = tuple(self.files.values())
        manifest = Manifest(entry, parts=self.parts)
        return SourceBook(
            self.root, self.layout, manifest, None, tuple(chapters), tuple(self.reporter.items), originals
        )

    def _chapters(
        self, file: SourceFile, entry: Entry, known: set[str], changes: Sequence[Change], ids: "_Ids", divide: Divide
    ) -> Iterator[SourceChapter]:
        page = Page(self.root, file, self.reporter, known, self.base)
        try:
            lines = _lines(file, page)
        except DataError as error:
            self.unreadable(file, error)
            lines = []
        for name, is_appendix, chapter in divide(lines):
            changed = chapter
            for change in (*changes, titled("" if name else entry.title), *COMMON):
                changed = change(changed, page)
            data, origin = joined(changed)
            path = f"{posixpath.splitext(file.path)[0]}--{name}.md" if name else file.path
            inside = path.removeprefix(f"{self.base}/") if self.base else path
            id = ids.take(name or chapter_id(inside, with_folders=True))
            kind: Type = "appendix" if is_appendix else entry.type
            if data == file.data:
                yield SourceChapter(file, id, entry.part, kind)
                continue
            self.files |= page.originals
            yield SourceChapter(SourceFile(path, data), id, None if is_appendix else entry.part, kind, origin)


def _lines(file: SourceFile, page: Page) -> list[Line]:
    """The lines of a page.

    Raises:
        DataError: It is a notebook that cannot be read.
    """
    if file.path.endswith(".ipynb"):
        return read_notebook(file, page)
    return lines_of(file.data.decode("utf-8", "surrogateescape"), file.path)


class _Ids:
    """Ids of chapters, each given once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, id: str) -> str:
        name, number = id, 2
        while name in self._taken:
            name, number = f"{id}-{number}", number + 1
        self._taken.add(name)
        return name
