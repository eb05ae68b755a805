"""A test set for search: the questions of Python's FAQ, to be answered from all sections of Python's manual.

The documents are the sections of the manual that Debian's package python3-doc installs. The headings of the FAQ's questions
are hidden, so that a question finds its answer by what the answer says. Headings of groups of questions and of pages stay.
The documents become a compiled book of one chapter, with a section for each, so that search takes it as any other book.
"""

import hashlib
import json
import random
from pathlib import Path
from typing import NamedTuple

from engines import Bench
from sphinx_html import sections

import vulgate
from vulgate.search.library import OpenBook
from vulgate.store.sqlite import to_sqlite
from vulgate.store.vectors import word_vectors

MANUAL = Path("/usr/share/doc/python3-doc/html")
#: The pages with questions to tune with; those of the other pages are the test.
TUNING = ("faq/design", "faq/extending", "faq/installed", "faq/windows")
_INDEXES = ("genindex", "search", "contents", "py-modindex")


class Document(NamedTuple):
    """A section of the manual.

    Attributes:
        id: The page's path and the section's anchor, joined by `#`.
        title: The heading; empty for the answer to a question.
        text: The text below the heading, without subsections.
    """

    id: str
    title: str
    text: str


class Asked(NamedTuple):
    """A book with questions to ask of it.

    Attributes:
        bench: The book.
        questions: Each with the id of the section that answers it.
    """

    bench: Bench
    questions: list[tuple[str, str]]


class FaqError(Exception):
    """The manual is not installed, or is not the one that the test set is made from."""


def load(cache: Path | None = None, manual: Path = MANUAL) -> tuple[list[Document], list[tuple[str, str]]]:
    """Returns the documents, and the questions, each with the id of the document that answers it.

    Args:
        cache: A folder in which the parsed manual is kept; parsing takes about 10 seconds.
        manual: The folder with the manual's HTML.

    Raises:
        FaqError: The manual is not installed or holds no FAQ.
    """
    if not (manual / "faq").is_dir():
        raise FaqError(f"{manual} holds no manual of Python; install the package: apt-get install python3-doc")
    kept = cache / "faq-sections.json" if cache else None
    if kept and kept.exists():
        documents = [Document(*row) for row in json.loads(kept.read_text("utf-8"))]
    else:
        pages = [page for page in manual.rglob("*.html") if not page.name.startswith(_INDEXES)]
        documents = [Document(one.id, one.title, one.text) for one in sections(manual, pages) if one.text]
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(documents), "utf-8")
    questions = {one.id: one.title for one in documents if one.id.startswith("faq/") and one.title.endswith("?")}
    if not questions:
        raise FaqError(f"{manual}/faq holds no questions; is this the manual of Python, as Sphinx writes it?")
    hidden = [one._replace(title="") if one.id in questions else one for one in documents]
    return hidden, [(title, id) for id, title in questions.items()]


def split(queries: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Returns the queries to test with, and those to tune with."""
    return (
        [one for one in queries if not one[1].startswith(TUNING)],
        [one for one in queries if one[1].startswith(TUNING)],
    )


def subset(
    documents: list[Document], queries: list[tuple[str, str]], size: int = 2000, seed: int = 7
) -> list[Document]:
    """Returns all documents that answer a query, and random others up to `size`, in the order of `documents`."""
    answers = {answer for _, answer in queries}
    others = [one for one in documents if one.id not in answers]
    drawn = {one.id for one in random.Random(seed).sample(others, size - len(answers))} | answers
    return [one for one in documents if one.id in drawn]


def bench(work: Path, part: str = "test", size: int = 0) -> Asked:
    """Returns the documents as a book, and the questions.

    Args:
        work: A folder in which the parsed manual and the compiled books are kept.
        part: The questions: `test`, or `tuning`.
        size: How many documents: the answers and random others; 0 for all.

    Raises:
        FaqError: The manual is not installed or holds no FAQ.
    """
    documents, queries = load(work)
    asked = split(queries)[part == "tuning"]
    return as_book(work, subset(documents, asked, size) if size else documents, asked)


def as_book(work: Path, documents: list[Document], asked: list[tuple[str, str]]) -> Asked:
    """Returns documents as a compiled book, kept in `work` by digest, and the questions with the ids of its sections."""
    digest = hashlib.sha256(json.dumps([vulgate.__version__, word_vectors().model, documents]).encode()).hexdigest()[
        :16
    ]
    place = work / f"documents-{digest}.sqlite"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(to_sqlite(_compiled(documents, digest)))
    numbers = {one.id: _id(number) for number, one in enumerate(documents)}
    return Asked(Bench(OpenBook.open(place)), [(question, numbers[answer]) for question, answer in asked])


def _id(number: int) -> str:
    """Returns the id of a section: a number, as the anchor of a question gives its words away."""
    return f"manual/d{number}"


def _compiled(documents: list[Document], digest: str) -> vulgate.CompiledBook:
    span = vulgate.Span("manual.md", 1, 1, 0, 0)
    blocks: list[vulgate.AnyBlock] = [
        vulgate.Chapter(id="manual", title="Manual", chapter="manual", section="manual", span=span)
    ]
    for number, one in enumerate(documents):
        where = {"chapter": "manual", "section": _id(number), "span": span}
        heading = f"## {one.title}\n" if one.title else ""
        blocks.append(vulgate.Section(id=_id(number), title=one.title, text=heading, **where))
        blocks.append(vulgate.Concept(id=f"{_id(number)}/text", text=one.text, **where))
    book = vulgate.Book(id="manual", title="Manual", digest=digest)
    return vulgate.CompiledBook(book, tuple(blocks), (), {}, vulgate.Summary(vulgate.__version__, 1, {}))
