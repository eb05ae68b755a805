"""Terms: words that are defined and never used, defined twice, or used and never defined."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final

from vulgate.audit.material import Material, Passage
from vulgate.model.audit import Area, Figure, Item, Measure
from vulgate.model.blocks import Term
from vulgate.model.inline import plain
from vulgate.model.proofs import Share

OFTEN: Final = 3
"""Uses of an abbreviation from which on a reader is owed what it stands for."""
_ABBREVIATION: Final = re.compile(r"(?<![\w`./$%{\"'-])([A-Z][A-Z0-9]{1,5})s?(?![\w`/=({\"'-]|\.\w)")
_WORD: Final = re.compile(r"\w+")
_CODE: Final = re.compile(r"`[^`\n]*`")
_SHOUTED: Final = re.compile(r"\b[A-Z]{3,}\b[ ,:&-]+\b[A-Z]{2,}\b")


def look(material: Material) -> Area:
    """Looks at the terms of the book, and at the abbreviations of its prose."""
    terms = [term for term in material.book.of_kind(Term) if term.is_authored]
    prose = "\n".join(prose.with_tables.decode("utf-8", "replace") for prose in material.prose)
    unused = list(_unused(material, terms))
    twice = list(_twice(material, terms))
    uses = _abbreviations(material)
    defined = {name.upper() for term in terms for name in (term.title, *term.aliases)}
    small = set(re.findall(r"(?<![\w`.])[a-z]{2,6}(?![\w`.])", prose))
    often = {name: places for name, places in uses.items() if len(places) >= OFTEN and name.lower() not in small}
    open_ = {name: places for name, places in often.items() if name not in defined and not _is_explained(name, prose)}
    items = [*unused, *twice]
    for name, places in open_.items():
        passage, start = places[0]
        what = f"“{name}” is used {len(places)} times, and nothing says what it stands for"
        fix = f"write it out where it comes first, as in “... ({name})”, or define it as a term"
        items.append(Item("undefined-abbreviation", what, fix, material.within(passage, start, start + len(name))))
    return Area(
        "terms",
        "Terms",
        measures=(
            Measure("terms are used beside their definition", Share(len(terms) - len(unused), len(terms))),
            Measure("terms are defined once", Share(len(terms) - len(twice), len(terms))),
            Measure("abbreviations are explained", Share(len(often) - len(open_), len(often))),
        ),
        items=tuple(items),
        figures=(Figure("terms", f"{len(terms):,}"), Figure("abbreviations used often", f"{len(often):,}")),
    )


def _unused(material: Material, terms: list[Term]) -> Iterator[Item]:
    linked = {link.target for block in material.book.blocks for link in block.links if link.type == "block"}
    titles = "\n".join(plain(stretch.head.title) for stretch in material.stretches)
    whole = _normalized(
        "\n".join(["", titles, *(prose.with_tables.decode("utf-8", "replace") for prose in material.prose)])
    )
    prose = {prose.path: prose.with_tables for prose in material.prose}
    for term in terms:
        if term.id in linked:
            continue
        own = _normalized(prose[term.span.file][term.span.start : term.span.end].decode("utf-8", "replace"))
        stems = [stem for name in (term.title, *term.aliases) if (stem := _stem(name))]
        if any(whole.count(stem) > own.count(stem) for stem in stems):
            continue
        fix = "use it where it belongs, or drop the definition"
        yield Item("unused-term", f"the term “{plain(term.title)}” is never used", fix, material.place(term))


def _normalized(text: str) -> str:
    """The words of a text in small letters, each behind one space."""
    return " " + " ".join(_WORD.findall(text.lower()))


def _stem(name: str) -> str:
    """The beginning that all forms of a name have in a normalized text."""
    words = _normalized(plain(name)).rstrip()
    return words[:-1] if len(words) > 5 and words.endswith(("y", "e", "s")) else words


def _twice(material: Material, terms: list[Term]) -> Iterator[Item]:
    seen: dict[str, Term] = {}
    for term in terms:
        name = plain(term.title).lower()
        if name in seen:
            first = material.place(seen[name])
            what = f"the term “{plain(term.title)}” is defined at {first.file}:{first.first} already"
            yield Item("defined-twice", what, "keep one definition, and link to it", material.place(term))
        seen.setdefault(name, term)


def _abbreviations(material: Material) -> dict[str, list[tuple[Passage, int]]]:
    """The abbreviations of the prose with their places; lines in capitals have none."""
    found: defaultdict[str, list[tuple[Passage, int]]] = defaultdict(list)
    for passage in material.passages():
        text = _CODE.sub(lambda match: " " * len(match[0]), passage.text)
        text = _SHOUTED.sub(lambda match: " " * len(match[0]), text)
        for match in _ABBREVIATION.finditer(text):
            if match[1] not in _known() and match[1].isalpha():
                found[match[1]].append((passage, match.start(1)))
    return dict(found)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Abbreviations that nobody needs to explain."""
    text = files("vulgate.audit").joinpath("data/abbreviations.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _is_explained(name: str, prose: str) -> bool:
    """Whether the words that an abbreviation stands for, or what it is, stand beside it somewhere."""
    letters = r"[\w'`*’]*[\s/-]+(?:(?:of|the|and|for|to|in|or)\s+)?".join(
        f"[{c.upper()}{c.lower()}]" for c in name if c.isalpha()
    )
    spelled = rf"(?<!\w){letters}[\w'`*]*"
    word = rf"[*_`\"“]*{name}s?[*_`\"”]*"
    says = r"\(|[–—:=-]+\s|stands? for\s|,? (?:short )?for |,? or |is an? |is the "
    forms = (
        rf"{spelled}\s*\(\s*{word}",
        rf"{word}\s*(?:{says})\s*[*_]*{spelled}",
        rf"\([^()\n]*{word}[^()\n]*\)",
        rf"{word}\s+\([A-Za-z]",
        rf"{word}\s+(?:is|means|stands for)\s+(?:an?|the)\s",
    )
    return re.search("|".join(forms), prose) is not None
