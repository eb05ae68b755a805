"""Every example of the CommonMark 0.31.2 specification and of GitHub's extensions, rendered as they say."""

import json
from typing import Any, Final

import pytest

from tests.markdown.to_html import normalized, render
from tests.support import ROOT

DATA: Final = ROOT / "tests" / "data"


def load(name: str) -> list[dict[str, Any]]:
    examples: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return examples


COMMONMARK: Final = load("commonmark.json")
EXTENSIONS: Final = load("gfm-extensions.json")

# GitHub links bare addresses; CommonMark alone does not.
BARE_LINKS: Final = {
    608: '<p>&lt; <a href="https://foo.bar">https://foo.bar</a> &gt;</p>',
    611: '<p><a href="https://example.com">https://example.com</a></p>',
    612: '<p><a href="mailto:foo@bar.example.com">foo@bar.example.com</a></p>',
}
# To disallow raw HTML is the renderer's business: the tree keeps what the author wrote.
RAW_HTML: Final = 652


def name(example: dict[str, Any]) -> str:
    return f"{example['example']} {example['section']}"


def test_no_example_is_missing() -> None:
    assert [example["example"] for example in COMMONMARK] == list(range(1, 653))
    assert len(EXTENSIONS) == 24
    assert len({example["example"] for example in EXTENSIONS}) == 24


@pytest.mark.parametrize("example", COMMONMARK, ids=name)
def test_commonmark(example: dict[str, Any]) -> None:
    expected = BARE_LINKS.get(example["example"], example["html"])
    assert normalized(render(example["markdown"])) == normalized(expected)


@pytest.mark.parametrize("example", EXTENSIONS, ids=name)
def test_github_extensions(example: dict[str, Any]) -> None:
    expected = example["html"]
    if example["example"] == RAW_HTML:
        for tag in ("title", "style", "xmp", "XMP"):
            expected = expected.replace(f"&lt;{tag}>", f"<{tag}>")
    assert normalized(render(example["markdown"])) == normalized(expected)


def test_the_listed_differences_are_differences() -> None:
    """A difference that has gone would otherwise stay on the list for ever."""
    by_number = {example["example"]: example["html"] for example in COMMONMARK}
    assert all(normalized(by_number[number]) != normalized(html) for number, html in BARE_LINKS.items())
