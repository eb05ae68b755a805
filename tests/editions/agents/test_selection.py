"""Choosing rules for a budget: near the best, within the budget, the same in whatever order they come."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import modest
from vulgate.editions.agents.selection import Candidate, curve, select, value_of

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.uuids().map(str),
        topic=st.sampled_from(["functions", "classes", "security"]),
        value=st.sampled_from([1.0, 2.0, 4.0, 8.0]),
        cost=st.integers(1, 40),
    ),
    max_size=9,
    unique_by=lambda each: each.id,
)


def best(candidates: list[Candidate], budget: int) -> float:
    """The value of the best set, by trying all of them."""
    sets = (
        chosen
        for size in range(len(candidates) + 1)
        for chosen in combinations(candidates, size)
        if sum(each.cost for each in chosen) <= budget
    )
    return max(value_of(chosen, candidates) for chosen in sets)


@modest(120)
@given(CANDIDATES, st.integers(0, 150))
def test_the_choice_fits_and_is_near_the_best(candidates: list[Candidate], budget: int) -> None:
    selection = select(candidates, budget)
    assert selection.cost <= budget
    total = value_of(candidates, candidates)
    if total:
        optimum = best(candidates, budget) / total
        assert selection.value >= 0.316 * optimum - 1e-9  # (1 - 1/e) / 2, what is proven for the greedy choice
        assert selection.bound >= optimum - 1e-9
        assert selection.value <= selection.bound + 1e-9


@modest(60)
@given(CANDIDATES, st.integers(0, 150), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(candidates: list[Candidate], budget: int, random: object) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(select(shuffled, budget).chosen) == set(select(candidates, budget).chosen)


@modest(60)
@given(CANDIDATES.filter(bool))
def test_the_value_grows_and_each_choice_adds_less_than_one_by_one(candidates: list[Candidate]) -> None:
    points = curve(candidates)
    assert points[0] == (0, 0.0)
    assert points[-1] == (sum(each.cost for each in candidates), pytest.approx(1.0))
    assert all(first[0] < second[0] and first[1] < second[1] for first, second in pairwise(points))


def test_a_second_rule_of_a_topic_is_worth_less_than_the_first_of_another() -> None:
    candidates = [
        Candidate("a/1", "a", 4.0, 10),
        Candidate("a/2", "a", 4.0, 10),
        Candidate("b/1", "b", 3.9, 10),
    ]
    assert set(select(candidates, 20).chosen) == {"a/1", "b/1"}


def test_one_great_rule_beats_small_ones_that_are_cheap_for_their_value() -> None:
    candidates = [Candidate("small", "a", 1.0, 1), Candidate("great", "b", 8.0, 10)]
    assert select(candidates, 10).chosen == ("great",)


def test_nothing_comes_of_nothing() -> None:
    assert select([], 100).chosen == ()
    assert select([Candidate("a", "a", 1.0, 5)], 4).chosen == ()
