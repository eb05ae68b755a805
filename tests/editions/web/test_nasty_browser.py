"""What a stranger's book may try, in a browser: nothing of it runs, nothing asks another host, and a phone scrolls down only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.editions.web.browsing import Watch, served
from tests.editions.web.sites import site
from tests.editions.web.test_nasty import SNIPPETS, TITLE

PHONE: Final = {"width": 360, "height": 740}
WORD: Final = "w" * 300
ROWS: Final = 10_000
SECONDS: Final = 10
SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" onload="alert(1)"><script>alert(1)</script>'
    '<image href="https://example.org/x.png"/><rect width="10" height="10"/></svg>'
)
HEBREW: Final = (
    "# שלום\n\nטקסט עם `code` ומילה Python באמצע.\n\n```python\nprint('שלום')\n```\n\n| א | ב |\n|---|---|\n| 1 | 2 |\n"
)
CHAPTERS: Final = {
    "snippets.md": "# Snippets\n\n" + "\n\n".join(f"## S{at}\n\n{text}" for at, text in enumerate(SNIPPETS)) + "\n",
    "title.md": f"# {TITLE}\n\n## {TITLE}\n\n:::{{term}} {TITLE}\nA term.\n:::\n\n:::{{qa}} {TITLE}\nAn answer.\n:::\n",
    "wide.md": f"# Wide\n\n{WORD}\n\n## {WORD}\n\n`{WORD}`\n\n* {WORD}\n\n> {WORD}\n\n```text\n{WORD * 3}\n```\n\n"
    + f"| {WORD} | {WORD} |\n|---|---|\n| {WORD} | b |\n",
    "table.md": "# Table\n\n| a | b |\n|---|---:|\n" + "".join(f"| {n} | {n} |\n" for n in range(ROWS)),
    "headings.md": "# Headings\n\n" + "".join(f"## Heading {n}\n\nText {n}.\n\n" for n in range(2_000)),
    "pictures.md": "# Pictures\n\n![evil](evil.svg) ![gone](gone.png) ![out](../out.png) ![far](https://example.org/x.png)\n",
    "right.md": HEBREW,
    "upper.md": "---\nid: Setup\n---\n# One\n\nFirst.\n",
    "lower.md": "---\nid: setup\n---\n# Two\n\nSecond.\n",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "out.png").write_bytes(b"\x89PNG")
    return folder / "book" / "dist" / "web", site(folder / "book", {**CHAPTERS, "evil.svg": SVG}, keep_going=True)


@pytest.fixture(scope="module")
def address(files: tuple[Path, dict[str, bytes]]) -> Iterator[str]:
    with served(files[0]) as found:
        yield f"{found}/"


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """A page on a phone, on which nothing runs, complains or asks elsewhere."""
    context = chromium.new_context(viewport=PHONE)
    found = context.new_page()
    watch = Watch(found, address)
    shown: list[str] = []
    found.on("dialog", lambda dialog: (shown.append(dialog.message), dialog.dismiss()))
    yield found
    found.wait_for_timeout(100)
    assert shown == []
    assert watch.is_calm
    context.close()


@pytest.mark.parametrize("name", [Path(name).stem for name in CHAPTERS if name not in ("upper.md", "lower.md")])
def test_nothing_runs_and_a_phone_scrolls_down_only(page: Any, address: str, name: str) -> None:
    page.goto(f"{address}{name}.html")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("main h1").count() == 1


@pytest.mark.parametrize("name", ["index", "glossary", "questions", "review", "review--title"])
def test_titles_do_nothing_in_lists(page: Any, address: str, name: str) -> None:
    page.goto(f"{address}{name}.html")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_titles_do_nothing_in_the_search(page: Any, address: str) -> None:
    page.goto(f"{address}index.html?q=script")
    page.wait_for_function("document.querySelector('dialog [role=status]')?.textContent")
    assert page.locator("dialog script").count() == 0


def test_a_table_of_ten_thousand_rows_is_shown_soon(page: Any, address: str) -> None:
    page.goto(f"{address}table.html", timeout=SECONDS * 1000)
    assert page.locator("main tr").count() == ROWS + 1


def test_a_picture_with_a_script_does_nothing_when_it_is_opened_alone(chromium: Any, page: Any, address: str) -> None:
    page.goto(f"{address}pictures.html")
    src = page.locator("main img").first.get_attribute("src")
    alone = chromium.new_page()  # apart, since a browser asks for an icon of what is no page
    shown: list[str] = []
    alone.on("dialog", lambda dialog: (shown.append(dialog.message), dialog.dismiss()))
    alone.goto(address + src)
    assert alone.evaluate("document.querySelectorAll('script, image[href]').length") == 0
    assert alone.evaluate("document.querySelectorAll('rect').length") == 1
    assert shown == []
    alone.close()


def test_chapters_whose_ids_differ_in_case_have_a_page_each(files: tuple[Path, dict[str, bytes]]) -> None:
    found = {path for path, data in files[1].items() if b">First.</p>" in data or b">Second.</p>" in data}
    assert len({path.casefold() for path in found}) == 2


def test_code_runs_from_left_to_right_in_any_text(page: Any, address: str) -> None:
    page.goto(f"{address}right.html")
    assert page.evaluate("getComputedStyle(document.querySelector('pre')).direction") == "ltr"
