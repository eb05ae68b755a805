"""The lines that have changed since a revision, by Git."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vulgate.check.files import NOTEBOOK

_SECONDS: Final = 120
_HUNK = re.compile(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_PLAIN: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"v": b"\v", b"f": b"\f"}

Changed = dict[str, set[int]]
"""Line numbers by path; the whole file if the set is empty."""


class ChangesError(Exception):
    """Git does not say what has changed. The message says why."""


def changed_lines(root: Path, revision: str, paths: Sequence[str] = (".",)) -> Changed:
    """The lines below a folder that are not as in a revision, those of new files that Git does not know among them.

    Args:
        root: The project.
        revision: A commit, branch or tag.
        paths: The files and folders that are asked about, from the project.

    Raises:
        ChangesError: There is no Git, no repository or no such revision.
    """
    if revision.startswith("-"):
        raise ChangesError(f"`{revision}` is no revision")
    _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", reason=f"no revision `{revision}`")
    given = [f":(literal){path}" for path in paths]
    options = ("--no-color", "--no-ext-diff", "--no-textconv", "--unified=0", "--inter-hunk-context=0", "--relative")
    changed = _read_diff(_git(root, "diff", *options, "--no-prefix", "--no-renames", revision, "--", *given))
    for path in _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *given).split(b"\0"):
        if path:
            changed[os.fsdecode(path)] = set()
    # The lines of a notebook are those of its cells, and not those of the file that Git compares.
    return {path: set() if path.endswith(NOTEBOOK) else lines for path, lines in changed.items()}


def ignored_paths(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of some paths below a folder that Git ignores; none where there is no Git."""
    try:
        told = _git(root, "check-ignore", "-z", "--stdin", input=b"\0".join(map(os.fsencode, paths)))
    except ChangesError:  # also where none is ignored
        return frozenset()
    return frozenset(os.fsdecode(path) for path in told.split(b"\0") if path)


def _git(root: Path, *arguments: str, reason: str = "", input: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            input=input,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ChangesError(f"git does not run: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise ChangesError(said or reason or "git failed")
    return done.stdout


def _read_diff(diff: bytes) -> Changed:
    changed: Changed = {}
    path = ""
    in_head = True
    for line in diff.split(b"\n"):
        if line.startswith(b"diff --git "):
            in_head, path = True, ""
        elif in_head and line.startswith(b"+++ "):
            name = line[4:].rstrip(b"\t")
            path = "" if name == b"/dev/null" else os.fsdecode(_unquoted(name))
        elif (match := _HUNK.match(line)) and path:
            in_head = False
            first, count = int(match[1]), int(match[2] or 1)
            # Where lines are only taken away, those beside the gap are the changed ones.
            lines = range(first, first + count) if count else range(first, first + 2)
            changed.setdefault(path, set()).update(lines)
    return changed


def _unquoted(name: bytes) -> bytes:
    match = _QUOTED.fullmatch(name)
    if not match:
        return name
    return _ESCAPE.sub(lambda found: _PLAIN.get(found[1]) or _octal(found[1]), match[1])


def _octal(text: bytes) -> bytes:
    return bytes([int(text, 8)]) if len(text) == 3 else text
