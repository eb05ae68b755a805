"""File names of pages, and the page that each block stands on."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from vulgate.editions.web.chapter import Chunk, anchor
from vulgate.model.blocks import Chapter
from vulgate.model.book import CompiledBook

INDEX: Final = "index.html"
_LONGEST: Final = 100
_UNFIT: Final = re.compile(r"[^\w.-]+")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class Names:
    """Gives each page a file name of its own, also on a disk that does not tell upper from lower case."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {self._folded(name) for name in taken}

    def give(self, wanted: str, ending: str = ".html") -> str:
        """A free name like the wanted one; the same for the same names in the same order."""
        stem = _UNFIT.sub("-", unicodedata.normalize("NFC", wanted)).strip("-.") or "page"
        stem = stem.encode()[:_LONGEST].decode("utf-8", "ignore")
        stem = f"{stem}-" if _RESERVED.match(stem) else stem
        name, count = stem + ending, 1
        while self._folded(name) in self._taken:
            count += 1
            name = f"{stem}-{count}{ending}"
        self._taken.add(self._folded(name))
        return name

    @staticmethod
    def _folded(name: str) -> str:
        return unicodedata.normalize("NFKC", name).casefold()


class Places:
    """Where blocks stand: page and fragment, by id."""

    def __init__(self, book: CompiledBook) -> None:
        self.book = book
        self._places: dict[str, tuple[str, str]] = {}

    def put(self, path: str, chunk: Chunk, *, is_head: bool) -> None:
        """Says that a passage stands on a page; the head of a page is led to without a fragment."""
        for id in chunk.anchors:
            self._places[id] = (path, "" if is_head and id == chunk.id else anchor(id))

    def find(self, id: str) -> tuple[str, str]:
        """Page and fragment of a block: its own, else that of the block or section around it; else the cover."""
        for _ in range(64):
            if found := self._places.get(id):
                return found
            block = self.book.find(id)
            if block is None:
                break
            if block.id in self._places:
                return self._places[block.id]
            if block.is_authored and not isinstance(block, Chapter):
                id = block.parent or (block.section if block.section != id else block.chapter)
            else:
                id = block.origin.sources[0] if block.origin.sources else block.chapter
        return INDEX, ""

    def href(self, id: str, on: str = "") -> str:
        """The address of a block, as seen from a page."""
        path, fragment = self.find(id)
        if path == on:
            return f"#{quote(fragment)}" if fragment else quote(path)
        return quote(path) + (f"#{quote(fragment)}" if fragment else "")

    def settle(self, pieces: Sequence[str], on: str) -> str:
        """HTML with the addresses of blocks filled in.

        Args:
            pieces: The HTML as `text.cut` cuts it.
            on: The page that it stands on.
        """
        filled = list(pieces)
        known = {id: self.href(id, on) for id in set(pieces[1::2])}
        filled[1::2] = [known[id] for id in pieces[1::2]]
        return "".join(filled)
