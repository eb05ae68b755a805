"""EPUB and PDF of small books: what is in them, what is kept out, and that they are the same whenever they are made."""

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

import vulgate
from tests.support import compiled
from vulgate.editions.base import Press
from vulgate.editions.paper.epub import EpubEdition
from vulgate.editions.paper.options import EpubOptions, PdfOptions
from vulgate.editions.paper.pdf import PdfEdition
from vulgate.editions.paper.svg import SvgError, clean_svg
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


def epub(book: vulgate.CompiledBook, press: Press | None = None) -> dict[str, bytes]:
    ((name, data),) = EpubEdition().press(book, EpubOptions(), press or Press()).items()
    assert name == f"{book.book.id}.epub"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def pages(files: dict[str, bytes]) -> str:
    return "\n".join(data.decode() for path, data in files.items() if path.endswith(".xhtml"))


def pdf(book: vulgate.CompiledBook, press: Press | None = None, **options: Any) -> bytes:
    ((name, data),) = PdfEdition().press(book, PdfOptions(**options), press or Press()).items()
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


def check_epub(book: vulgate.CompiledBook, folder: Path, press: Press | None = None) -> None:
    (data,) = EpubEdition().press(book, EpubOptions(), press or Press()).values()
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


def test_files_say_who_made_them_at_their_end(tmp_path: Path) -> None:
    book = compiled(tmp_path, CHAPTERS).book
    assert b"Generated by Vulgate" in pdf(book)[-1024:]
    (data,) = EpubEdition().render(book, EpubOptions()).values()
    assert b"Generated by Vulgate" in data[-1024:]
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


def test_a_picture_on_the_web_is_reported(tmp_path: Path) -> None:
    press = Press()
    epub(compiled(tmp_path, "# A\n\n![remote](https://example.org/a.png)\n").book, press)
    assert [item.code for item in press.reporter.items] == ["VG608"]


def test_a_picture_that_is_damaged_is_reported_and_its_words_stay(tmp_path: Path) -> None:
    files = {"a.md": "# A\n\n![The plan](p.png)\n", "p.png": b"\x89PNG\r\n\x1a\n damaged"}
    book = compiled(tmp_path, files).book
    press = Press(file=lambda path: (tmp_path / path).read_bytes())
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf(book, press))).pages)
    assert [item.code for item in press.reporter.items] == ["VG608"]
    assert "The plan" in text


def test_a_book_with_many_headings_and_a_long_table(tmp_path: Path) -> None:
    rows = "\n".join(f"| {n} | `value_{n}` |" for n in range(2_000))
    text = "# A\n\n" + "\n\n".join(f"## Heading {n}" for n in range(500)) + f"\n\n| n | v |\n|---|---|\n{rows}\n"
    reader = pypdf.PdfReader(io.BytesIO(pdf(compiled(tmp_path, text).book)))
    assert len(outline(reader.outline)) == 502
    assert "value_1999" in "\n".join(page.extract_text() for page in reader.pages[-4:])


@pytest.mark.parametrize(
    "svg",
    [
        "<script>x</script>",
        '<rect onload="x()" width="1" height="1"/>',
        '<image href="file:///etc/passwd"/>',
        '<a href="javascript:x"><rect width="1" height="1"/></a>',
        "<style>@import url(http://example.org/x.css); rect { fill: url(http://example.org/y) }</style>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>x</body></foreignObject>",
    ],
)
def test_svg_loses_what_is_active(svg: str) -> None:
    cleaned = clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{svg}</svg>'.encode()).decode()
    for word in ("script", "onload", "file:", "javascript", "example.org", "foreignObject"):
        assert word not in cleaned.replace("http://www.w3.org", "")


@pytest.mark.parametrize("data", [b"", b"<svg", b"<html/>", b'<!DOCTYPE a [<!ENTITY b "c">]><svg>&b;</svg>'])
def test_what_is_no_svg_says_why(data: bytes) -> None:
    with pytest.raises(SvgError):
        clean_svg(data)


@pytest.mark.parametrize("line", ["x" * 500, "漢" * 100, "    indented, " + "word, " * 60, "\t" * 30 + "x" * 90])
def test_wrapped_lines_fit_and_lose_nothing(line: str) -> None:
    lines = wrapped(line, 88).split("\n")
    assert all(columns(part) <= 88 for part in lines)
    assert lines[1].lstrip().startswith(MARK)
    joined = lines[0] + "".join(part.lstrip().removeprefix(MARK) for part in lines[1:])
    assert joined.replace(" ", "") == line.expandtabs(4).replace(" ", "")
