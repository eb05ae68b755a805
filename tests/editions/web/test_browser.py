"""The site of the handbook in a browser, below a path of a server: seen, heard, searched, and used by keys alone."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.editions.web.browsing import Watch, needs_axe, served, violations
from vulgate.build import Builder
from vulgate.cli.common import bundled_book
from vulgate.source import open_book

PAGES: Final = (
    "index.html",
    "functions.html",
    "functions--parameters.html",
    "classes--metaclasses.html",
    "rules.html",
    "glossary.html",
    "questions.html",
    "symbols.html",
    "sources.html",
    "proof.html",
    "paths.html",
    "review.html",
    "review--functions.html",
    "404.html",
)
"""One of each kind; the chapter on classes has a diagram."""
MILLISECONDS: Final = 1_000
"""What the largest paint may take."""
WIDE: Final = {"width": 1280, "height": 900}
PHONE: Final = {"width": 360, "height": 740}
RULE: Final = "Never use a mutable default value"


@pytest.fixture(scope="module")
def address(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, below a path."""
    home = tmp_path_factory.mktemp("site")
    source = open_book(bundled_book())
    result = Builder(source, home=home, out=home / "a" / "path", editions=("web",)).run()
    assert [item.message for item in result.diagnostics if item.code == "VG608"] == []
    with served(home) as found:
        yield f"{found}/a/path/web/"


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """A page on a wide screen, which ends without a complaint."""
    context = chromium.new_context(viewport=WIDE)
    found = context.new_page()
    watch = Watch(found, address)
    yield found
    assert watch.is_calm
    context.close()


LOOKS: Final = [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")]


@needs_axe
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Any, address: str, name: str) -> None:
    for size, colours in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=colours)
        page.goto(address + name)
        assert violations(page) == [], (size, colours)


@needs_axe
@pytest.mark.parametrize(("size", "colours"), LOOKS)
def test_axe_finds_nothing_in_the_search(page: Any, address: str, size: dict[str, int], colours: str) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours)
    page.goto(f"{address}functions.html?q=default")
    page.wait_for_selector("[role=option]")
    assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_headings_are_in_order(page: Any, address: str, name: str) -> None:
    page.goto(address + name)
    levels = page.evaluate("[...document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6)')].map((h) => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(before, after) for before, after in itertools.pairwise(levels) if after > before + 1] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_down_only(page: Any, address: str, name: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(address + name)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("name", PAGES)
def test_the_largest_paint_comes_soon(page: Any, address: str, name: str) -> None:
    page.goto(address + name)
    taken = page.evaluate(
        """new Promise((told) => new PerformanceObserver((list) => told(list.getEntries().at(-1).startTime))
        .observe({ type: "largest-contentful-paint", buffered: true }))"""
    )
    assert 0 < taken < MILLISECONDS


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_when_a_page_arrives(page: Any, address: str, name: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    page.goto(address + name)
    page.wait_for_timeout(300)
    moved = page.evaluate(
        """new Promise((told) => { new PerformanceObserver((list) => told(list.getEntries().map((entry) => [
            entry.value, entry.startTime, entry.sources.map((source) => [
                (source.node?.outerHTML ?? source.node?.textContent ?? "").slice(0, 80),
                JSON.stringify(source.previousRect), JSON.stringify(source.currentRect)])])))
        .observe({ type: "layout-shift", buffered: true }); setTimeout(() => told([]), 200); })"""
    )
    assert moved == []  # how much, when, and what went from where to where


def test_a_page_can_be_read_without_scripts(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto(f"{address}functions--parameters.html")
    assert page.get_by_role("heading", name="Parameters").first.is_visible()
    assert page.locator("#no-mutable-default").get_by_text(RULE).is_visible()
    assert not page.locator("[data-search]").is_visible()
    context.close()


# ------------------------------------------------------------------------------------------------ keys


def test_tab_leads_to_the_text_first(page: Any, address: str) -> None:
    page.goto(f"{address}functions.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_arrows_turn_pages(page: Any, address: str) -> None:
    page.goto(f"{address}functions--parameters.html")
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert page.url == f"{address}functions--return-values.html"
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    assert page.url == f"{address}functions--parameters.html"


def test_dark_colours_are_chosen_and_kept(page: Any, address: str) -> None:
    page.goto(f"{address}functions.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator("[data-theme-switch]").click()
    dark = page.evaluate(paper)
    page.goto(f"{address}rules.html")
    assert (page.evaluate(paper), dark == light) == (dark, False)


def test_a_term_is_explained_under_the_pointer_and_under_the_focus(page: Any, address: str) -> None:
    page.goto(f"{address}functions--parameters.html")
    term = page.locator("main a.term").first
    shown = "(term) => getComputedStyle(term, '::after').content"
    page.mouse.move(0, 0)
    assert term.evaluate(shown) == "none"
    term.hover()
    said = term.get_attribute("data-tip")
    assert said
    assert said[:20] in term.evaluate(shown)
    page.mouse.move(0, 0)
    page.keyboard.press("Tab")  # what has the focus by keys is marked, and by the pointer it is not
    term.focus()
    assert said[:20] in term.evaluate(shown)


def test_backlinks_open_and_lead_to_what_uses_a_block(page: Any, address: str) -> None:
    page.goto(f"{address}functions--parameters.html")
    uses = page.locator("#no-mutable-default details.backlinks")
    uses.locator("summary").focus()
    page.keyboard.press("Enter")
    link = uses.locator("a").first
    assert link.is_visible()
    link.click()
    page.wait_for_url("**#**")
    target = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert page.evaluate("(id) => document.getElementById(id) !== null", target)


def test_rules_are_filtered_by_keys_and_by_the_address(page: Any, address: str) -> None:
    page.goto(f"{address}rules.html?severity=critical")
    count = page.locator("[data-row]:visible").count()
    assert page.locator("[data-filters] output").inner_text() == f"{count} rules"
    page.get_by_label("Detector").focus()
    page.keyboard.press("ArrowDown")
    fewer = page.locator("[data-row]:visible").count()
    assert 0 < fewer < count
    assert page.locator("[data-filters] output").inner_text() == f"{fewer} rule{'s' if fewer > 1 else ''}"
    assert page.locator("[data-row]:visible:not([data-severity=critical])").count() == 0


def test_exercises_are_told_to_programs(page: Any, address: str) -> None:
    page.goto(f"{address}functions--pitfalls-and-practice.html")
    told = page.evaluate(
        "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)['@graph']"
    )
    exercises = [entry for entry in told if entry["@type"] == "LearningResource"]
    assert len(exercises) == page.locator(".card.exercise").count() > 0
    assert {entry["learningResourceType"] for entry in exercises} == {"exercise"}


# ------------------------------------------------------------------------------------------------ search


def test_the_search_finds_and_opens_a_block_by_keys_alone(page: Any, address: str) -> None:
    page.goto(f"{address}index.html")
    page.keyboard.press("/")
    page.wait_for_selector("dialog[open] input:focus")
    page.keyboard.insert_text("mutable default")
    page.locator("[role=option] b", has_text=RULE).wait_for()
    titles = page.locator("[role=option] b").all_inner_texts()
    for _ in range(titles.index(RULE)):
        page.keyboard.press("ArrowDown")
    assert page.locator("[aria-selected=true] b").inner_text() == RULE
    page.keyboard.press("Enter")
    page.wait_for_url("**/functions--parameters.html#no-mutable-default")
    assert page.locator("#no-mutable-default").is_visible()


def test_escape_closes_the_search_and_the_slash_opens_it_again(page: Any, address: str) -> None:
    page.goto(f"{address}index.html")
    for _ in range(2):
        page.keyboard.press("/")
        page.wait_for_selector("dialog[open] input:focus")
        page.keyboard.insert_text("closure")
        page.wait_for_selector("[role=option]")
        assert page.locator("dialog input").input_value() == "closure"
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog:not([open])", state="attached")
        assert page.url == f"{address}index.html"


def test_an_address_asks_and_facets_narrow(page: Any, address: str) -> None:
    page.goto(f"{address}index.html?q=default&kind=Rules")
    page.wait_for_selector("[role=option]")
    assert page.locator("[aria-pressed=true]").inner_text().startswith("Rules ")
    kinds = page.locator("[role=option] .kind").all_inner_texts()
    assert {kind.partition(",")[0] for kind in kinds} == {"Rule"}
    count = int(page.locator("[aria-pressed=true]").inner_text().partition(" ")[2])
    assert page.locator("dialog [role=status]").inner_text() == f"{count} hits"
    page.get_by_label("Severity").select_option("high")
    page.wait_for_function(f"parseInt(document.querySelector('dialog [role=status]').textContent) < {count}")
    assert set(page.locator("[role=option] .kind").all_inner_texts()) == {"Rule, high"}


def test_markup_in_a_query_is_text(page: Any, address: str) -> None:
    page.goto(f"{address}index.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%20zzqq")
    page.wait_for_function("document.querySelector('dialog [role=status]')?.textContent")
    assert page.locator("dialog img").count() == 0


def test_from_a_disk_the_pages_work_and_the_search_says_what_it_needs(
    chromium: Any, address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = next(Path(tmp_path_factory.getbasetemp()).glob("site*/a/path/web"))
    context = chromium.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    page.keyboard.press("/")
    page.wait_for_selector("dialog[open] input:focus")
    page.keyboard.insert_text("default")
    page.get_by_text("The search needs a web server").wait_for()
    context.close()
