"""What the tests of several packages share: small whole books, and what must hold for every compiled book."""

import gc
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, settings

from vulgate.model import blocks as b
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.model.spans import LineIndex
from vulgate.passes.compile import Compilation, compile_book
from vulgate.source import open_book
from vulgate.source.book import SourceBook

ROOT: Final = Path(__file__).parents[1]
BUNDLED: Final = ROOT / "books" / "python"
SHARED: Final = ROOT.parent / "shared"
LEGACY: Final = SHARED / "bench" / "legacy-python-bible"

Files = Mapping[str, str | bytes]
_Kind = TypeVar("_Kind", bound=b.Block)

MANIFEST: Final = '[book]\ntitle = "Small"\nid = "small"\n'


def modest(examples: int) -> Any:
    """Settings of a property test: the same examples at every run, and no clock."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


# ------------------------------------------------------------------------------------------------ small books


def write(root: Path, files: Files) -> Path:
    """Writes files below a folder; text loses its common indentation, bytes are written as they are."""
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
    return root


def book(root: Path, files: Files | str | bytes) -> SourceBook:
    """Opens a small book. One text is its only chapter, `a.md`; without a manifest, one lists the chapters as they come."""
    if isinstance(files, (str, bytes)):
        files = {"a.md": files}
    if "vulgate.toml" not in files:
        names = ", ".join(f'"{path}"' for path in files if path.endswith(".md"))
        files = {"vulgate.toml": f"{MANIFEST}chapters = [{names}]\n", **files}
    return open_book(write(root, files))


def folder(root: Path, files: Files) -> SourceBook:
    """Opens a folder without a manifest."""
    return open_book(write(root, files))


@cache
def handbook() -> Compilation:
    """The bundled handbook, compiled once in a process for the tests of all packages."""
    return compile_book(open_book(BUNDLED))


def compiled(root: Path, files: Files | str | bytes) -> Compilation:
    """Compiles a small book, and checks what must hold for every book."""
    source = book(root, files)
    compilation = compile_book(source)
    check_book(source, compilation)
    return compilation


# ------------------------------------------------------------------------------------------------ looking at results


def codes(found: Compilation | SourceBook) -> list[str]:
    """The codes of the diagnostics, in order."""
    return [diagnostic.code for diagnostic in found.diagnostics]


def told(found: Compilation | SourceBook, source: SourceBook | None = None) -> list[str]:
    """The diagnostics, one a line: `VG402 a.md:3:5 nothing at `b.md``; places need the source."""
    return [_one(diagnostic, source or found) for diagnostic in found.diagnostics]


def errors(found: Compilation) -> list[str]:
    """The errors, with their places in lines."""
    return [_one(item, found) for item in found.diagnostics if item.severity is Severity.ERROR]


def _one(diagnostic: Diagnostic, found: Any) -> str:
    span = diagnostic.span
    if span is None:
        return f"{diagnostic.code} {diagnostic.message}"
    file = found.file(span.file) if isinstance(found, SourceBook) else None
    column = f":{LineIndex(file.path, file.data).column(span.start)}" if file else ""
    return f"{diagnostic.code} {span.file}:{span.first}{column} {diagnostic.message}"


def only(found: Compilation, kind: type[_Kind], *, derived: bool | None = None) -> _Kind:
    """The one block of a kind."""
    (block,) = every(found, kind, derived=derived)
    return block


def every(found: Compilation, kind: type[_Kind], *, derived: bool | None = None) -> list[_Kind]:
    """The blocks of a kind; `derived` narrows it to authored or derived ones."""
    return [block for block in found.book.of_kind(kind) if derived is None or derived is not block.is_authored]


def ids(blocks: Iterable[b.Block]) -> list[str]:
    """The ids of blocks."""
    return [block.id for block in blocks]


# ------------------------------------------------------------------------------------------------ what always holds


def check_book(source: SourceBook, found: Compilation) -> None:
    """What must hold for every book, whatever its authors wrote."""
    book = found.book
    by_id = {block.id: block for block in book.blocks}
    assert len(by_id) == len(book.blocks), "an id is given twice"
    for chapter in book.chapters:
        _check_partition(source, found, chapter)
    for block in book.blocks:
        _check_block(source, by_id, block)
    for symbol in book.symbols:
        assert set(symbol.blocks) <= set(by_id), symbol
    assert set(book.formerly.values()) <= set(by_id)
    assert not set(book.formerly) & set(by_id)
    for diagnostic in found.diagnostics:
        for span in (diagnostic.span, *(label.span for label in diagnostic.labels)):
            if span is not None:
                file = source.file(span.file)
                assert file is not None, diagnostic
                assert 0 <= span.start <= span.end <= len(file.data), diagnostic


def _check_partition(source: SourceBook, found: Compilation, chapter: b.Chapter) -> None:
    """The authored blocks without a parent are the chapter, byte for byte, in order and without a gap."""
    file = source.file(chapter.path)
    assert file is not None
    top = [block for block in found.book.authored(chapter.id) if not block.parent]
    at = 0
    for block in top:
        assert block.span.start == at, f"{block.id} leaves a gap"
        at = block.span.end
    assert at == len(file.data)
    assert "".join(block.text for block in top) == _as_read(file.data)


@lru_cache(maxsize=32)
def _lines(path: str, data: bytes) -> LineIndex:
    """A file's index of lines, made once for all of its blocks."""
    return LineIndex(path, data)


def _as_read(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _check_block(source: SourceBook, by_id: Mapping[str, b.AnyBlock], block: b.AnyBlock) -> None:
    span = block.span
    file = source.file(span.file)
    assert file is not None, block.id
    assert 0 <= span.start <= span.end <= len(file.data), block.id
    if block.text:
        assert block.text == _as_read(file.data[span.start : span.end]), block.id
    if block.is_authored:
        assert span == _lines(file.path, file.data).span(span.start, span.end), block.id
        assert block.text or span.start == span.end, block.id
    elif block.text:
        assert block.origin.sources, block.id
    for id in (block.parent, block.chunk):
        assert not id or id in by_id, (block.id, id)
    if not isinstance(block, b.Pathway):
        assert isinstance(by_id[block.chapter], b.Chapter), block.id
        assert isinstance(by_id[block.section], (b.Chapter, b.Section)), block.id
    for origin in block.origin.sources:
        assert origin in by_id, (block.id, origin)
    for link in block.links:
        assert 0 <= link.start <= link.end <= len(file.data), block.id
        assert link.type != "block" or link.target in by_id, (block.id, link)
    if block.parent:
        parent = by_id[block.parent]
        assert parent.span.file == span.file
        assert parent.span.start <= span.start <= span.end <= parent.span.end, (block.id, parent.id)


# ------------------------------------------------------------------------------------------------ growth


_NO_DOUBT: Final = 20.0
"""Of an input that is eight or ten times as large: quadratic work takes 64 or a hundred times as long."""


def growth(work: Callable[[Any], object], small: Any, large: Any, rounds: int = 10) -> float:
    """How many times longer `work` takes on the large input.

    Both are timed in turn, so that a slow moment of the machine hits both, and the best time of each counts. What the session
    has left in memory is kept from the garbage collector meanwhile. It ends after two rounds that leave no doubt, since the first
    may load modules; and after three as soon as one more does not lower the ratio.
    """
    best = [float("inf"), float("inf")]
    ratio = float("inf")
    gc.collect()
    gc.freeze()
    try:
        for done in range(rounds):
            for index, value in enumerate((small, large)):
                start = time.process_time()
                work(value)
                best[index] = min(best[index], time.process_time() - start)
            before, ratio = ratio, best[1] / max(best[0], 0.002)
            if done >= 1 and (ratio <= _NO_DOUBT or (done >= 2 and ratio >= before)):
                break
    finally:
        gc.unfreeze()
    return ratio
