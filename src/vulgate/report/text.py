"""Text as terminals, files and XML take it: widths, cutting, and no characters that they have no place for."""

import re
import unicodedata
from typing import Final

_CUT: Final = "..."
_TAB: Final = "    "
_LINE: Final = re.compile(r"[^\n]*\n?")
_FENCE: Final = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_WORD: Final = re.compile(r" *[^ ]+")


def paint(style: str, text: str, *, color: bool) -> str:
    """Text in a style of ANSI terminals, such as `1;31`; as it is without colours."""
    return f"\x1b[{style}m{text}\x1b[0m" if color else text


def printable(text: str) -> str:
    """Text without the control characters that could move a terminal's cursor; each becomes a replacement character."""
    if text.isprintable():
        return text
    return "".join(char if _is_visible(char) else "\N{REPLACEMENT CHARACTER}" for char in text)


def escaped(text: str) -> str:
    r"""Text with its control and other unseen characters as Python writes them: `\x1b`, `\n`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(char if _is_visible(char) else char.encode("unicode_escape").decode() for char in text)


def expanded(text: str) -> str:
    """Text with four spaces for a tab."""
    return text.replace("\t", _TAB)


def counted(number: int, noun: str) -> str:
    """A number of things: `1 rule`, `2,000 rules`; `noun` is the word for one, which takes an s for many."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def window(before: str, marked: str, after: str, room: int) -> tuple[str, int, int]:
    """A line cut to a width so that its marked part is seen, with some of what surrounds it.

    Args:
        before: What stands before the marked part, as it is shown.
        marked: The marked part.
        after: The rest of the line.
        room: How many columns there are.

    Returns:
        The line, the columns before the marked part, and the columns of the marked part.
    """
    around = max(room - columns(marked), room // 4)
    before = _end(before, around - min(columns(after), around // 2))
    marked = _start(marked, room - columns(before))
    after = _start(after, room - columns(before) - columns(marked))
    return before + marked + after, columns(before), columns(marked)


def folded(markdown: str, width: int) -> str:
    """Markdown whose lines of prose are broken to fit into some columns; code and tables stay as they are.

    Spaces become line ends, and nothing moves: what stood at an offset stands there still.
    """
    lines = []
    fence = ""
    for line in _LINE.findall(markdown):
        mark = _FENCE.match(line)
        is_code = bool(fence or mark)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        lines.append(line if is_code or line.lstrip().startswith("|") else _broken(line, width))
    return "".join(lines)


def _broken(line: str, width: int) -> str:
    parts: list[str] = []
    used = 0
    for word in _WORD.findall(line):
        size = columns(word.rstrip("\n"))
        if used and used + size > width:
            parts.append("\n" + word[1:])
            used = size - 1
        else:
            parts.append(word)
            used += size
    return "".join(parts) or line


def _end(text: str, room: int) -> str:
    """The end of a text, as much as there is room for."""
    return text if columns(text) <= room else _CUT + _fitting(text[::-1], room - len(_CUT))[::-1]


def _start(text: str, room: int) -> str:
    """The start of a text, as much as there is room for."""
    return text if columns(text) <= room else (_fitting(text, room - len(_CUT)) + _CUT)[: max(0, room)]


def _fitting(text: str, room: int) -> str:
    taken = 0
    for number, char in enumerate(text):
        taken += _width(char)
        if taken > room:
            return text[:number]
    return text


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _is_visible(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def storable(text: str) -> str:
    """Text without the lone surrogates of file names that are no UTF-8, which no encoding has a place for."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 has no place for."""
    return "".join(
        char
        if char in "\t\n" or 0x20 <= ord(char) <= 0xD7FF or 0xE000 <= ord(char) <= 0xFFFD or ord(char) >= 0x10000
        else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )
