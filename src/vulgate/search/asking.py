"""Answers a question with the book's own passages: chosen from the hits, put in the order of use, each cited. No model is asked.

The book answers if one of the best passages covers enough of the question's main words (`vulgate.search.questions`), or if it
sets side by side, or defines, what the question names. A question with a foreign name (`vulgate.search.foreign`) asks for more:
the passage has to write the same name, and to cover most of the question.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import AnyBlock, Fact, Pattern, Rule, Table, Term
from vulgate.model.tokens import count_tokens
from vulgate.search.answers import AskAnswer, Cited, Hit, Reference, told_status
from vulgate.search.briefs import brief
from vulgate.search.comparing import side_by_side
from vulgate.search.cutting import shortened
from vulgate.search.finding import meant
from vulgate.search.foreign import foreign_names, held_names
from vulgate.search.library import Library
from vulgate.search.mentions import is_telling, stem, stems
from vulgate.search.passages import cited, markdown_of, quick_of
from vulgate.search.questions import covered, defined, guessed, share, sides, weights
from vulgate.search.ranking import search

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

ENOUGH: Final = 0.5
"""The share of the weight of a question's main words that one passage must cover for the book to answer."""
MOSTLY: Final = 0.75
"""The same, for a question with a foreign name: a passage that names it in passing answers nothing."""
LOOKED_AT: Final = 12
JUDGED: Final = 5
"""How many hits are looked at, and how many of them may decide whether the book answers."""
BY_RANK: Final = 0.4
LEAST_WORTH: Final = 0.35
"""A passage is worth its score, `BY_RANK` of it for its rank alone and the rest as it covers the question beside the best one;
what is worth less than this is not used."""
MOST: Final = 6
"""Passages of an answer at most."""
SEE: Final = 5
LEAST: Final = 96
"""Tokens that one passage needs with its place; a smaller budget is taken for this one."""
PASSAGE: Final = 220
LARGE: Final = 450
"""Tokens of one passage at most, and of a table or contrast; a longer one is cut after a paragraph, or a row."""
UNANSWERED: Final = "The book does not say."
SLOTS: Final = {"term": 1, "quick": 1, "contrast": 1, "table": 1, "qa": 1, "claim": 2, "rule": 2, "example": 1}
"""The order of use, and how many passages of each: what a word means that was asked for, the short answer, how things differ,
what to choose when, a question like this one, what holds, what to obey, how it looks."""
_SLOT_OF: Final = {
    **{slot: slot for slot in SLOTS},
    **dict.fromkeys(("fact", "term", "pattern", "concept", "note", "rationale", "intuition", "section"), "claim"),
}


@dataclass(frozen=True)
class _Chosen:
    """A passage for the answer: where it is used, how good it is, and what it says."""

    slot: str
    worth: float
    passage: Cited


@dataclass(frozen=True)
class _Judged:
    """A hit with its block and the main words of the question that it covers."""

    hit: Hit
    book: "OpenBook"
    block: AnyBlock
    words: frozenset[str]
    share: float


def ask(library: Library, question: str, *, book: str = "", max_tokens: int = 0) -> AskAnswer:
    """Answers a question from the books.

    Args:
        library: The books.
        question: The question.
        book: Only from this book (its id).
        max_tokens: How much room the answer may take; 0 for no limit. The least is `LEAST` tokens.

    Raises:
        SearchError: The question has no words, or there is no such book.
    """
    found = search(library, question, book=book, limit=LOOKED_AT)
    guesses = guessed(question, found.query)
    wanted = weights(library.choose(book), found.query, guesses)
    names = foreign_names(library.choose(book), found.query, wanted)
    judged = list(_judged(library, found.hits, wanted, names, guesses.keys()))
    named = [] if guesses else _named(library, found.query, book)
    if not set(names.values()) <= held_names(" ".join(each.text for each in named), names.values()):
        named = []
    enough = MOSTLY if names else ENOUGH
    if not named and not any(each.share >= enough and names.keys() <= each.words for each in judged[:JUDGED]):
        missing = [guesses.get(word, word) for word in wanted if not any(word in each.words for each in judged)]
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
    several = len(found.books) > 1
    hits = found.hits
    if named and not is_telling(found.query):  # `is` vs `==`: what else holds such words holds them by chance
        judged, hits = [], []
    chosen = _chosen(judged, named, wanted)
    passages = _fitted(chosen, max(LEAST, max_tokens) if max_tokens > 0 else 0, several=several)
    left_out = len(chosen) - len(passages)
    used = {(each.book, each.id) for each in passages}
    return AskAnswer(
        books=found.books,
        question=found.query,
        answered=True,
        answer="\n\n".join(_told(each, several=several) for each in passages),
        passages=passages,
        see=[_reference(hit) for hit in hits if (hit.book, hit.id) not in used][:SEE],
        notes=[
            *found.notes,
            *([f"passages that found no room in {max_tokens} tokens: {left_out}"] if left_out else []),
        ],
    )


def _judged(
    library: Library, hits: Sequence[Hit], wanted: dict[str, float], names: dict[str, str], not_meant: Collection[str]
) -> Iterator[_Judged]:
    for hit in hits:
        owner = library.choose(hit.book)[0]
        block = owner.block(hit.id)
        if block is not None:
            held = held_names(f"{hit.title} {hit.place} {block.text}", names.values())
            other = {word for word, name in names.items() if name not in held}
            words = covered(hit, block, wanted).difference(not_meant, other)
            yield _Judged(hit, owner, block, frozenset(words), share(words, wanted))


def _named(library: Library, question: str, book: str) -> list[Cited]:
    """What sets side by side, or defines, what a question names."""
    pair = sides(question)
    if pair and (found := side_by_side(library, *pair, book=book)):
        return found[:2]
    word = defined(question)
    for owner, id in meant(library.choose(book), word) if word else []:
        block = owner.block(id)
        if isinstance(block, (Term, Fact, Pattern)):
            return [_passage(owner, block)]
    return []


def _chosen(judged: Sequence[_Judged], named: Sequence[Cited], wanted: dict[str, float]) -> list[_Chosen]:
    """The passages for the answer, the best first; the short answer and the example also from beside the best hit."""
    chosen = [_Chosen("term" if each.kind == "term" else _SLOT_OF.get(each.kind, "claim"), 1.0, each) for each in named]
    usable = [each for each in judged if each.hit.kind in _SLOT_OF and _is_about(each, wanted)] or list(judged[:1])
    best = max((each.share for each in usable), default=0.0) or 1.0
    for each in usable:
        worth = each.hit.score * (BY_RANK + (1 - BY_RANK) * each.share / best)
        chosen.append(_Chosen(_SLOT_OF.get(each.hit.kind, "claim"), worth, _passage(each.book, each.block)))
    chosen.sort(key=lambda item: -item.worth)
    chosen = [each for place, each in enumerate(chosen) if place == 0 or each.worth >= LEAST_WORTH]
    chosen = _each_once(chosen)[:MOST]
    if usable:
        beside = _beside(usable[0].book, usable[0].block, chosen)
        chosen += [_Chosen(slot, LEAST_WORTH, _passage(usable[0].book, each)) for slot, each in beside]
    return _each_once(chosen)


def _is_about(judged: _Judged, wanted: dict[str, float]) -> bool:
    """Whether a table is about the question: its heading, headers or first cells hold a main word. Other kinds always are."""
    if not isinstance(judged.block, Table):
        return True
    table = judged.block
    about = " ".join([judged.hit.title, *table.headers, *(row[0] for row in table.rows if row)])
    return not {stem(word) for word in wanted}.isdisjoint(stems(about))


def _each_once(chosen: Sequence[_Chosen]) -> list[_Chosen]:
    taken: list[_Chosen] = []
    seen: set[tuple[str, str]] = set()
    for each in chosen:
        key = (each.passage.book, each.passage.id)
        full = sum(other.slot == each.slot for other in taken) >= SLOTS[each.slot]
        if key not in seen and not full:
            seen.add(key)
            taken.append(each)
    return taken


def _beside(book: "OpenBook", block: AnyBlock, chosen: Sequence[_Chosen]) -> Iterator[tuple[str, AnyBlock]]:
    """The short answer of the section of the best hit, and the good example of the first rule."""
    heading = book.contents.by_id.get(block.section)
    if heading and (quick := quick_of(book, heading)):
        yield "quick", quick
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
            frame = size - count_tokens(passage.text) + 1
            passage = replace(passage, text=shortened(passage.text, max(left - frame, 1)))
        kept.append(_Chosen(each.slot, each.worth, passage))
        left -= size
    order = list(SLOTS)
    return [each.passage for each in sorted(kept, key=lambda item: (order.index(item.slot), -item.worth))]


def _told(passage: Cited, *, several: bool) -> str:
    """A passage with its place in brackets, and its proof if it can have one."""
    owner = f"{passage.book}: " if several else ""
    source = [f"{owner}{passage.place}", passage.id, told_status(passage.kind, passage.status)]
    return f"{passage.text}\n\n[{'; '.join(filter(None, source))}]"


def _reference(hit: Hit) -> Reference:
    return Reference(book=hit.book, id=hit.id, title=hit.title, kind=hit.kind)
