"""What a reader of a source layout hands to the compiler."""

import hashlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import Meta, Struct, field

from vulgate.model.diagnostics import Diagnostic
from vulgate.model.spans import LineIndex, Span
from vulgate.source.origins import Stretch, origin_of

_Share = Annotated[float, Meta(ge=0, le=1)]
_Seconds = Annotated[float, Meta(gt=0)]
_Count = Annotated[int, Meta(ge=1)]


class PartEntry(Struct, frozen=True):
    """A part of the book: a title and its chapter files, in order."""

    title: str = ""
    chapters: list[str] = field(default_factory=list)
    id: str = ""
    appendix: bool = False


class PathEntry(Struct, frozen=True):
    """A learning path: chapters, by id, in the order to read them."""

    title: str
    chapters: list[str]
    id: str = ""
    description: str = ""


class BookEntry(Struct, frozen=True):
    """The `[book]` table of a manifest."""

    title: str
    id: str = ""
    language: str = "en"
    edition: str = ""
    description: str = ""
    authors: list[str] = field(default_factory=list)
    license: str = ""
    python: list[str] = field(default_factory=list)
    front: list[str] = field(default_factory=list)
    chapters: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    lenient: bool = False


class RequireEntry(Struct, frozen=True):
    """The `[verify] require` table: the shares, from 0 to 1, that must be proven."""

    examples: _Share = 0.0
    facts: _Share = 0.0
    rules: _Share = 0.0


class LimitsEntry(Struct, frozen=True):
    """The `[verify.limits]` table: what one example may use."""

    seconds: _Seconds = 20
    cpu_seconds: _Count = 20
    memory_mb: _Count = 1024
    processes: _Count = 64
    output_kb: _Count = 1024
    file_mb: _Count = 64


class VerifyEntry(Struct, frozen=True):
    """The `[verify]` table of a manifest."""

    pythons: list[str] = field(default_factory=list)
    types: str = ""
    require: RequireEntry = RequireEntry()
    limits: LimitsEntry = LimitsEntry()


class ServiceEntry(Struct, frozen=True):
    """A `[services.NAME]` table: how a server that examples need is started.

    Attributes:
        command: The server, in the foreground; `{port}` is a free port, `{folder}` an empty folder.
        ready: When it can be used: `tcp:{port}`, or a command that succeeds.
        setup: A command that is run first.
        client: A command that runs a fence in another language than Python, which it reads from standard input.
        env: Variables that the examples get.
        seconds: How long it may take to be ready.
    """

    command: str
    ready: str = "tcp:{port}"
    setup: str = ""
    client: str = ""
    env: dict[str, str] = field(default_factory=dict)
    seconds: _Seconds = 30


class Manifest(Struct, frozen=True):
    """A `vulgate.toml`; `docs/manifest.md` documents every key."""

    book: BookEntry
    parts: list[PartEntry] = field(default_factory=list)
    paths: list[PathEntry] = field(default_factory=list)
    editions: dict[str, dict[str, Any]] = field(default_factory=dict)
    verify: VerifyEntry = VerifyEntry()
    services: dict[str, ServiceEntry] = field(default_factory=dict)


class SourceFile(Struct, frozen=True, dict=True):
    """A file of the book; `path` is relative to its root, with forward slashes."""

    path: str
    data: bytes

    @cached_property
    def digest(self) -> str:
        """Hexadecimal digest of the bytes."""
        return hashlib.blake2b(self.data, digest_size=16).hexdigest()

    @property
    def lines(self) -> LineIndex:
        """The file's line index, made anew at each call."""
        return LineIndex(self.path, self.data)


class SourceChapter(Struct, frozen=True):
    """A chapter file and its place: a page in front of the parts, a chapter, or an appendix.

    Attributes:
        file: The chapter's text; a reader of another layout may have put it into our source format.
        id: The chapter's id.
        part: Index of its part in the manifest.
        type: What it is.
        origin: Where the lines of such a text come from; empty for a file that was taken as it is.
    """

    file: SourceFile
    id: str
    part: int | None = None
    type: Literal["front", "chapter", "appendix"] = "chapter"
    origin: tuple[Stretch, ...] = ()


class SourceBook(Struct, frozen=True):
    """A book as it lies on disk.

    Attributes:
        root: The book's folder.
        layout: Name of the reader that understood it.
        manifest: The manifest, made up by the reader where the layout has none.
        manifest_file: The manifest's own file, if there is one.
        chapters: The chapters in reading order.
        diagnostics: What the reader has to say.
        originals: The files as they lie on disk from which chapters with an `origin` were made.
    """

    root: Path
    layout: str
    manifest: Manifest
    manifest_file: SourceFile | None
    chapters: tuple[SourceChapter, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    originals: tuple[SourceFile, ...] = ()

    @property
    def is_lenient(self) -> bool:
        """Whether the author never agreed to our conventions, so that breaking one is only a warning."""
        return self.manifest_file is None or self.manifest.book.lenient

    @property
    def id(self) -> str:
        """The book's id."""
        from vulgate.model.ids import VALID_ID, slug

        own = self.manifest.book.id
        return (own if VALID_ID.fullmatch(own) else slug(own)) or slug(self.manifest.book.title) or "book"

    def file(self, path: str) -> SourceFile | None:
        """The manifest or chapter file at a path inside the book, as it lies on disk."""
        if self.manifest_file and self.manifest_file.path == path:
            return self.manifest_file
        files = (*self.originals, *(chapter.file for chapter in self.chapters))
        return next((file for file in files if file.path == path), None)

    def place_of_line(self, path: str, line: int) -> tuple[str, int]:
        """The file on disk, and the line in it, that a line of a chapter's text comes from."""
        chapter = self._written_anew(path)
        return origin_of(chapter.origin, line) if chapter else (path, line)

    def _written_anew(self, path: str) -> SourceChapter | None:
        """The chapter at a path, if a reader wrote its text anew."""
        return next((chapter for chapter in self.chapters if chapter.file.path == path and chapter.origin), None)

    def place(self, span: Span) -> Span:
        """The place on disk of a span in a chapter's text: the same, unless a reader wrote the text anew.

        Where the line was changed, the whole line that it was made of is meant.
        """
        chapter = self._written_anew(span.file)
        if chapter is None:
            return span
        path, number = origin_of(chapter.origin, span.first)
        original = self.file(path)
        if original is None:
            return span
        lines = _index(original.path, original.data)
        start, end = lines.line_start(number), lines.line_start(number + 1)
        told = chapter.file.data[span.start : span.end].splitlines()
        at = original.data.find(told[0], start, end) if told else -1
        if at >= 0:
            return lines.span(at, at + len(told[0]))
        line = original.data[start:end]
        return lines.span(end - len(line.lstrip()), start + len(line.rstrip()))

    @property
    def digest(self) -> str:
        """Digest of everything that the compiled book depends on, apart from the compiler."""
        total = hashlib.blake2b(digest_size=16)
        total.update(self.layout.encode())
        total.update(self.manifest_file.data if self.manifest_file else msgspec.json.encode(self.manifest))
        for chapter in self.chapters:
            total.update(f"\0{chapter.file.path}\0{chapter.id}\0{chapter.part}\0{chapter.type}\0".encode())
            total.update(chapter.file.digest.encode())
        return total.hexdigest()


@lru_cache(maxsize=8)
def _index(path: str, data: bytes) -> LineIndex:
    """The line index of a file in which many places are asked for."""
    return LineIndex(path, data)


class Reader(Protocol):
    """Understands one layout of a book's files. Register one under the entry point `vulgate.sources`."""

    name: str

    def detect(self, path: Path) -> bool:
        """Whether `path` is a book in this layout."""
        ...

    def read(self, path: Path) -> SourceBook:
        """Reads the book; what is wrong with it becomes a diagnostic, never an exception."""
        ...
