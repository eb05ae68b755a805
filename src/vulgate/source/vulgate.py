"""Our own layout: a `vulgate.toml` and the chapters that it lists."""

from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from vulgate.model.codes import Reporter
from vulgate.model.suggest import did_you_mean
from vulgate.source.book import BookEntry, Manifest, SourceBook, SourceChapter, SourceFile
from vulgate.source.files import chapter_id, markdown_files, read_file
from vulgate.source.manifest import NAME, Key, ManifestReader


class VulgateReader:
    """A folder with a manifest, or the manifest itself."""

    name = "vulgate"

    def detect(self, path: Path) -> bool:
        """Whether there is a manifest."""
        return path.name == NAME if path.is_file() else (path / NAME).is_file()

    def read(self, path: Path) -> SourceBook:
        """Reads the manifest and its chapters."""
        root = path.parent if path.is_file() else path
        reporter = Reporter()
        file = read_file(root, NAME, reporter)
        if file is None:
            return SourceBook(root, self.name, Manifest(BookEntry(title="Untitled")), None, (), tuple(reporter.items))
        reader = ManifestReader(file, reporter)
        manifest = reader.read()
        if manifest is None:
            empty = Manifest(BookEntry(title="Untitled"))
            return SourceBook(root, self.name, empty, file, (), tuple(reporter.items))
        chapters = _Chapters(root, reader, reporter).collect(manifest)
        return SourceBook(root, self.name, manifest, file, tuple(chapters), tuple(reporter.items))


class _Chapters:
    def __init__(self, root: Path, reader: ManifestReader, reporter: Reporter) -> None:
        self.root = root
        self.reader = reader
        self.reporter = reporter
        self.seen: set[str] = set()
        self.on_disk = list(markdown_files(root))

    def collect(self, manifest: Manifest) -> list[SourceChapter]:
        chapters = self._entries(manifest.book.front, ("book", "front"), None, "front")
        chapters += self._entries(manifest.book.chapters, ("book", "chapters"), None, "chapter")
        for index, part in enumerate(manifest.parts):
            kind: Literal["appendix", "chapter"] = "appendix" if part.appendix else "chapter"
            chapters += self._entries(part.chapters, ("parts", index, "chapters"), index, kind)
        if not chapters and not self.reporter.items:
            self.reporter.add("no-chapters", self.reader.span(("book",)), path=NAME)
        self._report_unlisted(manifest.book.ignore)
        return chapters

    def _entries(
        self, paths: list[str], key: Key, part: int | None, type_: Literal["front", "chapter", "appendix"]
    ) -> list[SourceChapter]:
        found = ((path, self._read(path, key)) for path in paths)
        return [SourceChapter(file, chapter_id(path), part, type_) for path, file in found if file]

    def _read(self, path: str, key: Key) -> SourceFile | None:
        span = self.reader.value_span(key, path)
        before = len(self.reporter.items)
        file = read_file(self.root, path, self.reporter, span)
        if file is None:
            self.seen.add(path)
            if len(self.reporter.items) == before:
                self.reporter.add("chapter-missing", span, path=path, help=did_you_mean(path, self.on_disk))
            return None
        if file.path in self.seen:
            self.reporter.add("chapter-twice", span, path=path)
            return None
        self.seen.add(file.path)
        return file

    def _report_unlisted(self, ignored: list[str]) -> None:
        for path in self.on_disk:
            if path not in self.seen and not any(fnmatch(path, pattern) for pattern in ignored):
                self.reporter.add("chapter-unlisted", self.reader.span(("book",)), path=path)
