"""Parts of a file that another page includes: lines from and to, or what stands between two markers."""

import re
from collections.abc import Callable

from vulgate.source.dialects.page import Page
from vulgate.source.origins import Line, lines_of

_MDBOOK = re.compile(r"ANCHOR(_END)?:\s*([\w-]+)")
_SNIPPET = re.compile(r"-{1,}8<-{1,}\s*\[\s*(start|end)\s*:\s*([\w-]+)\s*\]")
MOST_DEEP = 12
"""So deep includes may be nested; deeper they go in a circle, or might as well."""


def file_lines(path: str, asked: Line, page: Page) -> list[Line] | None:
    """The lines of a file that a line asks for; what cannot be read is reported, and gives `None`."""
    file = page.read(path, asked)
    if file is None:
        return None
    return lines_of(file.data.decode("utf-8", "surrogateescape").removeprefix("\ufeff"), file.path)


def range_of(lines: list[Line], first: str, last: str) -> list[Line]:
    """Lines from one number to another, both counted from 1; an empty number is the first or last line."""
    start = int(first) if first else 1
    return lines[max(0, start - 1) : int(last) if last else None]


def without_markers(lines: list[Line], marker: re.Pattern[str]) -> list[Line]:
    """Lines without those that only mark regions."""
    return [line for line in lines if not marker.search(line.text)]


def region(
    lines: list[Line], name: str, marker: re.Pattern[str], ends: Callable[[re.Match[str]], bool]
) -> list[Line] | None:
    """The lines between the markers of a name, without markers; `None` where there are none.

    Args:
        lines: The lines of the file.
        name: The region's name.
        marker: A marker; its second group is the name.
        ends: Whether a marker ends its region.
    """
    found: list[Line] | None = None
    is_inside = False
    for line in lines:
        match = marker.search(line.text)
        if match is None:
            if is_inside and found is not None:
                found.append(line)
        elif match[2] == name:
            is_inside = not ends(match)
            found = [] if found is None else found
    return found


def anchored(lines: list[Line], name: str) -> list[Line] | None:
    """The lines between `ANCHOR: name` and `ANCHOR_END: name`, as mdBook reads them."""
    return region(lines, name, _MDBOOK, lambda match: bool(match[1]))


def without_anchors(lines: list[Line]) -> list[Line]:
    """Lines without mdBook's anchors."""
    return without_markers(lines, _MDBOOK)


def section(lines: list[Line], name: str) -> list[Line] | None:
    """The lines between `--8<-- [start:name]` and `--8<-- [end:name]`, as PyMdown reads them."""
    return region(lines, name, _SNIPPET, lambda match: match[1] == "end")


def without_sections(lines: list[Line]) -> list[Line]:
    """Lines without PyMdown's marks of sections."""
    return without_markers(lines, _SNIPPET)


def indented(lines: list[Line], lead: str) -> list[Line]:
    """Lines behind what stands before the line that asked for them; the last one ends, too."""
    if lines and not lines[-1].text.endswith(("\n", "\r")):
        lines = [*lines[:-1], lines[-1]._replace(text=lines[-1].text + "\n")]
    return [line._replace(text=lead + line.text) if lead and line.text.strip() else line for line in lines]
