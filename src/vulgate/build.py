"""A build: discover, lower, link, prove, render, write. The one module that ties the phases together.

Nothing is done twice: an unchanged book is recognised by digests before anything is compiled, an unchanged chapter comes from
the cache. Nothing is half done: files are written beside their places and renamed at the end, under a lock, and a book with
errors leaves the previous editions as they are.
"""

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from vulgate.editions import DEFAULT, EDITIONS, edition_names, find_edition
from vulgate.editions.base import (
    Edition,
    EditionError,
    EditionExtraError,
    EditionFileError,
    EditionProgramError,
    FolderEdition,
)
from vulgate.forked import Helper, can_fork
from vulgate.model.book import Summary
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.source.book import SourceBook, SourceChapter
from vulgate.source.files import exists_inside
from vulgate.source.manifest import ManifestReader
from vulgate.store.atomic import file_digest, remove_stale, write_all
from vulgate.store.cache import FOLDER, BuildRecord, Cache, compiler_digest
from vulgate.store.proofs import Proofs, proofs_digest
from vulgate.store.workspace import BookFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vulgate.model.book import CompiledBook
    from vulgate.passes.compile import Compilation, LowerAll
    from vulgate.passes.lower_all import Keep
    from vulgate.passes.lowered import LoweredChapter

OUTPUT: Final = "dist"
LOCK_SECONDS: Final = 60
MIN_BLOCKS_TO_FORK: Final = 500
Progress = Callable[[str, int, int], None]
"""Told the phase, how many steps are done, and how many there are."""


class BuildResult(Struct, frozen=True):
    """What a build did.

    Attributes:
        folder: The output folder.
        outputs: All files of the editions, by path in the folder.
        written: Those whose content has changed.
        removed: Files of an earlier build that are no longer part of an edition.
        recompiled: Chapter files that were not in the cache.
        diagnostics: What the compiler has to say.
        summary: What was compiled.
        up_to_date: Whether there was nothing to do.
        seconds: How long it took.
    """

    folder: Path
    outputs: tuple[str, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    recompiled: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    summary: Summary | None
    up_to_date: bool
    seconds: float

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


class Builder:
    """Builds one book.

    Args:
        source: The book's files.
        home: Where `dist/` and `.vulgate/` go; the book's own folder by default.
        out: The output folder, if it is not `home / "dist"`.
        editions: Names of the editions; the default ones if there are none.
        force: Whether to overwrite files that we did not write.
        keep_going: Whether to write the editions of a book that has errors.
        progress: Told how far the build is.
    """

    def __init__(
        self,
        source: SourceBook,
        *,
        home: Path | None = None,
        out: Path | None = None,
        editions: Sequence[str] = (),
        force: bool = False,
        keep_going: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.source = source
        self.home = home or source.root
        self.folder = out or self.home / OUTPUT
        self.editions = tuple(editions) or DEFAULT
        self.force = force
        self.keep_going = keep_going
        self.progress = progress or (lambda phase, done, total: None)
        self.cache = Cache(self.home / FOLDER)
        self.proofs = Proofs(self.home / FOLDER)
        self._kept: Compilation | None = (
            None  # taking ten thousand blocks apart takes its time, at the end of a command for nothing
        )
        self._place = file_digest(os.fsencode(self.folder.absolute()))
        self.reporter = Reporter(lenient=source.is_lenient)
        self.workspace = BookFolder(source.root, self.cache, self.reporter)

    def run(self) -> BuildResult:
        """Builds, and tells what was done; what is wrong becomes a diagnostic."""
        started = time.perf_counter()
        if self._report_unknown_editions():
            return self._result(started, diagnostics=tuple(self.reporter.items))
        key = self._key()
        if result := self._nothing_to_do(key, started):
            return result
        if not self.source.chapters:
            return self._result(started, diagnostics=self.source.diagnostics)
        with self._lock() as locked:
            if not locked:
                self.reporter.add("build-running", None, seconds=LOCK_SECONDS)
                return self._result(started, diagnostics=tuple(self.reporter.items))
            if result := self._nothing_to_do(key, started):  # the build that held the lock did our work
                return result
            with collector_paused():
                return self._build(key, started)

    def is_current(self) -> bool:
        """Whether the last build had the same inputs; whether its files are still there is not looked at."""
        record = self.cache.read_record()
        return record is not None and record.key == self._key() and record.folder == self._place

    # -------------------------------------------------------------------------------------------- steps

    def _build(self, key: str, started: float) -> BuildResult:
        from vulgate.passes.compile import compile_book

        options = self._options()
        compilation = compile_book(self.source, self._lower())
        compilation = msgspec.structs.replace(compilation, book=self._proven(compilation.book))
        self._kept = compilation
        self.cache.prune()
        diagnostics = (*compilation.diagnostics, *self.reporter.items)
        failed = any(item.severity is Severity.ERROR for item in diagnostics)
        if failed and not self.keep_going:
            return self._result(started, diagnostics=diagnostics, summary=compilation.book.summary)
        try:
            files = self._render(compilation, options)
        except EditionError as error:
            self._report_unwritten(error)
            diagnostics = (*compilation.diagnostics, *self.reporter.items)
            return self._result(started, diagnostics=diagnostics, summary=compilation.book.summary)
        diagnostics = (*compilation.diagnostics, *self.reporter.items)
        before = self.cache.read_record()
        outputs: dict[str, str] = {}
        digesting = Thread(target=lambda: outputs.update((path, file_digest(data)) for path, data in files.items()))
        digesting.start()  # needs a processor, and writing mostly the disk
        ours = before.outputs if before and before.folder == self._place else {}
        written = write_all(self.folder, files, self.reporter, force=self.force, ours=ours)
        digesting.join()
        if len(self.reporter.items) > len(diagnostics) - len(compilation.diagnostics):
            diagnostics = (*compilation.diagnostics, *self.reporter.items)
            return self._result(started, diagnostics=diagnostics, summary=compilation.book.summary)
        # Editions that were not asked for this time stay as they are.
        same = before is not None and before.folder == self._place and before.editions == self.editions
        stale = set(before.outputs) - set(files) if before and same else set()
        removed = remove_stale(self.folder, stale, ours)
        record = BuildRecord(
            key,
            self._place,
            self.editions,
            outputs,
            compilation.assets,
            diagnostics,
            compilation.book.summary,
            self.workspace.digests,
        )
        self.cache.write_record(record)
        return self._result(started, record=record, written=tuple(written), removed=tuple(removed))

    def _lower(self) -> "LowerAll":
        """Lowers chapters through the cache, and tells the progress."""

        def lower_now(chapters: Sequence[SourceChapter], keep: "Keep") -> "list[LoweredChapter]":
            if not chapters:
                return []
            from vulgate.passes.lower_all import lower_all

            done = iter(range(len(chapters)))
            return lower_all(
                chapters,
                lenient=self.source.is_lenient,
                step=lambda chapter: self.progress("compiling", next(done), len(chapters)),
                keep=keep,
            )

        return self.cache.through(self.source, lower_now)

    def _proven(self, book: "CompiledBook") -> "CompiledBook":
        """The book with the verdicts of the last `vulgate verify`; nothing is run here."""
        entries = self.proofs.read()
        if not entries:
            return book
        from vulgate.verify.prove import prove

        return prove(book, entries)

    def _render(self, compilation: "Compilation", options: dict[str, Any]) -> dict[str, bytes]:
        """The files of all editions; a large book's first one is rendered by a helper while this process does the others."""
        editions = [(edition, values) for name, values in options.items() if (edition := find_edition(name))]
        book = compilation.book
        helper = None
        # What an edition reads from the folder must be noted here, and not in a helper.
        editions.sort(key=lambda pair: isinstance(pair[0], FolderEdition))
        is_alone = len(editions) < 2 or isinstance(editions[0][0], FolderEdition)
        if not is_alone and len(book.blocks) >= MIN_BLOCKS_TO_FORK and can_fork():
            (first, values), *editions = editions
            helper = Helper(lambda: dict(first.render(book, values)))
        files: dict[str, bytes] = {}
        try:
            for index, (edition, values_) in enumerate(editions):
                self.progress("writing", index, len(editions))
                files.update(self._rendered(edition, book, values_))
        except EditionError:
            if helper:
                helper.kill()
            raise
        if helper:
            files.update(helper.result(dict[str, bytes]) or self._rendered(first, book, values))
        if self.workspace.is_used:
            self.workspace.prune()
        return files

    def _rendered(self, edition: Edition, book: "CompiledBook", options: Any) -> Mapping[str, bytes]:
        try:
            if isinstance(edition, FolderEdition):
                return edition.render_with(book, options, self.workspace)
            return edition.render(book, options)
        except EditionError as error:
            error.edition = edition.name
            raise

    def _report_unwritten(self, error: EditionError) -> None:
        """Reports why an edition cannot be written."""
        name = error.edition
        match error:
            case EditionFileError():
                self.reporter.add("edition-file", None, path=error.path, edition=name, reason=error.reason)
            case EditionExtraError():
                missing = ", ".join(f"`{module}`" for module in error.missing)
                self.reporter.add("edition-needs-extra", None, edition=name, extra=error.extra, missing=missing)
            case EditionProgramError():
                self.reporter.add("edition-not-made", None, edition=name, reason=str(error))
            case _:
                self.reporter.add("manifest-wrong-value", None, key=f"editions.{name}", reason=str(error))

    def _report_unknown_editions(self) -> bool:
        """Whether an edition was asked for that does not exist; it is reported before any work is done."""
        unknown = [name for name in self.editions if name not in EDITIONS and name not in edition_names()]
        for name in unknown:
            self.reporter.add("unknown-edition", None, name=name, help=_similar_editions(name))
        return bool(unknown)

    def _options(self) -> dict[str, Any]:
        """The options of each edition to write; what is wrong with them in the manifest is reported."""
        manifest = self.source.manifest
        file = self.source.manifest_file
        reader = ManifestReader(file, self.reporter) if file and manifest.editions else None
        options: dict[str, Any] = {}
        for name in self.editions:
            if edition := find_edition(name):
                options[name] = reader.options(manifest, name, edition.options) if reader else edition.options()
        for name in manifest.editions:
            if name not in options and reader and find_edition(name) is None:
                span = reader.span(("editions", name))
                self.reporter.add("unknown-edition", span, name=name, help=_similar_editions(name))
        return options

    # -------------------------------------------------------------------------------------------- records

    def _key(self) -> str:
        """Digest of all that decides what is written; the editions' options are part of the manifest."""
        said = repr(self.source.diagnostics)  # an unlisted or missing file is no part of the sources' digest
        proven = proofs_digest(self.proofs.read())
        return file_digest("\0".join([self.source.digest, said, compiler_digest(), proven, *self.editions]).encode())

    def _nothing_to_do(self, key: str, started: float) -> BuildResult | None:
        """The last build's result, if its inputs and outputs are all as they were."""
        record = self.cache.read_record()
        if record is None or record.key != key or record.folder != self._place:
            return None
        if any(exists_inside(self.source.root, path) != exists for path, exists in record.assets.items()):
            return None
        if any(self.workspace.digest(path) != digest for path, digest in record.files.items()):
            return None
        for path, digest in record.outputs.items():
            try:
                if file_digest((self.folder / path).read_bytes()) != digest:
                    return None
            except OSError:
                return None
        return self._result(started, record=record, up_to_date=True)

    def _result(
        self,
        started: float,
        *,
        record: BuildRecord | None = None,
        diagnostics: tuple[Diagnostic, ...] = (),
        summary: Summary | None = None,
        written: tuple[str, ...] = (),
        removed: tuple[str, ...] = (),
        up_to_date: bool = False,
    ) -> BuildResult:
        return BuildResult(
            folder=self.folder,
            outputs=tuple(sorted(record.outputs)) if record else (),
            written=written,
            removed=removed,
            recompiled=tuple(self.cache.recompiled),
            diagnostics=record.diagnostics if record else diagnostics,
            summary=record.summary if record else summary,
            up_to_date=up_to_date,
            seconds=time.perf_counter() - started,
        )

    @contextmanager
    def _lock(self) -> "Iterator[bool]":
        """Holds the book's lock, so that two builds do not write at once."""
        from vulgate.store.locking import exclusive

        with suppress(OSError):  # a folder that cannot be written has room for neither lock nor cache
            self.cache.make_folder()
        with exclusive(self.cache.folder / "lock", LOCK_SECONDS) as held:
            yield held


def _similar_editions(name: str) -> str:
    from vulgate.model.suggest import did_you_mean

    return did_you_mean(name, edition_names())


@contextmanager
def collector_paused() -> "Iterator[None]":
    """Stops the cycle collector: a build makes many small objects, none of them cyclic, and keeps them all to its end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
