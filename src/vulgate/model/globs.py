"""Globs of files, from the root of a repository: how they are written, and which files they mean.

The dialect is what `.gitignore`, editors and coding agents read alike: `*`, `?` and `[...]` within a name, `**` for folders.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

_SIGNS: Final = frozenset("*/.?[]{}\\!~")
_BRACKETS: Final = re.compile(r"\[!?[^][!^/]+\]")


def is_glob(word: str) -> bool:
    """Whether a word is meant as a glob, be it right or wrong."""
    return not _SIGNS.isdisjoint(word)


def glob_fault(glob: str) -> str:
    """What is wrong with a glob and how to write it; empty if nothing is."""
    parts = glob.split("/")
    checks = (
        ("\\" in glob, f"`{glob}` has a backslash: write `{glob.replace(chr(92), '/')}`"),
        (
            re.match(r"/|~|[A-Za-z]:", glob),
            f"`{glob}` is absolute: begin at the root of the repository, as in `src/**`",
        ),
        (".." in parts, f"`{glob}` leads out with `..`: begin at the root of the repository, as in `src/**`"),
        (re.search(r"[{}]", glob), "not every agent understands braces: write out each, as in `src/a/**, src/b/**`"),
        (glob.startswith("!"), f"`{glob}` begins with `!`, but a glob says where the rule holds: leave out the rest"),
        (re.search(r"[\s\"'`]", glob), f"`{glob}` has a space or a quote: separate globs by commas, without quotes"),
        (glob.endswith("/"), f"`{glob}` is a folder, and globs mean files: write `{glob.rstrip('/')}/**`"),
        ("" in parts or "." in parts, f"`{glob}` has an empty part: write `{_without_empty(parts)}`"),
        (re.search(r"[][]", _BRACKETS.sub("", glob)), f"the brackets of `{glob}` are wrong: write `[abc]` or `[!abc]`"),
        (any("**" in part and part != "**" for part in parts), "`**` stands alone between slashes, as in `**/*.py`"),
    )
    return next((reason for is_wrong, reason in checks if is_wrong), "")


def from_root(glob: str) -> str:
    """The glob with its folders: a name alone is meant in every folder, as in `.gitignore`."""
    return glob if "/" in glob else f"**/{glob}"


def is_among(path: str, globs: Iterable[str]) -> bool:
    """Whether globs mean a file.

    Args:
        path: The file, from the root, with forward slashes.
        globs: Globs from the root. `*` and `?` stay within a name; `**/` is any number of folders, none too; `/**` at the end
            is all that a folder holds.
    """
    parts = tuple(path.split("/"))
    return any(_fits(parts, tuple(glob.split("/"))) for glob in globs)


@lru_cache(maxsize=8192)  # without it, many `**` in one glob would take time without end
def _fits(parts: tuple[str, ...], glob: tuple[str, ...]) -> bool:
    if not parts or not glob:
        return not parts and not glob
    if glob[0] != "**":
        return fnmatchcase(parts[0], glob[0]) and _fits(parts[1:], glob[1:])
    return len(glob) == 1 or _fits(parts, glob[1:]) or _fits(parts[1:], glob)


def _without_empty(parts: Iterable[str]) -> str:
    return "/".join(part for part in parts if part not in ("", "."))
