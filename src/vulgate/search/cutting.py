"""Cuts Markdown where it may be cut: between paragraphs, and in a fence only where there is no other way."""

import re
from typing import Final

from vulgate.model.tokens import BYTES_A_TOKEN, count_tokens

_FENCE: Final = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")


def lines(text: str) -> list[str]:
    """The lines of a text with their ends."""
    return _LINE.findall(text)


def paragraphs(markdown: str) -> list[str]:
    """Markdown cut after blank lines and around fences: a fence is one part. Joined, the parts are the text."""
    parts: list[str] = []
    current: list[str] = []
    fence = ""
    is_done = False
    for line in lines(markdown):
        match = _FENCE.match(line)
        opens = match and not fence and not (match[1][0] == "`" and "`" in match[2])
        if current and not fence and line.strip() and (is_done or opens):
            parts.append("".join(current))
            current = []
        closes = match and fence and match[1].startswith(fence) and not match[2].strip()
        if match and (opens or closes):
            fence = match[1] if opens else ""
        is_done = bool(closes) or not line.strip(" \t\r\n>")
        current.append(line)
    return [*parts, "".join(current)] if current else parts


def is_fence(part: str) -> bool:
    """Whether a part of `paragraphs` is code."""
    return bool(_FENCE.match(part))


def shortened(markdown: str, budget: int) -> str:
    """The first parts that fit into a budget; where they leave half of it empty, some lines of the next one too."""
    if not budget or count_tokens(markdown) <= budget:
        return markdown
    text = ""
    for part in paragraphs(markdown):
        used = count_tokens(text)
        if count_tokens(text + part) > budget:
            return text if 2 * used > budget else text + _cut_closed(part, budget - used - 1)
        text += part
    return text


def _cut_closed(part: str, budget: int) -> str:
    """As `cut`, with a closing line for a fence that is cut."""
    match = _FENCE.match(part)
    if not match:
        return cut(part, budget)
    closing = f"\n{match[1]}\n"
    return cut(part, budget - count_tokens(closing)).rstrip("\n") + closing


def cut(part: str, budget: int) -> str:
    """The lines of a part that fit into a budget of tokens, one at least; if not even one does, its characters that fit."""
    room = int(budget * BYTES_A_TOKEN)
    taken = ""
    for line in lines(part):
        if len((taken + line).encode()) > room:
            break
        taken += line
    return taken or part.encode()[:room].decode("utf-8", "ignore") or part[:1]
