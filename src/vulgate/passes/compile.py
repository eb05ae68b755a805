"""Compiles a book: lower each chapter, link them all."""

from collections.abc import Callable, Sequence

from msgspec import Struct, structs

from vulgate.model.book import CompiledBook
from vulgate.model.codes import BY_ID, Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.passes import LINK_PASSES
from vulgate.passes.assemble import assemble
from vulgate.passes.linking import Linking
from vulgate.passes.lowered import LoweredChapter
from vulgate.source.book import SourceBook, SourceChapter

LowerAll = Callable[[Sequence[SourceChapter]], list[LoweredChapter]]


class Compilation(Struct, frozen=True):
    """A compiled book and what the compiler has to say about it.

    Attributes:
        book: The compiled book; it is there even when there are errors.
        diagnostics: In the order of the files and places.
        assets: Files beside the chapters that the book links to, and whether they exist.
    """

    book: CompiledBook
    diagnostics: tuple[Diagnostic, ...]
    assets: dict[str, bool]

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def compile_book(source: SourceBook, lower: LowerAll | None = None) -> Compilation:
    """Compiles a book in memory.

    Args:
        source: The book's files.
        lower: Lowers the chapters; a cache can stand in for it.
    """
    if lower is None:
        from vulgate.passes.lower_all import lower_all

        def lower(chapters: Sequence[SourceChapter]) -> list[LoweredChapter]:
            return lower_all(chapters, lenient=source.is_lenient)

    reporter = Reporter(lenient=source.is_lenient)
    reporter.items.extend(source.diagnostics)
    link = Linking(source, lower(source.chapters), reporter)
    for run in LINK_PASSES:
        run(link)
    for chapter in link.chapters:
        reporter.items.extend(chapter.diagnostics)
    told = {id(item) for item in source.diagnostics}  # a reader speaks of the files on disk
    kept = _without_allowed(link.chapters, reporter)
    diagnostics = [item if id(item) in told else _placed(source, item) for item in kept]
    return Compilation(assemble(link, diagnostics), tuple(diagnostics), link.assets)


def _placed(source: SourceBook, item: Diagnostic) -> Diagnostic:
    """A diagnostic at its places on disk."""
    labels = tuple(structs.replace(label, span=source.place(label.span)) for label in item.labels)
    return structs.replace(item, span=item.span and source.place(item.span), labels=labels)


def _without_allowed(chapters: Sequence[LoweredChapter], reporter: Reporter) -> list[Diagnostic]:
    """The diagnostics that no comment silences, in order; a comment that silences nothing is one itself."""
    items = reporter.items
    for chapter in chapters:
        for allow in chapter.allows:
            code = BY_ID.get(allow.code)
            if code is None or code.severity is Severity.ERROR or not allow.reason:
                reason = (
                    "it has no reason"
                    if code and code.severity is not Severity.ERROR
                    else "it is an error"
                    if code
                    else "there is no such code"
                )
                reporter.add("wrong-allow", allow.span, code=allow.code, reason=reason)
                continue
            kept = [
                item
                for item in items
                if not (
                    item.code == allow.code
                    and item.span
                    and item.span.file == allow.span.file
                    and allow.span.end <= item.span.start < allow.until
                )
            ]
            if len(kept) == len(items):
                reporter.add("unused-allow", allow.span, code=allow.code)
            else:
                items[:] = kept
    return sorted(items, key=lambda item: item.sort_key)
