"""Finds a book and reads its files."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from vulgate.model.codes import Reporter
from vulgate.plugins import load_plugins
from vulgate.source.book import BookEntry, Manifest, Reader, SourceBook
from vulgate.source.folder import FolderReader

# The order of detection. Then come the readers of other packages, and last the plain folder, which takes anything.
READERS: Final = (
    ("vulgate.source.vulgate", "VulgateReader"),
    ("vulgate.source.layouts.mdbook", "MdBookReader"),
    ("vulgate.source.layouts.mkdocs", "MkDocsReader"),
    ("vulgate.source.layouts.docusaurus", "DocusaurusReader"),
    ("vulgate.source.layouts.vitepress", "VitePressReader"),
    ("vulgate.source.layouts.quarto", "QuartoReader"),
    ("vulgate.source.layouts.sphinx", "SphinxReader"),
    ("vulgate.source.layouts.pipeline", "PipelineReader"),
    ("vulgate.source.layouts.notebooks", "NotebookReader"),
    ("vulgate.source.rescue.reader", "OldEditionReader"),
    ("vulgate.source.folder", "FileReader"),
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
    if _exists(place):
        reader = next((reader for reader in _own_readers() if reader.detect(place)), None)
        reader = reader or next((reader for reader in _other_readers() if reader.detect(place)), FolderReader())
        if reader.detect(place):
            return reader.read(place)
    reporter = Reporter()
    reporter.add("book-not-found", None, path=path)
    empty = Manifest(BookEntry(title="Untitled"))
    return SourceBook(place, "none", empty, None, (), tuple(reporter.items))


def _exists(place: Path) -> bool:
    """Whether there is something at a path; a path that the system refuses leads nowhere."""
    try:
        return place.exists()
    except OSError:
        return False


def _own_readers() -> Iterator[Reader]:
    for module, name in READERS:
        yield getattr(import_module(module), name)()


def _other_readers() -> list[Reader]:
    """The readers of other packages; they come before the plain folder, which takes anything."""
    return [plugin() for plugin in load_plugins(ENTRY_POINT).values()]
