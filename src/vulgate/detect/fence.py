"""Reading a `detect` fence."""

from typing import Any, Final

from vulgate.detect.base import DetectorError

_MANY: Final = 500  # characters that may each open a level
_MOST: Final = 5_000  # lists and mappings
_LONG: Final = 50_000  # characters; with indentation alone this is no more than 300 levels


def read_fence(text: str) -> Any:
    """What the YAML of a fence says.

    Raises:
        DetectorError: It is no YAML, or its aliases stand for too much, or for themselves.
    """
    import yaml

    # libyaml is ten times as fast, but it is not on every machine, and code that is nested too deeply ends the process.
    is_deep = len(text) > _LONG or sum(map(text.count, "[{-?")) > _MANY
    loader = yaml.SafeLoader if is_deep else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        value = yaml.load(text, loader)  # noqa: S506 - both loaders make plain data only
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise DetectorError(f"the `detect` fence is no YAML: {error.problem or error.context}{line}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date that is none is a ValueError
        raise DetectorError(f"the `detect` fence is no YAML: {' '.join(str(error).split())}") from error
    if _size(value) > _MOST:
        raise DetectorError("the aliases of the `detect` fence stand for too much, or for themselves")
    return value


def _size(value: Any) -> int:
    """The number of lists and mappings when all aliases are written out; no more than is allowed is counted."""
    count = 0
    pending = [value]
    while pending and count <= _MOST:
        part = pending.pop()
        if isinstance(part, (dict, list)):
            count += 1
            pending += part.values() if isinstance(part, dict) else part
    return count
