"""Editions: one module for each kind of reader."""

from importlib import import_module, metadata
from typing import Final

from vulgate.editions.base import Edition

# Name of each edition, its module and class, and whether a build writes it when none is asked for.
EDITIONS: Final = {
    "sqlite": ("vulgate.editions.sqlite", "SqliteEdition", True),
    "ssm": ("vulgate.editions.ssm", "SsmEdition", True),
    "cursor": ("vulgate.editions.cursor", "CursorEdition", True),
}
ENTRY_POINT: Final = "vulgate.editions"
DEFAULT: Final = tuple(name for name, (_, _, default) in EDITIONS.items() if default)


def edition_names() -> list[str]:
    """The names of all editions, ours first, then those of other packages."""
    return [*EDITIONS, *(entry.name for entry in metadata.entry_points(group=ENTRY_POINT))]


def find_edition(name: str) -> Edition | None:
    """The edition with a name, or `None`."""
    if name in EDITIONS:
        module, class_name, _ = EDITIONS[name]
        edition: Edition = getattr(import_module(module), class_name)()
        return edition
    for entry in metadata.entry_points(group=ENTRY_POINT, name=name):
        other: Edition = entry.load()()
        return other
    return None
