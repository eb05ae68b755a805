"""Snippets of PyMdown: `--8<-- "file.md"` stands for the lines of that file.

Source: https://facelessuser.github.io/pymdown-extensions/extensions/snippets/
"""

import posixpath
import re
from collections.abc import Sequence
from typing import Final

from vulgate.source.dialects.excerpts import MOST_DEEP, file_lines, indented, range_of, section, without_sections
from vulgate.source.dialects.page import Change, Page
from vulgate.source.files import exists_inside
from vulgate.source.origins import Line

_ONE: Final = re.compile(r"(?P<lead>[ \t]*)(?P<escape>;)?-+8<-+[ \t]+(?P<quote>[\"'])(?P<path>.*?)(?P=quote)[ \t]*$")
_MANY: Final = re.compile(r"(?P<lead>[ \t]*)(?P<escape>;)?-+8<-+[ \t]*$")
_SPEC: Final = re.compile(r"(?P<path>.*?)(?::(?P<first>\d*)(?::(?P<last>\d*))?|:(?P<name>[A-Za-z][\w-]*))?\Z")


def snippets(folders: Sequence[str]) -> Change:
    """Puts files where they are asked for.

    Args:
        folders: Folders inside the book in which they are looked for, in order.
    """

    def change(lines: list[Line], page: Page) -> list[Line]:
        return _expanded(lines, page, folders, ())

    return change


def _expanded(lines: list[Line], page: Page, folders: Sequence[str], inside: tuple[str, ...]) -> list[Line]:
    found: list[Line] = []
    is_block, lead = False, ""
    for line in lines:
        text = line.text.rstrip("\r\n")
        if "8<" in text and (match := _MANY.match(text)) and not match["escape"]:
            is_block, lead = not is_block, match["lead"]
        elif "8<" in text and (match := _ONE.match(text)) and not match["escape"]:
            found += _snippet(match["path"], match["lead"], line, page, folders, inside)
        elif is_block:
            if path := text.strip():
                found += _snippet(path, lead, line, page, folders, inside) if path[0] != ";" else []
        else:
            found.append(line._replace(text=line.text.replace(";-", "-", 1)) if ";--8<--" in text else line)
    return found


def _snippet(
    spec: str, lead: str, line: Line, page: Page, folders: Sequence[str], inside: tuple[str, ...]
) -> list[Line]:
    match = _SPEC.match(spec)
    assert match is not None  # the pattern matches any text
    if re.match(r"https?://", spec):
        page.left_out(line, f"the snippet `{spec}`, which is not fetched")
        return [line]
    places = [posixpath.normpath(posixpath.join(folder, match["path"])) for folder in folders]
    path = next((place for place in places if exists_inside(page.root, place)), places[0])
    if path in inside or path == page.path or len(inside) >= MOST_DEEP:
        page.reporter.add("include-cycle", page.at(line), path=path)
        return [line]
    lines = file_lines(path, line, page)
    if lines is None:
        return [line]
    if match["name"]:
        named = section(lines, match["name"])
        if named is None:
            page.reporter.add("include-missing", page.at(line), path=spec)
            return [line]
        lines = named
    elif match["first"] is not None:
        lines = range_of(lines, match["first"], match["last"] or "")
    return indented(_expanded(without_sections(lines), page, folders, (*inside, path)), lead)
