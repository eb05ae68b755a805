"""mdBook: `book.toml`, and a `SUMMARY.md` that lists the chapters.

Source: https://rust-lang.github.io/mdBook/format/summary.html
"""

import posixpath
import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from vulgate.source.book import BookEntry, SourceBook, SourceFile
from vulgate.source.data import table, text, texts
from vulgate.source.dialects.mdbook import helpers
from vulgate.source.files import exists_inside, markdown_files
from vulgate.source.layouts.assembly import Assembly, Type
from vulgate.source.layouts.naming import title_from

CONFIG: Final = "book.toml"
SUMMARY: Final = "SUMMARY.md"
_ENTRY: Final = re.compile(
    r"(?P<lead>[ \t]*)(?P<item>[-*+][ \t]+)?\[(?P<title>.*?)\]\(\s*<?(?P<path>[^)>]*?)>?\s*(?:\"[^\"]*\")?\)\s*$"
)
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*$")


class MdBookReader:
    """A folder with a `book.toml` and a `SUMMARY.md`, or with a `SUMMARY.md` alone."""

    name = "mdbook"

    def detect(self, path: Path) -> bool:
        """Whether there is a table of contents as mdBook writes it."""
        if path.is_file():
            return path.name == CONFIG
        return (path / CONFIG).is_file() or any((path / folder / SUMMARY).is_file() for folder in ("src", ""))

    def read(self, path: Path) -> SourceBook:
        """Reads the table of contents and its chapters."""
        root = path.parent if path.is_file() else path
        book = Assembly(root, self.name)
        about = table(table(book.value(CONFIG) if (root / CONFIG).is_file() else None).get("book"))
        book.base = _source(root, text(about.get("src")))
        summary = book.file(posixpath.join(book.base, SUMMARY))
        on_disk = list(markdown_files(root / book.base))
        if summary:
            _Summary(book, summary).read()
        else:
            for page in on_disk:
                book.page(posixpath.join(book.base, page))
        entry = BookEntry(
            title=text(about.get("title")) or title_from(root),
            description=text(about.get("description")),
            authors=texts(about.get("authors", [])),
            language=text(about.get("language")) or "en",
        )
        return book.book(entry, (helpers,), on_disk=[posixpath.join(book.base, page) for page in on_disk])


def _source(root: Path, named: str) -> str:
    """The folder of the pages: the one that is named, else `src`; the book's own where only that has the table of contents."""
    source = named if named and exists_inside(root, named) else "src"
    return "" if not (root / source / SUMMARY).is_file() and (root / SUMMARY).is_file() else source


class _Summary:
    def __init__(self, book: Assembly, file: SourceFile) -> None:
        self.book = book
        self.file = file
        self.part: int | None = None
        self.is_first = True
        self.has_items = False

    def read(self) -> None:
        lines = self.file.lines
        for number, raw in enumerate(self.file.data.splitlines(), 1):
            line = raw.decode("utf-8", "replace")
            start = lines.line_start(number)
            self._line(line, start, start + len(raw))

    def _line(self, line: str, start: int, end: int) -> None:
        span = self.file.lines.span(start, end) if line.strip() else None
        if heading := _HEADING.match(line):
            if not (self.is_first and heading["title"].lower() in ("summary", "table of contents", "contents")):
                self.part = self.book.part(heading["title"])
            self.is_first = False
            return
        entry = _ENTRY.match(line)
        if entry is None:
            return
        self.is_first = False
        path = unquote(entry["path"].partition("#")[0])
        if not path:
            self.book.reporter.add("left-out", span, what=f"the draft “{entry['title']}”, which has no file")
            return
        if re.match(r"[a-z+]+://", path):
            self.book.reporter.add("left-out", span, what=f"the link to `{path}` in the table of contents")
            return
        kind: Type = "chapter"
        part = self.part
        if not entry["item"]:
            kind = "appendix" if self.has_items else "front"
            part = None
        self.has_items = self.has_items or bool(entry["item"])
        self.book.page(posixpath.join(self.book.base, path), _plain(entry["title"]), part, kind, span)


def _plain(title: str) -> str:
    return title.replace("\\", "").strip()
