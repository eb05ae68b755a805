"""What all kinds of diagram share below their grammar: a scanner, and the text of labels."""

import re
from html import unescape

from vulgate.passes.mermaid.types import MermaidError

_BREAK = re.compile(r"<br\s*+/?>", re.IGNORECASE)
# The length is bounded because `html.unescape` turns digits into an int, which Python refuses beyond 4300 of them.
_ENTITY = re.compile(r"#(\w{1,20});")
_DIGITS = re.compile(r"[0-9]+")


class Scanner:
    """A position in a text; patterns are matched where it stands and move it on."""

    __slots__ = ("pos", "text")

    def __init__(self, text: str, pos: int = 0) -> None:
        self.text = text
        self.pos = pos

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match a pattern at the position and step over it; stay where it does not match."""
        found = pattern.match(self.text, self.pos)
        if found is not None:
            self.pos = found.end()
        return found

    def error(self, message: str, hint: str = "", pos: int | None = None) -> MermaidError:
        """Make the error for a position, by default the current one."""
        return MermaidError(message, self.text.count("\n", 0, self.pos if pos is None else pos) + 1, hint)

    def excerpt(self) -> str:
        """Return what stands at the position, up to the end of the line, short enough for a message."""
        end = self.text.find("\n", self.pos)
        return shorten(self.text[self.pos : len(self.text) if end < 0 else end])


def shorten(text: str) -> str:
    """Cut a piece of source to what fits into a message."""
    text = text.strip()
    return text if len(text) <= 40 else f"{text[:37]}..."


def clean(text: str) -> str:
    """Turn the text of a label as written into the text that a reader sees."""
    text = text.strip()
    if "<" in text or "\n" in text:
        text = "\n".join(line.strip() for line in _BREAK.sub("\n", text).split("\n")).strip()
    for quote in ('"', "`"):  # a Markdown label is a backtick string in a quoted one
        if len(text) > 1 and text[0] == text[-1] == quote:
            text = text[1:-1].strip()
    return _ENTITY.sub(_character, text) if "#" in text else text


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    written = f"&#{name};" if _DIGITS.fullmatch(name) else f"&{name};"
    read = unescape(written)
    return entity[0] if read == written else read
