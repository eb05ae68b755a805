"""The site as a whole: which files it has, and each of them when it is asked for."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import structs

from vulgate.editions.base import EditionFileError, Workspace
from vulgate.editions.web import pagefind
from vulgate.editions.web.assets import Assets
from vulgate.editions.web.bodies import render
from vulgate.editions.web.context import Context, backlinks
from vulgate.editions.web.diagrams import drawings
from vulgate.editions.web.glossary import glossary_of
from vulgate.editions.web.kept import KeptPages
from vulgate.editions.web.learning import scripts
from vulgate.editions.web.options import WebOptions, style
from vulgate.editions.web.pack import find_pack
from vulgate.editions.web.pages import Pages
from vulgate.editions.web.places import INDEX
from vulgate.editions.web.running import runs_of
from vulgate.editions.web.searching import is_searchable, search_files
from vulgate.editions.web.site import SEARCH, STATIC, Page, Site
from vulgate.editions.web.text import encoded
from vulgate.model.book import CompiledBook

if TYPE_CHECKING:
    from vulgate.editions.web.frames import Frames


class WebSite:
    """The site of a book.

    Args:
        book: The book.
        options: The options of the edition.
        workspace: The book's folder.
        is_live: Whether few of the files will be asked for: then the search and the indexes are not made before that.

    Raises:
        EditionFileError: The logo, Pyodide or a template cannot be used.
    """

    def __init__(self, book: CompiledBook, options: WebOptions, workspace: Workspace, *, is_live: bool = False) -> None:
        self._workspace = workspace
        assets = Assets(workspace.read)
        logo = assets.address(options.logo) if options.logo else ""
        if options.logo and not logo:
            raise EditionFileError(options.logo, "the folder has no such picture, or it cannot be read as one")
        _take_linked(book, assets)
        pack = find_pack(options.pyodide, workspace)
        runs = runs_of(book, pack.python, options.run_seconds) if pack else {}
        buttons = {id: what for chapter in runs.values() for id, what in chapter.buttons.items()}
        drawn = drawings(book, workspace)
        self._context = Context(book, glossary_of(book), backlinks(book), assets.address, assets.size, buttons, drawn)
        loaded: list[Frames] = []

        def load() -> None:
            # Jinja2 takes its time to load, and a helper is at work then.
            from vulgate.editions.web.frames import Frames

            loaded.append(Frames(workspace.read))
            loaded[0].load()

        bodies = render(self._context, workspace, load, is_live=is_live)
        if is_live:
            load()
        (self._frames,) = loaded
        self._pages = pages = Pages(self._context, bodies, options, logo, runs)
        self._lock = Lock()
        self._search: dict[str, bytes] | None = None
        has_search = options.search and is_searchable(workspace)
        self._site = structs.replace(pages.site, has_search=has_search)
        if has_search and not is_live:
            Thread(target=self.search, daemon=True).start()  # another program works while pages are made here
        self._makers: dict[str, Callable[[], bytes]] = {
            path: partial(self._page, make) for path, make in pages.makers().items()
        }
        self._makers |= {name: partial(self._static, name) for name in (*STATIC, *(SEARCH if has_search else ()))}
        self._makers["book.css"] = lambda: self._static("book.css") + style(options).encode()
        self._makers |= scripts(with_python=bool(pack))
        if pack:
            self._makers |= {path: partial(pack.file, path) for path in pack.paths()}
        self._makers |= {pages.runs[id]: chapter.encoded for id, chapter in runs.items()}
        self._files = _moves(pages, self._frames, self._site) | assets.files
        self._files |= {drawing.path: drawing.data for drawing in drawn.values()}
        if pages.base:
            self._files["sitemap.xml"] = "".join(_sitemap(pages.base, [*self._makers, *self._files])).encode()

    def paths(self) -> tuple[str, ...]:
        """All files but those of the search, the pages first."""
        return (*self._makers, *self._files)

    def files(self) -> dict[str, bytes]:
        """All files but those of the search, as a build writes them.

        Raises:
            EditionFileError: A template cannot be used.
        """
        kept = KeptPages(self._pages, self._site, self._frames.themed(), self._workspace)
        return kept.files(self.paths(), self.file)

    def file(self, path: str) -> bytes:
        """A file of the site.

        Raises:
            KeyError: There is none.
            EditionFileError: A template cannot be used.
        """
        if path.startswith(f"{pagefind.FOLDER}/") and self._site.has_search:
            return self.search()[path]
        make = self._makers.get(path)
        return make() if make else self._files[path]

    def search(self) -> dict[str, bytes]:
        """The files of the search, made when they are asked for first; none, and a diagnostic, where that fails."""
        with self._lock:
            if self._search is None:
                wanted = self._site.has_search
                self._search = search_files(self._context, self._pages.places, self._workspace) if wanted else {}
            return self._search

    def _page(self, make: Callable[[], Page]) -> bytes:
        page = make()
        return encoded(self._frames.make(page, self._site, self._pages.base if page.path == "404.html" else ""))

    def _static(self, name: str) -> bytes:
        return self._frames.resource("static", name).encode()


def _take_linked(book: CompiledBook, assets: Assets) -> None:
    """Takes the files that links lead to, in reading order, so that a helper process has nothing to add."""
    for block in book.blocks:
        for link in block.links:
            if link.type == "file":
                assets.address(link.target)


def _moves(pages: Pages, frames: "Frames", site: Site) -> dict[str, bytes]:
    """What sends a reader on from an old address: a script for fragments, a page for a chapter that was renamed."""
    files: dict[str, bytes] = {}
    for chapter, known in pages.moved.items():
        path = pages.first.get(chapter)
        if path is None:
            path = pages.first[chapter] = pages.names.give(chapter)
            head = pages.book.find(chapter)
            target = pages.places.href(head.id) if head else INDEX
            page = Page(path, "moved.html", "Moved", values={"target": target})
            files[path] = encoded(frames.make(page, site))
        told = ",".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in known.values())
        files[f"{path.removesuffix('.html')}.moved.js"] = f"/*! Generated by Vulgate */vulgateMoved({told})\n".encode()
    return files


def _sitemap(base: str, paths: Iterable[str]) -> Iterator[str]:
    """https://www.sitemaps.org/protocol.html."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Generated by Vulgate -->\n'
    yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for path in paths:
        if path.endswith(".html") and path != "404.html":
            place = "" if path == INDEX else quote(path)
            yield f"<url><loc>{base.replace('&', '&amp;')}{place}</loc></url>\n"
    yield "</urlset>\n"
