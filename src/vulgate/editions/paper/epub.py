"""The EPUB edition: EPUB 3, for reading devices. Specification: https://www.w3.org/TR/epub-33/."""

import base64
import datetime
import io
import uuid
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final
from zipfile import ZipFile

from vulgate.editions.archive import archive
from vulgate.editions.base import EditionProgramError, NoFolder, Workspace
from vulgate.editions.dates import edition_date
from vulgate.editions.extras import require
from vulgate.editions.highlight import STYLE, highlight_xml
from vulgate.editions.paper.compositor import Compositor
from vulgate.editions.paper.diagrams import Diagrams
from vulgate.editions.paper.form import Box, Heading, Listing, Picture
from vulgate.editions.paper.manuscript import manuscript
from vulgate.editions.paper.options import EpubOptions
from vulgate.editions.paper.pandoc import Node, read, write
from vulgate.editions.paper.pictures import Pictures
from vulgate.editions.paper.places import Place, Places
from vulgate.editions.paper.setting import EXTRA, MODULES, has_parts, set_book
from vulgate.editions.paper.tree import attr, div, header, link, para, span, text_of, words
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain
from vulgate.report.text import xml_text

_SPACE: Final = uuid.UUID("6b1f3c52-6f0e-5a53-9a3b-5d1b1f0c7a11")
"""The name space of our books' identifiers."""
_STYLE: Final = "EPUB/styles/stylesheet1.css"
_UNDATED: Final = datetime.date(2000, 1, 1)
"""EPUB wants to know when it was changed, and not every book says."""


class EpubEdition:
    """`NAME.epub`."""

    name = "epub"
    options = EpubOptions

    def render(self, book: CompiledBook, options: EpubOptions) -> Mapping[str, bytes]:
        """The book, without the files beside its chapters."""
        return self.render_with(book, options, NoFolder())

    def render_with(self, book: CompiledBook, options: EpubOptions, workspace: Workspace) -> Mapping[str, bytes]:
        """The book, with its pictures."""
        require(EXTRA, MODULES)
        try:
            return {f"{book.book.id}.epub": _epub(book, options, workspace)}
        except RecursionError:
            raise EditionProgramError("it is nested too deeply") from None


def _epub(book: CompiledBook, options: EpubOptions, workspace: Workspace) -> bytes:
    form = _Epub()
    pictures = Pictures(book, workspace, form.edition)
    compositor = Compositor(Places(book), form, pictures, Diagrams())
    blocks = set_book(book, read(manuscript(book)), compositor, form)
    date = edition_date(options.date, workspace)
    arguments = [
        "--toc",
        "--toc-depth=3",
        f"--split-level={2 if has_parts(book) else 1}",
    ]
    made = write(blocks, "epub3", arguments, meta=_meta(book, date), date=date or _UNDATED)
    with ZipFile(io.BytesIO(made)) as parts:
        names = sorted(parts.namelist(), key=lambda name: (name != "mimetype", name))
        files = {name: parts.read(name) for name in names}
    # In its sandbox Pandoc takes no style sheet but its own.
    files[_STYLE] = resources.files(__package__).joinpath("style.css").read_bytes() + STYLE.encode()
    return archive(files, stored=frozenset({"mimetype"}))


def _meta(book: CompiledBook, date: datetime.date | None) -> dict[str, Any]:
    about = book.book
    meta: dict[str, Any] = {
        "title": plain(about.title) or about.id,
        "subtitle": about.edition and f"Edition {about.edition}",
        "author": list(about.authors),
        "lang": about.language,
        "description": plain(about.description),
        "rights": about.license,
        "identifier": f"urn:uuid:{uuid.uuid5(_SPACE, f'{about.id} {about.digest}')}",
        "date": date.isoformat() if date else "",
    }
    return {key: value for key, value in meta.items() if value}


class _Epub:
    edition = "epub"

    def heading(self, heading: Heading) -> list[Node]:
        number = [span(words(heading.number), "number"), {"t": "Space"}] if heading.number else []
        return [header(min(heading.level, 6), [*number, *heading.title], heading.role, id=heading.anchor)]

    def box(self, box: Box) -> list[Node]:
        label = [span(words(box.label), "label")]
        label += [{"t": "Space"}, span(words(box.grade), "grade")] if box.grade else []
        head = [div([para(label)], "head")]
        head += [div([para(box.title)], "title")] if box.title else []
        foot = [div([para(box.facts)], "facts")] if box.facts else []
        return [div([*head, *box.body, *foot], "box", box.kind, *([box.grade] if box.grade else []))]

    def listing(self, listing: Listing) -> list[Node]:
        html = f"<pre><code>{xml_text(highlight_xml(listing.code, listing.language))}</code></pre>"
        code = {"t": "RawBlock", "c": ["html", html]}
        label = [div([para(listing.label)], "said")] if listing.label else []
        return [div([*label, code], "listing", *([listing.role] if listing.role else []))]

    def anchored(self, blocks: Sequence[Node], anchor: str) -> list[Node]:
        return [div(blocks, id=anchor)]

    def reference(self, words_: Sequence[Node], place: Place) -> list[Node]:
        made = [link(words_, f"#{place.anchor}")]
        if place.number and place.number not in text_of(list(words_)):
            chapter = "chapter " if place.is_chapter and not place.number.isalpha() else ""
            made += [{"t": "Space"}, *words(f"({chapter}{place.number})")]
        return made

    def picture(self, picture: Picture, alt: Sequence[Node]) -> Node:
        address = f"data:{picture.media};base64,{base64.b64encode(picture.data).decode()}"
        return {"t": "Image", "c": [attr(), list(alt), [address, ""]]}

    def diagram(self, picture: Picture, alt: str) -> list[Node]:
        return [div([para([self.picture(picture, words(alt))])], "diagram")]

    def joint(self, before: Node, after: Node) -> list[Node]:
        return []

    def word(self, text: str) -> str:
        return text
