"""The pictures of a book: files beside its chapters that an edition can hold."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from vulgate.editions.base import Workspace
from vulgate.editions.paper.form import Picture
from vulgate.editions.paper.typst_program import is_whole
from vulgate.editions.svg import SvgError, clean_svg
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


class _PictureError(Exception):
    """An edition cannot hold a picture; the text says why."""


class Pictures:
    """The pictures that a book's chapters show. What an edition cannot hold is reported, and its words stand for it.

    Args:
        book: The book.
        workspace: The book's folder.
        edition: Name of the edition.
    """

    def __init__(self, book: CompiledBook, workspace: Workspace, edition: str) -> None:
        self.workspace = workspace
        self.edition = edition
        self._found: dict[str, Picture | None] = {}
        for block, link in _shown(book):
            if link.target not in self._found:
                self._found[link.target] = self._take(block, link)

    def find(self, path: str) -> Picture | None:
        """The picture at a path in the book; `None` if the edition cannot hold it."""
        return self._found.get(path)

    def __iter__(self) -> Iterator[Picture]:
        """The pictures that the edition holds."""
        return (picture for picture in self._found.values() if picture)

    def _take(self, block: AnyBlock, link: Link) -> Picture | None:
        try:
            return self._read(link)
        except _PictureError as error:
            self._report(block, link, str(error))
            return None

    def _read(self, link: Link) -> Picture:
        data = self.workspace.read(link.target) if link.type == "file" else None
        if data is None:
            raise _PictureError("the file cannot be read" if link.type == "file" else "it is not a file of the book")
        name = f"picture-{len(self._found) + 1}"
        if b"<svg" in data and PurePosixPath(link.target).suffix.lower() == ".svg":
            try:
                picture = Picture(f"{name}.svg", _SVG, clean_svg(data))
            except SvgError as error:
                raise _PictureError(str(error)) from None
        else:
            found = ((media, ending) for start, media, ending in _FORMS if data.startswith(start))
            media, ending = next(found, ("", ""))
            if not media:
                raise _PictureError("it is no PNG, JPEG, GIF or SVG")
            picture = Picture(f"{name}.{ending}", media, data)
        if not is_whole(picture):
            raise _PictureError("the file is damaged")
        return picture

    def _report(self, block: AnyBlock, link: Link, reason: str) -> None:
        text = block.text.encode()[: max(0, link.start - block.span.start)]
        line = block.span.first + text.count(b"\n")
        span = Span(block.span.file, line, line, link.start, link.end)
        self.workspace.report("picture-left-out", span, path=link.target, edition=self.edition, reason=reason)


def _shown(book: CompiledBook) -> Iterator[tuple[AnyBlock, Link]]:
    """The pictures in the order of the book, each with the block that shows it."""
    for block in book.blocks:
        if not block.links or not block.is_authored or block.parent:
            continue
        text = block.text.encode()
        for link in block.links:
            if text.startswith(b"![", link.start - block.span.start):
                yield block, link
