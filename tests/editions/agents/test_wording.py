"""A rule in one line: the order first, nothing said twice, the id at the end."""

from pathlib import Path

import pytest

from tests.support import compiled, handbook
from vulgate.editions.agents.wording import instruction, names
from vulgate.model.blocks import Rule

RULE = """\
# A

:::{{rule}} {title}
:id: the-rule
:severity: high
:detect: review
:fix: {fix}

Why.

```python {{bad}}
def load(path):
    # a comment
    return open(path).read()  # error: [the-rule]
```

```python {{good}}
def load(path):
    return path.read_text()
```
:::
"""


def words(folder: Path, title: str, fix: str) -> str:
    book = compiled(folder, RULE.format(title=title, fix=fix)).book
    rule = next(book.of_kind(Rule))
    return instruction(book, rule, names(book)[rule.id])


def test_an_order_stands_before_its_remedy(tmp_path: Path) -> None:
    assert words(tmp_path, "Read a file with `read_text`", "Call `path.read_text()`") == (
        "- Read a file with `read_text`. Call `path.read_text()`. `the-rule`"
    )


@pytest.mark.parametrize("title", ["Do not open a file by hand", "Never open a file by hand"])
def test_what_to_do_stands_before_what_not_to_do(tmp_path: Path, title: str) -> None:
    assert words(tmp_path, title, "Call `path.read_text()`.") == f"- Call `path.read_text()`. {title}. `the-rule`"


def test_a_remedy_that_says_the_same_again_is_left_out(tmp_path: Path) -> None:
    assert words(tmp_path, "Read files with read_text, not with open", "Write `read_text`.") == (
        "- Read files with read_text, not with open. `the-rule`"
    )


def test_words_without_code_get_the_line_that_differs(tmp_path: Path) -> None:
    assert words(tmp_path, "Close what you open", "Let the path read itself.") == (
        "- Close what you open. Let the path read itself. "
        "Write `return path.read_text()`, not `return open(path).read()`. `the-rule`"
    )


def test_links_become_their_words(tmp_path: Path) -> None:
    assert words(tmp_path, "Read with `read_text`", "See [the site](https://example.org).") == (
        "- Read with `read_text`. See the site. `the-rule`"
    )


def test_names_are_short_where_they_are_clear(tmp_path: Path) -> None:
    rule = ":::{rule} Do it\n:id: same\n:severity: low\n:detect: review\n:fix: Do.\n\nWhy.\n:::\n"
    other = ":::{rule} Do that\n:id: other\n:severity: low\n:detect: review\n:fix: Do.\n\nWhy.\n:::\n"
    book = compiled(tmp_path, {"a.md": f"# A\n\n{rule}\n{other}", "b.md": f"# B\n\n{rule}"}).book
    assert names(book) == {"a/same": "a/same", "a/other": "other", "b/same": "b/same"}


def test_the_handbook_reads_as_orders() -> None:
    """One line each, ends with the id, says nothing weak, and starts with what to do wherever the rule has a remedy."""
    book = handbook().book
    short = names(book)
    for rule in book.of_kind(Rule):
        line = instruction(book, rule, short[rule.id])
        assert "\n" not in line
        assert line.endswith(f" `{short[rule.id]}`")
        assert line.count("`") % 2 == 0, line
        assert not any(
            weak in line.lower() for weak in ("try to ", "consider ", "should probably", "unless explicitly")
        )
        assert len(line) < 400, line
    assert len(set(short.values())) == len(short)
