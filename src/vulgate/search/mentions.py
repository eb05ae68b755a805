"""Whether a text speaks of something: words compared without endings, capitals and punctuation."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"\w+|[=!<>]=|:=|<<|>>|->|\+=")
_WORDLIKE: Final = re.compile(r"\w")
_COMMON_WORDS: Final = (
    "a about after all also am an and any are as at be because been before being between both but by can could did do does "
    "doing done each else every find for from get give go had has have how i if in into is it its just let like make many "
    "may me mean means might more most much must my need no not of off on one only or other our out over please say says "
    "should show so some someone something such take tell than that the their them then there these they thing things this "
    "to too under until up us use used using very want was way we were what when where whether which while who why will "
    "with without would you your versus vs difference differences different compare compared better best instead "
    "choose prefer pick book handbook python code re ve ll don didn doesn isn won wants trying"
)
_COMMON: Final = frozenset(_COMMON_WORDS.split())
"""Words of questions that are not what is asked about."""


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """A word in lower case without the commonest English endings; what is left need not be a word."""
    word = word.lower()
    if not word.isalpha() or len(word) < 5:
        return word[:-1] if len(word) == 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    for ending in ("ingly", "edly", "ings", "ing", "ies", "ied", "ers", "ed", "er", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us")):
            word = word[: -len(ending)]
            break
    # `stopped` and `stop`, `running` and `run`
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word


def stems(text: str) -> list[str]:
    """The stems of the words of a text, in order."""
    return [stem(word) for word in _WORD.findall(text)]


def telling(text: str) -> list[str]:
    """The words of a question that say what it is about, in order, each once; all if none does."""
    return _telling(text) or list(dict.fromkeys(_WORD.findall(text.lower())))


def is_telling(text: str) -> bool:
    """Whether a question has a word that says what it is about."""
    return bool(_telling(text))


def _telling(text: str) -> list[str]:
    words = dict.fromkeys(_WORD.findall(text.lower()))
    return [
        word for word in words if word not in _COMMON and _WORDLIKE.match(word) and (len(word) > 1 or word.isdigit())
    ]


@dataclass(frozen=True)
class Subject:
    """Something with its names, each as stems."""

    names: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Subject":
        """A subject from names as they are written."""
        written = (tuple(stems(name)) for name in names)
        return cls(tuple(dict.fromkeys(name for name in written if name)))

    @property
    def rarest(self) -> tuple[str, ...]:
        """Of each name the longest stem: a text without any of them cannot speak of the subject."""
        return tuple(dict.fromkeys(max(name, key=len) for name in self.names))

    def is_in(self, words: Sequence[str]) -> bool:
        """Whether the stems of a text hold a name of it, its words next to each other."""
        text = f" {' '.join(words)} "
        return any(f" {' '.join(name)} " in text for name in self.names)

    def is_named(self, words: Sequence[str]) -> bool:
        """Whether the stems of a title or cell hold all words of a name of it, in any order."""
        return any(set(name) <= set(words) for name in self.names)
