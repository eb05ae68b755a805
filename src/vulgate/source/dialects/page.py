"""What a change of dialect knows of the page that it changes."""

import posixpath
from collections.abc import Callable, Iterable
from pathlib import Path

from vulgate.model.codes import Reporter
from vulgate.model.spans import LineIndex, Span
from vulgate.source.book import SourceFile
from vulgate.source.files import read_file
from vulgate.source.origins import Line


class Page:
    """A page on its way into our source format.

    Args:
        root: The book's folder.
        file: The page as it lies on disk.
        reporter: Takes what there is to say.
        known: Paths of all pages of the book.
        base: Folder of the pages, to which a link that begins with `/` is relative.
    """

    def __init__(
        self, root: Path, file: SourceFile, reporter: Reporter, known: Iterable[str] = (), base: str = ""
    ) -> None:
        self.root = root
        self.file = file
        self.reporter = reporter
        self.known = known if isinstance(known, (set, frozenset, dict)) else frozenset(known)
        self.base = base
        self.originals = {file.path: file}
        self._indexes: dict[str, LineIndex] = {}

    @property
    def path(self) -> str:
        """Path of the page inside the book."""
        return self.file.path

    @property
    def folder(self) -> str:
        """Folder of the page inside the book."""
        return posixpath.dirname(self.file.path)

    def read(self, path: str, line: Line) -> SourceFile | None:
        """A file that a line asks for; what is not there or not inside the book is reported.

        Args:
            path: Path inside the book.
            line: The line.
        """
        path = posixpath.normpath(path)
        if path not in self.originals:
            before = len(self.reporter.items)
            file = read_file(self.root, path, self.reporter, self.at(line))
            if file is None:
                if len(self.reporter.items) == before:
                    self.reporter.add("include-missing", self.at(line), path=path)
                return None
            self.originals[path] = file
        return self.originals[path]

    def at(self, line: Line) -> Span | None:
        """The place of a line on disk."""
        if line.file not in self._indexes:
            if line.file not in self.originals:
                return None
            self._indexes[line.file] = self.originals[line.file].lines
        index = self._indexes[line.file]
        start, end = index.line_start(line.number), index.line_start(line.number + 1)
        raw = index.data[start:end]
        return index.span(end - len(raw.lstrip()), start + len(raw.rstrip())) if raw.strip() else index.span(start, end)

    def left_out(self, line: Line, what: str) -> None:
        """Says that something has no counterpart in our source format."""
        self.reporter.add("left-out", self.at(line), what=what)


Change = Callable[[list[Line], Page], list[Line]]
"""A change of dialect: the lines of a page before, and after."""
