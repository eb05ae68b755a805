"""`vulgate audit`: its forms, its options, its exit codes, and what it says of sick books."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.audit.books import area, audited, items
from tests.build.books import SMALL, run, write
from tests.editions.web.browsing import browser, needs_axe, violations
from tests.support import BUNDLED
from vulgate.audit import AREAS

SICK = "# A\n\nSee [it](b.md), Chapter 9.\n\n## B\n\n:::{rul} Oh\nText.\n\n```python\ndef f(:\n```\n\n```python\nprint(x)\n```\n"


def test_every_area_is_looked_at(tmp_path: Path) -> None:
    found = audited(tmp_path, SICK)
    assert [area["name"] for area in found["areas"]] == list(AREAS)


def test_the_json_is_as_its_schema_says(tmp_path: Path) -> None:
    schema = json.loads(run("schema", "--of", "audit").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(audited(tmp_path, SICK), schema)


def test_scores_follow_from_their_measures(tmp_path: Path) -> None:
    found = audited(tmp_path, SICK)
    for each in found["areas"]:
        counted = [measure for measure in each["measures"] if measure["total"]]
        weight = sum(measure["weight"] for measure in counted)
        if not counted:
            assert each["score"] is None
            continue
        wanted = 100 * sum(m["weight"] * m["good"] / m["total"] for m in counted) / weight
        assert each["score"] == pytest.approx(wanted, abs=0.01)
        assert each["formula"].endswith(f"= {int(wanted * 10 + 1e-6) / 10:g}")
    scored = [each for each in found["areas"] if each["score"] is not None]
    total = sum(each["weight"] * each["score"] for each in scored) / sum(each["weight"] for each in scored)
    assert found["score"] == pytest.approx(total, abs=0.05)


def test_a_sick_book_is_audited_and_left_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": SICK})
    before = (tmp_path / "a.md").read_bytes()
    result = run("audit", str(tmp_path))
    assert result.exit_code == 0
    assert "a.md:3 nothing at `b.md`" in result.stdout
    assert (tmp_path / "a.md").read_bytes() == before
    assert not (tmp_path / "dist").exists()


def test_few_places_are_shown_unless_all_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "# A\n\n" + "".join(f"See [it](b{number}.md).\n\n" for number in range(9))})
    few, everything = (run("audit", str(tmp_path), "--area", "references", *more).stdout for more in ((), ("--all",)))
    assert "and 6 more; --all shows them" in few
    assert few.count("nothing at") == 3
    assert everything.count("nothing at") == 9


@pytest.mark.parametrize(("wanted", "code"), [("100", 1), ("0", 0)])
def test_fail_under(tmp_path: Path, wanted: str, code: int) -> None:
    write(tmp_path, {"a.md": SICK})
    result = run("audit", str(tmp_path), "--fail-under", wanted)
    assert result.exit_code == code
    assert ("is wanted" in result.stderr) == bool(code)


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--area", "nonsense"], [".", "--json", "--format", "html"]])
def test_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    write(tmp_path, SMALL)
    monkeypatch.chdir(tmp_path)
    assert run("audit", *arguments).exit_code == 2


def test_nothing_is_run_without_trust(tmp_path: Path) -> None:
    book = tmp_path / "book"
    canary = tmp_path / "ran"
    text = f"# A\n\n```python\nopen({str(canary)!r}, 'w').close()\n```\n"
    found = audited(book, text, "--area", "examples")
    assert not canary.exists()
    assert "nothing was run; --trust runs the examples" in area(found, "examples")["notes"]


def test_with_trust_the_examples_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    text = "# A\n\n```python\nprint(1)\n```\n\n```python\nprint(1 / 0)\n```\n\n```python\nimport no_such_package\n```\n"
    found = audited(tmp_path / "book", text, "--area", "examples", "--trust")
    assert items(found) == [("fails", "a.md", 7)]
    measures = {measure["name"]: measure for measure in area(found, "examples")["measures"]}
    ran = measures["blocks of code do what they show when they are run"]
    assert (ran["good"], ran["total"]) == (1, 2)
    figures = {figure["name"]: figure["value"] for figure in area(found, "examples")["figures"]}
    assert figures["not run for want of a module"] == "no_such_package 1"


def test_places_are_those_of_the_files_on_disk(tmp_path: Path) -> None:
    """A byte that is no ASCII before the place, and lines that end as on Windows."""
    text = "# Ä\r\n\r\nÄöü é.\r\n\r\nÉ [it](b.md).\r\n"
    (item,) = area(audited(tmp_path, {"a.md": text}, "--area", "references"), "references")["items"]
    assert (item["line"], item["column"]) == (5, 3)


# ------------------------------------------------------------------------------------------------ the page


def page_of(tmp_path: Path, text: str) -> Path:
    write(tmp_path / "book", {"a.md": text})
    page = tmp_path / "audit.html"
    assert run("audit", str(tmp_path / "book"), "--html", str(page)).exit_code == 0
    return page


def test_the_page_escapes_everything(tmp_path: Path) -> None:
    hostile = '# <script>alert(1)</script>\n\n## "><img src=x onerror=alert(2)>\n\n## B\n\nSee [x](<b"<i>.md>), `asyncio.<b>`.\n'
    html = page_of(tmp_path, hostile).read_text(encoding="utf-8")
    assert "<script" not in html
    assert "<img" not in html
    assert "<i>" not in html
    assert "&lt;img src=x" in html


def test_the_page_asks_nobody(tmp_path: Path) -> None:
    html = page_of(tmp_path, SICK).read_text(encoding="utf-8")
    assert "default-src 'none'" in html
    assert "http://" not in html
    assert "src=" not in html


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    write(tmp_path / "book", SMALL)
    result = run("audit", str(tmp_path / "book"), "--html", str(tmp_path / "book" / "one.md" / "audit.html"))
    assert result.exit_code == 1
    assert "cannot write" in result.stderr


@needs_axe
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(tmp_path: Path, colours: str) -> None:
    page = page_of(tmp_path, SICK)
    with browser() as chromium:
        context = chromium.new_context(bypass_csp=True, color_scheme=colours)
        shown = context.new_page()
        shown.goto(page.as_uri())
        shown.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert violations(shown) == []
        context.close()


# ------------------------------------------------------------------------------------------------ the handbook


def test_the_handbook_is_in_good_health(tmp_path: Path) -> None:
    result = run("audit", str(BUNDLED), "--json")
    found = json.loads(result.stdout)
    scores = {each["name"]: each["score"] for each in found["areas"]}
    for name in ("structure", "references", "repetition", "claims", "diagrams", "reading"):
        assert scores[name] == 100
    assert scores["examples"] > 99
    assert scores["spelling"] > 99
    assert found["score"] > 95
