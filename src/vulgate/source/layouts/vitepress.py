"""VitePress and VuePress: a folder with `.vitepress/`. Its configuration is a program, which is read as text and never run.

Source: https://vitepress.dev/guide/routing
"""

import math
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vulgate.source.book import BookEntry, SourceBook
from vulgate.source.dialects.admonitions import containers
from vulgate.source.dialects.jsx import components
from vulgate.source.dialects.vitepress import files
from vulgate.source.files import exists_inside, markdown_files
from vulgate.source.layouts.assembly import Assembly
from vulgate.source.layouts.naming import title_from
from vulgate.source.layouts.tree import add_by_folder, below, in_order, one_language

FOLDERS: Final = (".vitepress", ".vuepress")
_PLACES: Final = ("", "docs", "doc", "website", "site")
_LINK: Final = re.compile(r"\blink:\s*(['\"`])(/?[^'\"`]*)\1")
_TITLE: Final = re.compile(r"^\s*title:\s*(['\"`])(.*?)\1", re.MULTILINE)
_SOURCE: Final = re.compile(r"\bsrcDir:\s*(['\"`])([^'\"`]+)\1")


class VitePressReader:
    """A folder with `.vitepress/` in it or in its `docs/`."""

    name = "vitepress"

    def detect(self, path: Path) -> bool:
        """Whether there is a configuration of VitePress."""
        return path.is_dir() and _home(path) is not None

    def read(self, path: Path) -> SourceBook:
        """Reads the pages; the links in the configuration give the order."""
        home = _home(path) or ""
        book = Assembly(path, self.name, home)
        config = "\n".join(_configurations(book, home))
        source = _SOURCE.search(config)
        if source and exists_inside(path, posixpath.join(home, source[2])):
            book.base = posixpath.normpath(posixpath.join(home, source[2])).lstrip(".").lstrip("/")
        pages = one_language(book, list(below(book.base, markdown_files(path / book.base))))
        order = _positions(book, config, pages)
        add_by_folder(book, in_order(pages, lambda path: order.get(path, math.inf)), lambda folder: "")
        title = _TITLE.search(config)
        entry = BookEntry(title=title[2] if title else title_from(path))
        return book.book(entry, (files, components, containers), on_disk=pages)


def _home(path: Path) -> str | None:
    """The folder of the pages inside a repository; `None` where nothing says VitePress."""
    return next(
        (place for place in _PLACES for folder in FOLDERS if (path / place / folder).is_dir()),
        None,
    )


def _configurations(book: Assembly, home: str) -> Iterator[str]:
    """The text of the files that may hold the configuration."""
    for folder in FOLDERS:
        place = book.root / home / folder
        found = [*place.glob("config.*"), *place.glob("config/*.*"), *place.glob("*.mts")] if place.is_dir() else []
        for file in sorted(set(found)):
            if file.suffix in (".js", ".ts", ".mjs", ".mts") and (
                read := book.file(file.relative_to(book.root).as_posix())
            ):
                yield read.data.decode("utf-8", "replace")


def _positions(book: Assembly, config: str, pages: list[str]) -> dict[str, float]:
    """Where each page and folder stands among the links of the configuration."""
    known = set(pages)
    order: dict[str, float] = {}
    for at, match in enumerate(_LINK.finditer(config)):
        name = posixpath.join(book.base, match[2].strip("/").partition("#")[0].removesuffix(".html"))
        path = next((path for path in (f"{name}.md", posixpath.join(name, "index.md"), name) if path in known), None)
        if path:
            order.setdefault(path, at)
            while path := posixpath.dirname(path):
                order.setdefault(path, at)
    return order
