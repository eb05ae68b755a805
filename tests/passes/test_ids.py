"""Ids: what they are made of, and that they stay when the text around a block moves."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.passes.test_any_text import in_memory
from tests.support import codes, compiled, modest, told
from vulgate.passes.compile import compile_book

PASSAGES = (
    "Some prose about names.\n",
    "- a list\n- of things\n",
    "```python\ndef first():\n    return 1\n```\n",
    "```python\ndef second():\n    return 2\n```\n",
    "```text\nplain\n```\n",
    "| a | b |\n|---|---|\n| c | d |\n",
    ":::{note}\nA note without a name.\n:::\n",
    ":::{note} A note with a name\nx\n:::\n",
    ":::{rule} Do it\n:id: given\nx\n\n```python {bad}\n1\n```\n\n```python {good}\n2\n```\n:::\n",
    ":::{term} Closure\nA function.\n:::\n",
    "> [!TIP]\n> A tip.\n",
    "**Cell** is a box.\n",
    "```mermaid\nflowchart LR\n  A --> B\n```\n",
)
BETWEEN = "\n---\n\n"


def ids_of(*texts: str) -> list[list[str]]:
    """The ids of the authored blocks of each chapter."""
    book = compile_book(in_memory([text.encode() for text in texts])).book
    return [[block.id for block in book.authored(chapter.id)] for chapter in book.chapters]


@modest(60)
@given(st.permutations(PASSAGES[2:6] + PASSAGES[6:11]))
def test_moving_blocks_within_a_section_keeps_every_id(passages: list[str]) -> None:
    """Blocks of their own kinds, that is: prose that is put together with other prose is another passage."""
    before = "# T\n\n## S\n\n" + "\n".join((*PASSAGES[2:6], *PASSAGES[6:11]))
    after = "# T\n\n## S\n\n" + "\n".join(passages)
    assert Counter(ids_of(before)[0]) == Counter(ids_of(after)[0])


@modest(40)
@given(st.lists(st.sampled_from(PASSAGES), unique=True, max_size=6), st.sampled_from(("## A\n\n", "## A\n\n### C\n\n")))
def test_what_is_added_elsewhere_changes_no_id(passages: list[str], above: str) -> None:
    body = "## S\n\n" + "\n".join(passages)
    alone = set(ids_of(f"# T\n\n{body}")[0])
    longer = set(ids_of(f"# T\n\nHello there.\n\n{above}```python\nother = 1\n```\n\n{body}")[0])
    assert alone <= longer


@modest(40)
@given(st.permutations(range(4)), st.lists(st.sampled_from(PASSAGES), min_size=4, max_size=4))
def test_shuffling_chapters_keeps_every_id(order: list[int], passages: list[str]) -> None:
    texts = [f"---\nid: c{index}\n---\n# T\n\n## S\n\n{passage}" for index, passage in enumerate(passages)]
    before, after = ids_of(*texts), ids_of(*(texts[index] for index in order))
    assert [before[index] for index in order] == after


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("## Default *arguments* & `x`", "a/default-arguments-x"),
        ("## Größe 日本", "a/grosse-日本"),
        ("## !", "a/section"),
        ("## A {#b}", "a/b"),
        (":::{note} See `x`\n:id: given\ny\n:::", "a/given"),
        (":::{note} See `x`\ny\n:::", "a/see-x"),
        (":::{note}\nsome words of the body\n:::", "a/note-some-words-of-the-body"),
        ("prose of more than just six words here", "a/prose-of-more-than-just-six"),
        ("!!!", "a/text"),
        ("```python\nasync def f(): ...\n```", "a/f"),
        ("```python\nx = 1\n```", "a/x"),
        ("```python {file=app/main.py}\nx = 1\n```", "a/app-main-py"),
        ("```python\nprint(1)\n```", "a/print-1"),
        ("```python\n```", "a/example"),
        ("| A | `b` |\n|---|---|", "a/a-b"),
        ("```mermaid\nsequenceDiagram\n  A->>B: c\n```", "a/sequencediagram-diagram"),
    ],
)
def test_what_an_id_is_made_of(text: str, id: str) -> None:
    assert ids_of(f"# T\n\n{text}\n") == [["a", id]]


def test_equal_headings_are_told_apart_by_the_heading_above() -> None:
    text = "# T\n\n## A\n\n### More\n\n## B\n\n### More\n\n### Less\n"
    assert ids_of(text) == [["a", "a/a", "a/a-more", "a/b", "a/b-more", "a/less"]]


def test_equal_passages_of_two_sections_are_told_apart_by_their_section() -> None:
    assert ids_of("# T\n\n## A\n\ntext\n\n## B\n\ntext\n") == [["a", "a/a", "a/a/text", "a/b", "a/b/text"]]


def test_equal_titles_are_told_apart_by_their_content() -> None:
    texts = [":::{note} N\nfirst\n:::\n", ":::{note} N\nsecond\n:::\n"]
    (one,), (two,) = (ids_of("# T\n\n" + "\n".join(order))[0][1:2] for order in (texts, texts[::-1]))
    assert one != two
    assert set(ids_of("# T\n\n" + "\n".join(texts))[0]) == {"a", one, two}


class TestDuplicates:
    def test_in_a_chapter(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n:::{story}\n:id: x\na\n:::\n\n:::{story}\n:id: x\nb\n:::\n")
        assert told(found) == ["VG401 a.md:8 the id `x` is given twice"]
        assert found.diagnostics[0].labels[0].span.first == 3
        assert {"a/x", "a/x-2"} <= {block.id for block in found.book.blocks}

    def test_a_heading_and_a_directive(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n## S {#x}\n\n:::{story}\n:id: x\na\n:::\n")
        assert told(found) == ["VG401 a.md:5 the id `x` is given twice"]

    def test_a_title_that_is_a_heading_too_is_no_fault(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n## Closure\n\n:::{term} Closure\nx\n:::\n")
        assert told(found) == []
        assert {"a/closure", "a/term-closure"} <= {block.id for block in found.book.blocks}

    def test_of_chapters(self, tmp_path: Path) -> None:
        text = "---\nid: same\n---\n# T\n\n## S\n\n[[same/s]]\n"
        found = compiled(tmp_path, {"a.md": text, "b.md": text})
        assert told(found) == ["VG401 b.md:1 the id `same` is given twice"]
        assert [chapter.id for chapter in found.book.chapters] == ["same", "same-2"]
        assert "same-2/s" in found.book

    def test_of_files_of_one_name(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, {"x/a.md": "# T\n", "y/a.md": "# T\n"})
        assert codes(found) == ["VG401"]


class TestDigests:
    @pytest.mark.parametrize("other", ["# T\r\n\r\ntext\r\n", "# T\n\ntext  \n", "# T\n\n\ntext\n\n\n"])
    def test_do_not_see_white_space_that_means_nothing(self, other: str) -> None:
        digests = [
            [block.digest for block in compile_book(in_memory([text.encode()])).book.blocks]
            for text in ("# T\n\ntext\n", other)
        ]
        assert digests[0] == digests[1]

    def test_see_every_other_change(self) -> None:
        books = [compile_book(in_memory([f"# T\n\n{text}\n".encode()])).book for text in ("text", "texts", "tex t")]
        assert len({book.blocks[1].digest for book in books}) == 3
