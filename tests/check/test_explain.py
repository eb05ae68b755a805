"""`vulgate explain RULE`: the rule as the book has it, for whoever broke it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.check.projects import CODE, put
from vulgate.cli import main


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return put(
        tmp_path / "book",
        {"code.md": CODE.replace(":id: empty-length\n", ":id: empty-length\n:noise: 0.25\n:precision: 3/4\n")},
    )


def explain(book: Path, *words: str) -> str:
    result = CliRunner().invoke(main, ["explain", *words, "--book", str(book)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", ["empty-length", "code/empty-length", "code/len-is-zero"])
def test_the_rule_for_people(book: Path, name: str) -> None:
    text = explain(book, name)
    assert text.startswith("# empty length\n\n`code/empty-length` · high · ")
    assert "```python {bad" in text
    assert "```python {good}" in text
    assert "- Noise: 0.25 findings in a thousand lines" in text
    assert "- Precision: 3 of 4 findings that were read are right (75%)." in text
    assert "# vulgate: ignore[empty-length] reason" in text


def test_the_pattern_is_for_machines(book: Path) -> None:
    assert "len($X) == 0" not in explain(book, "empty-length")
    assert "\n\n\n" not in explain(book, "empty-length")
    told = json.loads(explain(book, "empty-length", "--json"))
    assert "len($X) == 0" in told["options"]
    assert (told["slug"], told["noise"], told["precision"]) == ("empty-length", 0.25, [3, 4])


def test_a_code_of_ruff(book: Path) -> None:
    assert explain(book, "E711").startswith("# compare none\n")


def test_a_rule_that_nobody_has(book: Path) -> None:
    result = CliRunner().invoke(main, ["explain", "empty-lenght", "--book", str(book)])
    assert result.exit_code == 2
    assert "did you mean" in result.output
    assert "empty-length" in result.output
