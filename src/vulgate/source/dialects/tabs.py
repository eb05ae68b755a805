"""Content tabs of MkDocs: each becomes its label in bold, and its text below.

Source: https://squidfunk.github.io/mkdocs-material/reference/content-tabs/
"""

import re
from typing import Final

from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import added, below, code_mask, dedent, indent, label
from vulgate.source.origins import Line

_TAB: Final = re.compile(r"(?P<lead>[ \t]*)===[!+]?[ \t]+\"(?P<label>.*)\"[ \t]*$")


def tabs(lines: list[Line], page: Page) -> list[Line]:
    """`=== "Label"` with indented text below."""
    mask = code_mask(lines)
    found: list[Line] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        match = None if mask[at] else _TAB.match(line.text.rstrip("\r\n"))
        if match is None:
            found.append(line)
            at += 1
            continue
        end = below(lines, at, indent(line.text) + 4)
        body = [dedent(inner, 4) for inner in lines[at + 1 : end]]
        found += label(match["label"], line, match["lead"])
        found += [*tabs(body, page), added("", line)]
        at = end
    return found
