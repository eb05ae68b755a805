"""A book in memory: compiled again at every save, as the site that its readers will see."""

import gc
import mimetypes
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from vulgate.build import collector_paused
from vulgate.editions.base import EditionFileError
from vulgate.editions.web.options import WebOptions
from vulgate.editions.web.whole import WebSite
from vulgate.model.book import CompiledBook
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.passes.compile import compile_book
from vulgate.passes.lower_all import lower_all
from vulgate.passes.lowered import LoweredChapter
from vulgate.report.terminal import TerminalForm
from vulgate.source.book import SourceBook, SourceChapter
from vulgate.source.manifest import ManifestReader
from vulgate.store.cache import FOLDER, Cache
from vulgate.store.proofs import Proofs
from vulgate.store.workspace import BookFolder
from vulgate.verify.prove import prove

EDITION: Final = "web"
PAGE: Final = "text/html; charset=utf-8"


class State(Struct, frozen=True):
    """A book as it is now.

    Attributes:
        site: The site of the last state without errors; `None` if there was none yet.
        book: What was compiled of it.
        errors: How many errors the source has now.
        warnings: How many warnings.
        told: All of them as a terminal shows them, with the lines of source; empty if there are none.
    """

    site: WebSite | None = None
    book: CompiledBook | None = None
    errors: int = 0
    warnings: int = 0
    told: str = ""


class LiveBook:
    """The site of a book that is being written.

    Args:
        load: Reads the book's files.
        home: Where the book's cache is.
    """

    def __init__(self, load: Callable[[], SourceBook], home: Path) -> None:
        self._load = load
        self._cache = Cache(home / FOLDER)
        self._proofs = Proofs(home / FOLDER)
        self._lowered: dict[tuple[str, str, str], LoweredChapter] = {}
        self._kept: dict[bytes, bytes] = {}
        self.state = State()

    def refresh(self) -> None:
        """Compiles the book as it is now. What is wrong with it becomes part of the state.

        The cycle collector looks at nothing of it until `tidy` is called: that would take as long as a link pass.
        """
        with collector_paused():
            self.state = self._next()
            gc.freeze()

    def tidy(self) -> None:
        """Collects what earlier states left behind, when there is time."""
        gc.unfreeze()
        gc.collect()

    def file(self, path: str) -> tuple[bytes, str] | None:
        """A file of the site and its media type; `None` if there is none.

        Raises:
            EditionFileError: A template cannot be used.
        """
        if self.state.site is None:
            return None
        try:
            data = self.state.site.file(path)
        except KeyError:
            return None
        return data, PAGE if path.endswith(".html") else mimetypes.guess_type(path)[0] or "application/octet-stream"

    def _next(self) -> State:
        source = self._load()
        reporter = Reporter(lenient=source.is_lenient)
        if not source.chapters:
            return self._state(source, source.diagnostics, None, self.state.book)
        compilation = compile_book(source, lambda chapters: self._lower(source, chapters))
        book = prove(compilation.book, self._proofs.read())
        site = None
        if not compilation.has_errors:
            try:
                site = WebSite(book, self._options(source, reporter), _Memory(source, self, reporter), is_live=True)
            except EditionFileError as error:
                reporter.add("edition-file", None, path=error.path, edition=EDITION, reason=error.reason)
        return self._state(source, (*compilation.diagnostics, *reporter.items), site, book)

    def _state(
        self, source: SourceBook, found: Sequence[Diagnostic], site: WebSite | None, book: CompiledBook | None
    ) -> State:
        errors, warnings = (
            [item for item in found if item.severity is severity] for severity in (Severity.ERROR, Severity.WARNING)
        )
        form = TerminalForm(lambda path: file.lines if (file := source.file(path)) else None)
        told = form.render([*errors, *warnings])
        if errors or site is None:  # the last good page stays
            site, book = self.state.site, self.state.book or book
        return State(site, book, len(errors), len(warnings), told)

    def _options(self, source: SourceBook, reporter: Reporter) -> WebOptions:
        if source.manifest_file is None:
            return WebOptions()
        options = ManifestReader(source.manifest_file, reporter).options(source.manifest, EDITION, WebOptions)
        assert isinstance(options, WebOptions)
        return options

    def _lower(self, source: SourceBook, chapters: Sequence[SourceChapter]) -> list[LoweredChapter]:
        """Lowers what has changed. The book's cache is read and written, and the memory is asked first."""
        keys = [(chapter.id, chapter.file.path, chapter.file.digest) for chapter in chapters]
        missing = [chapter for chapter, key in zip(chapters, keys, strict=True) if key not in self._lowered]
        through = self._cache.through(
            source, lambda rest, keep: lower_all(rest, lenient=source.is_lenient, keep=keep) if rest else []
        )
        made = iter(through(missing))
        self._lowered = {key: self._lowered[key] if key in self._lowered else next(made) for key in keys}
        return [self._lowered[key] for key in keys]


class _Memory(BookFolder):
    """The book's folder, for an edition that is made again and again: what it keeps, it keeps in memory."""

    def __init__(self, source: SourceBook, live: LiveBook, reporter: Reporter) -> None:
        super().__init__(source.root, live._cache, reporter)
        self._before, live._kept = live._kept, {}
        self._now = live._kept

    def recall(self, key: bytes) -> bytes | None:
        """What was kept in memory, or by a build."""
        found = self._before.get(key) or self._now.get(key) or super().recall(key)
        if found:
            self._now[key] = found
        return found

    def keep(self, key: bytes, data: bytes) -> None:
        """Keeps data until it is not asked for any more."""
        self._now[key] = data
