"""A page whose title stands in a table of contents only gets it as its heading."""

import re
from typing import Final

from vulgate.source.dialects.front import split, title_of
from vulgate.source.dialects.page import Change, Page
from vulgate.source.dialects.scan import added, code_mask
from vulgate.source.origins import Line

_ATX: Final = re.compile(r" {0,3}#(?:[ \t]|$)")
_SETEXT: Final = re.compile(r" {0,3}=+[ \t]*$")


def titled(title: str) -> Change:
    """Gives a page without a heading of the first level and without a title this one as its heading."""

    def change(lines: list[Line], page: Page) -> list[Line]:
        if not title or title_of(lines) or has_title(lines):
            return lines
        front, rest = split(lines)
        first = next((line for line in rest if line.text.strip()), Line("", page.path, 1))
        return [*front, added(f"# {title}", first._replace(text="\n")), first._replace(text="\n"), *rest]

    return change


def has_title(lines: list[Line]) -> bool:
    """Whether a page has a heading of the first level."""
    mask = code_mask(lines)
    for at, line in enumerate(lines):
        if mask[at]:
            continue
        text = line.text.rstrip("\r\n")
        if _ATX.match(text):
            return True
        if at and _SETEXT.match(text) and lines[at - 1].text.strip() and not mask[at - 1]:
            return True
    return False
