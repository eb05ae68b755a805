"""EPUB and PDF of small books: what is in them, what is kept out, and that they are the same whenever they are made."""

import base64
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pypdf
import pytest
from msgspec.structs import replace

import vulgate
from tests.build import books
from tests.build.books import Files
from tests.support import compiled
from vulgate.editions.base import NoFolder, Workspace
from vulgate.editions.paper.colophon import colophon
from vulgate.editions.paper.epub import EpubEdition
from vulgate.editions.paper.options import EpubOptions, PdfOptions
from vulgate.editions.paper.pdf import PdfEdition
from vulgate.editions.paper.tree import text_of
from vulgate.editions.paper.wrapping import MARK, wrapped
from vulgate.report.text import columns

MARGIN: Final = 65.2  # 23 mm in points
EPUBCHECK: Final = Path("/usr/share/java/epubcheck.jar")
needs_epubcheck = pytest.mark.skipif(
    not (EPUBCHECK.exists() and shutil.which("java")), reason="epubcheck and Java are not installed"
)
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")

CHAPTERS: Final = {
    "vulgate.toml": """\
        [book]
        title = "Small </script><b>book"
        id = "small"
        edition = "3"
        license = "MIT"
        authors = ["Ada"]

        [[parts]]
        title = "First"
        chapters = ["a.md", "b.md"]
        """,
    "a.md": """\
        # Functions

        ## Defaults {#defaults}

        See [the other](b.md), [defaults](#defaults) and [[no-default]].

        :::{rule} Never use a mutable `default`
        :id: no-default
        :severity: high
        :detect: ruff B006
        It is shared.

        ```python {bad}
        def f(x=[]): ...
        ```

        ```python {good}
        def f(x=None): ...
        ```
        :::

        ```python
        print("hello")
        ```

        ```output
        hello
        ```

        ```mermaid
        flowchart LR
        A[Start] --> B[End]
        ```
        """,
    "b.md": """\
        # Classes

        ## .slots

        | a | b |
        |---|---|
        | `x` | y |

        Text[^1].

        [^1]: A note.
        """,
}
HOSTILE: Final = "\n\n".join(
    [
        "# Hostile </script> 日本語 😀",
        "<script>alert(1)</script>",
        '<div onclick="x()">kept words</div>',
        "a <b onmouseover=x>bold</b> word<br>next, [evil](javascript:alert(1)), [local](file:///etc/passwd)",
        "x" * 300 + " `" + "y" * 300 + "`",
        "**init**.py *x*.y [z](https://example.org).w **b**(c)",
        '#raw(read("/etc/passwd")) `#` \\ $x$ @ref <label> *a* _b_ // c [ ] { } ~ - + =',
        "```{=html}\n<script>alert(2)</script>\n```",
        "```python\n" + "value = " + "1 + " * 80 + "1  # 漢字 😀\n```",
        "שלום עולם and مرحبا بالعالم",
        "\n".join(">" * 40 + " deep" for _ in range(2)),
        "| a | b |\n|---|---|\n" + "\n".join(f"| `{'long_name_' * 12}` | {'w' * 120} |" for _ in range(3)),
        "![remote](https://example.org/a.png) ![x](data:image/png;base64,AAAA)",
        "{#own .class}",
    ]
)


def epub(book: vulgate.CompiledBook, workspace: Workspace | None = None) -> dict[str, bytes]:
    ((name, data),) = EpubEdition().render_with(book, EpubOptions(), workspace or NoFolder()).items()
    assert name == f"{book.book.id}.epub"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def pages(files: dict[str, bytes]) -> str:
    return "\n".join(data.decode() for path, data in files.items() if path.endswith(".xhtml"))


def pdf(book: vulgate.CompiledBook, workspace: Workspace | None = None, **options: Any) -> bytes:
    ((name, data),) = PdfEdition().render_with(book, PdfOptions(**options), workspace or NoFolder()).items()
    assert name == f"{book.book.id}.pdf"
    return data


def check_margins(data: bytes, folder: Path) -> None:
    """No word of a page stands in its side margins."""
    (folder / "book.pdf").write_bytes(data)
    subprocess.run(["pdftotext", "-bbox", folder / "book.pdf", folder / "words.html"], check=True, capture_output=True)
    shown = (folder / "words.html").read_text(encoding="utf-8")
    words = re.findall(r'<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="[\d.-]+">(.*?)</word>', shown)
    assert words
    outside = [word for left, right, word in words if float(left) < MARGIN - 12 or float(right) > 595.3 - MARGIN + 6]
    assert outside == []


def check_epub(book: vulgate.CompiledBook, folder: Path, workspace: Workspace | None = None) -> None:
    (data,) = EpubEdition().render_with(book, EpubOptions(), workspace or NoFolder()).values()
    place = folder / "book.epub"
    place.write_bytes(data)
    done = subprocess.run(["java", "-jar", EPUBCHECK, place], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def outline(items: list[Any]) -> list[str]:
    found = []
    for item in items:
        found += outline(item) if isinstance(item, list) else [item.title]
    return found


# ------------------------------------------------------------------------------------------------ a small book


def test_epub_has_numbers_once_and_links_that_lead_somewhere(tmp_path: Path) -> None:
    files = epub(compiled(tmp_path, CHAPTERS).book)
    text = pages(files)
    assert re.search(r"1\.1</span>\s+Defaults", text)
    assert "Chapter 1" not in text
    assert ">Never use a mutable <code>default</code>" in text
    assert "MIT" in text
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    fragments = set(re.findall(r'href="[^":]*#([^"]+)"', text))
    assert {"b-a.defaults", "b-b"} <= fragments <= ids


@needs_epubcheck
def test_epub_passes_epubcheck(tmp_path: Path) -> None:
    check_epub(compiled(tmp_path, CHAPTERS).book, tmp_path)


def test_pdf_has_all_headings_in_its_outline_and_links_that_lead_somewhere(tmp_path: Path) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf(compiled(tmp_path, CHAPTERS).book)))
    titles = [re.sub(r"\s+", " ", title) for title in outline(reader.outline)]
    wanted = ["Part I First", "1 Functions", "1.1 Defaults", "2 Classes", "2.1 .slots", "Colophon"]
    assert titles == wanted
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "HIGH" in text
    assert "hello" in text
    named = set(reader.named_destinations)
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            target = note.get_object().get("/Dest") or note.get_object()["/A"].get("/D")
            assert target is None or not isinstance(target, str) or target in named


@pytest.mark.parametrize("paper", ["a4", "a5", "us-letter", "iso-b5"])
def test_every_paper_can_be_set(paper: str, tmp_path: Path) -> None:
    assert pdf(compiled(tmp_path, CHAPTERS).book, paper=paper).startswith(b"%PDF-")


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    book = compiled(tmp_path, CHAPTERS).book
    assert EpubEdition().render(book, EpubOptions()) == EpubEdition().render(book, EpubOptions())
    assert pdf(book) == pdf(book)


def test_the_colophon_says_what_is_proven_and_where(tmp_path: Path) -> None:
    book = compiled(tmp_path, CHAPTERS).book
    assert "has not been put to the proof" in text_of(colophon(book))
    verdicts = tuple(vulgate.Verdict(label, vulgate.Status.PROVEN) for label in ("3.12", "3.9", "parsed"))
    blocks = tuple(
        replace(block, verdicts=verdicts, status=vulgate.Status.PROVEN) if block.kind == "example" else block
        for block in book.blocks
    )
    summary = replace(book.summary, proven={"examples": (3, 3), "rules": (0, 1)})
    said = text_of(colophon(replace(book, blocks=blocks, summary=summary)))
    assert "3 of 3 examples proven; on Python 3.9, Python 3.12" in said
    assert "0 of 1 rules proven" in said
    assert book.book.digest in said


def test_an_epub_begins_with_its_type(tmp_path: Path) -> None:
    (data,) = EpubEdition().render(compiled(tmp_path, CHAPTERS).book, EpubOptions()).values()
    assert data[30:58] == b"mimetypeapplication/epub+zip"


# ------------------------------------------------------------------------------------------------ bad input


def test_epub_holds_no_script_and_no_evil_link(tmp_path: Path) -> None:
    files = epub(compiled(tmp_path, HOSTILE).book)
    text = pages(files)
    for page in (data for path, data in files.items() if path.endswith(".xhtml")):
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(page).iter()}
        assert "script" not in tags
    assert "javascript:" not in text
    assert 'href="file:' not in text
    assert not re.search(r"<[^>]*\son\w+=", text)
    assert "kept words" in text
    assert "#raw(read(" in text


@needs_epubcheck
def test_epub_of_bad_input_passes_epubcheck(tmp_path: Path) -> None:
    check_epub(compiled(tmp_path, HOSTILE).book, tmp_path)


@needs_poppler
def test_pdf_of_bad_input_keeps_its_margins(tmp_path: Path) -> None:
    data = pdf(compiled(tmp_path, HOSTILE).book)
    check_margins(data, tmp_path)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    text = text.replace("\u200b", "")
    assert "#raw(read(" in text
    assert MARK.strip() in text


PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DRAWING: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>x</script>'
    b'<path stroke="black" d="M0 1h9"/></svg>'
)


def build(folder: Path, files: Files, **options: Any) -> tuple[vulgate.BuildResult, list[str]]:
    """A build of a book with files of any kind, and the messages about its pictures."""
    result = books.build(books.write(folder, files), **options)
    return result, [item.message for item in result.diagnostics if item.code == "VG610"]


@pytest.mark.parametrize("edition", ["epub", "pdf"])
@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("https://example.org/a.png", b"", "it is not a file of the book"),
        ("p.png", b"\x89PNG\r\n\x1a\n damaged", "the file is damaged"),
        ("p.png", PIXEL[:50], "the file is damaged"),
        ("p.svg", b"<svg>", "it is no well-formed XML"),
        ("p.bmp", b"BM", "it is no PNG, JPEG, GIF or SVG"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_reported(
    edition: str, path: str, data: bytes, reason: str, tmp_path: Path
) -> None:
    files: Files = {"a.md": f"# A\n\n![The plan]({path})\n"}
    result, told = build(tmp_path, {**files, **({} if "://" in path else {path: data})}, editions=[edition])
    assert len(told) == 1
    assert told[0].startswith(f"the picture `{path}` is not in the {edition} edition: {reason}")
    (place,) = ((item.span.first, item.span.file) for item in result.diagnostics if item.code == "VG610" and item.span)
    assert place == (3, "a.md")
    assert result.written, "the edition is written, with the words in the picture's place"


def test_a_picture_outside_the_book_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PIXEL)
    files: Files = {"a.md": "# A\n\n![The plan](../secret.png)\n"}
    result, _ = build(tmp_path / "book", files, editions=["epub"])
    assert books.codes(result.diagnostics)[0] == "VG406"
    with zipfile.ZipFile(result.folder / result.outputs[0]) as archive:
        assert not [name for name in archive.namelist() if "media" in name]


def test_pictures_are_in_the_book_and_a_changed_one_makes_it_anew(tmp_path: Path) -> None:
    files: Files = {"a.md": "# A\n\n![dot](p.png) ![line](p.svg)\n", "p.png": PIXEL, "p.svg": DRAWING}
    result, told = build(tmp_path, files, editions=["epub", "pdf"])
    assert told == []
    name = next(path for path in result.outputs if path.endswith(".epub"))
    with zipfile.ZipFile(result.folder / name) as archive:
        media = {path: archive.read(path) for path in archive.namelist() if "/media/" in path}
    assert PIXEL in media.values()
    assert len(media) == 2
    assert not any(b"script" in data for data in media.values())
    again, _ = build(tmp_path, {}, editions=["epub", "pdf"])
    assert again.up_to_date
    changed, _ = build(tmp_path, {"p.svg": DRAWING.replace(b"h9", b"h8")}, editions=["epub", "pdf"])
    assert len(changed.written) == 2


def test_the_date_is_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: Files = {"a.md": "# A\n"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    result, _ = build(tmp_path, files, editions=["epub"])
    with zipfile.ZipFile(result.folder / result.outputs[0]) as archive:
        assert "<dc:date>2025-12-01</dc:date>" in re.sub(
            r"(<dc:date) [^>]*", r"\1", archive.read("EPUB/content.opf").decode()
        )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764633600")
    later, _ = build(tmp_path, files, editions=["epub"])
    assert later.written


def test_a_book_with_many_headings_and_a_long_table(tmp_path: Path) -> None:
    rows = "\n".join(f"| {n} | `value_{n}` |" for n in range(2_000))
    text = "# A\n\n" + "\n\n".join(f"## Heading {n}" for n in range(500)) + f"\n\n| n | v |\n|---|---|\n{rows}\n"
    reader = pypdf.PdfReader(io.BytesIO(pdf(compiled(tmp_path, text).book)))
    assert len(outline(reader.outline)) == 502
    assert "value_1999" in "\n".join(page.extract_text() for page in reader.pages[-4:])


@pytest.mark.parametrize("line", ["x" * 500, "漢" * 100, "    indented, " + "word, " * 60, "\t" * 30 + "x" * 90])
def test_wrapped_lines_fit_and_lose_nothing(line: str) -> None:
    lines = wrapped(line, 88).split("\n")
    assert all(columns(part) <= 88 for part in lines)
    assert lines[1].lstrip().startswith(MARK)
    joined = lines[0] + "".join(part.lstrip().removeprefix(MARK) for part in lines[1:])
    assert joined.replace(" ", "") == line.expandtabs(4).replace(" ", "")
