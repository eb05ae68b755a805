"""What a request names: kinds of blocks and versions of Python, in the spellings that people and models use."""

import re
from collections.abc import Collection
from typing import Final

from vulgate.model.suggest import did_you_mean
from vulgate.search.answers import SearchError

_SHOWN: Final = 50
_VERSION: Final = re.compile(r"[1-9]\d*\.\d+(?:\.\d+)?")


def kind_of(name: str, known: Collection[str]) -> str:
    """The kind that a word means: also in the plural and in capitals.

    Raises:
        SearchError: There is no such kind; the text names the nearest ones.
    """
    word = name.strip().lower().replace("_", "-")
    for each in (word, word.removesuffix("s")):
        if each in known:
            return each
    help = did_you_mean(word[:_SHOWN], known) or "there are " + ", ".join(known)
    raise SearchError(f"no kind {name[:_SHOWN]!r}; {help}")


def version_of(python: str) -> str:
    """A version of Python such as `3.12`; the empty text for none.

    Raises:
        SearchError: It is no version.
    """
    bare = python.strip().lower().removeprefix("python").strip()
    if bare and not _VERSION.fullmatch(bare):
        raise SearchError(f"{python[:_SHOWN]!r} is no version of Python; write one such as 3.12")
    return bare
