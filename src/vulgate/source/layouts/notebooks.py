"""Notebooks without a table of contents: one, or a folder that holds notebooks and maybe pages."""

from pathlib import Path

from vulgate.source.book import BookEntry, SourceBook
from vulgate.source.files import markdown_files
from vulgate.source.layouts.assembly import Assembly
from vulgate.source.layouts.naming import title_from


class NotebookReader:
    """A `.ipynb` file, or a folder with such files."""

    name = "notebooks"

    def detect(self, path: Path) -> bool:
        """Whether there are notebooks."""
        if path.is_file():
            return path.suffix == ".ipynb"
        return path.is_dir() and next(iter(markdown_files(path, (".ipynb",))), None) is not None

    def read(self, path: Path) -> SourceBook:
        """Reads the notebooks and the pages between them, in the order of their names."""
        root = path.parent if path.is_file() else path
        book = Assembly(root, self.name)
        for page in [path.name] if path.is_file() else markdown_files(path, (".md", ".ipynb")):
            book.page(page)
        title = title_from(path.stem if path.is_file() else path)
        return book.book(BookEntry(title=title))
