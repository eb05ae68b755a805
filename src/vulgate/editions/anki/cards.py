"""Which passages of a book make cards, and what stands on their two sides."""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from vulgate.editions.anki.html import card_html, code_html
from vulgate.model import blocks as b
from vulgate.model.book import CompiledBook

# Words that point at what stands around a passage: a card stands alone.
_POINTING: Final = re.compile(
    r"\b(?:above|below|this (?:chapter|section|table|example)|(?:next|previous|last) (?:section|chapter)|as follows)\b",
    re.IGNORECASE,
)
_NESTED: Final = re.compile(r"^[ \t>]*:{3,}", re.MULTILINE)
_FENCED: Final = re.compile(r"^([ \t>]*)(`{3,}|~{3,}).*?^[ \t>]*\2[`~]*[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_TO_US: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_WIKI: Final = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]]+))?\]\]")


class Card(Struct, frozen=True):
    """A card.

    Attributes:
        block: Id of the block that it is made from, the oldest that it had: what is known of a card is kept by it.
        kind: `qa`, `term`, `fact` or `rule`.
        chapter: Id of its chapter.
        front: What is asked, in HTML.
        back: The answer, in HTML.
        place: Where to read on.
    """

    block: str
    kind: str
    chapter: str
    front: str
    back: str
    place: str


def cards(book: CompiledBook) -> Iterator[Card]:
    """The cards of a book, in the order of their chapters; no question is asked twice."""
    order = {chapter.id: index for index, chapter in enumerate(book.chapters)}
    maker = _Maker(book)
    former: dict[str, list[str]] = {}
    for old, id in book.formerly.items():
        former.setdefault(id, []).append(old)
    asked: set[str] = set()
    for block in sorted(book.blocks, key=lambda block: order.get(block.chapter, len(order))):
        sides = maker.sides(block)
        if sides and all(sides) and sides[0] not in asked:
            asked.add(sides[0])
            oldest = min(former.get(block.id, ()), default=block.id)
            yield Card(oldest, block.kind, block.chapter, *sides, place=book.place(block))


class _Maker:
    """Writes the sides of cards."""

    def __init__(self, book: CompiledBook) -> None:
        self.book = book

    def sides(self, block: b.AnyBlock) -> tuple[str, str] | None:
        """Front and back of a block's card; `None` if it makes none."""
        if isinstance(block, b.Qa):
            return self._question(block)
        if not block.is_authored:
            return None
        if isinstance(block, b.Term):
            also = f"<p>Also: {self._inline(', '.join(block.aliases))}</p>" if block.aliases else ""
            answer = self._html(block.body)
            return (
                (f"<p>What does <strong>{self._inline(block.title)}</strong> mean?</p>", also + answer)
                if answer
                else None
            )
        if isinstance(block, b.Fact) and block.holds:
            front = (
                f"<p>On which versions does this hold, and why?</p><p><strong>{self._inline(block.title)}</strong></p>"
            )
            return front, f"<p><strong>{self._inline(block.holds)}</strong></p>{self._html(block.body)}"
        if isinstance(block, b.Rule):
            return self._rule(block)
        return None

    def _question(self, block: b.Qa) -> tuple[str, str] | None:
        """Of an authored question, or of a derived one whose answer is no card already."""
        source = self.book.find(block.origin.sources[0]) if block.origin.sources else None
        if isinstance(source, b.Term):
            return None
        text = block.body if block.is_authored else block.text
        if _POINTING.search(text) or _POINTING.search(block.title):
            return None
        answer = self._html(text)
        return (f"<p>{self._inline(block.title)}</p>", answer) if answer else None

    def _rule(self, rule: b.Rule) -> tuple[str, str] | None:
        bad, good = self._code(rule.bad), self._code(rule.good)
        if not bad:
            return None
        said = f'<p class="said">Better:</p>{good}' if good else ""
        reason = self._html(_FENCED.sub("", rule.body))
        fix = f"<p>{self._inline(rule.fix)}</p>" if rule.fix else ""
        title = f"<p><strong>{self._inline(rule.title)}</strong> ({rule.severity})</p>"
        return f"<p>What is wrong here?</p>{bad}", f"{title}{said}{reason}{fix}"

    def _code(self, ids: tuple[str, ...]) -> str:
        examples = [block for id in ids if isinstance(block := self.book.find(id), b.Example)]
        return "".join(code_html(example.code.rstrip("\n"), example.language) for example in examples)

    def _html(self, markdown: str) -> str:
        """A passage; empty for one that holds other directives, which are cards of their own."""
        if _NESTED.search(markdown):
            return ""
        return card_html(_TO_US.sub("", markdown), self._titled)

    def _inline(self, markdown: str) -> str:
        html = card_html(markdown, self._titled)
        inner = html.removeprefix("<p>").removesuffix("</p>")
        return html if "<p>" in inner else inner

    def _titled(self, text: str) -> str:
        def title(match: re.Match[str]) -> str:
            block = self.book.find(match[1])
            return match[2] or (block.title.replace("`", "") if block else "") or match[1]

        return _WIKI.sub(title, text)
