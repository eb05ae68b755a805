"""Puts the compiled book together: sets on each block what linking found, and builds the symbol table and the summary."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from vulgate.model.blocks import AnyBlock, Block, Chapter, Example, Section, Term
from vulgate.model.book import Book, CompiledBook, Summary, Symbol
from vulgate.model.diagnostics import Diagnostic
from vulgate.passes.linking import Linking
from vulgate.version import __version__


def assemble(link: Linking, diagnostics: Sequence[Diagnostic]) -> CompiledBook:
    """The compiled book, from all tables.

    Args:
        link: The state after all passes.
        diagnostics: Everything that is reported, for the summary.
    """
    blocks = tuple(_finished(link, block) for block in (*link.blocks, *link.relations.values(), *link.derived))
    return CompiledBook(
        book=_book(link),
        blocks=blocks,
        symbols=_symbols(blocks),
        formerly=dict(sorted(link.formerly.items())),
        summary=_summary(blocks, diagnostics),
    )


def _finished(link: Linking, block: AnyBlock) -> AnyBlock:
    changes = link.fields.get(block.id, {})
    if links := link.links.get(block.id):
        changes["links"] = tuple(links)
    if isinstance(block, (Chapter, Section)):
        changes["number"] = link.numbers.get(block.id, "")
    if isinstance(block, Chapter):
        changes["part"] = link.part_of.get(block.id, "")
    return msgspec.structs.replace(block, **changes) if changes else block


def _book(link: Linking) -> Book:
    entry = link.manifest.book
    return Book(
        id=link.source.id,
        title=entry.title,
        language=entry.language,
        edition=entry.edition,
        description=entry.description,
        authors=tuple(entry.authors),
        license=entry.license,
        python=tuple(entry.python),
        front=tuple(link.front),
        parts=tuple(link.parts),
        digest=link.source.digest,
    )


def _symbols(blocks: Sequence[Block]) -> tuple[Symbol, ...]:
    places: dict[tuple[str, str], dict[str, None]] = {}
    for block in blocks:
        if isinstance(block, Example):
            for name in block.symbols.defined:
                places.setdefault((name, "code"), {})[block.id] = None
            for name in block.symbols.imported:
                places.setdefault((name, "import"), {})[block.id] = None
        elif isinstance(block, Term):
            for name in (block.title, *block.aliases):
                places.setdefault((name, "term"), {})[block.id] = None
    return tuple(Symbol(name, type_, tuple(ids)) for (name, type_), ids in sorted(places.items()))


def _summary(blocks: Sequence[Block], diagnostics: Sequence[Diagnostic]) -> Summary:
    kinds = Counter(block.kind for block in blocks)
    derived = Counter(block.kind for block in blocks if not block.is_authored)
    severities = Counter(str(diagnostic.severity) for diagnostic in diagnostics)
    return Summary(
        version=__version__,
        chapters=kinds["chapter"],
        blocks=dict(sorted(kinds.items())),
        derived=dict(sorted(derived.items())),
        diagnostics=dict(sorted(severities.items())),
    )
