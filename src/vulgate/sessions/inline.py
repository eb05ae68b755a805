"""`#>` comments: what a line prints, written beside it or below it."""

import io
import re
import tokenize
from functools import lru_cache
from typing import Final

from msgspec import Struct

MARK: Final = "#>"


class Comment(Struct, frozen=True):
    """A `#>` comment, or several on consecutive lines that belong together.

    Attributes:
        first: Line of the first one in the code, from 1.
        last: Line of the last one.
        text: The expected text, a line for each comment.
        is_beside: Whether it stands on the line of code itself.
        column: Where its mark begins in the first line.
    """

    first: int
    last: int
    text: str
    is_beside: bool
    column: int = 0


@lru_cache(maxsize=256)
def comments(code: str) -> tuple[Comment, ...]:
    """The `#>` comments of some Python, in order."""
    if MARK not in code:
        return ()
    found: list[Comment] = []
    for line, column, text in _tokens(code):
        is_beside = bool(code.split("\n")[line - 1][:column].strip())
        value = text[len(MARK) :].removeprefix(" ")
        if found and not is_beside and found[-1].last == line - 1 and not found[-1].is_beside:
            last = found.pop()
            found.append(Comment(last.first, line, f"{last.text}\n{value}", is_beside=False, column=last.column))
        else:
            found.append(Comment(line, line, value, is_beside, column))
    return tuple(found)


def _tokens(code: str) -> list[tuple[int, int, str]]:
    """Line, column and text of each comment with the mark; code that is newer than our tokenizer is searched by line."""
    try:
        return [
            (*token.start, token.string)
            for token in tokenize.generate_tokens(io.StringIO(code).readline)
            if token.type == tokenize.COMMENT and token.string.startswith(MARK)
        ]
    except (tokenize.TokenError, SyntaxError):
        lines = enumerate(code.split("\n"), 1)
        matches = ((number, re.search(r"(?:^|\s)(#>.*)", line)) for number, line in lines)
        return [(number, match.start(1), match[1]) for number, match in matches if match]


def printed(found: tuple[Comment, ...], prints: tuple[tuple[int, str], ...]) -> list[tuple[Comment, str]]:
    """What was printed for each comment: by the last line that printed between the comment before it and this one.

    Args:
        found: The comments.
        prints: Line in the step, from 1, and text.
    """
    by_line: dict[int, str] = {}
    for line, text in prints:
        by_line[line] = by_line.get(line, "") + text
    answers = []
    after = 0
    for comment in found:
        until = comment.last if comment.is_beside else comment.first
        lines = [line for line in by_line if after < line <= until]
        answers.append((comment, by_line[max(lines)].removesuffix("\n") if lines else ""))
        after = comment.last
    return answers


def rewritten(code: str, answers: dict[int, str]) -> str:
    """Code with new texts in its comments.

    Args:
        code: The code.
        answers: The new text for each comment, by its first line.
    """
    lines = code.split("\n")
    for comment in reversed(comments(code)):
        text = answers.get(comment.first)
        if text is None:
            continue
        at = comment.first - 1
        before = lines[at][: comment.column]
        told = [f"{MARK} {line}" if line else MARK for line in text.split("\n")]
        if comment.is_beside and len(told) == 1:
            lines[at] = before + told[0]
            continue
        indent = before[: len(before) - len(before.lstrip())]
        code_line = [before.rstrip()] if comment.is_beside else []  # several lines stand below it
        lines[at : comment.last] = [*code_line, *(indent + line for line in told)]
    return "\n".join(lines)
