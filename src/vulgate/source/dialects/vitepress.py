"""What VitePress adds to Markdown: code from files, included pages.

Source: https://vitepress.dev/guide/markdown
"""

import posixpath
import re
from typing import Final

from vulgate.source.dialects.excerpts import MOST_DEEP, file_lines, indented, range_of, region
from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import code_mask, label
from vulgate.source.origins import Line

_CODE: Final = re.compile(
    r"(?P<lead>[ \t]*)<<<[ \t]+(?P<path>[^\s#{\[]+)(?:#(?P<region>[\w*.-]+))?[ \t]*"
    r"(?:\{(?P<about>[^}]*)\})?[ \t]*(?:\[(?P<title>[^\]]*)\])?[ \t]*$"
)
_INCLUDE: Final = re.compile(
    r"(?P<lead>[ \t]*)<!--[ \t]*@include:[ \t]*(?P<path>[^\s#{]+?)(?:#(?P<region>[\w*.-]+))?"
    r"(?:\{(?P<first>\d*)(?P<comma>,)?(?P<last>\d*)\})?[ \t]*-->[ \t]*$"
)
_REGION: Final = re.compile(r"(?://|/\*|#|<!--|--|::|%)\s*#?(end)?[rR]egion\s+([\w*.-]+)")
_TOC: Final = re.compile(r"[ \t]*\[\[(?:_?toc_?)\]\][ \t]*$", re.IGNORECASE)
_CODE_WORD: Final = re.compile(r"[A-Za-z][\w+#-]*")


def files(lines: list[Line], page: Page) -> list[Line]:
    """`<<< @/file.ts` as a code fence, `<!--@include: page.md-->` as that page's lines; `[[toc]]` is left out."""
    return _expanded(lines, page, ())


def _expanded(lines: list[Line], page: Page, inside: tuple[str, ...]) -> list[Line]:
    mask = code_mask(lines)
    found: list[Line] = []
    for at, line in enumerate(lines):
        text = line.text.rstrip("\r\n")
        if mask[at]:
            found.append(line)
        elif match := _CODE.match(text):
            found += _code(match, line, page)
        elif match := _INCLUDE.match(text):
            found += _included(match, line, page, inside)
        elif _TOC.match(text):
            page.left_out(line, f"`{text.strip()}`, which a reader's edition makes itself")
        else:
            found.append(line)
    return found


def _place(path: str, line: Line, page: Page) -> str:
    if path.startswith(("@/", "/")):
        return posixpath.normpath(posixpath.join(page.base, path.lstrip("@").lstrip("/")))
    return posixpath.normpath(posixpath.join(posixpath.dirname(line.file), path))


def _region(match: re.Match[str], lines: list[Line], line: Line, page: Page) -> list[Line]:
    if not match["region"]:
        return lines
    named = region(lines, match["region"], _REGION, lambda marker: bool(marker[1]))
    if named is None:
        page.reporter.add("include-missing", page.at(line), path=f"{match['path']}#{match['region']}")
        return lines
    return named


def _code(match: re.Match[str], line: Line, page: Page) -> list[Line]:
    path = _place(match["path"], line, page)
    lines = file_lines(path, line, page)
    if lines is None:
        return [line]
    words = _CODE_WORD.findall(match["about"] or "")
    language = words[0] if words else posixpath.splitext(path)[1].lstrip(".")
    lines = _region(match, lines, line, page)
    marks = "`" * max([3, *(len(found) + 1 for inner in lines for found in re.findall(r"`{3,}", inner.text))])
    lead = match["lead"]
    above = label(match["title"], line, lead) if match["title"] else []
    return [
        *above,
        line._replace(text=f"{lead}{marks}{language}\n"),
        *indented(lines, lead),
        line._replace(text=f"{lead}{marks}\n"),
    ]


def _included(match: re.Match[str], line: Line, page: Page, inside: tuple[str, ...]) -> list[Line]:
    path = _place(match["path"], line, page)
    if path in inside or path == page.path or len(inside) >= MOST_DEEP:
        page.reporter.add("include-cycle", page.at(line), path=path)
        return [line]
    lines = file_lines(path, line, page)
    if lines is None:
        return [line]
    lines = _region(match, lines, line, page)
    if match["first"] or match["last"]:
        lines = range_of(lines, match["first"], match["last"] if match["comma"] else match["first"])
    return indented(_expanded(lines, page, (*inside, path)), match["lead"])
