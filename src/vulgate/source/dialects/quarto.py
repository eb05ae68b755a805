"""What Quarto adds to Pandoc's Markdown: callouts and other divs, cells with options, includes and cross references.

Source: https://quarto.org/docs/authoring/callouts.html
"""

import posixpath
import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from vulgate.source.dialects.admonitions import kind, title_of
from vulgate.source.dialects.excerpts import MOST_DEEP, file_lines, indented
from vulgate.source.dialects.page import Change, Page
from vulgate.source.dialects.scan import added, fence_roles
from vulgate.source.origins import Line

_DIV: Final = re.compile(
    r"(?P<lead>[ \t]*)(?P<colons>:{3,})[ \t]*(?:\{(?P<list>[^}]*)\}|(?P<name>[A-Za-z][\w-]*))[ \t]*:*[ \t]*$"
)
_END: Final = re.compile(r"[ \t]*(?P<colons>:{3,})[ \t]*$")
_CALLOUT: Final = re.compile(r"\.callout-(\w+)")
_TITLE: Final = re.compile(r"\btitle=(?:\"([^\"]*)\"|'([^']*)')")
_INCLUDE: Final = re.compile(r"(?P<lead>[ \t]*)\{\{<\s*include\s+(?P<path>\S+?)\s*>\}\}[ \t]*$")
_HEADING: Final = re.compile(
    r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>.*?)[ \t]*\{[^}]*#(?P<id>(?:sec|fig|tbl|lst)-[\w-]+)[^}]*\}[ \t]*$"
)
_REFERENCE: Final = re.compile(r"(?<![\w@\\`/.])\[?@(?P<id>sec-[\w-]+)\]?")
_CHUNK_TITLE: Final = re.compile(r" {0,3}#{1,6}[ \t]+(?P<title>.*)$")


def divs(lines: list[Line], page: Page) -> list[Line]:
    """Callouts as notes, tips and warnings; other divs give up their marks and keep their text."""
    found: list[Line] = []
    opened: list[str] = []  # what closes each open div; empty for one that leaves nothing
    waits = False
    for line, role in zip(lines, fence_roles(lines), strict=True):
        text = line.text.rstrip("\r\n")
        if role:
            found.append(line)
            continue
        if waits and text.strip():
            waits = False
            if heading := _CHUNK_TITLE.match(text):  # the first heading of a callout is its title
                found[-1] = added(found[-1].text.rstrip("\r\n").split(" ")[0] + f" {heading['title']}", found[-1])
                continue
        if match := _DIV.match(text):
            about = match["list"] or f".{match['name']}"
            if callout := _CALLOUT.search(about):
                title = _TITLE.search(about)
                shown = title_of(callout[1], (title[1] or title[2] or "") if title else "")
                colons = ":" * max(3, 8 - len(opened))
                found.append(added(f"{match['lead']}{colons}{{{kind(callout[1])}}} {shown}".rstrip(), line))
                opened.append(match["lead"] + colons)
                waits = title is None
            else:
                page.left_out(line, f"the div `{about.strip()}`; its text stays")
                opened.append("")
        elif opened and _END.match(text):
            if closing := opened.pop():
                found.append(added(closing, line))
        else:
            found.append(line)
    if lines:
        found += [added(closing, lines[-1]) for closing in reversed(opened) if closing]
    return found


def includes(lines: list[Line], page: Page) -> list[Line]:
    """`{{< include file.qmd >}}` with the lines of that file; other shortcodes stay as text."""
    return _included(lines, page, ())


def _included(lines: list[Line], page: Page, inside: tuple[str, ...]) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        match = _INCLUDE.match(line.text.rstrip("\r\n"))
        if match is None:
            found.append(line)
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(line.file), match["path"]))
        if path in inside or path == page.path or len(inside) >= MOST_DEEP:
            page.reporter.add("include-cycle", page.at(line), path=path)
            found.append(line)
        else:
            included = file_lines(path, line, page)
            found += [line] if included is None else indented(_included(included, page, (*inside, path)), match["lead"])
    return found


class Target(Struct, frozen=True):
    """A heading with an id for cross references: its page, its title, and its anchor; the title of a page has none."""

    path: str
    title: str
    anchor: str


def collect_sections(lines: list[Line], path: str) -> dict[str, Target]:
    """The headings of a page with an id for cross references, by that id."""
    return {
        match["id"]: Target(path, match["title"], f"#{match['id']}" if len(match["marks"]) > 1 else "")
        for line, role in zip(lines, fence_roles(lines), strict=True)
        if not role and (match := _HEADING.match(line.text.rstrip("\r\n")))
    }


def cross_references(known: Mapping[str, Target]) -> Change:
    """`@sec-x` as a link to that section, where the book has it.

    Args:
        known: The sections of the whole book, by id.
    """

    def change(lines: list[Line], page: Page) -> list[Line]:
        def put(match: re.Match[str]) -> str:
            found = known.get(match["id"])
            if found is None:
                return match[0]
            path = "" if found.path == page.path and found.anchor else posixpath.relpath(found.path, page.folder or ".")
            return f"[{found.title}]({path}{found.anchor})"

        return [
            line if role or "@sec-" not in line.text else line._replace(text=_REFERENCE.sub(put, line.text))
            for line, role in zip(lines, fence_roles(lines), strict=True)
        ]

    return change
