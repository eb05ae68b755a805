"""What mdBook adds to CommonMark: includes, and a few words in double braces.

Source: https://rust-lang.github.io/mdBook/format/mdbook.html
"""

import posixpath
import re
from typing import Final

from vulgate.source.dialects.excerpts import MOST_DEEP, anchored, file_lines, indented, range_of, without_anchors
from vulgate.source.dialects.page import Page
from vulgate.source.origins import Line

_HELPER: Final = re.compile(r"(?P<escape>\\)?\{\{\s*#(?P<name>[\w_]+)\s+(?P<rest>[^}]*?)\s*\}\}")
_INCLUDES: Final = ("include", "rustdoc_include", "playground", "playpen")
_RANGE: Final = re.compile(r"\d*(?::\d*)?\Z")


def helpers(lines: list[Line], page: Page) -> list[Line]:
    """Includes with the lines that they ask for; `{{#title}}` is left out, and escaped helpers stay as text."""
    return _expanded(lines, page, ())


def _expanded(lines: list[Line], page: Page, inside: tuple[str, ...]) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        found += _helped(line, page, inside) if "{{" in line.text else [line]
    return found


def _helped(line: Line, page: Page, inside: tuple[str, ...]) -> list[Line]:
    match = next((match for match in _HELPER.finditer(line.text) if not match["escape"]), None)
    if match is None:
        return [line._replace(text=_HELPER.sub(lambda match: match[0][1:], line.text))]
    name, before, after = match["name"], line.text[: match.start()], line.text[match.end() :]
    if name not in _INCLUDES:
        page.left_out(line, f"`{match[0]}`")
        text = before + after
        return [line._replace(text=text)] if text.strip() else []
    lines = _included(match, line, page, inside)
    if lines is None:
        return [line]
    if not before.strip(" \t>"):
        rest = [line._replace(text=after)] if after.strip() else []
        return [*indented(lines, before), *rest]
    text = "".join(inner.text for inner in lines).strip("\n")
    return [line._replace(text=before + text + after)]


def _included(match: re.Match[str], line: Line, page: Page, inside: tuple[str, ...]) -> list[Line] | None:
    words = match["rest"].split()
    if not words:
        return None
    path, _, what = words[0].partition(":")
    full = posixpath.normpath(posixpath.join(posixpath.dirname(line.file), path))
    lines = file_lines(full, line, page)
    if lines is None:
        return None
    if full in inside or full == page.path or len(inside) >= MOST_DEEP:
        page.reporter.add("include-cycle", page.at(line), path=full)
        return None
    if match["name"] in ("playground", "playpen"):
        return [line._replace(text="```rust\n"), *indented(without_anchors(lines), ""), line._replace(text="```\n")]
    chosen = _chosen(lines, what, is_rustdoc=match["name"] == "rustdoc_include")
    if chosen is None:
        page.reporter.add("include-missing", page.at(line), path=f"{full}:{what}")
        return None
    return _expanded(chosen, page, (*inside, full)) if match["name"] == "include" else chosen


def _chosen(lines: list[Line], what: str, *, is_rustdoc: bool) -> list[Line] | None:
    """The lines that are asked for; `rustdoc_include` hides the others, which are no part of what a reader sees."""
    if not what:
        return without_anchors(lines)
    if _RANGE.match(what):
        first, colon, last = what.partition(":")
        return without_anchors(range_of(lines, first, last if colon else first))
    return anchored(lines, what)
