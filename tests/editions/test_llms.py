"""The edition for language models on the web: `llms.txt` to the letter of its format, and pages whose links lead somewhere."""

import importlib.util
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vulgate
from tests.build.books import RULE, SMALL, build, codes, run, tree, write
from tests.editions.test_cursor import prose
from tests.support import compiled, handbook, modest
from vulgate.editions.llms import LlmsEdition, LlmsOptions

ITEM: Final = re.compile(r"- \[([^\[\]\n]+)\]\(([^()\s]+)\)(?:: (\S.*))?")


class Link(NamedTuple):
    name: str
    url: str
    note: str


class Parsed(NamedTuple):
    title: str
    summary: str
    told: list[str]
    sections: dict[str, list[Link]]


def parse(text: str) -> Parsed:
    """A strict reader of https://llmstxt.org: title, quote, paragraphs without headings, sections of nothing but links."""
    head, *sections = re.split(r"^## (.+)\n\n", text, flags=re.MULTILINE)
    first, *paragraphs = head.rstrip("\n").split("\n\n")
    title = re.fullmatch(r"# (\S.*)", first)
    assert title, first
    summary = ""
    if paragraphs and paragraphs[0].startswith("> "):
        summary = paragraphs.pop(0).removeprefix("> ")
        assert "\n" not in summary
    assert not any(re.match(r"\s*(?:#|>|```|~~~)", paragraph) for paragraph in paragraphs)
    found: dict[str, list[Link]] = {}
    for name, body in zip(sections[::2], sections[1::2], strict=True):
        assert name not in found
        assert body.endswith("\n")
        items = [ITEM.fullmatch(line) for line in body.rstrip("\n").split("\n")]
        assert all(items), body
        found[name] = [Link(item[1], item[2], item[3] or "") for item in items if item]
    return Parsed(title[1], summary, paragraphs, found)


def rendered(book: vulgate.CompiledBook, base: str = "") -> dict[str, str]:
    return {path: data.decode() for path, data in LlmsEdition().render(book, LlmsOptions(base)).items()}


@cache
def bundled() -> dict[str, str]:
    return rendered(handbook().book)


def made(root: Path, files: dict[str, str], base: str = "") -> dict[str, str]:
    return rendered(compiled(root, files).book, base)


def toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# ------------------------------------------------------------------------------------------------ the handbook


def test_the_index_of_the_handbook_is_to_the_letter() -> None:
    found = parse(bundled()["llms/llms.txt"])
    book = handbook().book.book
    assert (found.title, found.summary) == (book.title, book.description)
    assert [*found.sections] == [*(part.title for part in book.parts), "Optional"]
    linked = [link.url for links in found.sections.values() for link in links]
    assert sorted(f"llms/{url}" for url in linked) == sorted(set(bundled()) - {"llms/llms.txt"})
    assert all(re.search(r"\([\d,]+ tokens\)$", link.note) for links in found.sections.values() for link in links)
    assert [link.name for link in found.sections["Optional"]] == ["The Python Handbook", "The whole book"]


def test_links_between_pages_lead_to_anchors() -> None:
    anchors = {path: set(re.findall(r'<a id="([^"]+)">', text)) for path, text in bundled().items()}
    seen = 0
    for path, text in bundled().items():
        for link in re.findall(r"\]\(([^)\s]*#[^)\s]*)\)", prose(text)):
            if "://" not in link:
                file, _, anchor = link.partition("#")
                assert anchor in anchors[f"llms/{file}" if file else path], (path, link)
                seen += 1
    assert seen > 500


def test_the_whole_book_is_its_pages_with_their_addresses() -> None:
    whole = bundled()["llms/llms-full.txt"]
    paragraphs = {paragraph.strip("\n") for paragraph in re.split(r"\n\s*\n", whole)}
    for chapter in handbook().book.chapters:
        assert whole.count(f"\nSource: {chapter.id}.html.md\n") == 1
        page = bundled()[f"llms/{chapter.id}.html.md"].partition("\n")[2]
        for paragraph in re.split(r"\n\s*\n", page):
            if paragraph.strip() and "](" not in paragraph:  # links lead to other places
                assert paragraph.strip("\n") in paragraphs


def test_another_reader_finds_the_same(tmp_path: Path) -> None:
    if importlib.util.find_spec("llms_txt") is None:
        pytest.skip("the outside judge llms-txt is not installed")
    read = "parse_llms_file(sys.stdin.read())"
    code = f"import json, sys; from llms_txt import parse_llms_file; print(json.dumps({read}, default=list))"
    texts = [bundled()["llms/llms.txt"], made(tmp_path, {"a.md": "# A `list[int]` (b)\n"})["llms/llms.txt"]]
    for text in texts:
        done = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        theirs, ours = json.loads(done.stdout), parse(text)
        assert (theirs["title"], theirs["summary"] or "") == (ours.title, ours.summary)
        assert {
            name: [(link["title"], link["url"], link["desc"]) for link in links]
            for name, links in theirs["sections"].items()
        } == {name: [tuple(link) for link in links] for name, links in ours.sections.items()}


# ------------------------------------------------------------------------------------------------ small books


def test_the_files_of_a_small_book(tmp_path: Path) -> None:
    files = made(
        tmp_path,
        {"one.md": "# One\n\nSee [[two/end]].\n", "two.md": "---\nsummary: The end.\n---\n# Two\n\n## End\n\nText.\n"},
    )
    version = vulgate.__version__
    assert files["llms/llms.txt"] == (
        f"# Small\n\nGenerated by Vulgate {version}: change the book and build again."
        " Each page is Markdown, and holds a chapter.\n\n"
        "## Chapters\n\n- [1 One](one.html.md): (43 tokens)\n- [2 Two](two.html.md): The end. (47 tokens)\n\n"
        "## Optional\n\n- [The whole book](llms-full.txt): all pages in one file (90 tokens)\n"
    )
    assert files["llms/one.html.md"] == (
        f"<!-- Generated by Vulgate {version}. Do not edit: change the book and build again. -->\n"
        '<a id="one"></a>\n\n# One\n\n*Chapter 1.*\n\nSee [End](two.html.md#two/end).\n'
    )
    assert files["llms/llms-full.txt"].endswith(
        '<a id="one"></a>\n\n# One\n\n*Chapter 1.*\n\nSource: one.html.md\n\nSee [End](#two/end).\n\n'
        '<a id="two"></a>\n\n# Two\n\n*Chapter 2.*\n\nThe end.\n\nSource: two.html.md\n\n'
        '<a id="two/end"></a>\n\n## End\n\nText.\n'
    )


@pytest.mark.parametrize(
    "base", ["https://example.org/book", "https://example.org/book/", " https://example.org/book/ "]
)
def test_links_begin_with_the_base(base: str, tmp_path: Path) -> None:
    files = made(
        tmp_path, {"one.md": "# One\n\nSee [[two]] and ![it](it.png).\n", "two.md": "# Two\n", "it.png": ""}, base
    )
    links = [link.url for each in parse(files["llms/llms.txt"]).sections.values() for link in each]
    assert links == [f"https://example.org/book/{name}" for name in ("one.html.md", "two.html.md", "llms-full.txt")]
    assert (
        "[Two](https://example.org/book/two.html.md#two) and ![it](https://example.org/book/it.png)"
        in files["llms/one.html.md"]
    )
    assert "Source: https://example.org/book/one.html.md\n" in files["llms/llms-full.txt"]


def test_what_may_be_skipped_is_optional(tmp_path: Path) -> None:
    manifest = """
        [book]
        title = "Small"
        front = ["index.md"]

        [[parts]]
        title = "Optional"
        chapters = ["a.md"]

        [[parts]]
        title = "More"
        chapters = ["b.md"]

        [[parts]]
        title = "More"
        id = "again"
        chapters = ["c.md"]

        [[parts]]
        title = "Lists"
        appendix = true
        chapters = ["d.md"]
    """
    chapters = {f"{name}.md": f"# {name.title()}\n" for name in ("index", "a", "b", "c", "d")}
    found = parse(made(tmp_path, {"vulgate.toml": manifest, **chapters})["llms/llms.txt"])
    names = {section: [link.name for link in links] for section, links in found.sections.items()}
    assert names == {
        "Optional chapters": ["1 A"],
        "More": ["2 B", "3 C"],
        "Optional": ["Index", "A D", "The whole book"],
    }


@modest(60)
@given(
    title=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
    | st.sampled_from(["[a](b)", "x" * 3000, "# x"]),
    about=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=900)
    | st.sampled_from(["> q\n\n## Not a section"]),
    heading=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    base=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=10),
)
def test_any_words_give_an_index_to_the_letter(
    title: str, about: str, heading: str, base: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    manifest = f'[book]\ntitle = {toml("T" + title)}\nid = "b"\ndescription = {toml(about)}\nchapters = ["a.md"]\n'
    files = made(tmp_path_factory.mktemp("book"), {"vulgate.toml": manifest, "a.md": f"# A {heading}\n"}, base)
    found = parse(files["llms/llms.txt"])
    assert [len(links) for links in found.sections.values()] == [1, 1]
    assert b"Generated by Vulgate" in files["llms/llms.txt"].encode()[:1024]
    assert b"Generated by Vulgate" in files["llms/llms-full.txt"].encode()[:1024]


def test_it_is_written_when_asked_for_and_again(tmp_path: Path) -> None:
    manifest = (
        '[book]\ntitle = "Small"\nchapters = ["one.md", "two.md"]\n\n[editions.llms]\nbase = "https://example.org"\n'
    )
    write(tmp_path, {**SMALL, "vulgate.toml": manifest, "two.md": f"# Two\n\n## Inside\n{RULE}"})
    write(tmp_path, {"one.md": "# One\n\n## Inside\n"})
    assert not any(path.startswith("llms/") for path in tree(build(tmp_path).folder))
    for text in ("# One\n\nFirst.\n", "# One\n\nSecond.\n"):
        write(tmp_path, {"one.md": text})
        done = run("build", str(tmp_path), "--edition", "llms")
        assert done.exit_code == 0, done.output
        assert text.split("\n\n")[1] in tree(tmp_path / "dist")["llms/one.html.md"].decode()
    assert "https://example.org/one.html.md" in tree(tmp_path / "dist")["llms/llms.txt"].decode()


def test_a_wrong_base_is_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **SMALL,
            "vulgate.toml": '[book]\ntitle = "Small"\nchapters = ["one.md", "two.md"]\n[editions.llms]\nbase = 3\n',
        },
    )
    assert codes(build(tmp_path, editions=("llms",)).diagnostics) == ["VG105"]
