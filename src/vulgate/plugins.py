"""What other packages add: readers, editions, detectors, by entry point."""

import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

COMPILER_GROUPS: Final = ("vulgate.detectors", "vulgate.rule_plugins")
"""Groups whose names decide whether a chapter compiles."""


def load_plugins(group: str) -> dict[str, Any]:
    """The objects that installed packages register for a group such as `vulgate.sources`, by name.

    Importing `importlib.metadata` takes longer than most commands, and hardly anybody has a plugin, so the files that
    it would read are searched for the group's name first.
    """
    if not _mentioned(group):
        return {}
    from importlib.metadata import entry_points

    return {entry.name: entry.load() for entry in entry_points(group=group)}


def plugin_names(group: str) -> tuple[str, ...]:
    """The names that installed packages register for a group, without loading what they stand for."""
    if not _mentioned(group):
        return ()
    from importlib.metadata import entry_points

    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


def _mentioned(group: str) -> bool:
    return f"[{group}]".encode() in _entry_points(tuple(sys.path))


@lru_cache(maxsize=4)
def _entry_points(path: tuple[str, ...]) -> bytes:
    """What installed packages register, all in one."""
    found: list[bytes] = []
    for folder in path:
        with suppress(OSError):
            files = (metadata / "entry_points.txt" for metadata in Path(folder).glob("*-info"))
            found += (file.read_bytes() for file in files if file.is_file())
    return b"\n".join(found)
