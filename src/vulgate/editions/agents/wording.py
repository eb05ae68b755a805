"""A rule in the words that change what an agent does: the order first, then what not to do, then the id to look up more by.

What a rule's examples show is added only where its words show no code: the one line that tells `bad` from `good`.
"""

import difflib
import re
from typing import Final

from vulgate.model.blocks import Example, Rule
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain, unlinked

_NEGATIVE: Final = re.compile(r"(?:do not|don['’]t|never|avoid|no)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[\w']+")
_COMMENT: Final = re.compile(r"\s+#.*$")
_LITTLE: Final = frozenset(
    re.findall(
        r"\w+", "an and as at be by do for from in into is it its not of on or that the this to use with write you"
    )
)
SAME: Final = 0.8
"""The share of a remedy's words that the rule says too, from which on it is left out."""
SHOWN: Final = 50
"""Characters of a line of code that is shown in a sentence."""


def instruction(book: CompiledBook, rule: Rule, name: str) -> str:
    """A rule as one item of a Markdown list.

    Args:
        book: The book, for the rule's examples.
        rule: The rule.
        name: What to look it up by.
    """
    title = _sentence(rule.title)
    remedy = _sentence(rule.fix)
    if remedy and _says_nothing_new(remedy, title):
        remedy = ""
    parts = [remedy, title] if remedy and _NEGATIVE.match(plain(rule.title)) else [title, remedy]
    if "`" not in rule.title + rule.fix:
        parts.append(_contrast(book, rule))
    return f"- {' '.join(filter(None, parts))} `{name}`"


def names(book: CompiledBook) -> dict[str, str]:
    """What each rule is looked up by: the last part of its id, the whole id where two rules share that."""
    rules = [rule.id for rule in book.of_kind(Rule)]
    short = [id.rpartition("/")[2] for id in rules]
    return {id: each if short.count(each) == 1 else id for id, each in zip(rules, short, strict=True)}


def _sentence(text: str) -> str:
    """Inline Markdown as a sentence in one line."""
    line = " ".join(unlinked(text).split())
    line = line[:1].upper() + line[1:]
    return line if not line or line[-1] in ".!?" else f"{line}."


def _says_nothing_new(remedy: str, title: str) -> bool:
    words = _words(remedy)
    return bool(words) and len(words & _words(title)) / len(words) >= SAME


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in _WORD.findall(text.lower()) if len(word) > 1} - _LITTLE


def _contrast(book: CompiledBook, rule: Rule) -> str:
    """The line of the bad example that the good one has otherwise, if it is one, and both are short."""
    bad, good = (_code(book, ids) for ids in (rule.bad, rule.good))
    if not bad or not good:
        return ""
    pairs = [
        (bad[i1:i2], good[j1:j2])
        for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, bad, good, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    if len(pairs) != 1 or any(len(lines) != 1 for lines in pairs[0]):
        return ""
    wrong, right = (lines[0].strip() for lines in pairs[0])
    if max(len(wrong), len(right)) > SHOWN or "`" in wrong + right:
        return ""
    return f"Write `{right}`, not `{wrong}`."


def _code(book: CompiledBook, ids: tuple[str, ...]) -> list[str]:
    """The lines of the first example, without comments and empty lines."""
    example = book[ids[0]] if ids else None
    if not isinstance(example, Example):
        return []
    lines = (_COMMENT.sub("", line).rstrip() for line in example.code.splitlines())
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
