"""The site of small books: what stands where, what leads where, what is made again."""

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

import vulgate
from tests.build.books import RULE, codes, write
from tests.editions.web.sites import Strict, broken_links, harmless, pages, read, site
from tests.support import handbook
from vulgate.editions.highlight import highlight
from vulgate.editions.web import whole
from vulgate.editions.web.badges import verdicts
from vulgate.editions.web.edition import WebEdition
from vulgate.editions.web.options import WebOptions
from vulgate.model.blocks import Status, Verdict

GOLDEN: Final = Path(__file__).parent / "golden.html"
BOOK: Final = {
    "vulgate.toml": """
[book]
title = "House rules"
id = "house"
description = "What we *agreed* on."
chapters = ["one.md", "two.md"]

[[paths]]
title = "All of it"
chapters = ["one", "two"]
""",
    "one.md": f"""---
title: One
level: beginner
hours: 2
objectives: ["Write `short` functions."]
---
# One

A chapter about the [second](two.md), [[two/inside]] and functions.[^1]

[^1]: A note with a [link](two.md#inside).

## Words

:::{{term}} Function
:aliases: Procedure
A piece of code with a name. It runs when it is called.
:::

{RULE}

```python
print("a" < "b")
```

```output
True
```

:::{{fact}} Strings are compared letter by letter
:cite: PEP 8
Always.

```python {{proof}}
assert "a" < "b"
```
:::

:::{{qa}} Why?
:self-check:
Because.
:::

```mermaid
flowchart TD
  a[Start] --> b[End]
```

- [x] done
- [ ] not yet

| a | b |
|:--|--:|
| 1 | 2 |
""",
    "two.md": "# Two\n\nA function, again: [[keep-it-short]].\n\n## Inside\n\nMore of it.\n",
}


def test_a_page_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`VULGATE_UPDATE_GOLDEN=1` writes the page anew, to be read in the diff."""
    monkeypatch.setattr(whole, "drawings", lambda book, workspace: {})  # the same with the extra `web` and without it
    made = site(tmp_path, BOOK)["one.html"].decode().replace(vulgate.__version__, "VERSION")
    start, end = made.index("<main"), made.index("</main>")
    made = made[start:end] + "</main>\n"
    if os.environ.get("VULGATE_UPDATE_GOLDEN"):
        GOLDEN.write_text(made, encoding="utf-8")
    assert made == GOLDEN.read_text("utf-8")


def test_all_links_lead_somewhere_and_pages_are_sound(tmp_path: Path) -> None:
    files = site(tmp_path, BOOK)
    assert not list(broken_links(files))
    for path, page in pages(files).items():
        harmless(page)
        assert len(set(page.ids)) == len(page.ids), path
        levels = [int(tag.name[1]) for tag in page.tags if tag.name in ("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_the_handbook_holds_together_and_its_pages_are_light() -> None:
    import gzip

    files = {
        path.removeprefix("web/"): data for path, data in WebEdition().render(handbook().book, WebOptions()).items()
    }
    assert len(files) > 100
    assert not list(broken_links(files))
    frame = sum(len(gzip.compress(files[name])) for name in ("book.css", "book.js"))
    assert len(files["book.js"]) < 12_000
    for path, page in pages(files).items():
        harmless(page)
        assert len(gzip.compress(files[path])) + frame < 100_000, path


def test_a_long_index_of_names_has_several_pages(tmp_path: Path) -> None:
    names = [f"{letter}name_{number}" for letter in "bdx_" for number in range(700)]
    code = "\n".join(f"{name} = 1" for name in names)
    files = site(tmp_path, f"# A\n\nText.\n\n```python\n{code}\n```\n")
    found = {path: page for path, page in pages(files).items() if path.startswith("symbols")}
    assert set(found) == {"symbols.html", "symbols--2.html", "symbols--3.html", "symbols--4.html"}
    shown = [text for page in found.values() for text in page.text]
    assert sorted(set(names) & set(shown)) == sorted(names)
    for page in found.values():
        letters = [
            tag.attributes["href"].partition("#")[2] for tag in page.tags if "#" in tag.attributes.get("href", "")
        ]
        assert {"B", "D", "N", "X"} <= set(letters)
    menu = [tag for tag in pages(files)["index.html"].tags if tag.attributes.get("href", "").startswith("symbols")]
    assert [tag.attributes["href"] for tag in menu] == ["symbols.html"]
    assert not list(broken_links(files))


def test_a_badge_says_where_and_when_a_claim_was_proven() -> None:
    found = [
        Verdict("3.12", Status.PROVEN, day="2026-11-29"),
        Verdict("3.13", Status.PROVEN, day="2026-11-29"),
        Verdict("3.14", Status.PROVEN, day="2026-11-30"),
        Verdict("3.8", Status.SKIPPED, "Python 3.8 is not installed", "2026-11-30"),
    ]
    assert verdicts(found) == ("Proven on 3.12, 3.13 (2026-11-29); 3.14 (2026-11-30). 3.8: Python 3.8 is not installed")
    assert verdicts([Verdict("parsed", Status.PROVEN)]) == "Proven on parsed"


def test_a_site_works_from_a_sub_path(tmp_path: Path) -> None:
    for path, page in pages(site(tmp_path, BOOK)).items():
        for tag in page.tags:
            for name in ("href", "src"):
                assert not tag.attributes.get(name, "").startswith("/"), (path, tag)


def test_base_gives_canonical_addresses_and_a_site_map(tmp_path: Path) -> None:
    manifest = BOOK["vulgate.toml"] + '\n[editions.web]\nbase = "https://example.org/book"\naccent = "#336699"\n'
    files = site(tmp_path, {**BOOK, "vulgate.toml": manifest})
    canonical = [tag for tag in Strict(files["one.html"].decode()).tags if tag.attributes.get("rel") == "canonical"]
    assert [tag.attributes["href"] for tag in canonical] == ["https://example.org/book/one.html"]
    assert b"<loc>https://example.org/book/two.html</loc>" in files["sitemap.xml"]
    assert b"--accent:#336699" in files["book.css"]
    styles = [tag for tag in Strict(files["404.html"].decode()).tags if tag.attributes.get("rel") == "stylesheet"]
    assert styles[0].attributes["href"] == "https://example.org/book/book.css"


@pytest.mark.parametrize(
    "option", ['base = "javascript:x"', 'accent = "red;}"', 'font = "</style>"', 'repository = "ftp:x"', 'colour = "x"']
)
def test_a_wrong_option_is_reported(option: str, tmp_path: Path) -> None:
    write(tmp_path, {**BOOK, "vulgate.toml": f"{BOOK['vulgate.toml']}\n[editions.web]\n{option}\n"})
    result = vulgate.Builder(vulgate.open_book(tmp_path), editions=["web"]).run()
    assert codes(result.diagnostics) in (["VG104"], ["VG105"])


def test_a_theme_stands_in_place_of_templates(tmp_path: Path) -> None:
    theme = '{% extends "base.html" %}{% block main %}<h1>Ours</h1>{{ page.body | safe }}{% endblock %}'
    write(tmp_path, {"theme/list.html": theme})
    assert b"<h1>Ours</h1>" in site(tmp_path, BOOK)["rules.html"]
    write(tmp_path, {"theme/list.html": theme.replace("Ours", "Others")})
    assert b"<h1>Others</h1>" in site(tmp_path, BOOK)["rules.html"]
    write(tmp_path, {"theme/list.html": None})
    assert b"<h1>Rules</h1>" in site(tmp_path, BOOK)["rules.html"]


def test_a_picture_that_changes_is_copied_again_and_one_that_goes_is_removed(tmp_path: Path) -> None:
    chapter = {"vulgate.toml": '[book]\ntitle = "P"\nid = "p"\nchapters = ["a.md"]\n', "a.md": "# A\n\n![p](p.gif)\n"}
    head = b"GIF89a\x02\x00\x03\x00"
    files = site(tmp_path, {**chapter, "p.gif": head + b"one"})
    image = next(tag for tag in Strict(files["a.html"].decode()).tags if tag.name == "img")
    assert (image.attributes["width"], image.attributes["height"]) == ("2", "3")
    assert site(tmp_path, {**chapter, "p.gif": head + b"two"})["files/p.gif"] == head + b"two"
    assert "files/p.gif" not in site(tmp_path, {**chapter, "a.md": "# A\n"})


def test_a_picture_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"dist/web/files/p.gif": b"somebody's own"})
    write(
        tmp_path,
        {
            "vulgate.toml": '[book]\ntitle = "P"\nchapters = ["a.md"]\n',
            "a.md": "# A\n\n![p](p.gif)\n",
            "p.gif": b"GIF89a",
        },
    )
    result = vulgate.Builder(vulgate.open_book(tmp_path), editions=["web"]).run()
    assert codes(result.diagnostics) == ["VG602"]
    assert (tmp_path / "dist/web/files/p.gif").read_bytes() == b"somebody's own"


def test_a_warm_build_writes_the_same_and_only_what_changed(tmp_path: Path) -> None:
    site(tmp_path / "warm", BOOK)
    changed = {**BOOK, "two.md": BOOK["two.md"].replace("More of it.", "Much more.")}
    write(tmp_path / "warm", changed)
    result = vulgate.Builder(vulgate.open_book(tmp_path / "warm"), editions=["web"]).run()
    assert "web/two.html" in result.written
    warm = read(tmp_path / "warm" / "dist" / "web")
    assert warm == site(tmp_path / "cold", changed)
    again = vulgate.Builder(vulgate.open_book(tmp_path / "warm"), editions=["web"]).run()
    assert again.up_to_date


def test_a_chapter_that_names_another_is_made_again_when_its_title_changes(tmp_path: Path) -> None:
    site(tmp_path, BOOK)
    files = site(tmp_path, {**BOOK, "two.md": BOOK["two.md"].replace("## Inside", "## Indoors {#inside}")})
    assert "Indoors" in "".join(Strict(files["one.html"].decode()).text)


def test_old_names_lead_on(tmp_path: Path) -> None:
    note = ":::{note}\n:id: now\n:formerly: before\nText.\n:::\n"
    chapter = "---\nid: new\nformerly: [old]\n---\n# New\n\n## Words {#words}\n\n" + note
    files = site(tmp_path, {"new.md": chapter}, keep_going=True)
    assert "before" in Strict(files["new.html"].decode()).ids
    assert not list(broken_links(files))


def test_a_large_chapter_has_a_page_a_section(tmp_path: Path) -> None:
    text = "".join(f"## Topic {n}\n\n### Below {n}\n\n{'Words of a section. ' * 3000}\n\n" for n in range(6))
    files = site(
        tmp_path, {"a.md": f"# A\n\nFirst.\n\n{text}", "b.md": "# B\n\n[three](a.md#topic-3) [deep](a.md#below-4)\n"}
    )
    targets = {tag.attributes["href"] for tag in Strict(files["b.html"].decode()).tags if tag.name == "a"}
    assert {"a--topic-3.html#topic-3", "a--topic-4.html#below-4"} <= targets
    assert b'"a--topic-4.html":["topic-4"' in files["a.moved.js"]
    assert b'data-moved="a.moved.js"' in files["a.html"]
    assert not list(broken_links(files))


def test_data_for_programs(tmp_path: Path) -> None:
    page = Strict(site(tmp_path, BOOK)["one.html"].decode())
    (data,) = [json.loads(text) for text in page.scripts if text.startswith("{")]
    assert {entry["@type"] for entry in data["@graph"]} == {"DefinedTerm", "Claim", "Question"}


def test_terms_are_explained_where_a_chapter_uses_them_first(tmp_path: Path) -> None:
    page = Strict(site(tmp_path, BOOK)["two.html"].decode())
    (term,) = [tag for tag in page.tags if tag.attributes.get("class") == "term"]
    assert term.attributes["data-tip"] == "A piece of code with a name."


@pytest.mark.parametrize(
    ("language", "code", "marked"),
    [
        ("python", "def f(x): return f'<{x}>'", "<span class=k>def</span> <span class=f>f</span>"),
        ("python", "x = obj.print(1)", "x = obj.print(<span class=n>1</span>)"),
        ("python", '"""a\nb"""', '<span class=s>"""a\nb"""</span>'),
        ("sql", "SELECT a FROM b", "<span class=k>SELECT</span> a <span class=k>FROM</span> b"),
        ("toml", "[a]\nb = true", "<span class=f>[a]</span>"),
        ("unheard-of", "a < b", "a &lt; b"),
        ("python", "'" + "a" * 5000, "<span class=s>"),
    ],
)
def test_highlighting(language: str, code: str, marked: str) -> None:
    assert marked in highlight(code, language)
