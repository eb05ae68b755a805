"""The folders that globs mean, for agents whose only way to scope is a file in a folder."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from vulgate.editions.agents.base import Layout, Scope
from vulgate.editions.agents.targets.globs import clean, expanded
from vulgate.model.globs import is_among

MOST: Final = 12
"""Folders that one guide is written into; where globs mean more of them, its copies would crowd the repository."""


def folders_of(scope: Scope, layout: Layout) -> tuple[str, ...]:
    """The topmost folders whose files a scope's globs mean: `**/tests/**` is each folder `tests` that is in no other one.

    A folder of `**/api/**/*.py` counts if it holds such a file. Empty where no glob names a folder that is there, where the globs
    mean more than `MOST` of them, and where most files that the globs mean are somewhere else.
    """
    return _folders(clean(scope.globs), layout.folders, layout.files)


@lru_cache(maxsize=64)
def _folders(globs: tuple[str, ...], folders: tuple[str, ...], files: tuple[str, ...]) -> tuple[str, ...]:
    globs = tuple(each for glob in globs for each in expanded(glob))
    meant = [file for file in files if is_among(file, globs)]
    found = [folder for folder in _matching(tuple(_named(globs)), folders) if _holds(folder, meant, globs)]
    inside = sum(any(file.startswith(f"{folder}/") for folder in found) for file in meant)
    return tuple(found) if len(found) <= MOST and 2 * inside >= len(meant) else ()


def _holds(folder: str, meant: Sequence[str], globs: Sequence[str]) -> bool:
    """Whether a folder holds a file that is meant, or is meant as a whole."""
    return any(file.startswith(f"{folder}/") for file in meant) or is_among(f"{folder}/_", globs)


def _matching(patterns: tuple[tuple[str, ...], ...], folders: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for folder in sorted(folders, key=lambda folder: (folder.count("/"), folder)):
        parts = tuple(folder.split("/"))
        if any(_fits(pattern, parts) for pattern in patterns) and not any(
            folder.startswith(f"{top}/") for top in found
        ):
            found.append(folder)
    return tuple(sorted(found))


def _named(globs: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """The part of each glob that names a folder, in segments; nothing for globs that name files anywhere, or one file."""
    for glob in globs:
        *segments, last = glob.split("/")
        if "*" not in last:
            continue
        while segments and set(segments[-1]) <= {"*"}:
            segments.pop()
        if segments:
            yield tuple(segments)


def _fits(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a folder fits a pattern of segments, of which `**` is any number."""
    reached = {0}
    for segment in pattern:
        if segment == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], segment)}
        if not reached:
            return False
    return len(parts) in reached
