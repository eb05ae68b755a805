"""References: all forms in which one block points at another, and all ways in which that can fail."""

from pathlib import Path

import pytest

from tests.support import MANIFEST, book, compiled, told
from vulgate.model import blocks as b
from vulgate.passes.compile import compile_book

OTHER = """\
    ---
    formerly: [older]
    ---
    # Other

    ## Default arguments {#defaults}

    ## Why `x`?

    ## Twice

    ### Twice

    :::{term} Closure
    :formerly: enclosure
    A function.
    :::
    """


def links(tmp_path: Path, text: str, *, path: str = "a.md", **files: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Where the links of a chapter lead, and what the compiler says; `other.md` stands beside it."""
    manifest = f'{MANIFEST}chapters = ["{path}", "other.md"]\nignore = ["*"]\n'
    source = book(tmp_path, {"vulgate.toml": manifest, path: f"# A\n\n## Here\n\n{text}\n", "other.md": OTHER, **files})
    found = compile_book(source)
    places = [(link.target, link.type) for block in found.book.authored("a") for link in block.links]
    return places, told(found, source)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("[x](other.md)", "other"),
        ("[x](./other.md)", "other"),
        ("[x](/other.md)", "other"),
        ("[x](sub/../other.md)", "other"),
        ("[x](other.md?plain=1)", "other"),
        ("[x](<other.md>)", "other"),
        ("[x](other.md#defaults)", "other/defaults"),
        ("[x](other.md#default-arguments)", "other/defaults"),
        ("[x](other.md#why-x)", "other/why-x"),
        ("[x](other.md#closure)", "other/closure"),
        ("[x](#here)", "a/here"),
        ("[x](#)", "a"),
        ("[x][y]\n\n[y]: other.md#closure", "other/closure"),
        ("[[closure]]", "other/closure"),
        ("[[closure|the word]]", "other/closure"),
        ("[[other/closure]]", "other/closure"),
        ("[[ closure ]]", "other/closure"),
        ("[[here]]", "a/here"),
        ("[[other]]", "other"),
        ("*see [[closure]]*", "other/closure"),
        ("- [[closure]]", "other/closure"),
        ("> [[closure]]", "other/closure"),
        ("| [[closure\\|it]] |\n|---|", "other/closure"),
        (":::{note} See [[closure]]\nx\n:::", "other/closure"),
        (":::{note}\nSee [[closure]].\n:::", "other/closure"),
        ("### See [[closure]]", "other/closure"),
        ("Chapter 1", "a"),
        ("See Chapter 2.", "other"),
        ("Chapter\u00a02", "other"),
        ("(Chapter 2)", "other"),
        ("Chapter 2.1", "other/defaults"),
        ("Section 2.3.1", "other/twice-twice"),
        ("**Section 2.1**", "other/defaults"),
    ],
)
def test_a_reference_to_a_block(tmp_path: Path, text: str, target: str) -> None:
    assert links(tmp_path, text) == ([(target, "block")], [])


def test_the_place_of_a_reference(tmp_path: Path) -> None:
    text = "é [[here]] and [x](#here) and Chapter 1.\n"
    found = compiled(tmp_path, f"# A\n\n## Here\n\n{text}")
    data = f"# A\n\n## Here\n\n{text}".encode()
    (concept,) = found.book.of_kind(b.Concept)
    written = sorted(data[link.start : link.end].decode() for link in concept.links)
    assert written == ["Chapter 1", "[[here]]", "[x](#here)"]


def test_a_reference_belongs_to_the_innermost_block(tmp_path: Path) -> None:
    found = compiled(tmp_path, "# A\n\n- x\n\n  :::{note} N\n  :id: n\n  [[a]]\n  :::\n\n- [[n]]\n")
    assert [link.target for link in found.book["a/n"].links] == ["a"]
    assert [link.target for block in found.book.of_kind(b.Concept) for link in block.links] == ["a/n"]


@pytest.mark.parametrize("url", ["https://example.com/a", "mailto:a@b.c", "//example.com", "ftp://x"])
def test_an_address(tmp_path: Path, url: str) -> None:
    assert links(tmp_path, f"[x]({url})") == ([(url, "external")], [])


def test_a_bare_address(tmp_path: Path) -> None:
    assert links(tmp_path, "See https://example.com/a.") == ([("https://example.com/a", "external")], [])


@pytest.mark.parametrize(
    "text", ["![x](img/a.png)", "[x](img/a.png)", "![x](img/a%2Epng)", "[x](./img/../img/a.png#p)"]
)
def test_a_file_beside_the_chapters(tmp_path: Path, text: str) -> None:
    assert links(tmp_path, text, **{"img/a.png": "x"}) == ([("img/a.png", "file")], [])


def test_the_files_that_a_book_needs_are_listed(tmp_path: Path) -> None:
    found = compile_book(book(tmp_path, {"a.md": "# A\n\n![x](x.png) ![y](y.png)\n", "x.png": "x"}))
    assert found.assets == {"x.png": True, "y.png": False}


def test_links_are_relative_to_their_chapter(tmp_path: Path) -> None:
    assert links(tmp_path, "[x](../other.md)", path="sub/a.md") == ([("other", "block")], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[x](nowhere.md)", "VG402 a.md:5:1 nothing at `nowhere.md`"),
        ("é [x](other.md#nothing)", "VG402 a.md:5:3 nothing at `other.md#nothing`"),
        ("[x](#nothing)", "VG402 a.md:5:1 nothing at `#nothing`"),
        ("[x]()", "VG402 a.md:5:1 nothing at ``"),
        ("[[nothing]]", "VG403 a.md:5:1 no block has the id `nothing`"),
        ("[[other/nothing]]", "VG403 a.md:5:1 no block has the id `other/nothing`"),
        ("Chapter 3", "VG405 a.md:5:1 there is no chapter 3"),
        ("x Section 2.9 y", "VG405 a.md:5:3 there is no section 2.9"),
        ("Section 2", "VG405 a.md:5:1 there is no section 2"),
        ("Appendix A", "VG405 a.md:5:1 there is no appendix A"),
        ("[x](../x.md)", "VG406 a.md:5:1 `../x.md` leads out of the book"),
        ("![x](../../etc/passwd)", "VG406 a.md:5:1 `../../etc/passwd` leads out of the book"),
        ("![x](nothing.png)", "VG407 a.md:5:1 the file `nothing.png` does not exist"),
        ("[x](%00)", "VG407 a.md:5:1 the file `\0` does not exist"),
        (":::{note}\n:see: nothing\nx\n:::", "VG403 a.md:6:7 no block has the id `nothing`"),
        ("[[other/enclosure]]", "VG413 a.md:5:1 `other/enclosure` is now called `other/closure`"),
        ("[x](other.md#enclosure)", "VG413 a.md:5:1 `other.md#enclosure` is now called `other/closure`"),
        ("[[older]]", "VG413 a.md:5:1 `older` is now called `other`"),
        ("[[older/closure]]", "VG413 a.md:5:1 `older/closure` is now called `other/closure`"),
    ],
)
def test_a_reference_that_fails(tmp_path: Path, text: str, expected: str) -> None:
    assert links(tmp_path, text)[1] == [expected]


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("[x](othr.md)", "did you mean `other.md`"),
        ("[[closur]]", "did you mean `closure`?"),
        ("[x](other.md#default)", "did you mean `defaults`?"),
        ("Chapter 7", "the book has chapters 1 to 2"),
        ("Section 2.7", "chapter 2 has sections 2.1 to 2.3"),
        ("Section 1.7", "chapter 1 has one section, 1.1"),
        ("Appendix Q", "the book has no appendices"),
    ],
)
def test_the_nearest_candidate_is_named(tmp_path: Path, text: str, help: str) -> None:
    manifest = f'{MANIFEST}chapters = ["a.md", "other.md"]\n'
    found = compiled(tmp_path, {"vulgate.toml": manifest, "a.md": f"# A\n\n## Here\n\n{text}\n", "other.md": OTHER})
    (diagnostic,) = found.diagnostics
    assert diagnostic.help.startswith(help)


def test_a_former_id_leads_to_the_new_place(tmp_path: Path) -> None:
    assert links(tmp_path, "[[other/enclosure]]")[0] == [("other/closure", "block")]


def test_a_former_id_that_is_in_use_again_means_its_new_owner(tmp_path: Path) -> None:
    text = "# A\n\n:::{story}\n:id: x\n:formerly: y\nx\n:::\n\n:::{story}\n:id: y\nx\n:::\n\n[[y]]\n"
    found = compiled(tmp_path, text)
    assert told(found) == []
    assert "a/y" not in found.book.formerly


def test_an_ambiguous_id(tmp_path: Path) -> None:
    text = "# T\n\n:::{story}\n:id: same\nx\n:::\n"
    found = compiled(tmp_path, {"a.md": text, "b.md": text, "c.md": "# C\n\n[[same]]\n\n[[a/same]]\n"})
    assert told(found) == ["VG404 c.md:3 `same` could be any of `a/same`, `b/same`"]
    assert [label.span.file for label in found.diagnostics[0].labels] == ["a.md", "b.md"]


def test_an_id_of_the_own_chapter_comes_first(tmp_path: Path) -> None:
    text = "# T\n\n:::{story}\n:id: same\nx\n:::\n\n[[same]]\n"
    found = compiled(tmp_path, {"a.md": text, "b.md": text})
    assert told(found) == []
    assert {link.target for block in found.book.authored("b") for link in block.links} == {"b/same"}


def test_an_ambiguous_heading(tmp_path: Path) -> None:
    found = compiled(tmp_path, "# T\n\n[x](#more)\n\n## A\n\n### More\n\n## B\n\n### More\n\n[y](#b-more)\n")
    assert told(found) == ["VG404 a.md:3 `more` could be any of `a/a-more`, `a/b-more`"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("`[[nothing]]` and `Chapter 99`", id="code"),
        pytest.param("```text\n[[nothing]] Chapter 99 [x](nowhere.md)\n```", id="fence"),
        pytest.param("    Chapter 99", id="indented code"),
        pytest.param("<div>\nChapter 99 [[nothing]]\n</div>", id="HTML"),
        pytest.param("<!-- Chapter 99 [[nothing]] -->", id="comment"),
        pytest.param('x <a title="Chapter 99">y</a>', id="a tag"),
        pytest.param("[Chapter 99](https://example.com)", id="the text of a link"),
        pytest.param("https://example.com/Chapter 1", id="behind an address"),
        pytest.param(r"\[[nothing]]", id="escaped"),
    ],
)
def test_what_is_no_reference(tmp_path: Path, text: str) -> None:
    assert links(tmp_path, text)[1] == []


@pytest.mark.parametrize(
    "text",
    [
        "chapter 99", "Chapters 99", "Chapter 2020s", "Chapter 9x", "Chapter  99", "Chapter 1234", "Subsection 99",
        'Chapter 99 of "Effective Python"', "Chapter 99 of *Fluent Python*", "Section 9.9 of RFC 1", "Appendix a", "Appendix AB",
        "Chapter IV", "Section",
    ],
)  # fmt: skip
def test_numbers_that_are_not_ours(tmp_path: Path, text: str) -> None:
    assert links(tmp_path, f"See {text} there.") == ([], [])


class TestPrerequisites:
    def told(self, tmp_path: Path, **needs: str) -> list[str]:
        files = {f"{name}.md": f"---\nprerequisites: [{needed}]\n---\n# T\n" for name, needed in needs.items()}
        return told(compiled(tmp_path, files))

    def test_in_any_order_of_the_chapters(self, tmp_path: Path) -> None:
        assert self.told(tmp_path, a="c", b="", c="b") == []

    def test_a_chapter_that_does_not_exist(self, tmp_path: Path) -> None:
        assert self.told(tmp_path, a="nothing") == ["VG408 a.md:1 no chapter has the id `nothing`"]

    def test_a_cycle_is_reported_once_with_its_chain(self, tmp_path: Path) -> None:
        assert self.told(tmp_path, a="b", b="c", c="a", d="a") == [
            "VG409 a.md:1 chapters require each other: a -> b -> c -> a"
        ]

    def test_a_chapter_that_requires_itself(self, tmp_path: Path) -> None:
        assert self.told(tmp_path, a="a") == ["VG409 a.md:1 chapters require each other: a -> a"]

    def test_two_cycles(self, tmp_path: Path) -> None:
        assert self.told(tmp_path, a="b", b="a", c="d", d="c") == [
            "VG409 a.md:1 chapters require each other: a -> b -> a",
            "VG409 c.md:1 chapters require each other: c -> d -> c",
        ]

    def test_a_diamond_is_no_cycle(self, tmp_path: Path) -> None:
        assert self.told(tmp_path, a="", b="a", c="a", d="b, c") == []

    def test_a_long_chain(self, tmp_path: Path) -> None:
        needs = {f"c{i}": f"c{i + 1}" if i < 150 else "" for i in range(151)}
        assert self.told(tmp_path, **needs) == []


FACT = ":::{fact} It is so\nx\n:::\n"


class TestAllow:
    """`<!-- vulgate: allow CODE reason -->` silences a warning in the block after it."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param(f"<!-- vulgate: allow VG306 it is well known -->\n{FACT}", [], id="in the block after it"),
            pytest.param(f"<!-- vulgate: allow VG306\nit is\nwell known -->\n\n{FACT}", [], id="over several lines"),
            pytest.param(f"<!--vulgate:allow VG306 why-->\n{FACT}", [], id="without spaces"),
            pytest.param(
                f"<!-- vulgate: allow VG306 why -->\n{FACT}\n{FACT}",
                ["VG306 a.md:8 the fact has neither proof nor citation"],
                id="only in the block after it",
            ),
            pytest.param(
                f"{FACT}\n<!-- vulgate: allow VG306 why -->\n",
                [
                    "VG306 a.md:3 the fact has neither proof nor citation",
                    "VG412 a.md:7 this `allow VG306` silences nothing",
                ],
                id="not in the block above it",
            ),
            pytest.param(
                f"<!-- vulgate: allow VG306 -->\n{FACT}",
                [
                    "VG414 a.md:3 `allow VG306`: it has no reason",
                    "VG306 a.md:4 the fact has neither proof nor citation",
                ],
                id="not without a reason",
            ),
            pytest.param(
                "<!-- vulgate: allow VG306 why -->\ntext\n",
                ["VG412 a.md:3 this `allow VG306` silences nothing"],
                id="unused",
            ),
            pytest.param(
                "<!-- vulgate: allow VG403 why -->\n[[nothing]]\n",
                ["VG414 a.md:3 `allow VG403`: it is an error", "VG403 a.md:4 no block has the id `nothing`"],
                id="not an error",
            ),
            pytest.param(
                "<!-- vulgate: allow VG999 why -->\n",
                ["VG414 a.md:3 `allow VG999`: there is no such code"],
                id="unknown",
            ),
            pytest.param(
                f"> <!-- vulgate: allow VG306 why -->\n> {FACT.replace(chr(10), chr(10) + '> ')}\n", [], id="in a quote"
            ),
            pytest.param("```html\n<!-- vulgate: allow VG999 why -->\n```\n", [], id="in code it is code"),
        ],
    )
    def test_allow(self, tmp_path: Path, text: str, expected: list[str]) -> None:
        assert told(compiled(tmp_path, f"# T\n\n{text}")) == expected

    def test_two_before_a_block(self, tmp_path: Path) -> None:
        text = "# T\n\n<!-- vulgate: allow VG306 why -->\n<!-- vulgate: allow VG308 why -->\n:::{fact} It is so\n:::\n"
        assert told(compiled(tmp_path, text)) == []
