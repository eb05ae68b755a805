"""What a page holds, in the vocabulary of https://schema.org, for programs."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from vulgate.editions.web.places import Places
from vulgate.model import blocks as b
from vulgate.model.book import CompiledBook
from vulgate.model.inline import first_sentence, plain

_TYPES = (b.Term, b.Qa, b.Fact, b.Pattern, b.Exercise)


def book_data(book: CompiledBook, base: str) -> str:
    """The book, for its cover."""
    about = book.book
    data: dict[str, Any] = {"@context": "https://schema.org", "@type": "Book", "name": plain(about.title)}
    data["inLanguage"] = about.language
    data |= {"description": plain(about.description)} if about.description else {}
    data |= {"author": [{"@type": "Person", "name": name} for name in about.authors]} if about.authors else {}
    data |= {"bookEdition": about.edition} if about.edition else {}
    data |= {"license": about.license} if about.license else {}
    data |= {"url": base} if base else {}
    return in_script(data)


def page_data(book: CompiledBook, ids: Iterable[str], places: Places, on: str) -> str:
    """The terms, questions, claims, ways to do things and exercises on a page; empty if there are none."""
    found = [entry for id in ids if isinstance(block := book.find(id), _TYPES) for entry in _entries(block, places, on)]
    return in_script({"@context": "https://schema.org", "@graph": found}) if found else ""


def _entries(
    block: b.Term | b.Qa | b.Fact | b.Pattern | b.Exercise, places: Places, on: str
) -> Iterator[dict[str, Any]]:
    name, url = plain(block.title), places.href(block.id, on)
    if isinstance(block, b.Term):
        yield {"@type": "DefinedTerm", "name": name, "description": _gist(block), "url": url}
    elif isinstance(block, b.Qa):
        answer = {"@type": "Answer", "text": _gist(block)}
        yield {"@type": "Question", "name": name, "acceptedAnswer": answer, "url": url}
    elif isinstance(block, b.Fact):
        yield {"@type": "Claim", "name": name, "url": url}
    elif isinstance(block, b.Exercise):
        about = {"learningResourceType": "exercise", "educationalLevel": block.difficulty}
        about |= {"timeRequired": f"PT{block.minutes}M"} if block.minutes else {}
        yield {"@type": "LearningResource", "name": name, **about, "url": url}
    else:
        yield {"@type": "HowTo", "name": name, "description": plain(block.use_when) or _gist(block), "url": url}


def _gist(block: b.DirectiveBlock) -> str:
    return first_sentence(plain(block.body.strip().partition("\n\n")[0]))


def in_script(data: Any) -> str:
    """JSON that may stand in a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")
