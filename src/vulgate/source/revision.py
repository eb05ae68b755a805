"""A book as it was at a Git revision: its files are read out of the repository, and nothing is checked out or run."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from vulgate.source.manifest import NAME

_SECONDS: Final = 120
_LINK: Final = b"120000"
_FILES: Final = (b"100644", b"100755", _LINK)
"""Modes of what is written; a submodule is another repository."""
_TEXT: Final = (b".md", b".markdown", b".toml")
_LARGE: Final = 1 << 20
"""Bytes from which on a file that is no text of a book is written empty: of an image it matters only that it is there."""


class RevisionError(Exception):
    """A book cannot be read at a revision. The message says why."""


class Revision(Struct, frozen=True):
    """A book at a revision.

    Attributes:
        path: The book's folder or file.
        commit: The full name of the commit.
    """

    path: Path
    commit: str


class _Entry(Struct, frozen=True):
    """A file of a commit; `path` is the one below the book, empty if the book is this file."""

    mode: bytes
    name: bytes
    size: int
    path: bytes


def book_at(revision: str, book: Path, folder: Path) -> Revision:
    """Writes a book as it was at a revision into a folder, under the name that it has.

    Args:
        revision: A commit, branch or tag.
        book: The book's folder, its manifest, or its file; it need not be there any more.
        folder: An empty folder.

    Raises:
        RevisionError: There is no Git, no repository, no such revision, or no such book in it.
    """
    place = Path(os.path.abspath(book.parent if book.name == NAME else book))  # noqa: PTH100 - Git follows no links
    above = next(parent for parent in (place, *place.parents) if parent.is_dir())
    commit = _commit(revision, above)
    prefix = os.fsdecode(_git(above, "rev-parse", "--show-prefix").rstrip(b"\r\n"))
    inside = f"{prefix}{place.relative_to(above).as_posix()}".removesuffix(".").strip("/")
    entries = list(_entries(above, commit, inside))
    if not entries:
        raise RevisionError(f"there is no `{inside}` at {revision}; `--book` names the place that it had then")
    target = folder / (place.name or "book")
    try:
        _write(above, entries, target)
    except OSError as error:
        raise RevisionError(f"{revision} cannot be written to {folder}: {error.strerror or error}") from error
    return Revision(target, commit)


def _commit(revision: str, folder: Path) -> str:
    if revision.startswith("-") or "\0" in revision:
        raise RevisionError(f"`{revision}` is no revision")
    _git(folder, "rev-parse", "--git-dir")  # says so if there is no repository
    is_shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
    remedy = "; this is a shallow clone, `git fetch --unshallow` brings the rest" if is_shallow else ""
    reason = f"there is no revision `{revision}`{remedy}"
    return _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", reason=reason).decode().strip()


def _entries(folder: Path, commit: str, inside: str) -> Iterator[_Entry]:
    """The files of a commit that are the book, or below it."""
    start = os.fsencode(inside)
    paths = ["--", inside] if inside else []
    listed = _git(folder, "--literal-pathspecs", "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *paths)
    for line in filter(None, listed.split(b"\0")):
        head, _, path = line.partition(b"\t")
        mode, _, name, size = head.split()
        below = path.removeprefix(start).lstrip(b"/")
        is_safe = not {b"", b".", b"..", b".git"} & set(below.split(b"/")) or not below
        if mode in _FILES and is_safe:
            if not size.isdigit():  # Git writes `BAD` for an object that is not there
                raise RevisionError(_without(below))
            yield _Entry(mode, name, int(size), below)


def _write(folder: Path, entries: Sequence[_Entry], target: Path) -> None:
    """Writes files, and links last: nothing is written through one."""
    for entry in sorted(entries, key=lambda entry: entry.mode == _LINK):
        place = target / os.fsdecode(entry.path) if entry.path else target
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(exist_ok=False)
    wanted = [entry for entry in entries if _is_read(entry)]
    for entry, data in zip(wanted, _contents(folder, wanted), strict=True):
        place = target / os.fsdecode(entry.path) if entry.path else target
        if entry.mode == _LINK:
            place.unlink()
            place.symlink_to(os.fsdecode(data))
        else:
            place.write_bytes(data)


def _is_read(entry: _Entry) -> bool:
    return entry.size < _LARGE or not entry.path or entry.path.lower().endswith(_TEXT)


def _contents(folder: Path, entries: Sequence[_Entry]) -> Iterator[bytes]:
    """What files hold, by `git cat-file --batch`: a line with name, type and size, then the bytes and a line end."""
    wanted = b"".join(entry.name + b"\n" for entry in entries)
    answer = memoryview(_git(folder, "cat-file", "--batch", input=wanted))
    at = 0
    for entry in entries:
        end = at + bytes(answer[at : at + 200]).find(b"\n")
        if bytes(answer[at:end]).split()[1:2] != [b"blob"]:
            raise RevisionError(_without(entry.path))
        yield bytes(answer[end + 1 : end + 1 + entry.size])
        at = end + entry.size + 2


def _without(path: bytes) -> str:
    return f"this clone has no contents of `{os.fsdecode(path)}`; `git fetch --refetch` brings them"


def _git(folder: Path, *arguments: str, input: bytes = b"", reason: str = "") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *arguments],  # noqa: S607
            input=input,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise RevisionError(f"git does not run: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise RevisionError(reason or said or "git failed")
    return done.stdout
