"""A test set for search: the questions of Python's FAQ, to be answered from all sections of Python's manual.

The documents are the sections of the manual that Debian's package python3-doc installs. The headings of the FAQ's questions
are hidden, so that a question finds its answer by what the answer says. Headings of groups of questions and of pages stay.
"""

import json
import random
from pathlib import Path
from typing import NamedTuple

from sphinx_html import sections

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
