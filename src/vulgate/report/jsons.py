"""JSON for programs."""

from typing import Any

import msgspec

from vulgate.report.text import storable


def encode(value: Any) -> str:
    """A value as JSON, in one line.

    File names that are no UTF-8 come with lone surrogates, for which JSON has no place: those become replacement characters.
    """
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(msgspec.to_builtins(value))).decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, (list, tuple)) else value
