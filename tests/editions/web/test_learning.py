"""Paths, progress and review: as plain pages, and in a browser that keeps what a reader has done."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.editions.web.browsing import opened, served
from tests.editions.web.learnable import BOOK
from tests.editions.web.sites import pages, site

KEY = "vulgate-progress-1:small"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("book")
    return folder / "dist" / "web", site(folder, BOOK)


@pytest.fixture(scope="module")
def shop(files: tuple[Path, dict[str, bytes]]) -> Iterator[str]:
    with served(files[0]) as address:
        yield f"{address}/"


@pytest.fixture
def page(chromium: Any, shop: str) -> Iterator[Any]:
    with opened(chromium, shop, "one.html") as found:
        yield found


def kept(page: Any) -> Any:
    return json.loads(page.evaluate(f"localStorage.getItem({KEY!r})") or "null")


def move_days(page: Any, days: int) -> None:
    """Lets the page think that so many days have gone by since today."""
    page.add_init_script(
        f"{{ const Real = Date; const shift = {days} * 864e5;"
        "globalThis.Date = class extends Real {"
        " constructor(...a) { if (a.length) super(...a); else super(Real.now() + shift); } }; }"
    )
    page.reload()


def asks(page: Any, question: str) -> None:
    page.locator("[data-review] .asked", has_text=question).wait_for()


def grade(page: Any, name: str) -> None:
    page.get_by_role("button", name="Show the answer").click()
    page.get_by_role("button", name=name, exact=True).click()


# ---------------------------------------------------------------------------------------------------- without a script


def test_paths_are_a_plain_list(files: tuple[Path, dict[str, bytes]]) -> None:
    found = pages(files[1])["paths.html"]
    text = " ".join(" ".join(found.text).split())
    assert "The short way 1 h Two" in text
    assert "The whole book 3 h One 2 h Two 1 h" in text
    steps = [tag.attributes for tag in found.tags if "data-pages" in tag.attributes]
    assert steps[0] == {"data-pages": "two", "data-hours": "1"}


def test_questions_have_folded_answers(files: tuple[Path, dict[str, bytes]]) -> None:
    html = files[1]["review--one.html"].decode()
    assert "<summary>How many <code>legs</code> has a spider?</summary>" in html
    assert '<a href="one.html#plain">the plain section</a>' in html
    assert "legs = <span class=n>8</span>" in html
    assert "What does “Spider” mean?" in files[1]["review--two.html"].decode()
    assert 'href="review--one.html"' in files[1]["one.html"].decode()


def test_a_book_without_questions_has_no_review(tmp_path: Path) -> None:
    made = site(tmp_path, "# A\n\nText.\n")
    assert not [path for path in made if path.startswith("review") and path.endswith(".html")]


# ---------------------------------------------------------------------------------------------------- progress


def test_what_is_read_survives_a_reload_and_fills_the_paths(page: Any, shop: str) -> None:
    page.get_by_role("button", name="Mark this page as read").click()
    assert page.get_by_role("button", name="Read").get_attribute("aria-pressed") == "true"
    page.reload()
    page.get_by_role("button", name="Read").wait_for()
    assert page.locator("[data-menu] a.is-read").inner_text().endswith("One")
    page.goto(shop + "paths.html")
    page.get_by_text("67 % read, 1 of 2 chapters").wait_for()
    page.get_by_text("0 % read, 0 of 1 chapters").wait_for()


def test_marking_can_be_taken_back(page: Any) -> None:
    page.get_by_role("button", name="Mark this page as read").click()
    page.get_by_role("button", name="Read").click()
    page.get_by_role("button", name="Mark this page as read").wait_for()
    assert kept(page)["read"] == {}


def test_export_and_import(page: Any, shop: str, tmp_path: Path) -> None:
    page.get_by_role("button", name="Mark this page as read").click()
    page.goto(shop + "paths.html")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    assert json.loads(file.read_text())["read"].keys() == {"one"}
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_text("0 pages read").wait_for()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("Imported.").wait_for()
    page.get_by_text("1 page read").wait_for()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no json", "This file is not JSON."),
        ('{"book": "other", "version": 1}', "This file belongs to another book, “other”."),
        ('{"book": "small", "version": 99}', "This progress has version 99; this book reads version 1."),
        ("[1]", "This file holds no progress."),
    ],
)
def test_a_file_that_cannot_be_imported_is_told(page: Any, shop: str, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "progress.json"
    file.write_text(text)
    page.goto(shop + "paths.html")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text(said).wait_for()
    assert kept(page) is None


def test_damaged_progress_is_left_alone(page: Any, shop: str) -> None:
    page.evaluate(f"localStorage.setItem({KEY!r}, '{{')")
    page.goto(shop + "paths.html")
    page.get_by_text("0 pages read").wait_for()
    assert page.evaluate(f"localStorage.getItem({KEY!r})") == "{"


# ---------------------------------------------------------------------------------------------------- review


def test_the_review_schedules(page: Any, shop: str) -> None:
    page.goto(shop + "review.html")
    page.get_by_role("button", name="Review 2: 0 due, 2 new").click()
    asks(page, "How many legs has a spider?")
    assert not page.locator("[data-review] .answer").is_visible()
    page.get_by_role("button", name="Show the answer").click()
    assert "Eight." in page.locator("[data-review] .answer").inner_text()
    page.get_by_role("button", name="Easy").click()
    asks(page, "What does “Spider” mean?")
    grade(page, "Forgot")
    asks(page, "What does “Spider” mean?")  # again on the same day
    grade(page, "Good")
    page.get_by_text("That is all for now.").wait_for()
    cards = kept(page)["cards"]
    first, second = cards["one/spider"], next(value for id, value in cards.items() if id.startswith("two/"))
    assert (first["count"], first["interval"], round(first["ease"], 2)) == (1, 1, 2.6)
    assert (second["count"], second["interval"], second["ease"]) == (0, 1, 2.5)

    move_days(page, 1)
    page.get_by_role("button", name="Review 2: 2 due, 0 new").click()
    grade(page, "Good")
    grade(page, "Good")
    assert kept(page)["cards"]["one/spider"]["interval"] == 6
    page.get_by_text("0 due, 1 of 1 asked").first.wait_for()

    move_days(page, 7)
    page.get_by_role("button", name="Review 2: 2 due, 0 new").click()
    asks(page, "What does “Spider” mean?")  # it has been due for longer
    grade(page, "Good")
    grade(page, "Good")
    assert kept(page)["cards"]["one/spider"]["interval"] == 16  # 6 x 2.6, rounded up


def test_a_deck_alone_is_reviewed_on_its_page(page: Any, shop: str) -> None:
    page.goto(shop + "review--two.html")
    page.get_by_role("button", name="Review 1: 0 due, 1 new").click()
    grade(page, "Good")
    page.get_by_text("That is all for now.").wait_for()
    assert page.get_by_role("button", name="Nothing is due today").is_disabled()


def test_pages_from_a_disk_say_what_they_need(chromium: Any, files: tuple[Path, dict[str, bytes]]) -> None:
    opened = chromium.new_page()
    opened.goto((files[0] / "one.html").as_uri())
    opened.get_by_text("need a web server").wait_for()
    opened.close()
