"""`vulgate serve BOOK`: the book as it is written, in memory, on one port with the tools."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.build.books import write
from tests.editions.web.browsing import browser
from vulgate.editions.base import EditionFileError
from vulgate.server.live.book import LiveBook
from vulgate.source import open_book

MANIFEST: Final = '[book]\ntitle = "Small"\nid = "small"\nchapters = ["functions.md"]\n'
FUNCTIONS: Final = """\
# Functions

How a function is called, and what it keeps.

## Default values {#defaults}

:::{quick}
The default object is shared by every call that does not pass the argument.
:::
"""
WEB = httpx2.Client(timeout=20)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    write(tmp_path / "book", {"vulgate.toml": MANIFEST, "functions.md": FUNCTIONS})
    return tmp_path / "book"


@pytest.fixture
def live(book: Path) -> LiveBook:
    found = LiveBook(lambda: open_book(book), book)
    found.refresh()
    return found


def text(live: LiveBook, path: str) -> str:
    found = live.file(path)
    assert found is not None
    return found[0].decode()


# ------------------------------------------------------------------------------------------------ in memory


def test_every_file_of_the_built_site_is_there_and_the_same(live: LiveBook, book: Path) -> None:
    from vulgate.build import Builder

    Builder(open_book(book), editions=("web",)).run()
    site = book / "dist" / "web"
    paths = [file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()]
    assert "functions.html" in paths
    assert {path: live.file(path) and live.file(path)[0] for path in paths} == {  # type: ignore[index]
        path: (site / path).read_bytes() for path in paths
    }


def test_pyodide_is_there_and_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    names = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
    write(tmp_path / "pack", dict.fromkeys(names, "here") | {"pyodide-lock.json": '{"info": {"python": "3.14.2"}}'})
    manifest = f'{MANIFEST}[editions.web]\npyodide = "../pack"\n'
    write(tmp_path / "book", {"vulgate.toml": manifest, "functions.md": "# Functions\n\n```python\nprint(1)\n```\n"})
    live = LiveBook(lambda: open_book(tmp_path / "book"), tmp_path / "book")
    live.refresh()
    assert live.state.errors == 0
    assert text(live, "assets/pyodide/pyodide.mjs") == "here"
    assert "print(1)" in text(live, "functions.run.json")
    assert 'data-runs="functions.run.json"' in text(live, "functions.html")
    with pytest.raises(EditionFileError, match=r"python_stdlib\.zip"):  # the page that asks is told
        live.file("assets/pyodide/python_stdlib.zip")


def test_a_save_shows_and_only_that_chapter_is_lowered(live: LiveBook, book: Path) -> None:
    before = live.state
    (book / "functions.md").write_text(FUNCTIONS + "\nA new sentence.\n", encoding="utf-8")
    live.refresh()
    assert "A new sentence." in text(live, "functions.html")
    assert (live.state is before, live.state.errors) == (False, 0)


def test_errors_leave_the_last_good_site(live: LiveBook, book: Path) -> None:
    (book / "functions.md").write_text(FUNCTIONS + "\nNever shown: [[no-such-block]]\n", encoding="utf-8")
    live.refresh()
    assert live.state.errors == 1
    assert "error[VG403]" in live.state.told
    assert "[[no-such-block]]" in live.state.told
    assert "Never shown" not in text(live, "functions.html")
    (book / "functions.md").write_text(FUNCTIONS, encoding="utf-8")
    live.refresh()
    assert (live.state.errors, live.state.told) == (0, "")


def test_a_theme_that_cannot_be_used_is_an_error(live: LiveBook, book: Path) -> None:
    write(book, {"theme/base.html": "{% blok %}"})
    live.refresh()
    assert "error[VG607]" in live.state.told
    assert "<h1" in text(live, "functions.html")


def test_a_book_that_goes_away_stays_on_the_screen(live: LiveBook, book: Path) -> None:
    shutil.rmtree(book)
    live.refresh()
    assert live.state.errors
    assert "<h1" in text(live, "functions.html")


# ------------------------------------------------------------------------------------------------ the command


@contextmanager
def serving_live(book: Path, *options: str) -> Iterator[str]:
    """The address of `vulgate serve`, which ends in time, quietly, and leaves nothing in the book's folder but its cache."""
    command = [sys.executable, "-m", "vulgate", "serve", str(book), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    line = process.stderr.readline()
    while "the book is at" not in line:
        assert line, "it ended"
        line = process.stderr.readline()
    found = re.search(r"http://\S+(?=/ )", line)
    assert found
    try:
        yield found[0]
    except BaseException:
        process.kill()
        process.communicate()
        raise
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=15)
    assert (process.returncode, rest) == (0, "")
    assert {entry.name for entry in book.iterdir()} == {"vulgate.toml", "functions.md", ".vulgate"}


@pytest.fixture
def address(book: Path) -> Iterator[str]:
    with serving_live(book, "--mcp") as found:
        yield found


def events(address: str, page: str, digest: str) -> Iterator[dict[str, Any]]:
    with WEB.stream("GET", f"{address}/_live/events", params={"page": page, "digest": digest}) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_pages_hear_of_saves_and_errors_and_tools_follow(address: str, book: Path) -> None:
    page = WEB.get(f"{address}/functions.html")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    digest = re.search(r'data-digest="(\w+)"', page.text)
    assert digest
    heard = events(address, "functions.html", digest[1])
    assert next(heard) == {"reload": False, "errors": 0, "warnings": 0, "told": ""}
    (book / "functions.md").write_text(FUNCTIONS + "\nBroken: [[no-such-block]]\n", encoding="utf-8")
    told = next(heard)
    assert (told["reload"], told["errors"], "VG403" in told["told"]) == (False, 1, True)
    (book / "functions.md").write_text(FUNCTIONS + "\nThe word is zanzibar.\n", encoding="utf-8")
    while not (told := next(heard))["reload"]:
        assert told["errors"] == 1
    heard.close()  # type: ignore[attr-defined]
    assert "zanzibar" in WEB.get(f"{address}/functions.html").text
    until(
        lambda: "zanzibar" in WEB.get(f"{address}/api/search", params={"query": "zanzibar"}).text.partition("hits")[2]
    )
    assert WEB.get(f"{address}/mcp").status_code == 405


def test_the_guard_stands_before_the_pages(address: str) -> None:
    assert WEB.get(f"{address}/", headers={"Host": "evil.example"}).status_code == 421
    assert WEB.get(f"{address}/_live/events", headers={"Origin": "https://evil.example"}).status_code == 403
    missing = WEB.get(f"{address}/no-such-page.html")
    assert (missing.status_code, "There is no such page" in missing.text) == (404, True)
    assert WEB.get(f"{address}/..%2fvulgate.toml").status_code == 404
    assert WEB.post(f"{address}/functions.html").status_code == 405


def test_a_book_with_errors_from_the_start_says_so(book: Path, address_of_broken: str) -> None:
    page = WEB.get(f"{address_of_broken}/")
    assert (page.status_code, "The book has errors" in page.text, "live.js" in page.text) == (503, True, True)
    assert next(events(address_of_broken, "index.html", ""))["errors"] == 1


@pytest.fixture
def address_of_broken(book: Path, request: pytest.FixtureRequest) -> str:
    (book / "functions.md").write_text("# Functions\n\n[[no-such-block]]\n", encoding="utf-8")
    found = request.getfixturevalue("address")
    assert isinstance(found, str)
    return found


# ------------------------------------------------------------------------------------------------ in a browser


def test_a_page_loads_again_and_shows_what_is_wrong(book: Path) -> None:
    with serving_live(book) as address, browser() as chromium:
        page = chromium.new_page()
        page.goto(f"{address}/functions.html")
        (book / "functions.md").write_text(FUNCTIONS + "\nThe word is zanzibar.\n", encoding="utf-8")
        page.get_by_text("The word is zanzibar.").wait_for()
        (book / "functions.md").write_text(FUNCTIONS + "\nBroken: [[no-such-block]]\n", encoding="utf-8")
        page.get_by_text("VG403").first.wait_for()
        assert page.get_by_text("The word is zanzibar.").count() == 1  # the last good page stays below
        (book / "functions.md").write_text(FUNCTIONS, encoding="utf-8")
        page.get_by_text("The word is zanzibar.").wait_for(state="detached")
        page.close()


def test_a_browser_gives_the_token_as_the_password(book: Path) -> None:
    with serving_live(book, "--token", "a secret") as address, browser() as chromium:
        asked = WEB.get(f"{address}/", headers={"Accept": "text/html"})
        assert (asked.status_code, asked.headers["www-authenticate"].partition(" ")[0]) == (401, "Basic")
        assert WEB.get(f"{address}/").headers["www-authenticate"] == "Bearer"
        context = chromium.new_context(http_credentials={"username": "anyone", "password": "a secret"})
        page = context.new_page()
        failed: list[str] = []
        page.on("response", lambda got: failed.append(got.url) if got.status >= 400 else None)
        page.goto(f"{address}/functions.html")
        (book / "functions.md").write_text(FUNCTIONS + "\nThe word is zanzibar.\n", encoding="utf-8")
        page.get_by_text("The word is zanzibar.").wait_for()
        page.keyboard.press("/")
        page.wait_for_selector("dialog[open] input:focus")
        page.keyboard.insert_text("zanzibar")
        page.locator("[role=option]").first.wait_for()
        assert failed == []
        context.close()
