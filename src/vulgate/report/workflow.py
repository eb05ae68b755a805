"""Workflow commands of GitHub Actions, which it shows beside the lines of a pull request."""

from collections.abc import Mapping

from vulgate.report.text import storable


def command(level: str, properties: Mapping[str, str], message: str) -> str:
    """A workflow command, with the line's end.

    Args:
        level: `error`, `warning` or `notice`.
        properties: Such as `file` and `line`.
        message: What is shown; may have several lines.
    """
    values = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level}{' ' if values else ''}{values}::{_data(message)}\n"


def _data(text: str) -> str:
    return storable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
