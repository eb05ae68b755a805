"""The schemas of the tools, short: a client loads all of them before it asks anything.

The SDK makes them from types and docstrings. What it says twice is left out: titles, which are the names in capitals, and the
docstring of a class, whose section on the attributes becomes one sentence at each property that its name does not say.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)
_SENTENCE: Final = re.compile(r"(?<=[.;])\s")
_FILLING: Final = frozenset({"a", "block", "book", "file", "is", "its", "of", "rule", "the"})


def lean(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that takes and describes the same in fewer words.

    Args:
        schema: A JSON Schema, as pydantic writes it.
    """
    short = {key: value for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    said: dict[str, str] = {}
    if "description" in schema:
        head, _, attributes = str(schema["description"]).partition("\n\nAttributes:\n")
        short["description"] = _first(head)
        said = {name: _first(text) for name, text in _ATTRIBUTE.findall(attributes)}
    for key in ("properties", "$defs"):
        if key in schema:
            short[key] = {name: _described(name, lean(each), said.get(name, "")) for name, each in schema[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            short[key] = lean(schema[key])
    return short


def _described(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    says_more = set(re.findall(r"\w+", text.lower())) - _FILLING - {name}
    return {"description": text, **schema} if says_more else schema


def _first(text: str) -> str:
    """The first sentence of a text, or what stands before a semicolon in it."""
    return _SENTENCE.split(" ".join(text.split()), maxsplit=1)[0].rstrip(";.")
