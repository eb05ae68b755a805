"""Joins rankings: by reciprocal rank, by the section that passages stand in, and by the graph of the book.

Reciprocal rank fusion is Cormack, Clarke and Büttcher, 2009: what two rankings both put in front comes out in front, though their
scores have nothing in common.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

K: Final = 5
"""How flat the ranks count: the first of a ranking gives 1 / (K + 1), the second 1 / (K + 2)."""
SECTION: Final = 0.5
"""How much the best passages of a section lift each of them."""
_PASSAGES: Final = 3


def with_sections(scores: Mapping[int, float], section_of: Mapping[int, str]) -> dict[int, float]:
    """Scores lifted by those of the same section: a passage in a section that is all about the query beats one in passing.

    Of a section the best three passages count: the second half, the third a third.
    """
    best: dict[str, list[float]] = {}
    for position in sorted(scores, key=lambda position: (-scores[position], position)):
        best.setdefault(section_of[position], []).append(scores[position])
    sums = {
        section: sum(score / (place + 1) for place, score in enumerate(found[:_PASSAGES]))
        for section, found in best.items()
    }
    return {position: score + SECTION * sums[section_of[position]] for position, score in scores.items()}


def ordered(scores: Mapping[int, float]) -> list[int]:
    """Positions by score, best first; of equal ones the first in the book."""
    return sorted(scores, key=lambda position: (-scores[position], position))


def fuse(rankings: Iterable[tuple[Sequence[int], float]]) -> dict[int, float]:
    """Scores by weighted reciprocal rank, from rankings with their weights; the first of all of them has 1."""
    given = list(rankings)
    most = sum(weight for ranking, weight in given if ranking) / (K + 1)
    scores: dict[int, float] = {}
    for ranking, weight in given:
        for place, position in enumerate(ranking, 1):
            scores[position] = scores.get(position, 0.0) + weight / (K + place) / most
    return scores
