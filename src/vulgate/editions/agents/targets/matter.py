"""Front matter: written in the least YAML, and read without trust."""

import re
from collections.abc import Iterable
from typing import Any, Final
from unicodedata import category

from vulgate.store.atomic import HEAD, MARK

_MARK_TEXT: Final = f'{MARK.decode()}. Do not edit: "vulgate install" writes it anew.'
MARK_LINE: Final = f"<!-- {_MARK_TEXT} -->"
"""The first line of what we write, after the front matter; a comment in it where the front matter is long."""
_FENCED: Final = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:^---[ \t]*(?:\r?\n|\Z))", re.DOTALL | re.MULTILINE)
_MOST: Final = 16_384
"""Characters of front matter that are looked at: no agent's file has more, and a parser of YAML recurses."""
_PLAIN: Final = re.compile(r"[A-Za-z][\w .,;()/`'&+-]*[\w.)`]")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


class MatterError(Exception):
    """Front matter that is no mapping, or no YAML at all."""


def with_matter(lines: Iterable[str], body: str) -> str:
    """A file: lines of front matter, if there are any, the line that says whose it is, and the text."""
    head = "".join(f"{line}\n" for line in lines)
    fenced = f"---\n{head}---\n" if head else ""
    if len(f"{fenced}{MARK_LINE}".encode()) > HEAD:  # it would not be found there
        return f"---\n# {_MARK_TEXT}\n{head}---\n{body}"
    return f"{fenced}{MARK_LINE}\n\n{body}"


def split(text: str) -> tuple[str | None, str]:
    """The front matter, or `None` where there is none, and the text below it without our own first line."""
    text = text.replace("\r\n", "\n")
    match = _FENCED.match(text)
    body = text[match.end() :] if match else text.removeprefix("\ufeff")
    if body.startswith(MARK_LINE):
        body = body.removeprefix(MARK_LINE).removeprefix("\n").removeprefix("\n")
    return (match[1] if match else None), body


def load(yaml_text: str) -> dict[str, Any]:
    """The mapping that front matter holds.

    Raises:
        MatterError: It is broken, no mapping, or larger than any front matter.
    """
    import yaml

    if len(yaml_text) > _MOST:
        raise MatterError("it is too large")
    try:
        content = yaml.safe_load(yaml_text)
    # A date that no calendar has is a ValueError, a key that is a list a TypeError.
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise MatterError(str(error)) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise MatterError("it is no mapping")
    return {str(key): value for key, value in content.items()}


def one_line(text: str) -> str:
    """A text without line ends, control characters and characters that nobody sees."""
    return " ".join("".join(_seen(one) for one in text).split())


def _seen(one: str) -> str:
    if category(one) == "Cf":
        return ""
    return " " if category(one) in ("Cc", "Cs", "Zl", "Zp") or one in "\ufffe\uffff" else one


def quoted(text: str) -> str:
    """A value in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def scalar(text: str) -> str:
    """A value that is quoted only where a reader of YAML would take it for something else."""
    plain = _PLAIN.fullmatch(text) and text.isascii() and text.lower() not in _WORDS
    return text if plain else quoted(text)


def sequence(key: str, values: Iterable[str]) -> list[str]:
    """The lines of a list: quoted, because a glob that begins with `*` would be an alias."""
    return [f"{key}:", *(f"  - {quoted(value)}" for value in values)]
