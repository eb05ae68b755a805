"""How good a ranking is. A query's answers are ids of blocks or sections with grades from 1 to 3.

A hit earns the grade of the best answer that it gives and that no hit before it gave: itself, or the section that it stands in.
So
the same passage twice earns nothing, and a section counts once. Gains are 2^grade - 1, discounted by the logarithm of the place
(Järvelin and Kekäläinen, 2002); the ideal is the answers in the order of their grades.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

RIGHT = 2
"""The grade from which a hit counts as right, for the reciprocal rank and for hits at a depth."""


@dataclass(frozen=True)
class Found:
    """A hit: its id, the sections around it, and how many tokens it takes."""

    id: str
    sections: tuple[str, ...] = ()
    tokens: int = 0


@dataclass(frozen=True)
class Figures:
    """The figures of one query, or their means over many."""

    mrr: float
    hit1: float
    hit5: float
    ndcg5: float
    ndcg10: float
    tokens: float
    distinct: float


def grades(found: Sequence[Found], answers: Mapping[str, int]) -> list[int]:
    """What each hit earns."""
    left = dict(answers)
    earned = []
    for hit in found:
        given = max((id for id in (hit.id, *hit.sections) if id in left), key=left.__getitem__, default="")
        earned.append(left.pop(given) if given else 0)
    return earned


def discounted(gains: Sequence[int]) -> float:
    return sum((2**gain - 1) / math.log2(place + 2) for place, gain in enumerate(gains))


def figures(found: Sequence[Found], answers: Mapping[str, int]) -> Figures:
    """The figures of one query; the first ten hits count."""
    found = found[:10]
    earned = grades(found, answers)
    ideal = sorted(answers.values(), reverse=True)
    right = [place for place, grade in enumerate(earned) if grade >= min(RIGHT, ideal[0])]
    first = right[0] if right else None
    sources = {hit.sections[:1] or hit.id for hit in found}
    return Figures(
        mrr=0.0 if first is None else 1 / (first + 1),
        hit1=float(first == 0),
        hit5=float(first is not None and first < 5),
        ndcg5=discounted(earned[:5]) / discounted(ideal[:5]),
        ndcg10=discounted(earned) / discounted(ideal[:10]),
        tokens=float(sum(hit.tokens for hit in found[:5])),
        distinct=len(sources) / len(found) if found else 0.0,
    )


def mean(many: Sequence[Figures]) -> Figures:
    """The means of each figure."""
    names = [field.name for field in fields(Figures)]
    return Figures(**{name: sum(getattr(one, name) for one in many) / max(len(many), 1) for name in names})
