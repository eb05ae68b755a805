"""Freshness: the versions that a book is written for, and whether they are still supported."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from vulgate.audit.examples import is_meant
from vulgate.audit.lifecycles import PYTHON, as_numbers, end_of_life, is_release, newest, note, products
from vulgate.audit.material import Material
from vulgate.model.audit import Area, Figure, Item, Measure
from vulgate.model.proofs import Share
from vulgate.model.spans import Span
from vulgate.model.versions import lower_bound

_NAMES: Final = {"Node": "Node.js", "Postgres": "PostgreSQL", "node": "Node.js", "postgres": "PostgreSQL"}
_PRODUCT: Final = "|".join(re.escape(name) for name in (*products(), "Node", "Postgres") if name != "Go")
_NAMED: Final = re.compile(rf"\b({_PRODUCT}|Go(?= 1\.))\s+v?(\d+(?:\.\d+)?)(?!\w|\.\d|\s?%)")
_FOR: Final = re.compile(
    r"\b(?:requires?|supports?|install|targets?|targeting|runs? on|works? (?:on|with)|needs?|upgrade to|built (?:on|for|with))"
    rf"\s+(?:at least\s+)?({_PRODUCT})\s+v?(\d+(?:\.\d+)?)(?![\w%])"
    rf"|^[\s*_>-]*({_PRODUCT})(?:\s+versions?)?[*_]*:[*_]*\s*v?(\d+(?:\.\d+)?)(?![\w%])",
    re.IGNORECASE | re.MULTILINE,
)
_HISTORY: Final = re.compile(
    r"\b(?:since|added|introduced|removed|deprecated|until|before|new in|changed|dropped|no longer|end[- ]of[- ]life|EOL|was|were"
    r"|old|older|legacy|came|only|instead|formerly)\b",
    re.IGNORECASE,
)
_IN_CODE: Final = (
    re.compile(
        r"\b(?:FROM|image:)\s+(?:\S+/)?(python|node|postgres|redis|mysql|ubuntu|debian|alpine):(\d+(?:\.\d+)?)",
        re.IGNORECASE,
    ),
    re.compile(r"\b(python)-version['\"]?:\s*\[?['\"]?(\d\.\d+)"),
    re.compile(r"\brequires-(python)\s*=\s*['\"]\s*[>=~^]+\s*(\d\.\d+)"),
    re.compile(r"\b(python)(3\.\d+) -m\b"),
)


class _Mention(NamedTuple):
    product: str
    version: str
    span: Span | None
    how: str


def look(material: Material) -> Area:
    """Looks at the versions that the book says it is for, in its manifest, front matter, prose and configuration files."""
    mentions = list(_meant(material))
    ended = [item for mention in mentions if (item := _ended(material, mention))]
    named = Counter(_named(material))
    pythons = [version for product, version in named if product == PYTHON]
    pythons += [mention.version for mention in mentions if mention.product == PYTHON]
    latest = max(pythons, key=as_numbers, default="")
    is_behind = bool(latest) and as_numbers(latest) < as_numbers(newest(PYTHON))
    items = ended
    if is_behind:
        what = f"the newest Python that the book names is {latest}, and {newest(PYTHON)} is out"
        items = [*ended, Item("behind", what, f"say what {newest(PYTHON)} changes for the reader")]
    return Area(
        "freshness",
        "Freshness",
        measures=(
            Measure("versions that the book is for are supported", Share(len(mentions) - len(ended), len(mentions)), 2),
            Measure("newest Python is named", Share(int(not is_behind), int(bool(latest))), 1),
        ),
        items=tuple(items),
        figures=tuple(_figures(material, named)),
        notes=(note(material.today),),
    )


def _ended(material: Material, mention: _Mention) -> Item | None:
    end = end_of_life(mention.product, mention.version)
    if end is None or end >= material.today:
        return None
    what = f"{mention.how} {mention.product} {mention.version}, whose support ended on {end.isoformat()}"
    return Item("end-of-life", what, "name a supported version, or say that this is about the past", mention.span)


def _meant(material: Material) -> Iterator[_Mention]:
    """The versions that the book says it is for."""
    manifest = material.source.manifest_file
    for version in material.book.book.python:
        span = None
        if manifest and (at := manifest.data.find(f'"{version}"'.encode())) >= 0:
            span = manifest.lines.span(at, at + len(version) + 2)
        yield _Mention(PYTHON, version, span, "the manifest names")
    for chapter in material.book.chapters:
        bound = lower_bound(chapter.python)
        if bound and bound not in material.book.book.python:
            yield _Mention(PYTHON, bound, material.place(chapter), "the chapter is for")
    for passage in material.passages():
        for match in _FOR.finditer(passage.text):
            product, version = match[1] or match[3], match[2] or match[4]
            if not _HISTORY.search(_sentence(passage.text, match.start())):
                yield _Mention(_product(product), version, material.within(passage, *match.span()), "the text is for")
    for example in filter(is_meant, material.examples):
        for pattern in _IN_CODE:
            for match in pattern.finditer(example.code):
                line = example.code.count("\n", 0, match.start()) + 1
                yield _Mention(_product(match[1]), match[2], material.line(example, line), "the example uses")


def _sentence(text: str, at: int) -> str:
    start = max(text.rfind(". ", 0, at), text.rfind("\n\n", 0, at), 0)
    end = text.find(". ", at)
    return text[start : end if end > 0 else len(text)]


def _product(name: str) -> str:
    by_small = {product.lower(): product for product in products()}
    return _NAMES.get(name) or _NAMES.get(name.capitalize()) or by_small[name.lower()]


def _named(material: Material) -> Iterator[tuple[str, str]]:
    for prose in material.prose:
        for match in _NAMED.finditer(prose.with_tables.decode("utf-8", "replace")):
            product, version = _product(match[1]), match[2]
            if is_release(product, version):
                yield product, version


def _figures(material: Material, named: Counter[tuple[str, str]]) -> Iterator[Figure]:
    """The versions that the prose names, for each product."""
    for product in dict.fromkeys(product for product, _ in named):
        versions = sorted((version for name, version in named if name == product), key=as_numbers)
        told = []
        for version in versions:
            end = end_of_life(product, version)
            is_over = end is not None and end < material.today
            told.append(f"{version} ({named[product, version]} times{', ended' if is_over else ''})")
        yield Figure(f"named: {product}", ", ".join(told))
