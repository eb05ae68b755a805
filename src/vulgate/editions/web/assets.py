"""Files beside the chapters: their names in the site, and what of them may be copied."""

import posixpath
import re
import struct
from collections.abc import Callable
from typing import Final

from vulgate.editions.svg import SvgError, clean_svg
from vulgate.editions.web.places import Names

FOLDER: Final = "files"
_PAGES: Final = (".html", ".htm", ".xhtml", ".xht", ".xml", ".js", ".mjs", ".svgz", ".mht", ".shtml")
"""Endings of files that a browser runs when they are opened: they are not copied."""
_JPEG_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


class Assets:
    """The files that the pages need.

    Args:
        read: Gives the bytes of a file in the book's folder; `None` if there is none.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._names = Names()
        self._addresses: dict[str, str] = {}
        self._sizes: dict[str, tuple[int, int] | None] = {}
        self.files: dict[str, bytes] = {}

    def address(self, path: str) -> str:
        """The address of a file in the site; empty where there is no such file, or it may not be copied."""
        if path not in self._addresses:
            self._addresses[path] = self._take(path)
        return self._addresses[path]

    def size(self, path: str) -> tuple[int, int] | None:
        """Width and height of an image in pixels, so that a page does not move when it arrives."""
        return self._sizes.get(path)

    def _take(self, path: str) -> str:
        stem, ending = posixpath.splitext(path)
        data = None if ending.lower() in _PAGES else self._read(path)
        if data is None:
            return ""
        if ending.lower() == ".svg":
            try:
                data = clean_svg(data)
            except SvgError:
                return ""
        name = f"{FOLDER}/{self._names.give(stem.replace('/', '-'), re.sub(r'[^.A-Za-z0-9]', '', ending))}"
        self.files[name] = data
        self._sizes[path] = pixels(data)
        return name


def pixels(data: bytes) -> tuple[int, int] | None:
    """The size of a PNG, GIF, JPEG or WebP picture, as its header says; `None` for other files."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            width, height = struct.unpack(">II", data[16:24])
        elif data[:4] == b"GIF8":
            width, height = struct.unpack("<HH", data[6:10])
        elif data[:2] == b"\xff\xd8":
            return _jpeg(data)
        elif data[8:16] == b"WEBPVP8X":
            width = 1 + int.from_bytes(data[24:27], "little")
            height = 1 + int.from_bytes(data[27:30], "little")
        else:
            return None
    except struct.error:
        return None
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None
