"""Diagrams as pictures: drawn without anything that runs, kept for the next build, and told in words."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.editions.web.browsing import opened, served
from tests.editions.web.sites import Strict, broken_links, harmless, pages, site
from vulgate.editions.web import diagrams
from vulgate.editions.web.context import Drawing

pytest.importorskip("mmdr", reason="mmdr is not installed")

FLOW: Final = "flowchart TD\n    A[Start] -->|go| B[End]\n"
EVIL: Final = (
    '%%{init: {"securityLevel": "loose", "themeCSS": "@import url(https://example.org/x.css); * {fill: red}"}}%%\n'
    "flowchart TD\n"
    '    A["<script>alert(1)</script>"] --> B["<img src=https://example.org/x.png onerror=alert(1)>"]\n'
    '    click A "javascript:alert(1)"\n    click B call alert()\n'
)


def fenced(*codes: str) -> str:
    return "# A\n\nText.\n\n" + "\n".join(f"```mermaid\n{code}```\n" for code in codes)


def drawn(files: dict[str, bytes]) -> list[str]:
    return sorted(path for path in files if path.startswith(f"{diagrams.FOLDER}/"))


def test_a_diagram_is_a_picture_of_a_known_size_with_words(tmp_path: Path) -> None:
    files = site(tmp_path, fenced(FLOW))
    (path,) = drawn(files)
    page = Strict(files["a.html"].decode())
    image = next(tag.attributes for tag in page.tags if tag.name == "img")
    assert image["src"] == path
    assert image["alt"] == "Flowchart; in words below"
    assert image["loading"] == "lazy"
    root = files[path].decode().partition(">")[0]
    assert f' width="{image["width"]}"' in root
    assert f' height="{image["height"]}"' in root
    assert "data-" not in files[path].decode()
    assert "Start leads to End (go)" in "".join(page.text)
    assert not list(broken_links(files))
    harmless(page)


def test_a_diagram_runs_nothing_and_loads_nothing(tmp_path: Path) -> None:
    files = site(tmp_path, fenced(EVIL), keep_going=True)
    (path,) = drawn(files)
    picture = files[path].decode().lower()
    assert not [
        word for word in ("<script", "javascript:", "<img", "@import", "<a href", "foreignobject") if word in picture
    ]
    assert "example.org/x.css" not in picture
    harmless(pages(files)["a.html"])


@pytest.mark.parametrize("code", ["flowchart TD\n    A--\n", "nonsense\n", "flowchart TD\n" + "A" * 3_000_000 + "\n"])
def test_what_cannot_be_drawn_is_shown_as_its_source(tmp_path: Path, code: str) -> None:
    files = site(tmp_path, fenced(code), keep_going=True)
    assert drawn(files) == []
    page = Strict(files["a.html"].decode())
    assert code.strip() in "".join(page.text)
    assert not [tag for tag in page.tags if tag.name == "img"]


def test_a_diagram_says_its_own_look(tmp_path: Path) -> None:
    own = "---\ntitle: Mine\nconfig:\n  theme: forest\n---\nflowchart TD\n    A --> B\n"
    files = site(tmp_path, fenced(FLOW, own))
    ours, theirs = (files[path].decode() for path in sorted(drawn(files), key=lambda path: b"Mine" in files[path]))
    assert "#f6f4ee" in ours
    assert "Mine" in theirs


def test_the_same_diagram_is_drawn_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    draw = diagrams._drawn

    def counted(codes: Sequence[str]) -> Iterator[tuple[str, Drawing]]:
        asked.append(len(codes))
        return draw(codes)

    monkeypatch.setattr(diagrams, "_drawn", counted)
    cold = site(tmp_path, {"a.md": fenced(FLOW, FLOW), "b.md": "# B\n\nText.\n"})
    assert len(drawn(cold)) == 1
    (tmp_path / "b.md").write_text("# B\n\nOther text.\n")
    warm = site(tmp_path, {"a.md": fenced(FLOW, FLOW), "b.md": "# B\n\nOther text.\n"})
    assert warm["a.html"] == cold["a.html"]
    assert [warm[path] for path in drawn(warm)] == [cold[path] for path in drawn(cold)]
    assert asked == [1]


def test_without_what_draws_the_source_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise diagrams.PackageNotFoundError(name)

    monkeypatch.setattr(diagrams, "version", missing)
    page = Strict(site(tmp_path, fenced(FLOW))["a.html"].decode())
    assert any(tag.attributes.get("class") == "mermaid" for tag in page.tags)
    assert "Start leads to End (go)" in "".join(page.text)


def test_a_picture_follows_the_colours_of_the_page(chromium: Any, tmp_path: Path) -> None:
    site(tmp_path, fenced(FLOW))
    with served(tmp_path / "dist" / "web") as address, opened(chromium, f"{address}/", "a.html") as page:
        image = page.locator("figure.drawn img")
        image.scroll_into_view_if_needed()
        page.wait_for_function("document.querySelector('figure.drawn img').naturalWidth > 0")
        filtered = "getComputedStyle(document.querySelector('figure.drawn img')).filter"
        assert page.evaluate(filtered) == "none"
        page.locator("[data-theme-switch]").click()
        assert page.evaluate(filtered).startswith("invert")
        page.get_by_text("In words").click()
        assert page.get_by_text("Start leads to End (go)").is_visible()
