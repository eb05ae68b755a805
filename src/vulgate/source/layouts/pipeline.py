"""The sources of the compiler that came before this one: chapters with plain headings, and maybe a `config/book.yaml`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from vulgate.source.book import BookEntry, SourceBook
from vulgate.source.data import items, table, text
from vulgate.source.dialects.plain_headings import divided, plain_headings
from vulgate.source.files import exists_inside, markdown_files
from vulgate.source.layouts.assembly import Assembly, find_config
from vulgate.source.layouts.naming import title_from
from vulgate.source.rescue.outline import Marker, first_words, marker

CONFIGS: Final = ("config/book.yaml", "config/book.yml")
_MARK: Final = b"<!-- SSM:"
_HEAD: Final = 400
_NAMES: Final = ("file", "path", "source", "src")


class PipelineReader:
    """A folder with a `config/book.yaml`, or whose pages begin with comments for the old compiler."""

    name = "pipeline"

    def detect(self, path: Path) -> bool:
        """Whether the old compiler has read this folder."""
        if not path.is_dir():
            return False
        return bool(find_config(path, CONFIGS)) or any(map(_is_marked, sorted(path.glob("*.md"))[:3]))

    def read(self, path: Path) -> SourceBook:
        """Reads the chapters."""
        book = Assembly(path, self.name)
        on_disk = list(markdown_files(path))
        name = find_config(path, CONFIGS)
        config = table(book.value(name)) if name else {}
        about = table(config.get("book")) or config
        for part in map(table, items(about.get("parts"))):
            index = book.part(text(part.get("title")) or text(part.get("name")))
            for chapter, title in _chapters(part.get("chapters"), path):
                book.page(chapter, title, index)
        for chapter, title in _chapters(about.get("chapters"), path):
            book.page(chapter, title)
        if not book.entries:
            for page in on_disk:
                book.page(page)
        heads = {first_words(head.title) for page in book.entries if (head := _head(path, page.path))}
        entry = BookEntry(title=text(about.get("title")) or title_from(path))
        return book.book(entry, (plain_headings,), on_disk=on_disk, divide=lambda lines: divided(lines, heads))


def _chapters(value: Any, root: Path) -> Iterator[tuple[str, str]]:
    """Path and title of each chapter that the configuration names."""
    for item in items(value):
        entry = table(item)
        path = item if isinstance(item, str) else next((text(entry[key]) for key in _NAMES if text(entry.get(key))), "")
        if path:
            places = (path, f"chapters/{path}", f"source/{path}", f"{path}.md", f"chapters/{path}.md")
            yield next((place for place in places if exists_inside(root, place)), path), text(entry.get("title"))


def _head(root: Path, path: str) -> Marker | None:
    """The chapter with which a file begins."""
    if not exists_inside(root, path):
        return None
    try:
        with (root / path).open("rb") as stream:
            lines = stream.read(_HEAD).decode("utf-8", "replace").splitlines()[:5]
    except OSError:
        return None
    return next((head for line in lines if (head := marker(line.strip()))), None)


def _is_marked(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return _MARK in stream.read(_HEAD)
    except OSError:
        return False
