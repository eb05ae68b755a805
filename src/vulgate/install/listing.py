"""The files of a repository that Git does not ignore."""

import subprocess
from pathlib import Path
from typing import Final

from vulgate.check.files import list_files
from vulgate.detect.base import DetectorError
from vulgate.install.reader import Reader
from vulgate.model.findings import Problem

_SECONDS: Final = 60
_OTHERS: Final = frozenset(["node_modules", "site-packages", "__pypackages__", "venv", ".venv", ".tox", ".nox"])
"""Folders with the code of others, also where somebody forgot to ignore them."""


def list_all(reader: Reader) -> tuple[list[str], list[Problem]]:
    """The files of a repository, from its root, with forward slashes, sorted; and what is wrong with some.

    Git is asked first, because ruff, which `check` asks, does not list Markdown. Links that lead out of the repository are left
    out.
    """
    root = reader.root
    found, problems = _from_git(root), list[Problem]()
    if not found:
        try:
            found, problems = list_files(root, [root], ["*"], ())
        except DetectorError as error:
            return [], [Problem(str(error))]
    kept: list[str] = []
    for path in sorted(found):
        place = root / path
        if place.is_symlink() and not reader.holds(path):
            problems.append(Problem("is a link that leads out of the repository, and is not read", path))
        elif place.is_file() and _OTHERS.isdisjoint(path.split("/")[:-1]):
            kept.append(path)
    return kept, problems


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
    return sorted({path for path in paths if "\ufffd" not in path})
