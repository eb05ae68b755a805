"""The PDF edition, set by Typst. How it looks is in `book.typ`; what is in it, in `typst_form`."""

import datetime
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from vulgate.editions.base import Press
from vulgate.editions.extras import has_extra
from vulgate.editions.paper.compositor import Compositor
from vulgate.editions.paper.diagrams import Diagrams
from vulgate.editions.paper.manuscript import manuscript
from vulgate.editions.paper.options import PdfOptions, edition_date
from vulgate.editions.paper.pandoc import Node, PandocError, read, write
from vulgate.editions.paper.pictures import Pictures
from vulgate.editions.paper.places import Places
from vulgate.editions.paper.setting import has_parts, set_book
from vulgate.editions.paper.typst_form import TypstForm, array, text
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain
from vulgate.version import __version__

EXTRA: Final = "pdf"
FONTS: Final = ("manimgx_fonts", "manimgx_fonts_cjk")
MODULES: Final = ("pypandoc", "typst", "mmdr", *FONTS)
# Columns of code in a line of a page, and the width of its margins.
_PAPERS: Final = {"a4": (88, "23mm"), "us-letter": (88, "23mm"), "iso-b5": (76, "18mm"), "a5": (64, "15mm")}
_END: Final = b"startxref"


class TypesettingError(Exception):
    """Typst could not do it; the message is what it said."""


class PdfEdition:
    """`NAME.pdf`."""

    name = "pdf"
    options = PdfOptions

    def render(self, book: CompiledBook, options: PdfOptions) -> Mapping[str, bytes]:
        """The book, without the files beside its chapters."""
        return self.press(book, options, Press())

    def press(self, book: CompiledBook, options: PdfOptions, press: Press) -> Mapping[str, bytes]:
        """The book, with its pictures."""
        if not has_extra(self.name, EXTRA, MODULES, press.reporter):
            return {}
        try:
            return {f"{book.book.id}.pdf": _pdf(book, options, press)}
        except (PandocError, TypesettingError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            press.reporter.add("edition-not-made", None, edition=self.name, reason=reason)
            return {}


def _pdf(book: CompiledBook, options: PdfOptions, press: Press) -> bytes:
    columns, margin = _PAPERS[options.paper]
    form = TypstForm(columns)
    pictures = Pictures(book, press, form.edition, form.media)
    _drop_broken(pictures, press)
    diagrams = Diagrams()
    blocks = set_book(book, read(manuscript(book)), Compositor(Places(book), form, pictures, diagrams), form)
    files = {picture.name: picture.data for picture in (*pictures, *diagrams)}
    files["book.typ"] = resources.files(__package__).joinpath("book.typ").read_bytes()
    files["main.typ"] = _document(book, options, margin, blocks)
    return _marked(_typeset(files, tagged=options.tagged))


def _document(book: CompiledBook, options: PdfOptions, margin: str, blocks: Sequence[Node]) -> bytes:
    about = book.book
    said = {
        "title": text(plain(about.title) or about.id),
        "edition": text(f"Edition {about.edition}" if about.edition else ""),
        "authors": array(text(name) for name in about.authors),
        "description": text(plain(about.description)),
        "licence": text(about.license),
        "version": text(__version__),
        "lang": text(about.language.partition("-")[0].lower()),
        "date": _date(edition_date(options.date)),
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


def _drop_broken(pictures: Pictures, press: Press) -> None:
    """Takes out the pictures that Typst cannot read, which would keep it from setting the book."""
    for picture in list(pictures):
        try:
            _typeset({"main.typ": f"#image({text(picture.name)})".encode(), picture.name: picture.data})
        except TypesettingError:
            path, reason = pictures.path(picture.name), "the file is damaged"
            press.reporter.add("picture-left-out", None, path=path, edition="pdf", reason=reason)
            pictures.drop(picture.name)


def _typeset(files: Mapping[str, bytes], *, tagged: bool = False) -> bytes:
    import typst

    try:
        compile_files: Any = typst.compile  # its stub knows no files in memory
        made = compile_files(dict(files), ignore_system_fonts=True, font_paths=_fonts(), format="pdf", pdf_tags=tagged)
    except (typst.TypstError, RuntimeError) as error:
        raise TypesettingError(f"Typst: {str(error).splitlines()[0]}") from None
    assert isinstance(made, bytes)
    return made


def _fonts() -> list[str]:
    specs = (find_spec(name) for name in FONTS)
    return [str(Path(spec.origin).parent) for spec in specs if spec and spec.origin]


def _marked(pdf: bytes) -> bytes:
    """The file with a comment that says who made it, before the last word that no offset counts beyond."""
    at = pdf.rfind(_END)
    return pdf[:at] + f"% Generated by Vulgate {__version__}\n".encode() + pdf[at:]
