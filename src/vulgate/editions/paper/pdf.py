"""The PDF edition, set by Typst. How it looks is in `book.typ`; what is in it, in `typst_form`."""

import datetime
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Final

from vulgate.editions.base import EditionProgramError, NoFolder, Workspace
from vulgate.editions.dates import edition_date
from vulgate.editions.extras import require
from vulgate.editions.paper.compositor import Compositor
from vulgate.editions.paper.diagrams import Diagrams
from vulgate.editions.paper.manuscript import manuscript
from vulgate.editions.paper.options import PdfOptions
from vulgate.editions.paper.pandoc import Node, read, write
from vulgate.editions.paper.pictures import Pictures
from vulgate.editions.paper.places import Places
from vulgate.editions.paper.setting import EXTRA, MODULES, has_parts, set_book
from vulgate.editions.paper.typst_form import TypstForm, array, text
from vulgate.editions.paper.typst_program import FONTS, typeset
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain
from vulgate.version import __version__

# Columns of code in a line of a page, and the width of its margins.
_PAPERS: Final = {"a4": (88, "23mm"), "us-letter": (88, "23mm"), "iso-b5": (76, "18mm"), "a5": (64, "15mm")}


class PdfEdition:
    """`NAME.pdf`."""

    name = "pdf"
    options = PdfOptions

    def render(self, book: CompiledBook, options: PdfOptions) -> Mapping[str, bytes]:
        """The book, without the files beside its chapters."""
        return self.render_with(book, options, NoFolder())

    def render_with(self, book: CompiledBook, options: PdfOptions, workspace: Workspace) -> Mapping[str, bytes]:
        """The book, with its pictures."""
        require(EXTRA, (*MODULES, *FONTS))
        try:
            return {f"{book.book.id}.pdf": _pdf(book, options, workspace)}
        except RecursionError:
            raise EditionProgramError("it is nested too deeply") from None


def _pdf(book: CompiledBook, options: PdfOptions, workspace: Workspace) -> bytes:
    columns, margin = _PAPERS[options.paper]
    form = TypstForm(columns)
    pictures = Pictures(book, workspace, form.edition)
    diagrams = Diagrams()
    blocks = set_book(book, read(manuscript(book)), Compositor(Places(book), form, pictures, diagrams), form)
    files = {picture.name: picture.data for picture in (*pictures, *diagrams)}
    files["book.typ"] = resources.files(__package__).joinpath("book.typ").read_bytes()
    files["main.typ"] = _document(book, options, margin, edition_date(options.date, workspace), blocks)
    return typeset(files, fonts=True, tagged=options.tagged)


def _document(
    book: CompiledBook, options: PdfOptions, margin: str, date: datetime.date | None, blocks: Sequence[Node]
) -> bytes:
    about = book.book
    said = {
        "title": text(plain(about.title) or about.id),
        "edition": text(f"Edition {about.edition}" if about.edition else ""),
        "authors": array(text(name) for name in about.authors),
        "description": text(plain(about.description)),
        "licence": text(about.license),
        "version": text(__version__),
        "lang": text(about.language.partition("-")[0].lower()),
        "date": _date(date),
        "paper": text(options.paper),
        "margin": margin,
        "depth": "3" if has_parts(book) else "2",
    }
    head = (
        '#import "book.typ": *\n#show: book.with('
        + ", ".join(f"{key}: {value}" for key, value in said.items())
        + ")\n\n"
    )
    return head.encode() + write(blocks, "typst", ["--wrap=none"])


def _date(date: datetime.date | None) -> str:
    return f"datetime(year: {date.year}, month: {date.month}, day: {date.day})" if date else "none"
