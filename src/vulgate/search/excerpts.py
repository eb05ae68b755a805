"""What a hit shows of its block: a sentence that says what it is about, the part that answers, the words that were found."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from vulgate.model import blocks as b
from vulgate.model.inline import first_sentence, plain
from vulgate.model.plain import ROLE_LABELS
from vulgate.model.tokens import count_tokens
from vulgate.search.cutting import is_fence, paragraphs

EXCERPT: Final = 120
"""Tokens of an excerpt."""
_SHORT: Final = 30
_OPENING: Final = re.compile(r"([ \t>]*(?:`{3,}|~{3,})[ \t]*[\w+-]*)[ \t]*\{([^\n]*)\}[ \t]*(?=\n|$)")
_WORKINGS: Final = frozenset({"detect", "test", "solution"})
"""Roles of fences that no excerpt shows: they are for machines, or give an exercise away."""
_COLONS: Final = re.compile(r"^[ \t>]*:{3,}.*\n?|^[ \t>]*:[\w-]+:.*\n?", re.MULTILINE)
_HEADING: Final = re.compile(r"^#{1,6}[ \t].*\n?", re.MULTILINE)


def body(block: b.Block) -> str:
    """The text of a block without the lines of directives: fences still have their attributes."""
    text = block.body if isinstance(block, b.DirectiveBlock) else block.text
    if isinstance(block, b.Chapter):
        text = block.summary
    return _COLONS.sub("", text).strip("\n") if text else ""


def gist(block: b.Block) -> str:
    """What a block says, in a sentence: its claim or demand, else the first sentence of its text."""
    if isinstance(block, b.Fact | b.Rule):
        return plain(block.title)
    if isinstance(block, b.Pattern) and block.use_when:
        return f"{plain(block.title)}: use when {plain(block.use_when)}"
    if isinstance(block, b.Table):
        return "Table: " + ", ".join(plain(header) for header in block.headers if header.strip())
    if isinstance(block, b.Diagram):
        return f"Diagram ({block.type or 'mermaid'})"
    prose = next((unit for unit in units(body(block)) if not is_fence(unit) and not unit.startswith("|")), "")
    text = plain(_HEADING.sub("", prose))
    said = first_sentence(text)
    if len(said) < _SHORT:  # "No." answers little
        said += first_sentence(text[len(said) :])
    return said or plain(block.title)


def units(text: str) -> list[str]:
    """The paragraphs, tables and fences of a text; nothing is lost but empty lines."""
    return [part.strip("\n") for part in paragraphs(text) if part.strip()]


def excerpt(block: b.Block, words: Sequence[str], budget: int = EXCERPT) -> str:
    """The part of a block that says most about some words, in Markdown, within a budget of tokens.

    What explains comes before what shows: the first paragraph, then the best part, then its neighbours. Paragraphs and fences
    stay whole where they fit; what does not fit is cut between lines, and three dots say so.
    """
    parts = [part for part in units(_HEADING.sub("", body(block))) if not _roles(part) & _WORKINGS]
    if not parts:
        return ""
    find = pattern(words)
    worth = [len({found[0].lower() for found in find.finditer(part)}) if find else 0 for part in parts]
    best = worth.index(max(worth))
    chosen: dict[int, str] = {}
    left = budget
    for index in dict.fromkeys([0, best, *range(best + 1, len(parts)), *range(best - 1, -1, -1)]):
        is_lead = index == 0 != best and not is_fence(parts[0]) and count_tokens(parts[0]) <= budget // 2
        is_next = index - 1 in chosen or index + 1 in chosen
        if index == best or is_lead or (is_next and count_tokens("".join(_labelled(parts[index]))) < left):
            chosen[index] = _cut(parts[index], find, left)
            left -= count_tokens(chosen[index]) + 1
    return "\n\n".join(chosen[index] for index in sorted(chosen))


def _roles(part: str) -> set[str]:
    opening = _OPENING.match(part)
    return set(opening[2].split()) if opening else set()


def _labelled(part: str) -> tuple[str, str]:
    """A part as a reader sees it: a word for the role of a fence, and the part without attributes."""
    label = next((label for role, label in ROLE_LABELS.items() if role in _roles(part)), "")
    return (f"{label}\n\n" if label else "", _OPENING.sub(r"\1", part, count=1) if _OPENING.match(part) else part)


def _cut(part: str, find: re.Pattern[str] | None, budget: int) -> str:
    """A paragraph, table or fence within a budget: the lines that matter, in their order, with three dots for the others."""
    label, text = _labelled(part)
    if count_tokens(label + text) <= budget:
        return label + text
    lines = text.split("\n")
    is_code, is_table = is_fence(text), text.lstrip().startswith("|")
    head = lines[:2] if is_table else lines[:1] if is_code else []
    tail = lines[-1:] if is_code else []
    middle = lines[len(head) : len(lines) - len(tail)]
    worth = [len(find.findall(line)) if find else 0 for line in middle]
    left = budget - count_tokens(label + "\n".join([*head, *tail])) - 2
    kept: set[int] = set()
    order = sorted(range(len(middle)), key=lambda at: (-worth[at], at)) if is_table else _around(worth)
    for at in order:
        size = count_tokens(middle[at]) + 1
        if size > left and is_table:
            continue
        if size > left:
            if kept:
                break
            middle[at] = middle[at][: max(left, 8) * 3].rstrip() + " ..."
        kept.add(at)
        left -= size
        if left <= 0:
            break
    shown = [middle[at] for at in sorted(kept)]
    if not is_table and kept and max(kept) < len(middle) - 1:
        shown.append("...")
    if not is_table and kept and min(kept) > 0:
        shown.insert(0, "...")
    return label + "\n".join([*head, *shown, *tail])


def _around(worth: Sequence[int]) -> Iterable[int]:
    """Lines from the best one on, then those before it."""
    best = worth.index(max(worth)) if worth else 0
    return [*range(best, len(worth)), *range(best - 1, -1, -1)]


def pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Finds words in any of their forms: by their beginnings, as no stemmer is at hand. `None` for no words."""
    stems = sorted({re.escape(_stem(word)) for word in words if word}, key=lambda stem: (-len(stem), stem))
    return re.compile(rf"\b(?:{'|'.join(stems)})\w{{0,4}}\b", re.IGNORECASE) if stems else None


def _stem(word: str) -> str:
    return word if len(word) < 5 or not word.isalpha() else word[: max(4, len(word) - 3)]


def highlights(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end of each of some words in a text, in characters."""
    find = pattern(words)
    return [found.span() for found in find.finditer(text)] if find else []


def findall(text: str, words: Sequence[str]) -> set[str]:
    """The words of a text that are among some words, in any of their forms."""
    find = pattern(words)
    return set(find.findall(text)) if find else set()
