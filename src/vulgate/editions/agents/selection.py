"""Which rules go into a budget.

The value of a set of rules is partly the sum of their values and partly how well it covers the topics of the book: what a
topic is worth grows with the square root of what is chosen from it, so the second rule of a topic adds less than the first.
That makes the value monotone and submodular. The better of two greedy runs, by gain for a token and by gain alone, reaches at
least (1 - 1/e)/2 of the best possible value (Leskovec et al., Cost-effective Outbreak Detection in Networks, KDD 2007,
Theorem 3); their online bound, which `Selection.bound` is, tells how near this choice is.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

COVERAGE: Final = 0.3
"""The part of the value that covering topics makes."""
_EACH: Final = 500
"""Rules up to which the bound is computed after every choice; of twice as many, after every other one."""


class Candidate(Struct, frozen=True):
    """A rule that may be chosen.

    Attributes:
        id: Its id.
        topic: What it covers: its chapter.
        value: What it is worth alone, above 0.
        cost: Tokens that it takes, above 0.
    """

    id: str
    topic: str
    value: float
    cost: int


class Selection(Struct, frozen=True):
    """What was chosen.

    Attributes:
        chosen: Ids in the order in which they were chosen.
        value: The value of the set, as a share of that of all candidates.
        bound: A value that no set within the budget exceeds, as a share as well.
        cost: Tokens of the chosen rules.
    """

    chosen: tuple[str, ...]
    value: float
    bound: float
    cost: int


class _Value:
    """The value of a growing set."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.totals: dict[str, float] = {}
        for each in candidates:
            self.totals[each.topic] = self.totals.get(each.topic, 0.0) + each.value
        self.taken = dict.fromkeys(self.totals, 0.0)

    def gain(self, each: Candidate) -> float:
        """What one more rule adds."""
        total, taken = self.totals[each.topic], self.taken[each.topic]
        covered = math.sqrt(total) * (math.sqrt(taken + each.value) - math.sqrt(taken))
        return (1 - COVERAGE) * each.value + COVERAGE * covered

    def take(self, each: Candidate) -> None:
        self.taken[each.topic] += each.value

    @property
    def all(self) -> float:
        return sum(self.totals.values())


def select(candidates: Sequence[Candidate], budget: int) -> Selection:
    """Chooses candidates whose costs fit into a budget. The same candidates give the same choice, in whatever order they come."""
    by_density = _greedy(candidates, budget, lambda gain, each: gain / each.cost)
    by_gain = _greedy(candidates, budget, lambda gain, each: gain)
    chosen = max(by_density, by_gain, key=lambda found: value_of(found, candidates))  # the first of two as good
    total = _Value(candidates).all or 1.0
    value = value_of(chosen, candidates) / total
    return Selection(
        chosen=tuple(each.id for each in chosen),
        value=value,
        bound=max(value, _bound(chosen, candidates, budget) / total),  # sums of floats differ in the last digit
        cost=sum(each.cost for each in chosen),
    )


def curve(candidates: Sequence[Candidate]) -> list[tuple[int, float]]:
    """How the value grows with the budget: tokens and share of the whole value after each choice, by gain for a token."""
    value = _Value(candidates)
    points, cost, reached = [(0, 0.0)], 0, 0.0
    for each in _greedy(candidates, sum(each.cost for each in candidates), lambda gain, each: gain / each.cost):
        reached += value.gain(each)
        value.take(each)
        cost += each.cost
        points.append((cost, reached / value.all))
    return points


def value_of(chosen: Iterable[Candidate], candidates: Iterable[Candidate]) -> float:
    """The value of a set of candidates."""
    value = _Value(candidates)
    reached = 0.0
    for each in chosen:
        reached += value.gain(each)
        value.take(each)
    return reached


def _greedy(
    candidates: Iterable[Candidate], budget: int, score: Callable[[float, Candidate], float]
) -> list[Candidate]:
    """Takes what adds most until nothing fits. A gain never grows, so an old one is a bound (lazy evaluation, Minoux 1978)."""
    options = list(candidates)
    value = _Value(options)
    queue = [(-score(value.gain(each), each), each.id, index) for index, each in enumerate(options)]
    heapq.heapify(queue)
    chosen: list[Candidate] = []
    left = budget
    while queue:
        _, id, index = heapq.heappop(queue)
        each = options[index]
        if each.cost > left:
            continue
        now = (-score(value.gain(each), each), id, index)
        if queue and now > queue[0]:
            heapq.heappush(queue, now)
            continue
        chosen.append(each)
        value.take(each)
        left -= each.cost
    return chosen


def _bound(chosen: Sequence[Candidate], candidates: Sequence[Candidate], budget: int) -> float:
    """A value that no set within the budget exceeds.

    Whatever has been chosen, the best set adds at most the best gains for a token that fill a budget; the least such sum on the
    way counts.
    """
    value = _Value(candidates)
    rest = dict.fromkeys(candidates)
    reached, least = 0.0, value.all
    step = 1 + len(candidates) // _EACH  # any of the sums is a bound, and each takes a time that grows with the rules
    for at, each in enumerate([None, *chosen]):
        if each:
            reached += value.gain(each)
            value.take(each)
            del rest[each]
        if at % step:
            continue
        least = min(least, reached + _filled([(value.gain(other), other.cost) for other in rest], budget))
    return least


def _filled(gains: Iterable[tuple[float, int]], budget: int) -> float:
    """The most that gains can add up to within a budget, where one may be taken in part."""
    reached, left = 0.0, float(budget)
    for gain, cost in sorted(gains, key=lambda pair: -pair[0] / pair[1]):
        part = min(1.0, left / cost)
        reached += part * gain
        left -= part * cost
        if left <= 0:
            break
    return reached
