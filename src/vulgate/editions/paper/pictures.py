"""The pictures of a book: files beside its chapters that an edition can hold."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from vulgate.editions.base import Press
from vulgate.editions.paper.form import Picture
from vulgate.editions.paper.svg import SvgError, clean_svg
from vulgate.model.blocks import AnyBlock, Link
from vulgate.model.book import CompiledBook
from vulgate.model.spans import Span

# The first bytes of each form, its media type and the ending of its files.
_FORMS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF8", "image/gif", "gif"),
)
_SVG: Final = "image/svg+xml"


class Pictures:
    """The pictures that a book's chapters show. What an edition cannot hold is reported, and its words stand for it.

    Args:
        book: The book.
        press: Files, and somebody to tell.
        edition: Name of the edition.
        media: The media types that it can hold.
    """

    def __init__(self, book: CompiledBook, press: Press, edition: str, media: frozenset[str]) -> None:
        self.press = press
        self.edition = edition
        self.media = media
        self._found: dict[str, Picture | None] = {}
        for block, link in _shown(book):
            if link.target not in self._found:
                self._found[link.target] = self._take(block, link)

    def find(self, path: str) -> Picture | None:
        """The picture at a path in the book; `None` if the edition cannot hold it."""
        return self._found.get(path)

    def drop(self, name: str) -> None:
        """Takes a picture out that turned out to be broken."""
        for path, picture in self._found.items():
            if picture and picture.name == name:
                self._found[path] = None

    def __iter__(self) -> Iterator[Picture]:
        """The pictures that the edition holds."""
        return (picture for picture in self._found.values() if picture)

    def path(self, name: str) -> str:
        """The path of a picture in the book."""
        return next((path for path, picture in self._found.items() if picture and picture.name == name), name)

    def _take(self, block: AnyBlock, link: Link) -> Picture | None:
        if link.type != "file":
            self._report(block, link, "it is not a file of the book")
            return None
        data = self.press.file(link.target)
        if data is None:
            self._report(block, link, "the file cannot be read")
            return None
        name = f"picture-{len(self._found) + 1}"
        for start, media, ending in _FORMS:
            if data.startswith(start) and media in self.media:
                return Picture(f"{name}.{ending}", media, data)
        if b"<svg" in data and PurePosixPath(link.target).suffix.lower() == ".svg":
            try:
                return Picture(f"{name}.svg", _SVG, clean_svg(data))
            except SvgError as error:
                self._report(block, link, str(error))
                return None
        self._report(block, link, "it is no PNG, JPEG, GIF or SVG")
        return None

    def _report(self, block: AnyBlock, link: Link, reason: str) -> None:
        text = block.text.encode()[: max(0, link.start - block.span.start)]
        line = block.span.first + text.count(b"\n")
        span = Span(block.span.file, line, line, link.start, link.end)
        self.press.reporter.add("picture-left-out", span, path=link.target, edition=self.edition, reason=reason)


def _shown(book: CompiledBook) -> Iterator[tuple[AnyBlock, Link]]:
    """The pictures in the order of the book, each with the block that shows it."""
    for block in book.blocks:
        if not block.links or not block.is_authored or block.parent:
            continue
        text = block.text.encode()
        for link in block.links:
            if text.startswith(b"![", link.start - block.span.start):
                yield block, link
