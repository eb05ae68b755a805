"""Plain Markdown without a manifest: a folder of `.md` files, or one file."""

from pathlib import Path

from vulgate.model.codes import Reporter
from vulgate.source.book import BookEntry, Manifest, SourceBook, SourceChapter
from vulgate.source.files import chapter_id, markdown_files, read_file


class FolderReader:
    """Every `.md` file below a folder is a chapter, in the order of the file names."""

    name = "folder"

    def detect(self, path: Path) -> bool:
        """Any folder will do."""
        return path.is_dir()

    def read(self, path: Path) -> SourceBook:
        """Reads the folder."""
        reporter = Reporter(lenient=True)
        chapters = [
            SourceChapter(file, chapter_id(relative, with_folders=True))
            for relative in markdown_files(path)
            if (file := read_file(path, relative, reporter))
        ]
        if not chapters and not reporter.items:
            reporter.add("no-chapters", None, path=path)
        name = path.resolve().name or "book"
        return SourceBook(path, self.name, _manifest(name), None, tuple(chapters), tuple(reporter.items))


class FileReader:
    """One Markdown file is a book of one chapter."""

    name = "file"

    def detect(self, path: Path) -> bool:
        """A file that ends in `.md` or `.markdown`."""
        return path.suffix.lower() in (".md", ".markdown") and path.is_file()

    def read(self, path: Path) -> SourceBook:
        """Reads the file."""
        reporter = Reporter(lenient=True)
        file = read_file(path.parent, path.name, reporter)
        chapters = (SourceChapter(file, chapter_id(path.name)),) if file else ()
        return SourceBook(path.parent, self.name, _manifest(path.stem), None, chapters, tuple(reporter.items))


def _manifest(name: str) -> Manifest:
    title = name.encode("utf-8", "replace").decode().replace("_", " ").replace("-", " ").strip().capitalize()
    return Manifest(BookEntry(title=title or "Book"))
