"""Quarto: `_quarto.yml` with the chapters of a book or the contents of a site's sidebar.

Source: https://quarto.org/docs/books/book-structure.html
"""

import posixpath
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from vulgate.source.book import BookEntry, SourceBook
from vulgate.source.data import table, text
from vulgate.source.dialects.attributes import attributes
from vulgate.source.dialects.quarto import Target, collect_sections, cross_references, divs, includes
from vulgate.source.files import exists_inside, markdown_files
from vulgate.source.layouts.assembly import Assembly, Type
from vulgate.source.layouts.naming import title_from
from vulgate.source.origins import lines_of

CONFIG: Final = "_quarto.yml"
_ENDINGS: Final = (".qmd", ".md", ".ipynb", ".Rmd")
_MOST_DEEP: Final = 20


class QuartoReader:
    """A folder with a `_quarto.yml`, that file, or one `.qmd` file."""

    name = "quarto"

    def detect(self, path: Path) -> bool:
        """Whether there is a `_quarto.yml`."""
        return path.name == CONFIG or path.suffix == ".qmd" if path.is_file() else (path / CONFIG).is_file()

    def read(self, path: Path) -> SourceBook:
        """Reads the chapters."""
        root = path.parent if path.is_file() else path
        book = Assembly(root, self.name)
        if path.suffix == ".qmd":
            book.page(path.name)
            return self._book(book, BookEntry(title=title_from(path.stem)), [path.name])
        config = table(book.value(CONFIG))
        on_disk = [path for path in markdown_files(root, _ENDINGS) if not posixpath.basename(path).startswith("_")]
        about, site = table(config.get("book")), table(config.get("website"))
        contents = _Contents(book, on_disk)
        contents.read(about.get("chapters"), None, "chapter")
        if about.get("appendices"):
            contents.read(about.get("appendices"), book.part("Appendices", appendix=True), "appendix")
        sidebars = site.get("sidebar")
        for sidebar in sidebars if isinstance(sidebars, list) else [sidebars]:
            contents.read(table(sidebar).get("contents"), None, "chapter")
        if not book.entries:
            for page in on_disk:
                book.page(page)
        authors = about.get("author")
        entry = BookEntry(
            title=text(about.get("title")) or text(site.get("title")) or text(config.get("title")) or title_from(root),
            description=" ".join(text(about.get("description")).split()),
            language=text(config.get("lang")) or "en",
            authors=[
                name
                for author in (authors if isinstance(authors, list) else [authors])
                if (name := text(author) or text(table(author).get("name")))
            ],
        )
        return self._book(book, entry, on_disk)

    @staticmethod
    def _book(book: Assembly, entry: BookEntry, on_disk: list[str]) -> SourceBook:
        known: dict[str, Target] = {}
        for page in book.entries:
            if page.path.endswith(".ipynb") or not exists_inside(book.root, page.path):
                continue
            try:
                data = (book.root / page.path).read_bytes()
            except OSError:
                continue
            known |= collect_sections(lines_of(data.decode("utf-8", "replace"), page.path), page.path)
        return book.book(entry, (includes, divs, cross_references(known), attributes), on_disk=on_disk)


class _Contents:
    def __init__(self, book: Assembly, on_disk: list[str]) -> None:
        self.book = book
        self.on_disk = on_disk

    def read(self, items: Any, part: int | None, type: Type, depth: int = 0) -> None:
        """Chapters and parts, as Quarto nests them."""
        for item in items if isinstance(items, list) else [items] if isinstance(items, str) else []:
            if isinstance(item, str):
                self._page(item, "", part, type)
                continue
            entry = table(item)
            named = text(entry.get("href")) or text(entry.get("file"))
            if named:
                self._page(named, text(entry.get("text")), part, type)
            heading = text(entry.get("part")) or text(entry.get("section"))
            inner = entry.get("chapters") or entry.get("contents")
            if heading.endswith(_ENDINGS):  # a part may be a page, whose title is the part's
                self._page(heading, "", part, type)
            elif heading:
                part = self.book.part(heading, appendix=type == "appendix")
            if inner and depth < _MOST_DEEP:
                self.read(inner, part, type, depth + 1)

    def _page(self, path: str, title: str, part: int | None, type: Type) -> None:
        if not path or path.startswith("---"):
            return
        span = self.book.named(CONFIG, path)
        if "*" in path or path == "auto":
            for found in self.on_disk:
                if (path == "auto" or fnmatchcase(found, path)) and not self.book.has(found):
                    self.book.page(found, "", part, type, span)
        elif "://" in path or not path.endswith(_ENDINGS):
            self.book.reporter.add("left-out", span, what=f"`{path}` in the table of contents")
        else:
            self.book.page(path.lstrip("/"), title, part, type, span)
