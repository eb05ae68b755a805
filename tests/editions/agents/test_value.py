"""A budget buys much of the handbook: what `docs/budgets.md` promises, with some room."""

from collections.abc import Iterable

import pytest

from tests.support import handbook
from vulgate.editions.agents.compose import VALUE, compose
from vulgate.editions.agents.tokenizer import count
from vulgate.model.blocks import Rule


def share(ids: Iterable[str]) -> float:
    """The part of the handbook's rules that these are, by severity."""
    weights = {rule.id: VALUE[rule.severity] for rule in handbook().book.of_kind(Rule)}
    return sum(weights[id] for id in ids) / sum(weights.values())


@pytest.mark.parametrize(("budget", "least"), [(1000, 0.16), (2000, 0.29), (4000, 0.48), (8000, 0.73), (16000, 0.97)])
def test_a_budget_buys_what_the_guide_says(budget: int, least: float) -> None:
    core = compose(handbook().book, budget).guidance.core
    assert count(core.text) <= budget
    assert share(core.rules) >= least


@pytest.mark.parametrize("budget", [1000, 2000, 4000])
def test_choosing_is_worth_twice_the_order_of_the_book(budget: int) -> None:
    made = compose(handbook().book, budget)
    room, first = budget, []
    for entry in made.entries:
        room -= count(f"{entry.text}\n")
        if room < 0:
            break
        first.append(entry.rule)
    assert first
    assert share(made.guidance.core.rules) >= 2 * share(first)
