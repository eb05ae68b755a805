"""Text as HTML: escaping, addresses, and short passages of inline Markdown."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

import pyromark

from vulgate.editions.web.sanitize import clean
from vulgate.markdown.parser import OPTIONS
from vulgate.model.blocks import Block
from vulgate.model.inline import unlinked

SCHEMES: Final = ("http", "https", "mailto")
_SPECIAL: Final = re.compile(r"[`*_\[\]<&\\~!|:^#=+\n-]|\bwww\b")
_WIKI: Final = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]]+))?\]\]")
_TAG: Final = re.compile(r"<[A-Za-z/!?]")
_IN_ADDRESSES: Final = "/:?#[]@!$&'()*+,;=%~"


_CONTROLS: Final = bytes(0x20 if (c < 0x20 and c not in b"\t\n\r") or c == 0x7F else c for c in range(256))


def encoded(html: str) -> bytes:
    """A page as bytes, without the characters that HTML forbids, which an author may have in code."""
    return html.encode("utf-8", "replace").translate(_CONTROLS)


def escape(text: str) -> str:
    """Text between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """Text between double quotes in a tag."""
    return escape(text).replace('"', "&quot;")


def safe_url(url: str) -> str:
    """An address that a link may lead to, ready for an attribute; empty if it is of a kind that runs code or holds data."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme.lower() not in SCHEMES or (parts.scheme.lower() != "mailto" and not parts.netloc):
        return ""
    return attribute(quote(url.strip(), safe=_IN_ADDRESSES))


@lru_cache(maxsize=8192)
def inline(markdown: str) -> str:
    """A line of Markdown, such as a title, as HTML without links."""
    return _inline(unlinked(markdown))


@lru_cache(maxsize=8192)
def _inline(markdown: str) -> str:
    if not _SPECIAL.search(markdown):
        return escape(markdown)
    # A zero-width word joiner in front keeps a line from being read as a list, a heading or a fence.
    html = pyromark.html("\u2060" + " ".join(markdown.split()), options=OPTIONS).strip()
    html = html.removeprefix("<p>").removesuffix("</p>").replace("\u2060", "", 1)
    return clean(html) if _TAG.search(markdown) or "](" in markdown else html


def option(block: Block, markdown: str, titles: Mapping[str, str]) -> str:
    """What an option of a directive says, as HTML; the `[[ids]]` in it are links.

    Args:
        block: The block.
        markdown: The option's value.
        titles: Titles of the blocks that it leads to, by id.
    """
    if "[[" not in markdown:
        return _inline(markdown)
    parts: list[str] = []
    done = 0
    for match in _WIKI.finditer(markdown):
        target = target_named(block, match[1])
        parts.append(_inline(markdown[done : match.start()].strip()) + " " if markdown[done : match.start()] else "")
        label = match[2] or titles.get(target, "") or match[1]
        parts.append(link(target, inline(label)) if target else inline(label))
        done = match.end()
    rest = markdown[done:]
    return "".join(parts) + (" " if rest[:1] == " " else "") + (_inline(rest.strip()) if rest else "")


def target_named(block: Block, name: str) -> str:
    """Id of the block that `[[name]]` leads to from a block."""
    return next(
        (
            known.target
            for known in block.links
            if known.type == "block" and (known.target == name or known.target.endswith(f"/{name}"))
        ),
        "",
    )


def link(id: str, html: str, attributes: str = "") -> str:
    """A link to a block. Where the block stands is filled in when the pages are put together."""
    return f'<a href="{BLOCK}{attribute(id)}"{attributes}>{html}</a>'


BLOCK: Final = "block:"
"""Begins the address of a block in HTML whose pages are not known yet; no author's link begins with it."""
_HREF: Final = 'href="'


def cut(html: str) -> tuple[str, ...]:
    """HTML, cut where addresses of blocks stand: text and the ids of blocks in turn, text first and last."""
    first, *rest = html.split(_HREF + BLOCK)
    pieces = [first]
    for part in rest:
        id, quote_, text = part.partition('"')
        pieces[-1] += _HREF
        pieces += (id.replace("&amp;", "&"), quote_ + text)
    return tuple(pieces)
