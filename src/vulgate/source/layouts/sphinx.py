"""MyST, Jupyter Book, and Sphinx with MyST: `myst.yml`, `_toc.yml`, or the `toctree`s below the first page.

Sources: https://mystmd.org/guide/table-of-contents, https://jupyterbook.org/v1/structure/configure.html,
https://www.sphinx-doc.org/en/master/usage/restructuredtext/directives.html#directive-toctree
"""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from vulgate.model.spans import Span
from vulgate.source.book import BookEntry, SourceBook
from vulgate.source.data import items, table, text
from vulgate.source.dialects.attributes import attributes
from vulgate.source.dialects.myst import Target, collect_targets, directives, targets
from vulgate.source.files import exists_inside, markdown_files
from vulgate.source.layouts.assembly import Assembly, Type
from vulgate.source.layouts.naming import title_from
from vulgate.source.origins import lines_of

ENDINGS: Final = (".md", ".ipynb", ".myst.md", ".markdown")
_PLACES: Final = ("", "docs", "doc", "docs/source", "doc/source", "source", "book")
_TOC: Final = "_toc.yml"
_MYST: Final = "myst.yml"
_CONF: Final = "conf.py"
_TREE: Final = re.compile(
    r"^[ \t]*(?P<marks>`{3,}|~{3,}|:{3,})\{toctree\}[^\n]*\n(?P<body>.*?)^[ \t]*(?P=marks)", re.MULTILINE | re.DOTALL
)
_PROJECT: Final = re.compile(r"^project\s*=\s*(['\"])(.*?)\1", re.MULTILINE)
_ENTRY: Final = re.compile(r"(?P<title>.*?)\s*<(?P<path>[^<>]+)>$")
_MOST_DEEP: Final = 20


class SphinxReader:
    """A folder with a `myst.yml`, a `_toc.yml`, or a `conf.py` beside pages in Markdown; or one of those files."""

    name = "myst"

    def detect(self, path: Path) -> bool:
        """Whether there is a table of contents of MyST, Jupyter Book or Sphinx."""
        if path.is_file():
            return path.name in (_TOC, _MYST)
        return path.is_dir() and _home(path) is not None

    def read(self, path: Path) -> SourceBook:
        """Reads the table of contents and its pages."""
        root = path.parent if path.is_file() else path
        home = _home(root) or ""
        book = Assembly(root, self.name, home)
        on_disk = [posixpath.join(home, page) for page in markdown_files(root / home, (".md", ".ipynb"))]
        title, authors = "", []
        if (root / home / _MYST).is_file():
            config = table(book.value(posixpath.join(home, _MYST)))
            project = table(config.get("project"))
            title = text(project.get("title")) or text(table(config.get("site")).get("title"))
            authors = [text(table(item).get("name")) or text(item) for item in items(project.get("authors"))]
            _Toc(book, posixpath.join(home, _MYST), on_disk).read(items(project.get("toc")))
        elif (root / home / _TOC).is_file():
            _Toc(book, posixpath.join(home, _TOC), on_disk).read_book(book.value(posixpath.join(home, _TOC)))
            config = (
                table(book.value(posixpath.join(home, "_config.yml")))
                if (root / home / "_config.yml").is_file()
                else {}
            )
            title, authors = text(config.get("title")), [text(config.get("author"))]
        else:
            conf = book.file(posixpath.join(home, _CONF))
            named = _PROJECT.search(conf.data.decode("utf-8", "replace")) if conf else None
            title = named[2] if named else ""
            _Trees(book, on_disk).read()
        if not book.entries:
            for page in on_disk:
                book.page(page)
        entry = BookEntry(title=title or title_from(root), authors=[author for author in authors if author])
        known = _targets(book)
        return book.book(entry, (directives, targets(known), attributes), on_disk=on_disk)


def _home(path: Path) -> str | None:
    """The folder of the pages inside a repository; `None` where nothing says MyST or Sphinx."""
    for place in _PLACES:
        folder = path / place
        if (folder / _TOC).is_file() or (folder / _MYST).is_file():
            return place
        if (folder / _CONF).is_file() and any((folder / f"index{ending}").is_file() for ending in (".md", ".myst")):
            return place
    return None


def _targets(book: Assembly) -> dict[str, Target]:
    """The targets of all pages."""
    found: dict[str, Target] = {}
    for entry in book.entries:
        try:
            data = (book.root / entry.path).read_bytes() if entry.path.endswith(".md") else b""
        except OSError:
            continue
        if b")=" in data and exists_inside(book.root, entry.path):
            found |= collect_targets(lines_of(data.decode("utf-8", "replace"), entry.path), entry.path)
    return found


class _Pages:
    """Finds the files that a table of contents names without an ending."""

    def __init__(self, book: Assembly, on_disk: list[str]) -> None:
        self.book = book
        self.on_disk = on_disk
        self.known = set(on_disk)

    def find(self, name: str, folder: str) -> str:
        """The path of a page; with the ending `.md` where there is none."""
        path = posixpath.normpath(posixpath.join(self.book.base if name.startswith("/") else folder, name.lstrip("/")))
        if path in self.known:
            return path
        return next(
            (path + ending for ending in ENDINGS if path + ending in self.known),
            path if "." in posixpath.basename(path) else f"{path}.md",
        )

    def add(
        self, name: str, folder: str, title: str, part: int | None, type: Type = "chapter", span: Span | None = None
    ) -> str:
        """Adds a page; its path."""
        path = self.find(name, folder)
        if path.endswith(".rst") or (
            exists_inside(self.book.root, f"{path.removesuffix('.md')}.rst") and path not in self.known
        ):
            self.book.reporter.add("left-out", span, what=f"`{path.removesuffix('.md')}`, which is no Markdown")
        elif not self.book.has(path):
            self.book.page(path, title, part, type, span)
        return path


class _Toc:
    def __init__(self, book: Assembly, path: str, on_disk: list[str]) -> None:
        self.book = book
        self.pages = _Pages(book, on_disk)
        self.path = path

    def read(self, toc: list[Any]) -> None:
        """The `toc` of a `myst.yml`."""
        for item in map(table, toc):
            children = item.get("children")
            has_part = isinstance(children, list) and not text(item.get("file")) and text(item.get("title"))
            part = self.book.part(text(item.get("title"))) if has_part else None
            self._item(item, part, 0)

    def read_book(self, value: Any) -> None:
        """A `_toc.yml` of Jupyter Book, of either format."""
        if isinstance(value, list):  # before format `jb-book`
            for item in map(table, value):
                part = self.book.part(text(item.get("part"))) if text(item.get("part")) else None
                self._item(item, part, 0)
            return
        toc = table(value)
        if root := text(toc.get("root")):
            self.pages.add(root, self.book.base, "", None, "front", self.book.named(self.path, root))
        for item in map(table, items(toc.get("parts"))):
            part = self.book.part(text(item.get("caption"))) if text(item.get("caption")) else None
            self._items(item, part, 0)
        self._items(toc, None, 0)

    def _items(self, item: dict[str, Any], part: int | None, depth: int) -> None:
        for key in ("chapters", "sections", "children", "entries"):
            for inner in items(item.get(key)) if depth < _MOST_DEEP else []:
                self._item(table(inner), part, depth + 1)

    def _item(self, item: dict[str, Any], part: int | None, depth: int) -> None:
        name = text(item.get("file"))
        if name:
            self.pages.add(
                name, self.book.base, text(item.get("title")), part, "chapter", self.book.named(self.path, name)
            )
        elif pattern := text(item.get("glob")) or text(item.get("pattern")):
            for path in self.pages.on_disk:
                if fnmatchcase(path, posixpath.join(self.book.base, pattern)) and not self.book.has(path):
                    self.book.page(path, "", part, "chapter", self.book.named(self.path, pattern))
        elif url := text(item.get("url")):
            self.book.reporter.add(
                "left-out", self.book.named(self.path, url), what=f"the link to `{url}` in the table of contents"
            )
        self._items(item, part, depth)


class _Trees:
    """The pages in the order of their `toctree`s, beginning with the first page."""

    def __init__(self, book: Assembly, on_disk: list[str]) -> None:
        self.book = book
        self.pages = _Pages(book, on_disk)

    def read(self) -> None:
        root = self.pages.find("index", self.book.base)
        self.book.page(root, "", None, "front")
        self._page(root, None, 0)
        for path in self.pages.on_disk:
            if not self.book.has(path):
                self.book.reporter.add("chapter-unlisted", None, path=path)

    def _page(self, path: str, part: int | None, depth: int) -> None:
        if depth > _MOST_DEEP or not exists_inside(self.book.root, path):
            return
        try:
            source = (self.book.root / path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return
        for match in _TREE.finditer(source.replace("\r\n", "\n")):
            options = dict(re.findall(r"^[ \t]*:([\w-]+):[ \t]*(.*?)[ \t]*$", match["body"], re.MULTILINE))
            options |= dict(re.findall(r"^([\w-]+):[ \t]*(.*?)[ \t]*$", match["body"], re.MULTILINE))
            inside = self.book.part(options["caption"]) if options.get("caption") and depth == 0 else part
            for name, title in _entries(match["body"]):
                for found in self._named(name, posixpath.dirname(path), is_pattern="glob" in options):
                    is_new = not self.book.has(self.pages.find(found, posixpath.dirname(path)))
                    added = self.pages.add(found, posixpath.dirname(path), title, inside)
                    if is_new:
                        self._page(added, inside, depth + 1)

    def _named(self, name: str, folder: str, *, is_pattern: bool) -> list[str]:
        if not is_pattern or "*" not in name:
            return [name]
        pattern = posixpath.normpath(posixpath.join(folder, name))
        return [
            f"/{path[len(self.book.base) + 1 :] if self.book.base else path}"
            for path in self.pages.on_disk
            if fnmatchcase(path.rpartition(".")[0], pattern)
        ]


def _entries(body: str) -> Iterator[tuple[str, str]]:
    """Path and title of each entry of a `toctree`."""
    is_option = body.lstrip().startswith("---")
    for line in map(str.strip, body.splitlines()):
        if line == "---":
            is_option = not is_option
            continue
        if not line or line.startswith(":") or "://" in line or line == "self" or (is_option and ":" in line):
            continue
        match = _ENTRY.match(line)
        yield (match["path"], match["title"]) if match else (line, "")
