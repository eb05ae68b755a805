"""Books of other tools that are damaged, or mean harm: something is said, nothing is run, and nothing is read from elsewhere."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.source.layouts.books import MKDOCS, notebook, write
from tests.support import modest
from vulgate.model.codes import Reporter
from vulgate.passes.compile import compile_book
from vulgate.source import open_book
from vulgate.source.book import SourceFile
from vulgate.source.dialects import (
    admonitions,
    attributes,
    fences,
    front,
    jsx,
    links,
    mdbook,
    myst,
    plain_headings,
    quarto,
    tabs,
    titles,
    vitepress,
)
from vulgate.source.dialects.page import Page
from vulgate.source.dialects.snippets import snippets
from vulgate.source.origins import lines_of
from vulgate.source.rescue.cursor import read_cursor
from vulgate.source.rescue.encoding import mended
from vulgate.source.rescue.ssm import read_ssm
from vulgate.source.rescue.writing import rescue

CHANGES = {
    "admonitions": admonitions.marked,
    "containers": admonitions.containers,
    "attributes": attributes.attributes,
    "fences": fences.fences,
    "front": front.front_matter,
    "jsx": jsx.components,
    "links": links.links,
    "mdbook": mdbook.helpers,
    "myst": myst.directives,
    "targets": myst.targets({}),
    "quarto": quarto.divs,
    "includes": quarto.includes,
    "snippets": snippets(["", "docs"]),
    "tabs": tabs.tabs,
    "titles": titles.titled("T"),
    "plain headings": plain_headings.plain_headings,
    "vitepress": vitepress.files,
}
MARKUP = st.sampled_from(
    [
        "!!! note",
        "    ",
        "\t",
        "```",
        "~~~~",
        "```{note} T",
        ":::",
        "::::tip",
        "::: {.callout-note}",
        '=== "T"',
        "{{#include a}}",
        "<<< @/x",
        '--8<-- "x"',
        "---",
        "title: x",
        "<Tabs>",
        "import x from 'y'",
        "(a)=",
        "# T",
        "- ",
        "> ",
        "{ref}`a`",
        "[a](b)",
        ":k: v",
        "text",
        "}}",
        "{",
        "`",
    ]
)
TEXTS = st.lists(st.one_of(MARKUP, st.text(max_size=12)), max_size=14).map("\n".join)


@pytest.mark.parametrize("change", CHANGES)
@modest(100)
@given(text=TEXTS)
def test_any_text_is_changed_without_a_fault(change: str, text: str) -> None:
    file = SourceFile("docs/a.md", text.encode("utf-8", "replace"))
    page = Page(Path("/nonexistent"), file, Reporter(lenient=True), {"docs/a.md"}, "docs")
    before = lines_of(text.encode("utf-8", "replace").decode(), "docs/a.md")
    for line in CHANGES[change](before, page):
        assert line.file == "docs/a.md"
        assert 1 <= line.number <= max(1, len(before))


@modest(100)
@given(text=TEXTS)
def test_any_text_is_rescued_without_a_fault(text: str) -> None:
    for edition in (read_cursor("# X – Cursor Edition\n\n## Chapter 1 — A\n\n### Concepts\n\n" + text), read_ssm(text)):
        rescue(edition)


@modest(100)
@given(text=st.text())
def test_encoding_is_mended_exactly(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    damaged = clean.encode().decode("mac_roman")
    found, failed = mended(damaged)
    assert found == clean
    assert failed == []


def test_tags_of_yaml_do_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "harm"
    config = MKDOCS["mkdocs.yml"] + f"hooks: !!python/object/apply:os.system ['touch {marker}']\n"
    book = open_book(write(tmp_path, {**MKDOCS, "mkdocs.yml": config}))
    assert book.manifest.book.title == "Mike"
    assert not marker.exists()


@pytest.mark.parametrize("include", ["../../outside.txt", "/etc/hostname"])
@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"book.toml": "[book]\n", "src/SUMMARY.md": "- [A](a.md)\n"}, "{{#include %s}}"),
        ({"mkdocs.yml": "site_name: X\n"}, '--8<-- "%s"'),
        ({"_toc.yml": "root: a\n"}, "```{include} ../%s\n```"),
        ({"_quarto.yml": "book:\n  chapters: [a.qmd]\n"}, "{{< include ../%s >}}"),
        ({".vitepress/config.js": ""}, "<<< ../%s"),
    ],
    ids=["mdbook", "mkdocs", "myst", "quarto", "vitepress"],
)
def test_nothing_is_included_from_outside(files: dict[str, str], line: str, include: str, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("SECRET-7", encoding="utf-8")
    folder = tmp_path / "a" / "book"
    pages = {"src/a.md": "", "docs/a.md": "", "a.md": "", "a.qmd": ""}
    book = open_book(write(folder, {**files, **dict.fromkeys(pages, f"# A\n\n{line % include}\n")}))
    assert book.chapters
    assert not any(b"SECRET-7" in chapter.file.data for chapter in book.chapters)
    assert {item.code for item in book.diagnostics} & {"VG108", "VG113"}


def test_a_link_out_of_the_book_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("# SECRET-7\n", encoding="utf-8")
    folder = write(tmp_path / "book", {"mkdocs.yml": "nav: [a.md, ../../outside.md]\n", "docs/b.md": "# B\n\nB.\n"})
    (folder / "docs" / "a.md").symlink_to(tmp_path / "outside.md")
    book = open_book(folder)
    assert not any(b"SECRET-7" in chapter.file.data for chapter in book.chapters)
    assert [item.code for item in book.diagnostics].count("VG108") == 2


def test_includes_that_go_in_a_circle_end(tmp_path: Path) -> None:
    files = {
        "book.toml": "[book]\n",
        "src/SUMMARY.md": "- [A](a.md)\n",
        "src/a.md": "# A\n\n{{#include b.txt}}\n",
        "src/b.txt": "{{#include c.txt}}\n",
        "src/c.txt": "{{#include b.txt}}\n",
    }
    book = open_book(write(tmp_path, files))
    assert [item.code for item in book.diagnostics] == ["VG114"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "no Jupyter notebook"),
        (json.dumps({"nbformat": 3, "worksheets": []}).encode(), "format 3"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b'{"nbformat": 4, "cells": [7, null, {"cell_type": "code", "source": 5}]}', ""),
    ],
)
def test_a_damaged_notebook_is_told(data: bytes, said: str, tmp_path: Path) -> None:
    book = open_book(write(tmp_path, {"a.ipynb": data}))
    told = [item.message for item in book.diagnostics if item.code == "VG115"]
    assert (len(told) == 1 and said in told[0]) if said else told == []
    compile_book(book)


def test_a_large_notebook_is_no_matter(tmp_path: Path) -> None:
    value = json.loads(notebook())
    value["cells"][2]["outputs"][0]["data"]["image/png"] = "A" * 50_000_000
    write(tmp_path, {"large.ipynb": json.dumps(value).encode()})
    started = time.process_time()
    book = open_book(tmp_path / "large.ipynb")
    assert len(book.chapters[0].file.data) < 1000
    assert time.process_time() - started < 30  # minutes would be a fault; this is no measure of speed


@pytest.mark.parametrize("name", ["mkdocs.yml", "book.toml", "_toc.yml", "_quarto.yml", "myst.yml"])
@pytest.mark.parametrize(
    "data", [b"\x00\xff", b"[", b"nav: [a, {b: [{c: d}]}]\nparts: 7\nproject: {toc: {}}\nbook: 3", b""]
)
def test_a_damaged_table_of_contents_is_survived(name: str, data: bytes, tmp_path: Path) -> None:
    write(tmp_path, {name: data, "docs/a.md": b"# A\n\nA.\n", "src/a.md": b"# A\n\nA.\n", "a.md": b"# A\n\nA.\n"})
    compile_book(open_book(tmp_path))


def test_pages_in_several_encodings(tmp_path: Path) -> None:
    pages = {"docs/a.md": "# É\n\nText.\n".encode("latin-1"), "docs/b.md": "# É\n\nText.\n".encode()}
    book = open_book(write(tmp_path, {"mkdocs.yml": b"site_name: X\n", **pages}))
    assert [item.code for item in compile_book(book).diagnostics] == ["VG109"]
