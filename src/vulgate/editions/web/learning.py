"""The pages that lead through a book: paths with what is read of them, and questions to be asked again and again.

They are plain lists. A script adds what a reader has done, which stays in the reader's browser.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.resources import files
from typing import Final

from msgspec import Struct

from vulgate.editions.web.answers import card, questions
from vulgate.editions.web.context import Context
from vulgate.editions.web.layout import Leaf
from vulgate.editions.web.places import Names
from vulgate.editions.web.site import PageRef
from vulgate.editions.web.text import attribute, inline, link
from vulgate.model.blocks import Chapter, Pathway, Qa
from vulgate.model.inline import plain

FOLDER: Final = "assets/learn"
_LEARNING: Final = (
    "learn.css",
    "load.js",
    "paths.js",
    "progress.js",
    "reading.js",
    "review.js",
    "schedule.js",
    "store.js",
)
_RUNNING: Final = ("compare.js", "editor.js", "judge.js", "python.js", "run.js", "worker.js")
_HARNESS: Final = ("child.py", "pyodide_job.py")
"""What runs a job in Pyodide for `vulgate verify` runs it in the page, too."""
_BAR: Final = "<label class=bar-of hidden><progress></progress><span></span></label>"
_KEEPING: Final = "<section class=keeping data-keeping hidden></section>\n"


def scripts(*, with_python: bool) -> dict[str, Callable[[], bytes]]:
    """What reads each of the scripts of the site, by its path.

    Args:
        with_python: Whether examples can be run.
    """
    ours = files("vulgate.editions.web") / "static" / "learn"
    found = {name: ours / name for name in (*_LEARNING, *(_RUNNING if with_python else ()))}
    if with_python:
        found |= {name: files("vulgate.verify") / "harness" / name for name in _HARNESS}
    return {f"{FOLDER}/{name}": place.read_bytes for name, place in found.items()}


class Extra(Struct, frozen=True):
    """A page for learning.

    Attributes:
        path: Its path.
        title: Its title.
        lead: What it is.
        make: Makes its body.
        above: The pages on the way to it.
    """

    path: str
    title: str
    lead: str
    make: Callable[[], str]
    above: tuple[PageRef, ...] = ()


class Learning:
    """The pages for learning.

    Args:
        context: The book.
        leaves: The pages of the chapters.
        names: Gives file names.
    """

    def __init__(self, context: Context, leaves: Sequence[Leaf], names: Names) -> None:
        cards = questions(context.book)
        self.pages: list[Extra] = []
        if any(context.book.of_kind(Pathway)) or _whole(context):
            lead = "Ways through the book, and how far you are on each."
            self.pages.append(Extra(names.give("paths"), "Paths", lead, partial(paths_page, context, leaves)))
        self.listed = [PageRef(extra.path, extra.title) for extra in self.pages]
        self.decks: dict[str, str] = {}
        """The page with the questions of a chapter, by its id."""
        if not cards:
            return
        hub = names.give("review")
        self.decks = {chapter: names.give(f"review--{chapter}") for chapter in cards}
        lead = "Questions that the book answers. What you knew comes again later, what you did not know sooner."
        self.pages.append(Extra(hub, "Review", lead, partial(review_page, context, cards, self.decks)))
        self.listed.append(PageRef(hub, "Review"))
        for chapter, path in self.decks.items():
            title = f"Questions: {plain(context.name(chapter))}"
            make = partial(deck_page, cards[chapter], context)
            self.pages.append(Extra(path, title, "", make, (PageRef(hub, "Review"),)))


def _whole(context: Context) -> tuple[str, ...]:
    """The chapters of the path that is the whole book."""
    return tuple(chapter.id for chapter in context.book.chapters if chapter.number or chapter.hours)


def paths_page(context: Context, leaves: Sequence[Leaf]) -> str:
    """The paths of the manifest, and the book from the first page to the last."""
    pages: dict[str, list[str]] = {}
    for leaf in leaves:
        pages.setdefault(leaf.chapter.id, []).append(leaf.chunks[0].id)
    parts = [_path(path, context, pages) for path in context.book.of_kind(Pathway)]
    if whole := _whole(context):
        hours = sum(chapter.hours for chapter in context.book.chapters)
        parts.append(_steps("whole-book", "The whole book", "", hours, whole, context, pages))
    return "".join(parts) + _KEEPING


def _path(path: Pathway, context: Context, pages: Mapping[str, list[str]]) -> str:
    return _steps(path.id, inline(path.title), inline(path.description), path.hours, path.steps, context, pages)


def _steps(
    id: str,
    title: str,
    about: str,
    hours: float,
    steps: Sequence[str],
    context: Context,
    pages: Mapping[str, list[str]],
) -> str:
    told = f" <small>{hours:g} h</small>" if hours else ""
    parts = [f'<section class=path data-path="{attribute(id)}" id="{attribute(id)}"><h2>{title}{told}</h2>', _BAR]
    parts += [f"<p>{about}</p>"] if about else []
    parts.append("<ol>")
    for step in steps:
        chapter = context.book.find(step)
        if not isinstance(chapter, Chapter):
            continue
        takes = f" <small>{chapter.hours:g} h</small>" if chapter.hours else ""
        of = attribute(" ".join(pages.get(chapter.id, ())))
        name = link(chapter.id, inline(chapter.title or chapter.id))
        parts.append(f'<li data-pages="{of}" data-hours="{chapter.hours:g}">{name}{takes}</li>')
    parts.append("</ol></section>\n")
    return "".join(parts)


def review_page(context: Context, cards: Mapping[str, Sequence[Qa]], paths: Mapping[str, str]) -> str:
    """All chapters with questions, and how many; a script adds which are due.

    Args:
        context: The book.
        cards: The questions of each chapter.
        paths: The page of each chapter's questions.
    """
    parts = ["<section data-review hidden></section>\n<ul class=decks>"]
    for chapter, of in cards.items():
        ids = attribute(" ".join(qa.id.removeprefix(f"{chapter}/") for qa in of))
        name = inline(context.name(chapter))
        count = f"{len(of)} question{'s' if len(of) > 1 else ''}"
        parts.append(
            f'<li data-chapter="{attribute(chapter)}" data-cards="{ids}"><a href="{attribute(paths[chapter])}">{name}</a> '
            f"<small>{count}</small></li>\n"
        )
    return "".join(parts) + "</ul>\n" + _KEEPING


def deck_page(cards: Sequence[Qa], context: Context) -> str:
    """The questions of a chapter, each with its answer folded away."""
    return (
        "<section data-review hidden></section>\n<div class=deck>"
        + "".join(card(qa, context) for qa in cards)
        + "</div>\n"
    )
