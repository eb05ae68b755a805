"""Examples and exercises run in the page."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import vulgate
from tests.build.books import write
from tests.editions.web.browsing import needs_axe, opened, served, violations
from tests.editions.web.learnable import BOOK, MANIFEST
from tests.editions.web.sites import site

PACK = os.environ.get("VULGATE_PYODIDE", "")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not PACK:
        pytest.skip("needs Pyodide: set VULGATE_PYODIDE")
    folder = tmp_path_factory.mktemp("book")
    site(folder, {**BOOK, "vulgate.toml": f'{MANIFEST}pyodide = "{Path(PACK).absolute().as_posix()}"\n'})
    with served(folder / "dist" / "web") as address:
        yield f"{address}/"


@pytest.fixture(scope="module")
def page(chromium: Any, shop: str) -> Iterator[Any]:
    with opened(chromium, shop, "one.html") as found:
        yield found


def figure(page: Any, text: str) -> Any:
    return page.locator("figure.code", has_text=text).first


def edited(found: Any, code: str) -> None:
    if found.locator("textarea").count() == 0:
        found.get_by_role("button", name="Edit").click()
    found.locator("textarea").fill(code)


def ran(found: Any, button: str = "Run") -> str:
    """Presses a button, and gives what is said when the run has ended."""
    found.get_by_role("button", name=button).click()
    found.get_by_role("button", name="Run").wait_for()
    return str(found.locator(".result").inner_text())


def test_only_what_can_run_has_a_button(page: Any) -> None:
    without = ["serve_for_ever", "import numpy", "import subprocess", "long", 'assert double("a")']
    assert [figure(page, text).get_by_role("button", name="Run").count() for text in without] == [0] * 5
    assert page.get_by_role("button", name="Run").count() == 9  # solutions are folded away


def test_run_shows_the_output_and_compares_it(page: Any) -> None:
    said = ran(figure(page, "6 * 7"))
    assert "The output is as in the book." in said
    assert "begin\n42\nend" in said


def test_an_edit_runs_and_reset_takes_it_back(page: Any) -> None:
    found = figure(page, "6 * 7")
    edited(found, 'print(6 * 8)\nprint("end")')
    said = ran(found)
    assert "The output is not the book’s" in said
    assert "48" in said
    found.get_by_role("button", name="Reset").click()
    assert found.locator("textarea, .result").count() == 0
    assert "6 * 7" in found.locator("pre").first.inner_text()


def test_a_failing_edit_shows_the_error(page: Any) -> None:
    found = figure(page, "6 * 7")
    edited(found, "print('so far')\nnothing['x']")
    said = ran(found)
    assert "It ends with an error: NameError: name 'nothing' is not defined" in said
    assert "so far" in said
    assert "line 2" in said
    found.get_by_role("button", name="Reset").click()


def test_what_stands_above_in_the_group_runs_first_and_is_not_shown(page: Any) -> None:
    said = ran(figure(page, "base + 2"))
    assert "as in the book" in said
    assert "above" not in said


def test_a_traceback_has_the_lines_that_a_reader_sees(page: Any) -> None:
    found = figure(page, "base + 2")
    edited(found, "print(base)\nnothing")
    assert 'File "example.py", line 2' in ran(found)
    found.get_by_role("button", name="Reset").click()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "It raises ZeroDivisionError: division by zero, as in the book."),
        ("def f(:", "It does not compile, as in the book: SyntaxError"),
        ("asyncio.run", "It prints what the comments say."),
        (">>> 1 + 1", "All answers are as in the book."),
    ],
)
def test_what_the_book_says_of_an_outcome(page: Any, text: str, said: str) -> None:
    assert said in ran(figure(page, text))


@needs_axe
def test_axe_finds_nothing_in_an_editor_and_its_result(page: Any) -> None:
    found = figure(page, "base = 40")
    edited(found, "print('said')\nnothing")
    ran(found)
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        assert violations(page) == []
    found.get_by_role("button", name="Reset").click()


def test_stop_ends_an_endless_loop(page: Any) -> None:
    found = figure(page, "base = 40")
    edited(found, "print('begun')\nwhile True: pass")
    found.get_by_role("button", name="Run").click()
    found.locator(".result pre", has_text="begun").wait_for()  # output is shown as it comes
    found.get_by_role("button", name="Stop").click()
    found.locator(".result p", has_text="Stopped.").wait_for()
    assert found.get_by_role("button", name="Run").is_visible()
    found.get_by_role("button", name="Reset").click()


def test_a_run_has_a_limit_of_time_and_of_output(page: Any) -> None:
    found = figure(page, "base = 40")
    edited(found, "while True: print('x' * 999)")
    said = ran(found)
    assert "Stopped: it ran longer than 4 s." in said
    assert "more than 100 kB: the rest is left out" in said
    assert len(found.locator(".result pre").inner_text()) < 110_000
    found.get_by_role("button", name="Reset").click()


def test_keys_in_the_editor(page: Any) -> None:
    found = figure(page, "base = 40")
    edited(found, "")
    field = found.locator("textarea")
    field.press("Tab")
    field.press_sequentially("if 1:")
    field.press("Enter")
    field.press_sequentially("pass")
    assert field.input_value() == "    if 1:\n        pass"
    field.press("Shift+Tab")
    assert field.input_value() == "    if 1:\n    pass"
    field.press("Escape")
    field.press("Tab")
    assert page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    field.fill("print('by keys')")
    field.press("Control+Enter")
    found.locator(".result pre", has_text="by keys").wait_for()
    found.get_by_role("button", name="Run").wait_for()
    found.get_by_role("button", name="Reset").click()


def test_an_exercise_fails_and_passes(page: Any) -> None:
    card = page.locator("#double-it")
    starter = card.locator("figure.starter")
    assert "A test fails at “assert double(2) == 4”: AssertionError" in ran(starter, "Check")
    edited(starter, "def double(n):\n    return n / 1 * 2")
    assert 'A test fails at “assert double("a") == "aa"”: TypeError' in ran(starter, "Check")
    edited(starter, "def double(n):\n    return n + n")
    assert "Solved: all tests pass." in ran(starter, "Check")
    page.reload()
    page.locator("#double-it.is-solved").wait_for()
    assert page.locator(".is-solved").count() == 1


def test_an_exercise_whose_tests_cannot_run_has_no_check(page: Any) -> None:
    starter = page.locator("#count-threads figure.starter")
    assert [starter.get_by_role("button", name=name).count() for name in ("Run", "Check")] == [1, 0]


def test_without_a_pack_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VULGATE_PYODIDE", str(tmp_path))  # which is for `vulgate verify`, unless the manifest says so
    files = site(tmp_path, BOOK)
    assert not [path for path in files if "pyodide" in path or path.endswith((".run.json", "run.js", "/worker.js"))]
    assert b"data-run" not in files["one.html"]


def test_a_folder_that_is_no_pack_is_reported(tmp_path: Path) -> None:
    write(tmp_path, {**BOOK, "vulgate.toml": f'{MANIFEST}pyodide = "nowhere"\n'})
    (item,) = vulgate.Builder(vulgate.open_book(tmp_path), editions=["web"]).run().diagnostics
    assert (item.code, "nowhere/pyodide-lock.json" in item.message) == ("VG607", True), item
    assert "npm install pyodide" in item.message


def test_another_pack_is_another_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = tmp_path / "pack"
    names = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
    write(pack, dict.fromkeys(names, "1") | {"pyodide-lock.json": '{"info": {"python": "3.14.2"}}'})
    write(tmp_path / "book", {**BOOK, "vulgate.toml": f'{MANIFEST}pyodide = "$THE_PACK"\n'})

    def built() -> bool:
        return vulgate.Builder(vulgate.open_book(tmp_path / "book"), editions=["web"]).run().up_to_date

    assert [built(), built()] == [False, True]
    monkeypatch.setenv("THE_PACK", str(pack))
    assert [built(), built()] == [False, True]
    write(pack, {"pyodide.mjs": "2"})
    assert [built(), built()] == [False, True]
    monkeypatch.delenv("THE_PACK")
    assert built() is False
    assert not (tmp_path / "book/dist/web/assets/pyodide/pyodide.mjs").exists()
