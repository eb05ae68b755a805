"""Spelling of names in backticks: those of the standard library and of the book's own code. Precision comes before recall."""

import keyword
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from vulgate.audit.material import Material, Passage, Prose
from vulgate.audit.names import names
from vulgate.model.audit import Area, Item, Measure
from vulgate.model.proofs import Share
from vulgate.model.suggest import nearest

SHORTEST: Final = 6
"""Letters of a name without a module before it that is compared; shorter ones are too near to each other."""
SHORTEST_MEMBER: Final = 4
_CONSISTENT: Final = 4
"""Uses of a name from which on it is the author's own."""
_SPAN: Final = re.compile(rb"(?<!`)`@?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\([^`\n]*\))?`(?!`)")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_GARBLED: Final = re.compile(
    "‚Ä[A-Za-z¶¢ôúùîìò]|\N{LATIN SMALL LETTER A WITH CIRCUMFLEX}€[\u0099™œ\u009d“”¦]|Ã[©¨¼¶¤Ÿ§±]|üë[âäàçåã]|ü[éö][\\w§Ø]|\ufffd"
)
"""An em dash, quotes, accents and emoji as Mac Roman and Windows-1252 show their bytes, and the replacement character."""
_SLIPS: Final = re.compile(rb"\btypo|squat|mis-?spel|mis-?typ|\bslips?\b|\bconfus", re.IGNORECASE)
_AROUND: Final = 400
_DIGITS: Final = re.compile(r"\d+")
_ENDINGS: Final = ("s", "es", "d", "ed", "r", "er", "ing", "able", "_")


class _Mention(NamedTuple):
    name: str
    prose: Prose
    start: int
    end: int


def look(material: Material) -> Area:
    """Compares names that neither the book's code nor the standard library has with those that they have."""
    first: dict[str, _Mention] = {}
    often: dict[str, int] = {}
    for mention in _mentions(material.prose):
        first.setdefault(mention.name, mention)
        often[mention.name] = often.get(mention.name, 0) + 1
    own = frozenset(name for example in material.examples for name in _NAME.findall(example.code))
    defined = frozenset(name for example in material.examples for name in example.symbols.defined)
    items = []
    for name, mention in first.items():
        is_own = often[name] >= _CONSISTENT or name.startswith("__") or _is_about_slips(mention)
        if not is_own and (meant := _meant(name, own, defined)):
            place = material.span(mention.prose.path, mention.start, mention.end)
            items.append(Item("misspelt-name", f"nothing is called `{name}`", f"did you mean `{meant}`?", place))
    passages = list(material.passages())
    garbled = list(_garbled(material, passages))
    return Area(
        "spelling",
        "Spelling",
        measures=(
            Measure("names in backticks are not misspelt", Share(len(first) - len(items), len(first))),
            Measure("passages have no garbled characters", Share(len(passages) - len(garbled), len(passages))),
        ),
        items=(*items, *garbled),
    )


def _garbled(material: Material, passages: Iterable[Passage]) -> Iterator[Item]:
    """The passages with characters that come from reading UTF-8 in another encoding."""
    for passage in passages:
        if match := _GARBLED.search(passage.text):
            what = f"“{match[0]}” is UTF-8 that was read in another encoding"
            fix = "read the text again as UTF-8; the package ftfy mends it"
            yield Item("garbled-text", what, fix, material.within(passage, *match.span()))


def _is_about_slips(mention: _Mention) -> bool:
    """Whether the text around a name speaks of names that are spelt wrong."""
    around = mention.prose.data[max(0, mention.start - _AROUND) : mention.end + _AROUND]
    return _SLIPS.search(around) is not None


def _mentions(prose: Iterable[Prose]) -> Iterator[_Mention]:
    for each in prose:
        for match in _SPAN.finditer(each.with_tables):
            yield _Mention(match[1].decode(), each, match.start(1), match.end(1))


def _meant(name: str, own: frozenset[str], defined: frozenset[str]) -> str:
    """The name that another one is a misspelling of; empty if it is none."""
    head, dot, rest = name.partition(".")
    if not dot:
        return _single(name, own, defined)
    if head in own and head not in names():
        return ""
    if head in names():
        return _member(name, own)
    member = rest.partition(".")[0]
    modules = [module for module in names() if "." not in module and member in names()[module]]
    found = _near(head, modules, SHORTEST_MEMBER)
    return f"{found}.{rest}" if found else ""


def _member(name: str, own: frozenset[str]) -> str:
    """The member of a module that is meant, where it has none of a name."""
    parts = name.split(".")
    count = max(n for n in range(1, len(parts)) if ".".join(parts[:n]) in names())
    module, member = ".".join(parts[:count]), parts[count]
    known = names()[module]
    is_known = member in known or member in own or f"{module}.{member}" in names() or member.startswith("_")
    found = "" if is_known else _near(member, known, SHORTEST_MEMBER)
    return ".".join([module, found, *parts[count + 1 :]]) if found else ""


def _single(name: str, own: frozenset[str], defined: frozenset[str]) -> str:
    """What a name without a module is a misspelling of: an exception with other capitals, or a name one letter away."""
    if name in own or name in _everything() or keyword.iskeyword(name) or len(name) < SHORTEST:
        return ""
    exception = _exceptions().get(name.lower(), "")
    return exception or _near(name, _everything() | defined, SHORTEST)


def _near(name: str, known: Iterable[str], shortest: int) -> str:
    """The known name that one slip makes of a name: a letter more, less or changed, or two that changed places."""
    from rapidfuzz.distance import OSA

    if len(name) < shortest:
        return ""
    candidates = sorted(
        other
        for other in known
        if other[:1] == name[:1] and other[-1:] == name[-1:] and abs(len(other) - len(name)) <= 1
    )
    for other in nearest(name, candidates, 5):
        is_form = _DIGITS.findall(name) != _DIGITS.findall(other) or name.replace("_", "") == other.replace("_", "")
        is_word = any(name + ending == other or other + ending == name for ending in _ENDINGS)
        if OSA.distance(name, other) == 1 and not is_form and not is_word and name.lower() != other.lower():
            return other
    return ""


@lru_cache(maxsize=1)
def _everything() -> frozenset[str]:
    """All names of the standard library, and of its modules."""
    modules = {part for module in names() for part in module.split(".")}
    return frozenset().union(modules, *names().values())


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, str]:
    """The builtin exceptions by their name in small letters."""
    found = [name for name in names()["builtins"] if name.endswith(("Error", "Exception", "Warning", "Iteration"))]
    return {name.lower(): name for name in found}
