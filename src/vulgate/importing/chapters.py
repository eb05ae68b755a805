"""The text of an imported chapter: as the reader gives it, with its id, and links to chapters that have another name now."""

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Final

from vulgate.model.blocks import Link
from vulgate.source.book import SourceChapter
from vulgate.source.files import chapter_id

_FRONT: Final = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?=(?:[^\r\n]*\r?\n)*?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z))")
_HAS_ID: Final = re.compile(rb"^id[ \t]*:", re.MULTILINE)


def chapter_text(chapter: SourceChapter, path: str, links: Mapping[int, tuple[Link, str]]) -> bytes:
    """A chapter as it is written.

    Args:
        chapter: The chapter.
        path: Where it is written in the new book.
        links: The links that have to lead elsewhere, by their start in the text, and the path where each leads.
    """
    data = chapter.file.data
    for start in sorted(links, reverse=True):
        link, target = links[start]
        said = data[link.start : link.end]
        data = data[: link.start] + _redirected(said, target, path) + data[link.end :]
    return data if chapter_id(path) == chapter.id else with_id(data, chapter.id)


def with_id(data: bytes, id: str) -> bytes:
    """A chapter whose front matter gives its id, so that the name of its file does not matter."""
    line = f"id: {json.dumps(id)}\n".encode()
    if front := _FRONT.match(data):
        inside = data[front.end() :].partition(b"\n---")[0]
        return data if _HAS_ID.search(inside) else data[: front.end()] + line + data[front.end() :]
    return b"---\n" + line + b"---\n" + data


def _redirected(said: bytes, target: str, path: str) -> bytes:
    """A link in Markdown with another target; its anchor stays."""
    text = said.decode("utf-8", "surrogateescape")
    new = posixpath.relpath(target, posixpath.dirname(path) or ".")
    match = re.search(r"\]\(\s*<?([^)\s>#?]*)", text)
    if match is None:
        return said
    return (text[: match.start(1)] + new + text[match.end(1) :]).encode("utf-8", "surrogateescape")
