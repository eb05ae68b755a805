"""What every change of dialect asks of lines: which belong to code, how far they are indented, what stands below them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from vulgate.source.origins import Line

FENCE: Final = re.compile(
    r"(?P<lead>[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<marks>`{3,}|~{3,})(?P<info>[^\r\n]*)(?P<end>[\r\n]*)"
)
_COLONS: Final = re.compile(r"\s*(:{3,})")


class Opening(NamedTuple):
    """The opening line of a code fence.

    Attributes:
        lead: What stands before the marks: indentation, quote and list markers.
        marks: The backticks or tildes.
        info: The info string, without white space around it.
        end: The end of the line.
    """

    lead: str
    marks: str
    info: str
    end: str


def opening(text: str) -> Opening | None:
    """The opening line of a fence, if a line is one."""
    match = FENCE.fullmatch(text)
    if match is None or (match["marks"][0] == "`" and "`" in match["info"]):
        return None
    return Opening(match["lead"], match["marks"], match["info"].strip(), match["end"])


def fence_roles(lines: Sequence[Line]) -> list[str]:
    """What each line is to a code fence: `open`, `code`, `close`, or empty outside of one."""
    roles: list[str] = []
    marks = ""
    for line in lines:
        if not marks:
            found = opening(line.text)
            marks = found.marks if found else ""
            roles.append("open" if found else "")
            continue
        text = line.text.strip().lstrip("> \t")
        closes = text.startswith(marks) and not text.strip(marks[0])
        roles.append("close" if closes else "code")
        marks = "" if closes else marks
    return roles


def code_mask(lines: Sequence[Line]) -> list[bool]:
    """Whether each line belongs to a code fence, its opening and closing lines with it."""
    return [bool(role) for role in fence_roles(lines)]


def runs(lines: Sequence[Line]) -> Iterator[tuple[Line, bool]]:
    """Each line, and whether it belongs to a code fence."""
    return zip(lines, code_mask(lines), strict=True)


def indent(text: str) -> int:
    """How many columns a line is indented; a tab goes on to the next multiple of four."""
    width = 0
    for char in text:
        if char == " ":
            width += 1
        elif char == "\t":
            width += 4 - width % 4
        else:
            break
    return width


def dedent(line: Line, columns: int) -> Line:
    """A line without so many columns of its indentation."""
    text, width = line.text, 0
    while width < columns and text[:1] in (" ", "\t"):
        step = 1 if text[0] == " " else 4 - width % 4
        width += step
        text = text[1:]
        if width > columns:
            text = " " * (width - columns) + text
    return line._replace(text=text)


def below(lines: Sequence[Line], at: int, columns: int) -> int:
    """Where the lines end that are indented by so many columns, or blank, after the line at an index."""
    end = last = at + 1
    while end < len(lines):
        text = lines[end].text
        if text.strip():
            if indent(text) < columns:
                break
            last = end + 1
        end += 1
    return last


def added(text: str, line: Line) -> Line:
    """A line that is made for another one, with the end of that line."""
    ending = line.text[len(line.text.rstrip("\r\n")) :] or "\n"
    return line._replace(text=text + ending)


def directive(name: str, title: str, body: Sequence[Line], line: Line, lead: str = "") -> list[Line]:
    """A directive around lines; those inside it have fewer colons.

    Args:
        name: The directive's name.
        title: What stands after it.
        body: The lines inside, which have the lead already.
        line: The line that opened it in the other dialect.
        lead: What stands before the colons.
    """
    mask = code_mask(body)
    inner = [
        len(match[1])
        for inside, is_code in zip(body, mask, strict=True)
        if not is_code and (match := _COLONS.match(inside.text))
    ]
    colons = ":" * max(3, 1 + max(inner, default=2))
    last = body[-1] if body else line
    if body and not last.text.endswith(("\n", "\r")):
        body = [*body[:-1], added(last.text, line)]
    return [added(f"{lead}{colons}{{{name}}} {title}".rstrip(), line), *body, added(lead + colons, last)]


def label(text: str, line: Line, lead: str = "") -> list[Line]:
    """A label as a paragraph in bold."""
    return [added("", line), added(f"{lead}**{text.strip()}**", line), added("", line)]
