"""JSON files of settings that others write, too: reading them without a guess, and writing them in the form that they had."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NoReturn

_BOM: Final = "\ufeff"
_INDENT: Final = 2


class SettingsFileError(Exception):
    """A file that is left alone; the text says why, and what to do."""


@dataclass(frozen=True)
class _Form:
    """How a file is written: its indentation, separators and escapes, and what stands around the object."""

    indent: str | int | None = _INDENT
    compact: bool = False
    ascii: bool = False
    newline: str = "\n"
    head: str = ""
    tail: str = "\n"

    def written(self, content: Any) -> str:
        """The text of an object."""
        separators = (",", ":") if self.compact else None
        text = json.dumps(content, indent=self.indent, ensure_ascii=self.ascii, separators=separators)
        return self.head + text.replace("\n", self.newline) + self.tail


def read_object(text: str) -> dict[str, Any]:
    """The object in a file; an empty one for an empty file.

    Raises:
        SettingsFileError: The text is something else, or has what reading and writing it would lose.
    """
    plain = text.removeprefix(_BOM)
    if not plain.strip():
        return {}
    try:
        content = json.loads(plain, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise SettingsFileError(f"it is no plain JSON (line {error.lineno}: {error.msg.lower()})") from error
    except RecursionError as error:
        raise SettingsFileError("it is nested too deeply") from error
    except ValueError as error:  # a number with thousands of digits
        raise SettingsFileError(f"it is no plain JSON ({error})") from error
    if not isinstance(content, dict):
        raise SettingsFileError("it is no JSON object")
    return content


def written_like(content: dict[str, Any], before: str) -> str:
    """The text of an object, in the form that a file had.

    Whatever a usual program wrote differs from the old text in what has changed alone; text that somebody laid out by hand
    gets its indentation.

    Args:
        content: The object.
        before: What the file held, or an empty text.
    """
    form = next(_forms_of(before), None) or _like(before)
    return form.written(content)


def _forms_of(before: str) -> Iterator[_Form]:
    """The form in which a program wrote a file, if one did: the one that gives the same text again."""
    old = read_object(before)
    if not old:
        return
    guess = _like(before)
    indents: Sequence[str | int | None] = (None,) if "\n" not in before.strip() else (guess.indent, 0)
    for indent, compact, ascii_only, newline in product(indents, (False, True), (False, True), ("\n", "\r\n")):
        form = _Form(indent, compact, ascii_only, newline, guess.head, guess.tail)
        if form.written(old) == before:
            yield form


def _like(before: str) -> _Form:
    """A form with the indentation and the ends of a text."""
    plain = before.removeprefix(_BOM)
    head = _BOM if before.startswith(_BOM) else ""
    if not plain.strip():
        return _Form(head=head)
    newline = "\r\n" if "\r\n" in plain else "\n"
    found = re.search(r"^([ \t]+)\S", plain, re.MULTILINE)
    indent = found[1] if found else _INDENT
    start, end = len(plain) - len(plain.lstrip()), len(plain.rstrip())
    # Half of a surrogate pair can be escaped, and not encoded.
    is_ascii = re.search(r"\\u[dD][89a-fA-F]", plain) is not None
    return _Form(indent, False, is_ascii, newline, head + plain[:start], plain[end:])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        raise SettingsFileError(f"the key `{twice}` is there twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise SettingsFileError(f"it is no plain JSON ({name} is no number)")
