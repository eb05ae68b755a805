"""Hostile text: no exception for any of it, and work that grows no faster than the text."""

from collections.abc import Callable

import pytest

from tests.passes.test_any_text import compile_any, in_memory
from tests.support import codes, growth
from vulgate.markdown import nodes as n
from vulgate.markdown.parser import MAX_OPEN, parse
from vulgate.model import blocks as b
from vulgate.passes.compile import compile_book

TIMES = 10
LINEAR = 35.0
"""Ten times the text may take at most this many times as long: far from the hundred of quadratic work, with room for noise."""


def quotes(count: int) -> bytes:
    return b">" * count + b" a\n"


def lists(count: int) -> bytes:
    return b"- " * count + b"a\n"


def quoted_lists(count: int) -> bytes:
    return b"> - " * count + b"a\n"


def directives(count: int) -> bytes:
    return b":::{note}\n" * count + b"a\n" + b":::\n" * count


def widening_directives(count: int) -> bytes:
    """Each with one colon more than the one around it, so that every end looks at all that are open."""
    return b"".join(b":" * (3 + i % 50) + b"{note}\n" for i in range(count)) + b":::\n" * count


def unclosed_directives(count: int) -> bytes:
    return b":::{note} a\n" * count


def stray_ends(count: int) -> bytes:
    return b":::\n" * count


def options(count: int) -> bytes:
    return b":::{note} a\n" + b":id: b\n" * count + b"c\n:::\n"


def brackets(count: int) -> bytes:
    return b"[" * count


def links(count: int) -> bytes:
    return b"[a](" * count


def stars(count: int) -> bytes:
    return b"*a **" * count


def ticks(count: int) -> bytes:
    return b" ".join(b"`" * (1 + i % 300) for i in range(count // 100)) + b" `" * count


def heading_of_brackets(count: int) -> bytes:
    return b"## " + b"[" * count + b"\n\n## " + b"[a](" * count + b"\n"


def code_of_brackets(count: int) -> bytes:
    return b"```text\n" + b"[<" * count + b"\n```\n"


def ids(count: int) -> bytes:
    return b"[[a" * count


def numbers(count: int) -> bytes:
    return b"Chapter 1.1. " * count


def comments(count: int) -> bytes:
    return b"<!-- vulgate: allow VG306\n" * count


def front_matter_open(count: int) -> bytes:
    return b"---\r\ntitle: a\r\n" + b"x: y\r\n" * count


def front_matter_long(count: int) -> bytes:
    return b"---\nobjectives:\n" + b"  - some words\n" * count + b"---\na\n"


def table(count: int) -> bytes:
    return b"|a|b|\n|-|-|\n" + b"|c|`d`|\n" * count


def wide_table(count: int) -> bytes:
    return b"|a" * count + b"|\n" + b"|-" * count + b"|\n" + b"|b" * count + b"|\n"


def paragraphs(count: int) -> bytes:
    return b"some text\n\n" * count


def same_headings(count: int) -> bytes:
    return b"## a\n\ntext\n\n" * count


def same_fences(count: int) -> bytes:
    return b"```python\nx = 1\n```\n\n" * count


def definitions(count: int) -> bytes:
    return b"a\n: b\n\n" * count


def addresses(count: int) -> bytes:
    return b"www.a.org)))) a@b.c http://d&amp; " * count


def colons_in_line(count: int) -> bytes:
    return b":::" * count + b" a\n"


def sentences(count: int) -> bytes:
    return b"Since Python 3.8 it is so. And a.b " * count


SIZES = {
    quotes: 5_000,
    lists: 2_500,
    quoted_lists: 1_000,
    directives: 5_000,
    widening_directives: 2_500,
    unclosed_directives: 10_000,
    stray_ends: 25_000,
    options: 25_000,
    brackets: 100_000,
    links: 25_000,
    stars: 20_000,
    ticks: 25_000,
    heading_of_brackets: 10_000,
    code_of_brackets: 50_000,
    ids: 25_000,
    numbers: 5_000,
    comments: 5_000,
    front_matter_open: 25_000,
    front_matter_long: 10_000,
    table: 5_000,
    wide_table: 10_000,
    paragraphs: 10_000,
    same_headings: 2_000,
    same_fences: 1_000,
    definitions: 5_000,
    addresses: 5_000,
    colons_in_line: 50_000,
    sentences: 2_500,
}
NESTED = (directives, widening_directives, unclosed_directives)
FLAT = {make: count for make, count in SIZES.items() if make not in NESTED}


def by_name(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("make", "count"), SIZES.items(), ids=by_name)
def test_parsing_takes_linear_time(make: Callable[[int], bytes], count: int) -> None:
    few = max(1, count // 2)
    assert growth(parse, make(few), make(TIMES * few)) <= LINEAR


@pytest.mark.parametrize(("make", "count"), FLAT.items(), ids=by_name)
def test_compiling_takes_linear_time(make: Callable[[int], bytes], count: int) -> None:
    def work(text: bytes) -> None:
        compile_book(in_memory([text]))

    few = count // TIMES
    assert growth(work, make(few), make(TIMES * few)) <= LINEAR


@pytest.mark.parametrize("make", SIZES, ids=by_name)
def test_the_book_is_whole(make: Callable[[int], bytes]) -> None:
    compile_any([make(200)])


@pytest.mark.parametrize("make", NESTED, ids=by_name)
def test_nesting_takes_linear_space(make: Callable[[int], bytes]) -> None:
    def space(count: int) -> int:
        blocks = compile_book(in_memory([make(count)])).book.blocks
        return sum(len(block.text) + len(block.id) for block in blocks)

    assert space(4000) <= LINEAR * space(400)


# ------------------------------------------------------------------------------------------------ single cases


@pytest.mark.parametrize(
    ("make", "node"),
    [(quotes, n.BlockQuote), (lists, n.Item)],
    ids=by_name,
)
def test_five_thousand_levels(make: Callable[[int], bytes], node: type[n.Node]) -> None:
    tree = parse(make(5_000)).root
    assert sum(isinstance(found, node) for found in tree.walk()) == 5_000


@pytest.mark.parametrize("make", [directives, unclosed_directives], ids=by_name)
def test_more_than_a_hundred_open_directives_are_text(make: Callable[[int], bytes]) -> None:
    document = parse(make(5_000))
    assert sum(isinstance(found, n.Directive) for found in document.root.walk()) == MAX_OPEN
    assert [fault.name for fault in document.faults].count("nested-too-deeply") == 1


@pytest.mark.parametrize("make", [quotes, lists], ids=by_name)
def test_five_thousand_levels_compile(make: Callable[[int], bytes]) -> None:
    compile_any([make(5_000)])


def test_ten_megabytes_in_a_line() -> None:
    (paragraph,) = parse(b"word " * 2_000_000 + b"*a").root.children
    assert paragraph.end == 10_000_002


def test_a_byte_order_mark_is_part_of_the_chapter_and_of_no_title() -> None:
    found = compile_any([b"\xef\xbb\xbf# T\n"])
    (chapter,) = found.book.chapters
    assert (chapter.title, chapter.text) == ("T", "\ufeff# T\n")
    assert codes(found) == []


def test_front_matter_after_a_byte_order_mark() -> None:
    found = compile_any([b"\xef\xbb\xbf---\ntitle: U\n---\n# T\n"])
    assert found.book.chapters[0].title == "U"


def test_nul() -> None:
    found = compile_any([b"# T\n\na\0b\n\n```python\nx = '\0'\n```\n"])
    assert "a\0b" in found.book.blocks[1].text


def test_a_byte_that_is_no_text_is_reported_at_its_place_and_keeps_all_others() -> None:
    found = compile_any(["# Größe\n\n".encode() + b"a \xff b\n"])
    (item,) = found.diagnostics
    assert (item.code, item.span and (item.span.first, item.span.start)) == ("VG109", (3, 13))
    (concept,) = found.book.of_kind(b.Concept)
    assert concept.text == "a \ufffd b\n"


def test_latin_1() -> None:
    """Each byte that is no text counts for itself, so that what follows stays in its place."""
    found = compile_any(["# Größe\n\n## Länge {#len}\n\ntext\n".encode("latin-1")])
    section = found.book["a/len"]
    assert (section.span.first, section.span.start) == (3, 9)


def test_utf_16() -> None:
    assert "VG109" in codes(compile_any(["# T\n\ntext\n".encode("utf-16")]))


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
def test_line_ends(end: bytes) -> None:
    """The same book has the same ids and digests, and lines are counted, in every form of line ends."""
    text = b"---\nid: c\n---\n# T\n\ntext\n\n## S\n\n:::{note} N\n:id: n\nx\n:::\n\n| a |\n|---|\n| b |\n"
    unix, other = (compile_any([data]) for data in (text, text.replace(b"\n", end)))
    assert [(block.id, block.kind, block.span.first, block.span.last) for block in unix.book.blocks] == [
        (block.id, block.kind, block.span.first, block.span.last) for block in other.book.blocks
    ]
    assert codes(unix) == codes(other) == []


@pytest.mark.parametrize(
    ("front_matter", "code"),
    [
        pytest.param("a: &a [x]\n" + "".join(f"k{i}: &k{i} [*a, *a]\n" for i in range(99)), "VG211", id="alias bomb"),
        pytest.param("title: !!python/object/apply:os.system [exit 1]\n", "VG211", id="Python tag"),
        pytest.param("title: !custom x\n", "VG211", id="own tag"),
        pytest.param("tags: " + "[" * 5_000 + "]" * 5_000 + "\n", "VG211", id="deep lists"),
        pytest.param("".join(" " * i + "a:\n" for i in range(500)), "VG211", id="deep maps"),
        pytest.param("tags: [a, b\n", "VG210", id="not YAML"),
        pytest.param("[a, b]\n", "VG210", id="no map"),
        pytest.param("a: b\n? [c]\n: d\n", "VG212", id="a key that is a list"),
        pytest.param("title: a\x07b\n", "VG210", id="control characters"),
        pytest.param("title: a\ntitle: b\n", "VG213", id="a key twice"),
        pytest.param("<<: {title: a}\n", "VG212", id="a merge key"),
        pytest.param("hours: .nan\n", "VG213", id="not a number"),
        pytest.param("hours: " + "9" * 5_000 + "\n", "VG213", id="a number that is too large"),
    ],
)
def test_front_matter(front_matter: str, code: str) -> None:
    """Front matter is plain data; what is more is reported, and nothing of it is ever built."""
    found = compile_any([f"---\n{front_matter}---\n# T\n".encode()])
    assert code in codes(found)
    assert found.book.chapters[0].hours == 0.0


def test_a_megabyte_of_front_matter() -> None:
    found = compile_any([front_matter_long(60_000)])
    assert len(found.book.chapters[0].objectives) == 60_000


def test_front_matter_that_is_never_a_book_of_its_own() -> None:
    """One bad chapter hides nothing of the others."""
    found = compile_any([b"---\n[\n---\n\xff\0", b"# B\n\n[x](nowhere.md)\n"])
    assert codes(found)[-1] == "VG402"
