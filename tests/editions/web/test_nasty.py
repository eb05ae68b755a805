"""What a stranger's book may try: nothing of it runs, nothing asks another host, and nothing is lost."""

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.editions.web.sites import Strict, broken_links, harmless, pages, site
from tests.support import compiled, modest
from vulgate.editions.web.assets import Assets
from vulgate.editions.web.edition import WebEdition
from vulgate.editions.web.options import WebOptions

END: Final = "The last words of the chapter."
SNIPPETS: Final = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "[x](javascript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](https://example.org/pixel.png)",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<img src="https://example.org/pixel.png">',
    '<iframe src="https://example.org"></iframe>',
    "<style>body{display:none}</style>",
    '<p style="position:fixed">x</p>',
    "<form action=https://example.org><input name=a></form>",
    "<textarea>",
    "<!--",
    "<details><summary>More</summary>",
    "</main></div></body>",
    '<a title="',
    "<b>",
    "<table><tr><td>",
    "<base href=https://example.org/>",
    '<meta http-equiv=refresh content="0;url=https://example.org">',
    '<hr class="vg-slot-0">',
    "<https://example.org/?a=b&c='\">",
    '<math><mi xlink:href="javascript:alert(1)">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '<a href="block:a">x</a>',
]


FORMS: Final = ["{}", "Words {} words", "* item {}", "> {}", "| a |\n|---|\n| {} |", ":::{{note}}\n{}\n:::"]
TO_THE_END: Final = ("<!--", "<textarea>")
"""What begins a block of HTML that CommonMark ends with the file."""


@pytest.mark.parametrize("form", FORMS)
def test_a_snippet_does_nothing(form: str, tmp_path: Path) -> None:
    chapters = {}
    for number, snippet in enumerate(SNIPPETS):
        text = form.format(snippet if form == "{}" else snippet.replace("\n", ""))
        chapters[f"c{number}.md"] = f"# C{number}\n\nFirst.\n\n{text}\n\n## Next\n\n{END}\n"
    files = site(tmp_path, chapters, keep_going=True)
    found = pages(files)
    for page in found.values():
        harmless(page)
    for number, snippet in enumerate(SNIPPETS):
        if not (snippet in TO_THE_END and form in ("{}", FORMS[-1])):
            assert END in "".join(found[f"c{number}.html"].text), (snippet, form)
    assert not list(broken_links(files))


@modest(40)
@given(
    st.lists(st.sampled_from([*SNIPPETS, "\n\n", "* ", "> ", "```\n", "`", "**", "word", "| a |\n|---|\n"]), max_size=9)
)
def test_any_mixture_does_nothing(parts: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        text = " ".join(parts)
        files = site(Path(folder), f"# A\n\n{text}\n", keep_going=True)
        for page in pages(files).values():
            harmless(page)


TITLE: Final = 'A </script><script>alert(1)</script> "title" & <b>more'


def test_a_title_cannot_leave_its_place(tmp_path: Path) -> None:
    manifest = f'[book]\ntitle = \'{TITLE}\'\nid = "small"\nchapters = ["a.md"]\n'
    chapter = f"# {TITLE}\n\n:::{{term}} {TITLE}\n:id: word\n\nA </script> word.\n:::\n\n## {TITLE}\n\nText.\n"
    files = site(tmp_path, {"vulgate.toml": manifest, "a.md": chapter}, keep_going=True)
    for page in pages(files).values():
        harmless(page)
        for text in page.scripts:
            if text.startswith("{"):
                json.loads(text)
    assert any("</script>" in text for text in Strict(files["index.html"].decode()).text)


def test_details_may_be_opened_and_closed_around_code(tmp_path: Path) -> None:
    files = site(
        tmp_path, "# A\n\n<details>\n<summary>More</summary>\n\n```text\nhidden\n```\n\n</details>\n\nAfter.\n"
    )
    html = files["a.html"].decode()
    article = html[
        html.index("<details><summary>More") if "<details><summary>More" in html else html.index("<summary>More") :
    ]
    assert article.index("hidden") < article.index("</details>") < article.index("After.")


def test_a_picture_with_a_script_is_copied_without_it(tmp_path: Path) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>'
        '<a href="javascript:alert(1)"><circle r="4"/></a><image href="https://example.org/x.png"/></svg>'
    )
    files = site(tmp_path, {"a.md": "# A\n\n![a circle](x.svg)\n", "x.svg": svg})
    data = files["files/x.svg"]
    assert b"circle" in data
    assert not any(word in data for word in (b"script", b"onload", b"example.org"))


@pytest.mark.parametrize(
    "data", [b"", b"<svg", b"<!DOCTYPE a [<!ENTITY b 'c'>]><svg>&b;</svg>", b"<html/>", b"\xff\xfe\x00"]
)
def test_what_is_no_picture_is_not_copied(data: bytes) -> None:
    assets = Assets(lambda path: data)
    assert assets.address("x.svg") == ""
    assert not assets.files


def test_pictures_from_elsewhere_are_links_and_missing_ones_words(tmp_path: Path) -> None:
    text = "# A\n\n![far](https://example.org/x.png) ![gone](gone.png) ![out](../out.png)\n"
    (tmp_path / "out.png").write_bytes(b"\x89PNG")
    files = site(tmp_path / "book", text, keep_going=True)
    page = Strict(files["a.html"].decode())
    assert not [tag for tag in page.tags if tag.name == "img"]
    shown = "".join(page.text)
    assert all(word in shown for word in ("far", "gone", "out"))
    assert not [path for path in files if path.startswith("files/")]


def test_a_page_of_a_browser_is_not_copied(tmp_path: Path) -> None:
    files = site(
        tmp_path, {"a.md": "# A\n\nSee [this](x.html) and [that](x.txt).\n", "x.html": "<script>", "x.txt": "text"}
    )
    assert "files/x.txt" in files
    assert "files/x.html" not in files


def test_large_and_long(tmp_path: Path) -> None:
    word = "w" * 300
    table = "| a | b |\n|---|---:|\n" + "".join(f"| {n} | {n} |\n" for n in range(10_000))
    headings = "".join(f"## Heading {n}\n\nText {n}.\n\n" for n in range(2_000))
    files = site(tmp_path, {"a.md": f"# A\n\n{word}\n\n{table}\n", "b.md": f"# B\n\n{headings}"})
    page = Strict(files["a.html"].decode())
    assert word in "".join(page.text)
    assert sum(tag.name == "tr" for tag in page.tags) == 10_001
    assert sum(len(Strict(data.decode()).ids) for path, data in files.items() if path.startswith("b")) >= 2_000
    assert not list(broken_links(files))


def test_nesting_of_any_depth(tmp_path: Path) -> None:
    files = site(tmp_path, "# A\n\n" + ">" * 3000 + " deep\n\n" + "*a **b " * 2000 + "\n", keep_going=True)
    assert "deep" in "".join(Strict(files["a.html"].decode()).text)


def test_right_to_left(tmp_path: Path) -> None:
    manifest = '[book]\ntitle = "ספר"\nid = "small"\nlanguage = "he"\nchapters = ["a.md"]\n'
    files = site(tmp_path, {"vulgate.toml": manifest, "a.md": "# שלום\n\nטקסט.\n"})
    root = Strict(files["index.html"].decode()).tags[0]
    assert root.attributes == {"lang": "he", "dir": "rtl", "data-book": "small"}


def test_names_that_differ_in_case_only(tmp_path: Path) -> None:
    chapters = {
        "x.md": "---\nid: x\n---\n# X\n",
        "y.md": "---\nid: rules\n---\n# Rules\n",
        "z.md": "---\nid: index\n---\n# Index\n",
    }
    chapters["w.md"] = "# K\n\n[x](x.md) [r](y.md) [i](z.md)\n\n## A K\n\n## A k\n"
    files = site(tmp_path, chapters, keep_going=True)
    names = [path.casefold() for path in files]
    assert len(set(names)) == len(names)
    assert not list(broken_links(files))


def test_control_characters_are_left_out() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        book = compiled(Path(folder), "# A\n\n\x01 \x7f word\n\n```text\n\x1b[31mred\x00\n```\n").book
    page = WebEdition().render(book, WebOptions())["web/a.html"]
    assert not [byte for byte in page if byte < 0x20 and byte not in b"\n\t"]
