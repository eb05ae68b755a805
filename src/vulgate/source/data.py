"""Data files that other tools read: YAML, TOML and JSON as plain values. What a file asks to be built or run is never built."""

import json
import tomllib
from typing import Any, Final

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH: Final = 60


class DataError(ValueError):
    """A data file cannot be read; the message says why, and `line` where, counted from 1."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.line = line


class _Loader(_Base):  # type: ignore[misc]
    """YAML without its tags: `!!python/name:x.y` and `!ENV [A, b]` are the text or list that they stand before."""


def _plain(loader: Any, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


_Loader.add_multi_constructor("", _plain)
_Loader.add_multi_constructor("!", _plain)


def read_yaml(data: bytes) -> Any:
    """The value of a YAML file, whatever tags stand in it.

    Raises:
        DataError: It is no YAML.
    """
    text = data.decode("utf-8", "replace")
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, in which a tag means nothing
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        raise DataError(f"this is not valid YAML: {reason}", mark.line + 1 if mark else 1) from None
    except (ValueError, RecursionError, TypeError) as error:
        raise DataError(f"this is not valid YAML: {error}") from None


def read_toml(data: bytes) -> dict[str, Any]:
    """The value of a TOML file.

    Raises:
        DataError: It is no TOML.
    """
    try:
        return tomllib.loads(data.decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"this is not valid TOML: {error}", getattr(error, "lineno", 1)) from None


def read_json(data: bytes) -> Any:
    """The value of a JSON file.

    Raises:
        DataError: It is no JSON.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"this is not valid JSON: {error}", getattr(error, "lineno", 1)) from None


def texts(value: Any) -> list[str]:
    """A list of texts from what may be one text, a list, or anything else."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def items(value: Any) -> list[Any]:
    """A list from what should be one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text from what should be one; numbers and dates are written out, and all else is empty."""
    if isinstance(value, str):
        return value.strip()
    return "" if value is None or isinstance(value, (dict, list, bool)) else str(value)


def table(value: Any) -> dict[str, Any]:
    """A table from what should be one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}
