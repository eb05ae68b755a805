"""Imports a book: reads it in its own layout, and gives the files of a book of ours."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct, structs

from vulgate.importing.chapters import chapter_text
from vulgate.importing.manifest import manifest_text
from vulgate.importing.places import chapter_places, linked_files
from vulgate.model.blocks import Link
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.passes.compile import Compilation, compile_book
from vulgate.source.book import SourceBook, SourceChapter, SourceFile
from vulgate.source.files import read_file
from vulgate.source.manifest import NAME


class Imported(Struct, frozen=True):
    """A book that was imported.

    Attributes:
        files: What is to be written, by path.
        chapters: How many of the files are chapters.
        diagnostics: What is wrong with the book as it was, and what could not be carried over, at its places.
        to_mend: How many places would be errors without leniency, by code; the manifest asks for it if there are any.
    """

    files: Mapping[str, bytes]
    chapters: int
    diagnostics: tuple[Diagnostic, ...]
    to_mend: Mapping[str, int]


def import_book(source: SourceBook) -> Imported:
    """Gives a book as it is written in our layout; nothing is written or run.

    Args:
        source: The book, in whatever layout.
    """
    reporter = Reporter(lenient=True)
    compilation = compile_book(source)
    places = chapter_places(source)
    redirected = _redirected(source, compilation, places)
    files = {
        places[chapter.file.path]: chapter_text(chapter, places[chapter.file.path], redirected[chapter.file.path])
        for chapter in source.chapters
    }
    chapters = len(files)
    to_mend = _errors(source, files, places)
    for path in linked_files((path for path, exists in compilation.assets.items() if exists), places):
        if (source.root / path).is_file() and (file := read_file(source.root, path, reporter)):
            files[path] = file.data
    files[NAME] = manifest_text(source, places, lenient=bool(to_mend)).encode()
    diagnostics = (*compilation.diagnostics, *reporter.items)
    return Imported(files, chapters, diagnostics, to_mend)


def _redirected(
    source: SourceBook, compilation: Compilation, places: Mapping[str, str]
) -> defaultdict[str, dict[int, tuple[Link, str]]]:
    """The links to chapters whose path is another one now, by chapter and by their start."""
    found: defaultdict[str, dict[int, tuple[Link, str]]] = defaultdict(dict)
    moved = {path for path, new in places.items() if path != new}
    if not moved:
        return found
    heads = {block.id: block.span.file for block in compilation.book.chapters}
    for block in compilation.book.blocks:
        for link in block.links if block.is_authored else ():
            target = compilation.book.find(link.target) if link.type == "block" else None
            path = heads.get(target.chapter) if target else None
            if path in moved and path != block.span.file:
                found[block.span.file][link.start] = link, places[path]
    return found


def _errors(source: SourceBook, files: Mapping[str, bytes], places: Mapping[str, str]) -> dict[str, int]:
    """What would be errors in a book with a manifest, by code; the book is compiled as it is to be written."""
    chapters = tuple(
        SourceChapter(SourceFile(places[old.file.path], files[places[old.file.path]]), old.id, old.part, old.type)
        for old in source.chapters
    )
    strict = structs.replace(
        source, chapters=chapters, originals=(), diagnostics=(), manifest_file=SourceFile(NAME, b"")
    )
    counts: defaultdict[str, int] = defaultdict(int)
    for item in compile_book(strict).diagnostics:
        if item.severity is Severity.ERROR:
            counts[item.code] += 1
    return dict(sorted(counts.items()))
