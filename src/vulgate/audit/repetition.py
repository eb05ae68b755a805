"""Repetition: passages and examples that stand in the book a second time, word for word or nearly so."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from vulgate.audit.material import Material
from vulgate.model.audit import Area, Item, Measure
from vulgate.model.blocks import Section
from vulgate.model.inline import plain
from vulgate.model.proofs import Share
from vulgate.model.spans import Span

SHORTEST: Final = 12
"""Words of a passage that is compared; shorter ones are labels and phrases."""
SHINGLE: Final = 4
"""Words in a row of which the likeness of two passages is made."""
ALIKE: Final = 0.8
"""Share of such rows that two passages have in common to be the same, by Jaccard."""
_SKETCH: Final = 8
_CROWD: Final = 20
"""Passages with one row of words that are compared; what stands in more of them is a phrase of the book."""
_LABELLED: Final = re.compile(r"[\s*_>-]*[A-Z][\w ]{1,30}:[*_]*\s")
"""A line such as `Prerequisites: Chapters 1-4`, of which each chapter may have its own."""
_WORD: Final = re.compile(r"\w+")


class _Text(NamedTuple):
    kind: str
    words: list[str]
    span: Span


def look(material: Material) -> Area:
    """Compares every passage and example with those before it that share rare rows of words with it.

    The candidates are found by the least hashes of a passage's rows (Broder's sketches of documents), so that the work grows with
    the book and not with its square.
    """
    texts = [*_passages(material), *_examples(material)]
    items, repeated = [], 0
    for text, first, share in _pairs(texts):
        repeated += len(text.words)
        same = "again, word for word" if share == 1 else f"again, {int(share * 100)} % of it in the same words"
        what = f"this {text.kind} stands at {first.span.file}:{first.span.first} {same}"
        items.append(Item("repeated", what, "keep one of them, and link to it", text.span))
    echoes = list(_echoes(material))
    total = sum(len(text.words) for text in texts)
    items = sorted([*items, *echoes], key=lambda item: (item.span.file, item.span.start) if item.span else ("", 0))
    sections = sum(isinstance(stretch.head, Section) for stretch in material.stretches)
    return Area(
        "repetition",
        "Repetition",
        weight=2,
        measures=(
            Measure("words are no repetition of a passage or example", Share(total - repeated, total), 2),
            Measure("sections say more than their heading", Share(sections - len(echoes), sections), 1),
        ),
        items=tuple(items),
    )


def _passages(material: Material) -> Iterator[_Text]:
    for passage in material.passages():
        words = _WORD.findall(passage.text.lower())
        if len(words) >= SHORTEST and not all(map(_LABELLED.match, passage.text.split("\n"))):
            start = len(passage.text) - len(passage.text.lstrip())
            end = passage.text.find("\n", start)
            yield _Text("passage", words, material.within(passage, start, end if end > 0 else len(passage.text)))


def _examples(material: Material) -> Iterator[_Text]:
    """Examples, but for the fences of one directive that are meant to be alike."""
    for example in material.examples:
        words = _WORD.findall(example.code)
        if len(words) >= SHORTEST and not example.parent:
            yield _Text("example", words, material.place(example))


def _pairs(texts: list[_Text]) -> Iterator[tuple[_Text, _Text, float]]:
    """Each text that is like one before it, that one, and how much they have in common."""
    sketches: dict[tuple[str, int], list[int]] = {}
    rows: list[frozenset[int]] = []
    for at, text in enumerate(texts):
        mine = frozenset(_rows(text.words))
        rows.append(mine)
        keys = [(text.kind, row) for row in sorted(mine)[:_SKETCH]]
        candidates = {other for key in keys for other in sketches.get(key, ())[:_CROWD]}
        best = max(((_jaccard(mine, rows[other]), -other) for other in candidates), default=(0.0, 0))
        if best[0] >= ALIKE:
            yield text, texts[-best[1]], best[0]
        else:  # what is like it is compared with the first one
            for key in keys:
                sketches.setdefault(key, []).append(at)


def _rows(words: list[str]) -> Iterator[int]:
    """A number for each row of words, the same in every process."""
    numbers = [_number(word) for word in words]
    for at in range(max(1, len(words) - SHINGLE + 1)):
        value = 0
        for number in numbers[at : at + SHINGLE]:
            value = (value * 1_000_003 + number) & 0xFFFF_FFFF_FFFF
        yield (value * 0x9E37_79B9_7F4A_7C15) & 0xFFFF_FFFF_FFFF


def _number(word: str) -> int:
    return int.from_bytes(word.encode()[:12], "little")


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def _echoes(material: Material) -> Iterator[Item]:
    """Sections whose whole text is their heading again."""
    for stretch in material.stretches:
        head = stretch.head
        if not isinstance(head, Section) or not 1 <= len(stretch.blocks) <= 2:
            continue
        title = _WORD.findall(plain(head.title).lower())
        body = _WORD.findall(plain(" ".join(block.text for block in stretch.blocks)).lower())
        cut = title[:-1] if head.title.rstrip().endswith(("...", "…")) else title
        if len(title) >= 2 and (body == title or (len(cut) >= 4 and body[: len(cut)] == cut)):
            what = f"the section says its heading again: “{plain(head.title)[:50]}”"
            yield Item("echoed-heading", what, "drop one of the two", material.place(head))
