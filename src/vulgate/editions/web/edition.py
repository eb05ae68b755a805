"""The web edition: a static site in `web/`, which needs no server, no network and no JavaScript to be read."""

from collections.abc import Mapping
from typing import Final

from vulgate.editions.base import NoFolder, Workspace
from vulgate.editions.web.options import WebOptions
from vulgate.editions.web.whole import WebSite
from vulgate.model.book import CompiledBook

FOLDER: Final = "web"


class WebEdition:
    """`web/`: a page a chapter, index pages, `book.css`, `book.js`, and the files that the chapters show."""

    name = "web"
    options = WebOptions

    def render(self, book: CompiledBook, options: WebOptions) -> Mapping[str, bytes]:
        """The site of a book whose folder is not at hand: without its pictures and its theme."""
        return self.render_with(book, options, NoFolder())

    def render_with(self, book: CompiledBook, options: WebOptions, workspace: Workspace) -> Mapping[str, bytes]:
        """The site."""
        site = WebSite(book, options, workspace)
        files = site.files() | site.search()
        return {f"{FOLDER}/{path}": data for path, data in files.items()}
