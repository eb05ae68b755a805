"""The web edition: a static site in `web/`, which needs no server, no network and no JavaScript to be read."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from vulgate.editions.base import Workspace
from vulgate.editions.web.assets import Assets
from vulgate.editions.web.chapter import Chunk, chunks
from vulgate.editions.web.context import Context, backlinks
from vulgate.editions.web.frames import STATIC, Frames
from vulgate.editions.web.glossary import glossary_of
from vulgate.editions.web.options import WebOptions, style
from vulgate.editions.web.pages import Pages, moved
from vulgate.editions.web.places import INDEX
from vulgate.editions.web.site import Page
from vulgate.forked import Helper, can_fork
from vulgate.model.blocks import Chapter
from vulgate.model.book import CompiledBook

FOLDER: Final = "web"
_MIN_TO_FORK: Final = 200_000
"""Bytes of a book for which a second processor is worth its start."""


class WebEdition:
    """`web/`: a page a chapter, index pages, `book.css`, `book.js`, and the files that the chapters show."""

    name = "web"
    options = WebOptions

    def render(self, book: CompiledBook, options: WebOptions) -> Mapping[str, bytes]:
        """The site of a book whose folder is not at hand: without its pictures and its theme."""
        return _site(book, options, lambda path: None)

    def render_with(self, book: CompiledBook, options: WebOptions, workspace: Workspace) -> Mapping[str, bytes]:
        """The site."""
        return _site(book, options, workspace.read)


def _site(book: CompiledBook, options: WebOptions, read: Callable[[str], bytes | None]) -> dict[str, bytes]:
    assets = Assets(read)
    logo = assets.address(options.logo) if options.logo else ""
    _take_linked(book, assets)
    context = Context(book, glossary_of(book), backlinks(book), assets.address, assets.size)
    pages = Pages(context, _chapters(book, context), options, logo)
    frames = Frames(read, pages.site)
    files: dict[str, bytes] = {}
    for page in pages.all():
        files[page.path] = frames.make(page, pages.base if page.path == "404.html" else "").encode()
    files |= _moves(pages, frames)
    for name in STATIC:
        files[name] = frames.resource("static", name).encode()
    files["book.css"] += style(options).encode()
    if pages.base:
        files["sitemap.xml"] = _sitemap(pages.base, files).encode()
    files |= assets.files
    return {f"{FOLDER}/{path}": data for path, data in files.items()}


def _take_linked(book: CompiledBook, assets: Assets) -> None:
    """Takes the files that links lead to, in reading order, so that a helper process has nothing to add."""
    for block in book.blocks:
        for link in block.links:
            if link.type == "file":
                assets.address(link.target)


def _chapters(book: CompiledBook, context: Context) -> dict[str, list[Chunk]]:
    """The HTML of all chapters, of a large book on two processors."""
    chapters = book.chapters
    sizes = {chapter.id: sum(len(block.text) for block in book.authored(chapter.id) if not block.parent) for chapter in chapters}
    if sum(sizes.values()) < _MIN_TO_FORK or len(chapters) < 2 or not can_fork():
        return {chapter.id: chunks(chapter, context) for chapter in chapters}
    theirs, ours = _halves(list(chapters), sizes)
    helper = Helper(lambda: {chapter.id: chunks(chapter, context) for chapter in theirs})
    found = {chapter.id: chunks(chapter, context) for chapter in ours}
    found |= helper.result(dict[str, list[Chunk]]) or {chapter.id: chunks(chapter, context) for chapter in theirs}
    return found


def _halves(chapters: list[Chapter], sizes: Mapping[str, int]) -> tuple[list[Chapter], list[Chapter]]:
    """Chapters in two parts of about the same size."""
    parts: tuple[list[Chapter], list[Chapter]] = ([], [])
    weights = [0, 0]
    for chapter in sorted(chapters, key=lambda chapter: -sizes[chapter.id]):
        lighter = weights.index(min(weights))
        parts[lighter].append(chapter)
        weights[lighter] += sizes[chapter.id]
    return parts


def _moves(pages: Pages, frames: Frames) -> dict[str, bytes]:
    """What sends a reader on from an old address: a script for fragments, a page for a chapter that was renamed."""
    files: dict[str, bytes] = {}
    for chapter, known in moved(pages.book, pages.leaves, pages.places).items():
        path = pages.first.get(chapter)
        if path is None:
            path = pages.first[chapter] = pages.names.give(chapter)
            head = pages.book.find(chapter)
            target = pages.places.href(head.id) if head else INDEX
            page = Page(path, "moved.html", "Moved", values={"target": target})
            files[path] = frames.make(page).encode()
        told = ",".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in known.values())
        files[f"{path.removesuffix('.html')}.moved.js"] = f"/*! Generated by Vulgate */vulgateMoved({told})\n".encode()
    return files


def _sitemap(base: str, files: Mapping[str, bytes]) -> str:
    """https://www.sitemaps.org/protocol.html."""
    return "".join(_sitemap_lines(base, files))


def _sitemap_lines(base: str, files: Mapping[str, bytes]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Generated by Vulgate -->\n'
    yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for path in files:
        if path.endswith(".html") and path != "404.html":
            place = "" if path == INDEX else quote(path)
            yield f"<url><loc>{base.replace('&', '&amp;')}{place}</loc></url>\n"
    yield "</urlset>\n"
