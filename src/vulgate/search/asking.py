"""Answers a question with the book's own passages: chosen from the hits, put in the order of use, each cited. No model is asked.

Whether the book answers is decided by words. The main words of a question, without those that every question has, weigh the more
the fewer passages of the book use them. A passage covers the words that it or the headings around it hold, in any form. The book
answers if one passage covers enough of the weight.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import AnyBlock, Fact, Pattern, Quick, Rule, Table, Term
from vulgate.model.tokens import count_tokens
from vulgate.search.answers import AskAnswer, Cited, Hit, Reference
from vulgate.search.briefs import brief
from vulgate.search.budgets import budget_of
from vulgate.search.comparing import side_by_side
from vulgate.search.cutting import shortened
from vulgate.search.finding import meant
from vulgate.search.library import Library
from vulgate.search.mentions import stem, stems, telling
from vulgate.search.passages import cited, markdown_of
from vulgate.search.ranking import search

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

ENOUGH: Final = 0.5
"""The share of the weight of a question's main words that one passage must cover for the book to answer."""
BESIDE: Final = 0.6
BESIDE_SCORE: Final = 0.45
"""How much of what the best passage covers another one must cover to be used beside it, and which score it must have."""
ALIKE: Final = 0.84
"""How alike a word must be to the one that the search took it for, to count as that one misspelt."""
LOOKED_AT: Final = 12
JUDGED: Final = 5
"""How many hits are looked at, and how many of them may decide whether the book answers."""
RULES: Final = 2
SEE: Final = 5
PASSAGE: Final = 220
LARGE: Final = 450
"""Tokens of one passage at most, and of a table or contrast; a longer one is cut after a paragraph, or a row."""
UNANSWERED: Final = "The book does not say."
SLOTS: Final = ("term", "quick", "contrast", "table", "qa", "claim", "rule", "example")
"""The order of use: what a word means that was asked for, the short answer, how things differ, what to choose when, a question
like this one, what holds, what to obey, how it looks."""
_SLOT_OF: Final = {
    **{slot: slot for slot in SLOTS},
    **dict.fromkeys(("fact", "term", "pattern", "concept", "note", "rationale", "intuition", "section"), "claim"),
}
_MANY: Final = {"rule": RULES}
_WORD: Final = re.compile(r"\w+")
_DEFINITION: Final = re.compile(
    r"\s*(?:what\s+(?:is|are|does)|define|explain|meaning\s+of)\s+(?:the\s+|an?\s+)?(.{1,60}?)(?:\s+mean)?\s*[?.!]*\s*",
    re.IGNORECASE,
)
_SIDE: Final = r"(?:the\s+|an?\s+)?([\w.`@*/()' +-]{1,60}?|==|!=)"
_END: Final = (
    r"(?=\s*(?:[?,;:]|\.\s|\.?$)|\s+(?:for|in|on|when|if|to|with|as|at|of|where|while|from|vs\.?|versus|or)\s)"
)
_COMPARISONS: Final = (
    re.compile(rf"differ\w*\s+between\s+{_SIDE}\s+and\s+{_SIDE}{_END}", re.IGNORECASE),
    re.compile(rf"compare\s+{_SIDE}\s+(?:and|with|to)\s+{_SIDE}{_END}", re.IGNORECASE),
    re.compile(rf"how\s+(?:does|do|is|are)\s+{_SIDE}\s+differ\w*\s+from\s+{_SIDE}{_END}", re.IGNORECASE),
    re.compile(rf"{_SIDE}\s+(?:vs\.?|versus|instead\s+of|rather\s+than|or)\s+{_SIDE}{_END}", re.IGNORECASE),
)


@dataclass(frozen=True)
class _Chosen:
    """A passage for the answer: where it is used, how good it is, and what it says."""

    slot: str
    worth: float
    passage: Cited


def ask(library: Library, question: str, *, book: str = "", max_tokens: int = 0) -> AskAnswer:
    """Answers a question from the books.

    Args:
        library: The books.
        question: The question.
        book: Only from this book (its id).
        max_tokens: How much room the answer may take; 0 for no limit.

    Raises:
        SearchError: The question has no words, or there is no such book.
    """
    found = search(library, question, book=book, limit=LOOKED_AT)
    weights = _weights(library, found.query, book)
    guessed = _guessed(question, found.query)
    covered = {(hit.book, hit.id): _covered(library, hit, weights) - guessed for hit in found.hits}
    shares = {key: _share(words, weights) for key, words in covered.items()}
    compared = _compared(library, found.query, book) or _defined(library, found.query, book)
    best = max((shares[hit.book, hit.id] for hit in found.hits[:JUDGED]), default=0.0)
    if best < ENOUGH and not compared:
        missing = [word for word in weights if not any(word in words for words in covered.values())]
        note = f"no passage speaks of: {', '.join(missing)}" if missing else "no passage speaks of all of this together"
        return AskAnswer(
            books=found.books,
            question=found.query,
            answered=False,
            answer=UNANSWERED,
            passages=[],
            see=[_reference(hit) for hit in found.hits[:SEE]],
            notes=[*found.notes, note],
        )
    hits = [
        hit
        for hit in found.hits
        if shares[hit.book, hit.id] >= BESIDE * best and hit.score >= BESIDE_SCORE and _chooses(library, hit, weights)
    ]
    chosen = _fitted(_filled(library, hits, compared), budget_of(max_tokens), several=len(found.books) > 1)
    used = {(each.book, each.id) for each in chosen}
    return AskAnswer(
        books=found.books,
        question=found.query,
        answered=True,
        answer="\n\n".join(_told(each, several=len(found.books) > 1) for each in chosen),
        passages=chosen,
        see=[_reference(hit) for hit in found.hits if (hit.book, hit.id) not in used][:SEE],
        notes=found.notes,
    )


def _guessed(question: str, understood: str) -> set[str]:
    """The words that the search put in place of ones that are spelt too differently to be misspelt."""
    before, after = (_WORD.findall(text.lower()) for text in (question, understood))
    if len(before) != len(after):
        return set()
    from rapidfuzz import fuzz

    return {new for old, new in zip(before, after, strict=True) if old != new and fuzz.ratio(old, new) < 100 * ALIKE}


def _weights(library: Library, question: str, book: str) -> dict[str, float]:
    """How much each main word of a question weighs: the fewer passages use it, the more."""
    weights = {}
    books = library.choose(book)
    passages = sum(len(each.contents.blocks[0]) for each in books)
    for word in telling(question):
        root = stem(word)
        used = sum(
            int(str(count or 0))
            for each in books
            for (count,) in each.rows(
                "SELECT sum(passages) FROM word WHERE word >= ? AND word < ?", (root, root + "\uffff")
            )
        )
        weights[word] = math.log1p(passages / (1 + used))
    return weights


def _covered(library: Library, hit: Hit, weights: dict[str, float]) -> set[str]:
    """The main words that a hit or the headings around it hold."""
    block = library.choose(hit.book)[0].block(hit.id)
    words = stems(f"{hit.title} {hit.place} {hit.id} {block.text if block else ''}")
    held = set(words)
    # A name of several parts holds its parts: `lru_cache` speaks of a cache.
    held.update(stem(part) for word in words if "_" in word for part in word.split("_"))
    return {word for word in weights if stem(word) in held}


def _chooses(library: Library, hit: Hit, weights: dict[str, float]) -> bool:
    """Whether a table is about the question: its heading, headers or first cells hold a main word. Other kinds always are."""
    block = library.choose(hit.book)[0].block(hit.id)
    if not isinstance(block, Table):
        return True
    about = " ".join([hit.title, *block.headers, *(row[0] for row in block.rows if row)])
    return not {stem(word) for word in weights}.isdisjoint(stems(about))


def _share(words: set[str], weights: dict[str, float]) -> float:
    return sum(weights[word] for word in words) / (sum(weights.values()) or 1.0)


def _compared(library: Library, question: str, book: str) -> list[Cited]:
    """What sets the two things of a question side by side, if it asks for that."""
    for pattern in _COMPARISONS:
        if match := pattern.search(question):
            a, b = (" ".join(telling(side)[-2:]) for side in match.groups())
            if stems(a) and stems(b) and stems(a) != stems(b):
                return side_by_side(library, a, b, book=book)
    return []


def _defined(library: Library, question: str, book: str) -> list[Cited]:
    """The term that a question asks for by its name."""
    match = _DEFINITION.fullmatch(question)
    for owner, id in meant(library.choose(book), match[1]) if match else []:
        block = owner.block(id)
        if isinstance(block, (Term, Fact, Pattern)):
            return [_passage(owner, block)]
    return []


def _filled(library: Library, hits: Sequence[Hit], compared: Sequence[Cited]) -> list[_Chosen]:
    """The passages for the answer: of each slot the best, the short answer and the example also from beside the best hit."""
    chosen = [
        _Chosen("term" if each.kind == "term" else _SLOT_OF.get(each.kind, "claim"), 1.0 - place / 100, each)
        for place, each in enumerate(compared[:2])
    ]
    for hit in hits:
        slot = _SLOT_OF.get(hit.kind)
        owner = library.choose(hit.book)[0]
        block = owner.block(hit.id)
        if slot and block:
            chosen.append(_Chosen(slot, hit.score, _passage(owner, block)))
    for hit in hits[:1]:
        owner = library.choose(hit.book)[0]
        block = owner.block(hit.id)
        if block:
            chosen += [_Chosen(slot, 0.2, _passage(owner, each)) for slot, each in _beside(owner, block, chosen)]
    return _each_once(chosen)


def _each_once(chosen: Sequence[_Chosen]) -> list[_Chosen]:
    taken: list[_Chosen] = []
    seen: set[tuple[str, str]] = set()
    for each in chosen:
        key = (each.passage.book, each.passage.id)
        full = sum(other.slot == each.slot for other in taken) >= _MANY.get(each.slot, 1)
        if key not in seen and not full:
            seen.add(key)
            taken.append(each)
    return taken


def _beside(book: "OpenBook", block: AnyBlock, chosen: Sequence[_Chosen]) -> Iterator[tuple[str, AnyBlock]]:
    """The short answer of the section of the best hit, and the good example of the first rule."""
    heading = book.contents.by_id.get(block.section)
    if heading:
        where = "kind = 'quick' AND position > ? AND position < ? AND section = ?"
        yield from (
            ("quick", each)
            for each in book.blocks(where, (heading.start, heading.end, heading.id))
            if isinstance(each, Quick)
        )
    for each in chosen:
        rule = book.block(each.passage.id) if each.slot == "rule" and each.passage.book == book.book.id else None
        if isinstance(rule, Rule) and rule.good and (good := book.block(rule.good[0])):
            yield "example", good
            return


def _passage(book: "OpenBook", block: AnyBlock) -> Cited:
    text = (
        brief(book, block)
        if block.kind in ("fact", "term", "pattern", "section", "chapter")
        else markdown_of(book, block)
    )
    if isinstance(block, Rule):
        text = brief(book, block).partition("\n\nGood:")[0]
    return cited(book, block, shortened(text, LARGE if block.kind in ("table", "contrast") else PASSAGE))


def _fitted(chosen: Sequence[_Chosen], budget: int, *, several: bool) -> list[Cited]:
    """The best passages that fit into a budget, one at least, in the order of use."""
    left = budget
    kept: list[_Chosen] = []
    for each in sorted(chosen, key=lambda item: -item.worth):
        size = count_tokens(_told(each.passage, several=several)) + 1
        if budget and size > left and kept:
            continue
        passage = each.passage
        if budget and size > left:
            frame = size - count_tokens(passage.text)
            passage = Cited(**{**passage.__dict__, "text": shortened(passage.text, max(left - frame, 1))})
        kept.append(_Chosen(each.slot, each.worth, passage))
        left -= size
    return [each.passage for each in sorted(kept, key=lambda item: (SLOTS.index(item.slot), -item.worth))]


def _told(passage: Cited, *, several: bool) -> str:
    """A passage with its place in brackets."""
    owner = f"{passage.book}: " if several else ""
    return f"{passage.text}\n\n[{owner}{passage.place}; {passage.id}; {passage.status}]"


def _reference(hit: Hit) -> Reference:
    return Reference(book=hit.book, id=hit.id, title=hit.title, kind=hit.kind)
