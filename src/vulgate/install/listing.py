"""The files of a repository that Git does not ignore."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vulgate.install.reader import Reader
from vulgate.model.findings import Problem

_SECONDS: Final = 60
_OTHERS: Final = frozenset(["node_modules", "site-packages", "__pypackages__", "venv", ".venv", ".tox", ".nox"])
"""Folders with the code of others, also where somebody forgot to ignore them."""
_MADE: Final = frozenset(["__pycache__", ".git", ".hg", ".svn", ".mypy_cache", ".pytest_cache", ".ruff_cache"])
"""Folders that programs make, where no Git tells what is ignored."""


def list_all(reader: Reader) -> tuple[list[str], list[Problem]]:
    """The files of a repository, from its root, with forward slashes, sorted; and what is wrong with some.

    Git is asked, because ruff, which `check` asks, lists no Markdown. Links that lead out of the repository are left out.
    """
    root = reader.root
    problems: list[Problem] = []
    found = _from_git(root)
    if not found:
        found = list(_walked(root))
        if found and (root / ".git").exists():
            problems.append(Problem("Git does not list the files, so what it ignores is counted, too"))
    kept: list[str] = []
    for path in sorted(set(found)):
        if not _OTHERS.isdisjoint(path.split("/")[:-1]):
            continue
        mode = _mode(root / path)
        if stat.S_ISREG(mode) or (stat.S_ISLNK(mode) and reader.is_file(path)):
            kept.append(path)
        elif stat.S_ISLNK(mode) and not reader.holds(path):
            problems.append(Problem("is a link that leads out of the repository, and is not read", path))
    return kept, problems


def _mode(place: Path) -> int:
    """What a file is, without following a link; 0 if it is not there, or must not be looked at."""
    try:
        return place.lstat().st_mode
    except (OSError, ValueError):
        return 0


def _from_git(root: Path) -> list[str]:
    """What Git lists; nothing outside a repository of Git, or without Git."""
    # A repository may name a program as its monitor of files, which Git would start.
    argv = ["git", "-c", "core.fsmonitor=false", "-C", str(root), "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        done = subprocess.run(  # noqa: S603
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
    paths = (raw.decode("utf-8", "replace") for raw in done.stdout.split(b"\0") if raw)
    return [path for path in paths if "\ufffd" not in path]


def _walked(root: Path) -> Iterator[str]:
    """All files but those of caches and of others; links to folders are not followed."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _OTHERS and name not in _MADE]
        for name in files:
            path = (Path(folder) / name).relative_to(root).as_posix()
            if path.isascii() or path.encode("utf-8", "replace").decode() == path:
                yield path
