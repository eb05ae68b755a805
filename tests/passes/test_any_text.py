"""What holds for a book made of any text at all; `tests.support.check_book` says what that is."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.markdown import strategies
from tests.support import check_book, modest
from vulgate.model import blocks as b
from vulgate.passes.compile import Compilation, compile_book
from vulgate.source.book import BookEntry, Manifest, SourceBook, SourceChapter, SourceFile


def in_memory(texts: Sequence[bytes], *, manifest: bool = True) -> SourceBook:
    """A book of chapters `a.md`, `b.md` and so on that lies on no disk."""
    chapters = tuple(
        SourceChapter(SourceFile(f"{name}.md", text), name) for name, text in zip("abcd", texts, strict=False)
    )
    about = Manifest(BookEntry(title="Any", python=["3.8", "3.12"]))
    file = SourceFile("vulgate.toml", b'[book]\ntitle = "Any"\n') if manifest else None
    return SourceBook(Path("nowhere"), "vulgate" if manifest else "folder", about, file, chapters)


def compile_any(texts: Sequence[bytes], *, manifest: bool = True) -> Compilation:
    source = in_memory(texts, manifest=manifest)
    compilation = compile_book(source)
    check_book(source, compilation)
    return compilation


@modest(120)
@given(st.lists(strategies.documents(), min_size=1, max_size=3))
def test_documents(texts: list[bytes]) -> None:
    compile_any(texts)


@modest(250)
@given(strategies.heaps())
def test_heaps_of_fragments(text: bytes) -> None:
    compile_any([text])


@modest(150)
@given(strategies.anything(), st.booleans())
def test_any_bytes(text: bytes, manifest: bool) -> None:
    compile_any([text], manifest=manifest)


@modest(80)
@given(strategies.documents())
def test_a_book_without_a_manifest_is_only_warned(text: bytes) -> None:
    """Whoever never agreed to our conventions cannot break them; only bytes that are no text are an error."""
    found = compile_any([text], manifest=False)
    assert not found.has_errors, [item for item in found.diagnostics if item.severity == "error"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"term\n\nterm\n: <!-- c -->\n", id="a derived term has the id of a passage"),
        pytest.param(b"> :::{term} T\n> :cite: PEP 1\n> \n", id="an unclosed term in a quote"),
        pytest.param(b"---\r\n" + b"text\r\n" * 60, id="front matter with CRLF that never closes"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xef\xbb\xbf", id="nothing but a byte order mark"),
        pytest.param(b"---\ntitle: T\n---", id="nothing but front matter"),
    ],
)
def test_texts_that_once_went_wrong(text: bytes) -> None:
    compile_any([text])


def test_a_derived_block_gives_way_to_an_authored_one_of_its_id() -> None:
    found = compile_any([b"## Term closure\n\n**Closure** is a function with its names.\n"])
    assert isinstance(found.book["a/term-closure"], b.Section)
    assert isinstance(found.book["a/term-closure-2"], b.Term)
