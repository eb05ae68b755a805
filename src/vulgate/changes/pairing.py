"""Pairs of what is the same in two lists: by a key that both have, or by how alike they are.

Each function gives the same pairs, turned round, when the lists change places.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

Scores = Mapping[tuple[int, int], float]
"""How alike two items are, by their places in the two lists."""
MANY: Final = 50
"""Sets from which on a member that they share tells nothing."""


def pairs_by(old: Sequence[object], new: Sequence[object]) -> list[tuple[int, int]]:
    """Places of equal keys: the first old one with the first new one, the second with the second; `None` is no key."""
    groups: dict[object, list[int]] = {}
    for place, key in enumerate(new):
        groups.setdefault(key, []).append(place)
    groups.pop(None, None)
    left = {key: iter(places) for key, places in groups.items()}
    matches = ((place, next(left.get(key, iter(())), None)) for place, key in enumerate(old))
    return [(place, match) for place, match in matches if match is not None]


def best_pairs(scores: Scores) -> list[tuple[int, int]]:
    """Pairs such that each item is in one at most, the most alike first; of equals those that stand nearest to each other."""
    order = sorted(scores, key=lambda pair: (-scores[pair], abs(pair[0] - pair[1]), sum(pair)))
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    found = []
    for old, new in order:
        if old not in taken_old and new not in taken_new:
            taken_old.add(old)
            taken_new.add(new)
            found.append((old, new))
    return found


def alike(old: Sequence[frozenset[str]], new: Sequence[frozenset[str]], least: float) -> dict[tuple[int, int], float]:
    """How much sets have in common, of those that have at least so much: Dice's coefficient, from 0 to 1.

    Only sets that share a member are looked at, so that many sets that share nothing cost nothing; what many sets have is not
    looked at, since it tells nothing.
    """
    olds, news = _holders(old), _holders(new)
    common: Counter[tuple[int, int]] = Counter()
    for member in olds.keys() & news.keys():
        if len(olds[member]) <= MANY and len(news[member]) <= MANY:
            common.update((number, other) for number in olds[member] for other in news[member])
    scores = {pair: 2 * count / (len(old[pair[0]]) + len(new[pair[1]])) for pair, count in common.items()}
    return {pair: score for pair, score in scores.items() if score >= least}


def _holders(sets: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = {}
    for number, members in enumerate(sets):
        for member in members:
            holders.setdefault(member, []).append(number)
    return holders


def stays(values: Sequence[int]) -> set[int]:
    """The places, in a sequence of different numbers, of a longest rising part of it: what has kept its order.

    Patience sorting, https://en.wikipedia.org/wiki/Longest_increasing_subsequence.
    """
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            at.append(place)
        else:
            ends[length], at[length] = value, place
    kept: set[int] = set()
    place = at[-1] if at else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return kept
