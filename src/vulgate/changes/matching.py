"""Which block of an old book is which of a new one.

A block keeps its id for as long as the author lets it; that, and what `formerly` says, decides first. What is left is the same
block if it says the same, wherever it stands; then, if it says nearly the same. Chapters come first, then sections, then what
is in them, since the ids of what is inside begin with that of the chapter.

All of it gives the same pairs, turned round, when the books change places.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from vulgate.changes.pairing import Scores, alike, best_pairs, pairs_by
from vulgate.changes.texts import compared, core
from vulgate.model.blocks import AnyBlock, Chapter, Section
from vulgate.model.book import CompiledBook
from vulgate.model.changes import NAMED, TREE

HALF: Final = 0.5
"""What chapters and sections have in common at least if they are the same under another name: of the passages in them."""
WHOLE: Final = 20
"""Characters from which on a text that is the same is no chance."""
PROSE: Final = 60.0
"""How alike passages of prose in one section are if they are the same, of 100."""
CLAIMS: Final = 75.0
"""How alike two rules, facts or terms of one section are if they are the same: many are short, and worded alike."""
NEAR: Final = 100
"""How many places apart, of what is left in a section, two passages stand at most if they are the same: each pair takes time."""
LINES: Final = 0.75
"""What rules and the like have in common at least if they stand in different sections: of their lines."""

Key = Callable[[AnyBlock], object]
_Blocks = Sequence[AnyBlock]


class Matching:
    """The pairs of blocks of two books.

    Attributes:
        old: The old book.
        new: The new book.
        pairs: Blocks that are the same, as (old, new), in the order of the new book.
        removed: Blocks of the old book that have no pair, in order.
        added: Blocks of the new book that have no pair, in order.
        new_of: The new id of a block that has a pair, by the old one.
    """

    def __init__(self, old: CompiledBook, new: CompiledBook) -> None:
        self.old = old
        self.new = new
        self.new_of: dict[str, str] = {}
        self._old_of: dict[str, str] = {}
        self._blocks = compared(old), compared(new)
        self._match()
        self.removed = [block for block in self._blocks[0] if block.id not in self.new_of]
        self.added = [block for block in self._blocks[1] if block.id not in self._old_of]
        self.pairs = [(old[self._old_of[block.id]], block) for block in self._blocks[1] if block.id in self._old_of]

    def now(self, id: str) -> str:
        """The new id of an old block; the old one where it has no pair."""
        return self.new_of.get(id, id)

    def renamed(self, block: AnyBlock) -> str:
        """The id that an old block would have if nothing but the id of its chapter had changed."""
        chapter, slash, rest = block.id.partition("/")
        return f"{self.now(chapter)}{slash}{rest}" if slash else block.id

    # ------------------------------------------------------------------------------------------------ the stages

    def _match(self) -> None:
        chapters = self._of(lambda block: isinstance(block, Chapter))
        self._by_id(*chapters)
        self._by(_path, _path, *chapters)
        self._by_contents(*chapters)
        sections = self._of(lambda block: isinstance(block, Section))
        self._by_id(*sections)
        self._by_contents(*sections)
        self._items(*self._of(lambda block: block.kind not in TREE))

    def _items(self, old: _Blocks, new: _Blocks) -> None:
        self._by_id(old, new)
        self._by(
            lambda block: (*_said(block), self.now(block.section)),
            lambda block: (*_said(block), block.section),
            old,
            new,
        )
        self._by(_said, _said, old, new)
        self._by(_slug, _slug, old, new)
        old, new = self._left(old, new)
        if old and new:
            cores = [core(self.old, block) for block in old], [core(self.new, block) for block in new]
            self._by_text(old, new, *cores)

    def _by_text(self, old: _Blocks, new: _Blocks, old_cores: Sequence[str], new_cores: Sequence[str]) -> None:
        olds = {block.id: text for block, text in zip(old, old_cores, strict=True)}
        news = {block.id: text for block, text in zip(new, new_cores, strict=True)}
        self._by(lambda block: _whole(block, olds[block.id]), lambda block: _whole(block, news[block.id]), old, new)
        old, new = self._left(old, new)
        self._take(old, new, self._alike_in_section(old, new, olds, news))
        old, new = ([block for block in side if block.kind in NAMED] for side in self._left(old, new))
        lines = [_lines(block, olds[block.id]) for block in old], [_lines(block, news[block.id]) for block in new]
        self._take(old, new, alike(*lines, LINES))

    def _by_id(self, old: _Blocks, new: _Blocks) -> None:
        """Equal ids, ids that `formerly` names in either book, and ids that only follow from that of the chapter."""
        self._by(lambda block: (block.kind, block.id), lambda block: (block.kind, block.id), old, new)
        self._by(_known(self.new.formerly), _known(self.old.formerly), old, new)
        self._by(lambda block: (block.kind, self.renamed(block)), lambda block: (block.kind, block.id), old, new)

    def _by_contents(self, old: _Blocks, new: _Blocks) -> None:
        old, new = self._left(old, new)
        if old and new:
            inside_old, inside_new = _contents(self.old), _contents(self.new)
            self._take(
                old, new, alike([inside_old[block.id] for block in old], [inside_new[block.id] for block in new], HALF)
            )

    def _alike_in_section(
        self, old: _Blocks, new: _Blocks, olds: dict[str, str], news: dict[str, str]
    ) -> dict[tuple[int, int], float]:
        from rapidfuzz.fuzz import ratio

        places: dict[object, list[int]] = {}
        for number, block in enumerate(new):
            places.setdefault((block.kind, block.section), []).append(number)
        scores = {}
        passed: Counter[object] = Counter()
        for i, block in enumerate(old):
            least = CLAIMS if block.kind in NAMED else PROSE
            text = f"{block.title}\n{olds[block.id]}"
            key = (block.kind, self.now(block.section))
            rank = passed[key]
            passed[key] += 1
            for j in places.get(key, [])[max(0, rank - NEAR) : rank + NEAR + 1]:
                scores[i, j] = ratio(text, f"{new[j].title}\n{news[new[j].id]}", score_cutoff=least)
        return {pair: score for pair, score in scores.items() if score}

    # ------------------------------------------------------------------------------------------------ keeping pairs

    def _of(self, wanted: Callable[[AnyBlock], bool]) -> tuple[list[AnyBlock], list[AnyBlock]]:
        old, new = self._blocks
        return [block for block in old if wanted(block)], [block for block in new if wanted(block)]

    def _left(self, old: _Blocks, new: _Blocks) -> tuple[list[AnyBlock], list[AnyBlock]]:
        return (
            [block for block in old if block.id not in self.new_of],
            [block for block in new if block.id not in self._old_of],
        )

    def _by(self, old_key: Key, new_key: Key, old: _Blocks, new: _Blocks) -> None:
        old, new = self._left(old, new)
        pairs = pairs_by([old_key(block) for block in old], [new_key(block) for block in new])
        self._keep((old[i], new[j]) for i, j in pairs)

    def _take(self, old: _Blocks, new: _Blocks, scores: Scores) -> None:
        self._keep((old[i], new[j]) for i, j in best_pairs(scores))

    def _keep(self, pairs: Iterable[tuple[AnyBlock, AnyBlock]]) -> None:
        for old, new in pairs:
            self.new_of[old.id] = new.id
            self._old_of[new.id] = old.id


def _contents(book: CompiledBook) -> dict[str, frozenset[str]]:
    """What is in each chapter and section, and in the sections below it: the digests of the passages."""
    found: dict[str, set[str]] = {}
    above: list[Section] = []
    for block in book.blocks:
        if not block.is_authored:
            continue
        if isinstance(block, Chapter):
            above = []
            found[block.id] = set()
            continue
        if isinstance(block, Section):
            while above and above[-1].depth >= block.depth:
                above.pop()
        for id in (block.chapter, *(section.id for section in above)):
            found[id].add(block.digest)
        if isinstance(block, Section):
            above.append(block)
            found[block.id] = set()
    return {id: frozenset(digests) for id, digests in found.items()}


def _path(block: AnyBlock) -> str | None:
    return block.path if isinstance(block, Chapter) else None


def _known(formerly: dict[str, str]) -> Key:
    """What the other book calls a block now, if that lists its id among the former ones."""
    return lambda block: (block.kind, formerly.get(block.id, block.id))


def _said(block: AnyBlock) -> tuple[str, str]:
    return block.kind, block.digest


def _slug(block: AnyBlock) -> tuple[str, str] | None:
    """What a rule, a fact or a term is called without its chapter: it may have been moved into another one and mended there."""
    return (block.kind, block.id.rpartition("/")[2]) if block.kind in NAMED else None


def _whole(block: AnyBlock, text: str) -> tuple[str, str] | None:
    """A key for a text that is long enough to be no chance."""
    return (block.kind, text) if len(text) >= WHOLE else None


def _lines(block: AnyBlock, text: str) -> frozenset[str]:
    """The lines of a text that say something, told apart by kind."""
    return frozenset(f"{block.kind} {line.strip()}" for line in text.split("\n") if len(line.strip()) >= WHOLE)
