"""Attribute lists of Python-Markdown: ids of headings are kept, and the looks of things are left out.

Source: https://python-markdown.github.io/extensions/attr_list/
"""

import re
from typing import Final

from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import runs
from vulgate.source.origins import Line

_HEADING: Final = re.compile(r"(?P<text> {0,3}#{1,6}[ \t].*?)[ \t]*\{:?[ \t]*(?P<list>[^{}]*)\}[ \t]*(?P<end>[\r\n]*)$")
_ID: Final = re.compile(r"(?:^|\s)(?:#|id=[\"']?)([\w.:-]+)")
_WORD: Final = r"(?:[.#][\w-]+|[\w-]+=(?:\"[^\"]*\"|'[^']*'|[\w.%-]+))"
_AFTER_LINK: Final = re.compile(rf"(?<=\))\{{:?[ \t]*{_WORD}(?:[ \t]+{_WORD})*[ \t]*\}}")
_ALONE: Final = re.compile(r"[ \t]*\{:[^{}]*\}[ \t]*[\r\n]*$")


def attributes(lines: list[Line], page: Page) -> list[Line]:
    """`{: #id .class }` after headings and links, and on lines of their own."""
    found = []
    for line, is_code in runs(lines):
        if is_code or "{" not in line.text:
            found.append(line)
        elif match := _HEADING.match(line.text):
            id = _ID.search(match["list"])
            found.append(line._replace(text=f"{match['text']}{f' {{#{id[1]}}}' if id else ''}{match['end']}"))
        elif _ALONE.match(line.text):
            page.left_out(line, f"`{line.text.strip()}`")
        else:
            text = _AFTER_LINK.sub("", line.text)
            if text != line.text:
                page.left_out(line, "attributes after a link")
            found.append(line._replace(text=text))
    return found
