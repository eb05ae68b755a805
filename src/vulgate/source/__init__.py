"""Finds a book and reads its files."""

from importlib import import_module, metadata
from pathlib import Path
from typing import Final

from vulgate.model.codes import Reporter
from vulgate.source.book import BookEntry, Manifest, Reader, SourceBook

# The order of detection: the more a layout asks for, the earlier it comes.
READERS: Final = (
    ("vulgate.source.vulgate", "VulgateReader"),
    ("vulgate.source.folder", "FileReader"),
    ("vulgate.source.folder", "FolderReader"),
)
ENTRY_POINT: Final = "vulgate.sources"


def open_book(path: str | Path) -> SourceBook:
    """Reads the book at a path, in whatever layout a reader understands.

    Args:
        path: A book's folder, its manifest, or one Markdown file.

    Returns:
        The book's files. What is wrong with them stands in `diagnostics`; no exception is raised for it.
    """
    place = Path(path)
    if place.exists():
        for reader in _readers():
            if reader.detect(place):
                return reader.read(place)
    reporter = Reporter()
    reporter.add("book-not-found", None, path=path)
    empty = Manifest(BookEntry(title="Untitled"))
    return SourceBook(place, "none", empty, None, (), tuple(reporter.items))


def _readers() -> list[Reader]:
    """Readers of other packages come before the plain folder, which takes anything."""
    own: list[Reader] = [getattr(import_module(module), name)() for module, name in READERS]
    others: list[Reader] = [entry.load()() for entry in metadata.entry_points(group=ENTRY_POINT)]
    return [*own[:-1], *others, own[-1]]
