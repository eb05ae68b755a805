"""What the handbook promises on its first page: rules that show what breaking them costs, facts with proofs, text to read."""

import json
from typing import Any, Final

import pytest

import vulgate
from tests.build.books import run
from tests.support import BUNDLED
from vulgate.passes.compile import Compilation

LEAST: Final = {"rule": 300, "fact": 220, "qa": 110, "exercise": 70, "diagram": 30}
WORDS: Final = range(1_500, 5_001)
"""Words of prose outside directives, tables and code."""


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    result = run("stats", str(BUNDLED), "--json")
    assert result.exit_code == 0, result.output
    figures: dict[str, Any] = json.loads(result.stdout)
    return figures


@pytest.fixture(scope="module")
def chapters(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The chapters to read; those with rules only are waiting for theirs."""
    return [item for item in figures["chapters"] if item["id"] != "index" and not item["id"].startswith("rules-")]


def test_nothing_is_wrong_with_it(compilation: Compilation) -> None:
    assert compilation.diagnostics == ()


@pytest.mark.parametrize("kind", LEAST)
def test_there_is_enough(kind: str, chapters: list[dict[str, Any]]) -> None:
    assert len(chapters) == 12
    assert sum(chapter["kinds"].get(kind, 0) for chapter in chapters) >= LEAST[kind]


def test_examples_beside_the_cards(handbook: vulgate.CompiledBook, chapters: list[dict[str, Any]]) -> None:
    known = {chapter["id"] for chapter in chapters}
    examples = [block for block in handbook.of_kind(vulgate.Example) if block.chapter in known and is_run(block)]
    cards = (vulgate.Rule, vulgate.Fact, vulgate.Exercise)
    beside = [block for block in examples if not block.parent or not isinstance(handbook[block.parent], cards)]
    assert len(beside) >= 180


def is_run(block: vulgate.Example) -> bool:
    return block.language == "python" and not block.fence.static and not block.fence.skip


def test_facts_are_proven_or_cited(handbook: vulgate.CompiledBook) -> None:
    facts = [fact for fact in handbook.of_kind(vulgate.Fact) if fact.is_authored]
    assert sum(1 for fact in facts if fact.proof) >= 0.65 * len(facts)
    assert sum(1 for fact in facts if fact.proof or fact.cite) >= 0.9 * len(facts)


def test_rules_show_what_breaking_them_costs(figures: dict[str, Any]) -> None:
    rules = figures["rules"]
    assert rules["with_consequence"] >= 0.5 * rules["total"]


def test_a_chapter_can_be_read_in_a_sitting(chapters: list[dict[str, Any]]) -> None:
    assert {chapter["id"]: chapter["words"] for chapter in chapters if chapter["words"] not in WORDS} == {}


def test_rules_have_names_of_their_own(handbook: vulgate.CompiledBook) -> None:
    names = [rule.id.rpartition("/")[2] for rule in handbook.of_kind(vulgate.Rule)]
    assert sorted(set(names)) == sorted(names)
