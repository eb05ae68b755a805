"""MkDocs and Material for MkDocs: `mkdocs.yml` with `nav`, or the order of files and `.pages`.

Sources: https://www.mkdocs.org/user-guide/writing-your-docs/, https://github.com/lukasgeiter/mkdocs-awesome-pages-plugin
"""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from vulgate.source.book import BookEntry, SourceBook
from vulgate.source.data import items, table, text
from vulgate.source.dialects.admonitions import marked
from vulgate.source.dialects.attributes import attributes
from vulgate.source.dialects.snippets import snippets
from vulgate.source.dialects.tabs import tabs
from vulgate.source.files import exists_inside, markdown_files
from vulgate.source.layouts.assembly import Assembly, find_config
from vulgate.source.layouts.naming import title_from

CONFIGS: Final = ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", "zensical.yml")
_MOST_DEEP: Final = 20


class MkDocsReader:
    """A folder with an `mkdocs.yml`, or that file."""

    name = "mkdocs"

    def detect(self, path: Path) -> bool:
        """Whether there is an `mkdocs.yml`."""
        return bool(find_config(path, CONFIGS))

    def read(self, path: Path) -> SourceBook:
        """Reads the navigation and its pages."""
        root = path.parent if path.is_file() else path
        name = find_config(path, CONFIGS)
        book = Assembly(root, self.name)
        config = table(book.value(name))
        folder = text(config.get("docs_dir")) or "docs"
        book.base = folder if folder != "." and exists_inside(root, folder) else ""
        on_disk = [posixpath.join(book.base, page) for page in markdown_files(root / book.base)]
        if isinstance(config.get("nav"), list):
            _Nav(book, name).read(config["nav"])
            _tell_unlisted(book, name, on_disk)
        else:
            _Tree(book).read(on_disk)
        entry = BookEntry(
            title=text(config.get("site_name")) or title_from(root),
            description=" ".join(text(config.get("site_description")).split()),
            authors=[author] if (author := text(config.get("site_author"))) else [],
        )
        changes = (snippets([*_snippet_folders(config), "", book.base]), tabs, marked, attributes)
        return book.book(entry, changes, on_disk=on_disk)


def _snippet_folders(config: dict[str, Any]) -> Iterator[str]:
    for extension in items(config.get("markdown_extensions")):
        for name, options in table(extension).items():
            if name == "pymdownx.snippets":
                paths = table(options).get("base_path")
                yield from (item for item in (paths if isinstance(paths, list) else [paths]) if isinstance(item, str))


def _tell_unlisted(book: Assembly, name: str, on_disk: list[str]) -> None:
    for path in on_disk:
        if not book.has(path):
            book.reporter.add("chapter-unlisted", book.named(name, ""), path=path)


class _Nav:
    def __init__(self, book: Assembly, name: str) -> None:
        self.book = book
        self.name = name

    def read(self, nav: list[Any]) -> None:
        for item in nav:
            sections = [value for value in table(item).values() if isinstance(value, list)]
            part = self.book.part(next(iter(table(item)))) if sections else None
            self._item(item, part, 0)

    def _item(self, item: Any, part: int | None, depth: int) -> None:
        if isinstance(item, str):
            self._page(item, "", part)
        for title, value in table(item).items():
            if isinstance(value, str):
                self._page(value, title, part)
            elif isinstance(value, list) and depth < _MOST_DEEP:
                for inner in value:
                    self._item(inner, part, depth + 1)

    def _page(self, path: str, title: str, part: int | None) -> None:
        span = self.book.named(self.name, path)
        if (
            "://" in path
            or path.startswith(("mailto:", "#"))
            or (not path.endswith((".md", ".markdown")) and "*" not in path)
        ):
            if path.endswith("/") and (inside := sorted(self._below(path))):
                for page in inside:
                    self.book.page(page, "", part, span=span)
                return
            self.book.reporter.add("left-out", span, what=f"`{path}` in the navigation")
        elif "*" in path:
            for page in self._below(path.partition("*")[0]):
                if not self.book.has(page):
                    self.book.page(page, "", part, span=span)
        else:
            self.book.page(posixpath.join(self.book.base, path.lstrip("/")), title, part, span=span)

    def _below(self, folder: str) -> list[str]:
        full = posixpath.join(self.book.base, folder)
        if not exists_inside(self.book.root, full):
            return []
        return [posixpath.join(full, page) for page in markdown_files(self.book.root / full)]


class _Tree:
    """Without a navigation, the folders are the parts; `.pages` may give titles and an order."""

    def __init__(self, book: Assembly) -> None:
        self.book = book

    def read(self, on_disk: list[str]) -> None:
        base = self.book.base
        top = [path for path in on_disk if "/" not in self._inside(path)]
        folders = dict.fromkeys(self._inside(path).split("/")[0] for path in on_disk if path not in top)
        pages = {
            folder: [path for path in on_disk if self._inside(path).startswith(f"{folder}/")] for folder in folders
        }
        names = self._ordered(base, [*(self._inside(path) for path in top), *folders])
        for name in names:
            if name in pages:
                title, inside = self._titled(posixpath.join(base, name))
                part = self.book.part(title or title_from(name))
                order = {
                    path: at for at, path in enumerate(self._ordered_pages(posixpath.join(base, name), pages[name]))
                }
                for path in sorted(pages[name], key=lambda path: order.get(path, len(order))):
                    self.book.page(path, inside.get(path, ""), part)
            else:
                self.book.page(posixpath.join(base, name))

    def _inside(self, path: str) -> str:
        return path[len(self.book.base) + 1 :] if self.book.base else path

    def _pages_file(self, folder: str) -> dict[str, Any]:
        path = posixpath.join(folder, ".pages")
        return table(self.book.value(path)) if exists_inside(self.book.root, path) else {}

    def _titled(self, folder: str) -> tuple[str, dict[str, str]]:
        pages = self._pages_file(folder)
        titles = {
            posixpath.join(folder, value): title
            for item in items(pages.get("nav"))
            for title, value in table(item).items()
            if isinstance(value, str)
        }
        return text(pages.get("title")), titles

    def _named(self, folder: str) -> list[str]:
        pages = self._pages_file(folder)
        named = items(pages.get("nav")) or items(pages.get("arrange"))
        return [
            value
            for item in named
            for value in ([item] if isinstance(item, str) else table(item).values())
            if isinstance(value, str)
        ]

    def _ordered(self, folder: str, names: list[str]) -> list[str]:
        named = [name for name in self._named(folder) if name in names]
        return list(dict.fromkeys([*named, *names]))

    def _ordered_pages(self, folder: str, paths: list[str]) -> list[str]:
        named = [posixpath.join(folder, name) for name in self._named(folder)]
        first = [path for name in named for path in paths if path == name or path.startswith(f"{name}/")]
        return list(dict.fromkeys([*first, *paths]))
