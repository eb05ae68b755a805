"""Books of other tools: their chapters, order and parts, and what becomes of each construct."""

from pathlib import Path

import pytest

from tests.source.layouts.books import DOCUSAURUS, MDBOOK, MKDOCS, MYST, QUARTO, VITEPRESS, notebook, write
from vulgate.passes.compile import compile_book
from vulgate.source import open_book
from vulgate.source.book import SourceBook

BOOKS = {
    "mdbook": MDBOOK,
    "mkdocs": MKDOCS,
    "docusaurus": DOCUSAURUS,
    "vitepress": VITEPRESS,
    "myst": MYST,
    "quarto": QUARTO,
}


def text(book: SourceBook, path: str) -> str:
    return next(chapter.file.data.decode() for chapter in book.chapters if chapter.file.path == path)


def paths(book: SourceBook) -> list[tuple[str, str, str]]:
    """Path, part and type of each chapter."""
    parts = book.manifest.parts
    return [
        (chapter.file.path, "" if chapter.part is None else parts[chapter.part].title, chapter.type)
        for chapter in book.chapters
    ]


def codes(book: SourceBook) -> list[str]:
    return sorted(item.code for item in compile_book(book).diagnostics)


@pytest.mark.parametrize("layout", BOOKS)
def test_a_layout_is_recognized(layout: str, tmp_path: Path) -> None:
    book = open_book(write(tmp_path, BOOKS[layout]))
    assert book.layout == layout
    assert book.is_lenient
    assert len({chapter.id for chapter in book.chapters}) == len(book.chapters) > 1


def test_mdbook(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, MDBOOK))
    assert book.manifest.book.title == "Rusty"
    assert paths(book) == [
        ("src/before.md", "", "front"),
        ("src/first.md", "Basics", "chapter"),
        ("src/inside.md", "Basics", "chapter"),
        ("src/second.md", "More", "chapter"),
        ("src/after.md", "", "appendix"),
    ]
    first = text(book, "src/first.md")
    assert "```rust\n    let x = 1;\n```" in first
    assert "```python {static}\nprint(nowhere)\n```" in first
    assert "\n{{#include none.md}} is text." in first
    assert "(first.md#steps)" in text(book, "src/before.md")
    assert text(book, "src/inside.md").startswith("# Inside\n")
    assert text(book, "src/second.md") == "# Second\n\ntwo\nthree\n"
    assert codes(book) == ["VG112"] * 3  # the draft, and `ignore` twice


def test_mkdocs(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, MKDOCS))
    assert paths(book) == [("docs/index.md", "", "chapter"), ("docs/guide/start.md", "Guide", "chapter")]
    home = text(book, "docs/index.md")
    assert ":::{warning} Hot\nDo not touch.\n\n\n**a.py**\n\n```python\nx = 1\n```\n:::" in home
    assert "(guide/start.md)" in home
    start = text(book, "docs/guide/start.md")
    assert start.startswith('---\nsummary: "How to start"\n---\n# Start\n')
    assert "**Linux**\n\n\nUse `apt`.\n" in start
    assert "From a snippet.\n" in start
    assert ":::{note}\nFolded.\n:::" in start
    assert [code for code in codes(book) if code != "VG112"] == ["VG106", "VG107", "VG111"]


def test_docusaurus(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, DOCUSAURUS))
    assert book.manifest.book.title == "Dino"
    assert [path for path, _, _ in paths(book)] == ["docs/setup.mdx", "docs/intro.md", "docs/deep/one.md"]
    assert paths(book)[-1][1] == "Deeper"
    setup = text(book, "docs/setup.mdx")
    assert ":::{tip} Be quick\n\nIt is short.\n\n:::" in setup
    assert "**Apple**" in setup
    assert "An apple." in setup
    assert "<Tab" not in setup
    assert "import" not in setup
    assert "**x.js**\n\n```js\nlet x\n```" in setup
    assert "(../intro.md)" in text(book, "docs/deep/one.md")


def test_vitepress(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, VITEPRESS))
    assert [path for path, _, _ in paths(book)] == ["b.md", "a.md"]
    assert "```ts\nlet b\n```" in text(book, "a.md")
    assert "[B](b.md)" in text(book, "a.md")
    assert ":::{note} Read\nFolded.\n:::" in text(book, "b.md")
    assert "**npm**\n\n```sh\nnpm i\n```" in text(book, "b.md")
    assert "const x" not in text(book, "b.md")
    assert set(codes(book)) == {"VG112"}


def test_myst(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, MYST))
    assert (book.manifest.book.title, book.manifest.book.authors) == ("Mister", ["B"])
    assert paths(book) == [
        ("intro.md", "", "front"),
        ("one.md", "Core", "chapter"),
        ("two.md", "Core", "chapter"),
    ]
    assert "See [Target](one.md#the-target) and [one](one.md)." in text(book, "intro.md")
    one = text(book, "one.md")
    assert "## Target {#the-target}" in one
    assert ":::{note} Look\nA note with `len` in it.\n:::" in one
    assert "**a.py**\n\n```python\nx = 1\n```" in one
    assert "`` {ref}`kept` ``" in one
    assert "Its text." in one
    assert "```python\na = 1\n```" in text(book, "two.md")
    assert set(codes(book)) == {"VG112"}


def test_a_toctree_gives_the_order(tmp_path: Path) -> None:
    tree = "# Home\n\n```{toctree}\n:caption: Core\n\nb\nThe first <a>\n```\n"
    files = {
        "conf.py": "project = 'Sphinx'\nraise SystemExit(9)\n",
        "index.md": tree,
        "a.md": "# A\n\nA.\n",
        "b.md": "# B\n\nB.\n",
    }
    book = open_book(write(tmp_path, files))
    assert book.manifest.book.title == "Sphinx"
    assert paths(book) == [("index.md", "", "front"), ("b.md", "Core", "chapter"), ("a.md", "Core", "chapter")]


def test_quarto(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, QUARTO))
    assert paths(book) == [
        ("index.qmd", "", "chapter"),
        ("one.qmd", "Basics", "chapter"),
        ("last.qmd", "Appendices", "appendix"),
    ]
    one = text(book, "one.qmd")
    assert "{tip} Try\nIt works.\n" in one
    assert "```python\n#| echo: false\nprint(1)\n```" in one
    assert "Included." in one
    assert "[One](one.qmd)" in text(book, "index.qmd")
    assert codes(book) == []


def test_a_notebook_is_a_chapter(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, {"numbers.ipynb": notebook()}) / "numbers.ipynb")
    told = text(book, "numbers.ipynb")
    assert told.startswith("# Numbers\n\nAdd them.\n")
    assert "```python {group=notebook}\nx = 1 + 1\nprint(x)\n```\n\n```output\n2\n```" in told
    assert "```python {static}\n%timeit x\n```" in told
    assert "```python {group=notebook raises=ZeroDivisionError}\n1 / 0\n```" in told
    compiled = compile_book(book)
    example = next(block for block in compiled.book.blocks if "print(x)" in block.text)
    place = book.place(example.span)
    assert "print(x)" in book.file("numbers.ipynb").lines.line_text(place.first + 1)  # type: ignore[union-attr]


@pytest.mark.parametrize("layout", BOOKS)
def test_a_diagnostic_points_at_the_file_on_disk(layout: str, tmp_path: Path) -> None:
    files = dict(BOOKS[layout])
    path = next(
        path for path in files if path.endswith(("first.md", "start.md", "setup.mdx", "b.md", "one.md", "one.qmd"))
    )
    layout_faults = {item.message for item in compile_book(open_book(write(tmp_path, files))).diagnostics}
    files[path] = f"{files[path]}\nBroken: [here](nowhere-at-all.md)\n"
    book = open_book(write(tmp_path, files))
    item = next(
        item
        for item in compile_book(book).diagnostics
        if item.message not in layout_faults and item.code in ("VG402", "VG407")
    )
    assert item.span is not None
    assert item.span.file == path
    assert "nowhere-at-all" in book.file(path).lines.line_text(item.span.first)  # type: ignore[union-attr]


PIPELINE = {
    "config/book.yaml": "title: Old\nparts:\n  - title: Core\n    chapters:\n      - file: b.md\n      - a.md\n",
    "chapters/b.md": (
        '<!-- SSM:CHUNK_BOUNDARY id="ch01-start" -->\n📘 CHAPTER 1 — FUNCTIONS 🟢 Beginner\n\n'
        "1.0 Overview\n\nText.\n\n1.1 Calls\n\n"
        "def f(x):\n    return x\n\nprint(f(1))\n\nIn 1.9 cases of 2.0 it works.\n\n1.2 More\n\nThe end.\n\n"
        "📘 CHAPTER 2 — CLASSES includes:\n\nMuch.\n\n📘 APPENDIX A — WORDS\n\nA.1 First\n\nA word.\n"
    ),
    "chapters/a.md": "📘 CHAPTER 2 — CLASSES 🔴 Advanced\n\n2.1 Bodies\n\nText.\n",
}


def test_sources_of_the_old_compiler(tmp_path: Path) -> None:
    book = open_book(write(tmp_path, PIPELINE))
    assert book.layout == "pipeline"
    assert paths(book) == [
        ("chapters/b.md", "Core", "chapter"),
        ("chapters/a.md", "Core", "chapter"),
        ("chapters/b--words.md", "", "appendix"),
    ]
    first = text(book, "chapters/b.md")
    assert first.startswith("---\nlevel: beginner\n---\n# FUNCTIONS\n")
    assert "**Overview**" in first
    assert "## Calls\n" in first
    assert "```python\ndef f(x):\n    return x\n\nprint(f(1))\n```\n\nIn 1.9 cases of 2.0 it works." in first
    assert "CLASSES includes:" in first
    assert "## First\n" in text(book, "chapters/b--words.md")
    compiled = compile_book(book)
    assert [(block.number, block.title) for block in compiled.book.chapters] == [
        ("1", "FUNCTIONS"),
        ("2", "CLASSES"),
        ("A", "WORDS"),
    ]
    assert codes(book) == []
