"""The folders that globs mean, for agents whose only way to scope is a file in a folder."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from vulgate.editions.agents.base import Layout, Scope
from vulgate.editions.agents.targets.globs import clean, expanded

MOST: Final = 12
"""Folders that one guide is written into; where globs mean more of them, its copies would crowd the repository."""


def folders_of(scope: Scope, layout: Layout) -> tuple[str, ...]:
    """The topmost folders whose files a scope's globs mean: `**/tests/**` is each folder `tests` that is in no other one.

    Empty where no glob names a folder that is there, and where the globs mean more than `MOST` of them.
    """
    found = _matching(tuple(_named(clean(scope.globs))), layout.folders)
    return found if len(found) <= MOST else ()


def uncovered(scope: Scope, layout: Layout) -> tuple[str, ...]:
    """The globs of a scope that mean no folder, so that its files elsewhere are not reached by files in folders."""
    return tuple(glob for glob in clean(scope.globs) if not _matching(tuple(_named([glob])), layout.folders))


@cache
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
    for glob in (each for whole in globs for each in expanded(whole)):
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
