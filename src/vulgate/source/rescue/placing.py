"""Puts code that was torn from its prose back to the sections that it came from.

Both are in the order of the book, so the places of the examples of one heap never go back. Among all such placements the one is
taken whose examples have most words in common with their sections: an alignment by dynamic programming.
"""

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z_]{2,}")
_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")
_COMMON: Final = frozenset(
    re.findall(
        r"\w+",
        "the and for with that this from are not you def class import return self none true false print str int use can",
    )
)
_BEST: Final = 24
"""Sections that are looked at for each example."""
_HELD: Final = 60.0
"""The score of a section that holds the code."""
_STEP: Final = 0.02
"""What it costs to go on by one section."""
_SURE: Final = 0.95
Reason = Literal["repeated", "words", "order"]


class Place(Struct, frozen=True):
    """Where an example belongs.

    Attributes:
        section: Index of the section.
        confidence: From 0 to 1.
        reason: `repeated` where the section's prose holds the code, run together; `words` where they share words; `order` where
            only the examples before and after it tell.
        passage: Index of the passage in the section that holds the code; -1 where none does.
    """

    section: int
    confidence: float
    reason: Reason
    passage: int = -1


def words(text: str) -> Counter[str]:
    """The words of a text, those that names are made of among them."""
    found: Counter[str] = Counter()
    for match in _WORD.finditer(text):
        word = match[0]
        found[word.lower()] += 1
        if "_" in word or not (word.islower() or word.isupper() or word.istitle()):
            found.update(part.lower() for part in _PARTS.findall(word) if len(part) > 2)
    return Counter({word: count for word, count in found.items() if word not in _COMMON})


def place(
    examples: Sequence[str],
    sections: Sequence[str],
    anchors: dict[int, tuple[int, int]],
    allowed: Sequence[range | None] = (),
) -> list[Place]:
    """The place of each example of a heap.

    Args:
        examples: The code, in order.
        sections: The text of each section, in order.
        anchors: Section and passage of the examples which a passage holds, by index of the example.
        allowed: The sections that an example may come to; all if it is `None`.
    """
    told = [words(section) for section in sections]
    seen = Counter(word for section in told for word in section)
    weight = {word: math.log(1 + len(told) / count) for word, count in seen.items()}
    index: defaultdict[str, list[int]] = defaultdict(list)
    for at, section in enumerate(told):
        for word in section:
            index[word].append(at)
    scores = [_scores(words(example), told, weight, index) for example in examples]
    for at, limits in enumerate(allowed):
        if limits is not None:
            scores[at] = {section: score for section, score in scores[at].items() if section in limits}
    scores = [{anchors[at][0]: _HELD} if at in anchors else found for at, found in enumerate(scores)]
    chosen = _chain(scores, len(sections))
    return [_placed(scores[at], section, anchors.get(at)) for at, section in enumerate(chosen)]


def _scores(
    example: Counter[str], told: Sequence[Counter[str]], weight: dict[str, float], index: dict[str, list[int]]
) -> dict[int, float]:
    """How much an example has in common with the sections that have most."""
    total: defaultdict[int, float] = defaultdict(float)
    for word in example:
        found = index.get(word, ())
        if len(found) <= len(told) // 4 + 1:
            for section in found:
                total[section] += weight[word] ** 2
    best = sorted(total.items(), key=lambda pair: -pair[1] / math.sqrt(20 + len(told[pair[0]])))[:_BEST]
    return {section: score / math.sqrt(20 + len(told[section])) for section, score in best}


def _chain(scores: Sequence[dict[int, float]], sections: int) -> list[int]:
    """The sections of examples in order that have most in common with them, and never go back; each step on costs a little."""
    totals = [0.0] * sections
    sources: list[array[int]] = []
    for options in scores:
        row, source = array("d", bytes(8 * sections)), array("l", bytes(8 * sections))
        best, at = float("-inf"), 0
        for section, total in enumerate(totals):
            best -= _STEP
            if total > best:
                best, at = total, section
            row[section] = best
            source[section] = at
        for section, score in options.items():
            row[section] += score
        totals = list(row)
        sources.append(source)
    section = max(range(sections), key=totals.__getitem__, default=0)
    chosen = []
    for source in reversed(sources):
        chosen.append(section)
        section = source[section]
    return chosen[::-1]


def _placed(scores: dict[int, float], section: int, anchor: tuple[int, int] | None) -> Place:
    if anchor and anchor[0] == section:
        return Place(section, _SURE, "repeated", anchor[1])
    if not (own := scores.get(section, 0.0)):
        return Place(section, 0.3, "order")
    other = max((score for at, score in scores.items() if at != section), default=0.0)
    return Place(section, round(min(0.9, 0.35 + 0.5 * own / (own + other) + min(own, 10) / 40), 2), "words")
