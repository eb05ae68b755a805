"""Finding the files to check, and reading them."""

import hashlib
import json
import os
import re
import stat
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from vulgate.detect.base import DetectorError
from vulgate.detect.ruff import ruff_program
from vulgate.detect.source import Source, matches
from vulgate.model.findings import Problem

MAX_BYTES: Final = 10_000_000
NOTEBOOK: Final = ".ipynb"
_SECONDS: Final = 120
_BOM: Final = b"\xef\xbb\xbf"
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MAGIC = re.compile(r"^([ \t]*)[%!?]", re.MULTILINE)


class Loaded(Struct, frozen=True):
    """A file as it was read.

    Attributes:
        digest: Of its bytes and path.
        source: Its text; `None` if it cannot be checked.
        problem: Why it cannot.
    """

    digest: bytes
    source: Source | None
    problem: Problem | None = None


def list_files(
    root: Path, paths: Sequence[Path], patterns: Iterable[str], exclude: Sequence[str]
) -> tuple[list[str], list[Problem]]:
    """The files below some paths that match patterns, but those that Git ignores and those that are excluded.

    Args:
        root: The folder that the result is relative to; every path lies below it.
        paths: Files and folders. A file is taken even if Git ignores it or no pattern matches.
        patterns: Names such as `*.py`.
        exclude: Patterns of relative paths that are left out, also where they are named.

    Returns:
        Relative paths with forward slashes, sorted; and what is wrong with some of the paths.

    Raises:
        DetectorError: Ruff, which knows the rules of `.gitignore`, does not run.
    """
    problems: list[Problem] = []
    found: set[str] = set()
    folders: list[Path] = []
    for path in paths:
        absolute = Path(os.path.abspath(path))
        try:
            mode = absolute.stat().st_mode
        except OSError as error:
            reason = "no such file or folder" if isinstance(error, FileNotFoundError) else _told(error)
            problems.append(Problem(reason, _shown(absolute, root)))
            continue
        if stat.S_ISDIR(mode):
            folders.append(absolute)
        elif stat.S_ISREG(mode):
            found.add(_relative(str(absolute), str(root)))
        else:
            problems.append(Problem("is no file with code", _shown(absolute, root)))
    if folders:
        found.update(_relative(line, str(root)) for line in _walk(root, folders, patterns) if _may_be_read(line))
    unnamed = sorted(path for path in found if not _is_unicode(root, path))
    found.difference_update(unnamed)
    problems += (Problem("has a name that is not UTF-8, and is not checked", _printable(path)) for path in unnamed)
    outside = sorted(path for path in found if path.startswith("../"))
    problems += (Problem(f"lies outside the project, which is {root}", path) for path in outside)
    kept = sorted(path for path in found.difference(outside) if not _is_excluded(path, exclude))
    return kept, problems


def _walk(root: Path, folders: Sequence[Path], patterns: Iterable[str]) -> list[str]:
    """Absolute paths of the files below folders. Ruff walks fast, in parallel, and as Git does."""
    wanted = set(patterns)
    # To ruff, `pyproject.toml` is the one in the root alone.
    wanted |= {f"**/{pattern}" for pattern in wanted if "/" not in pattern}
    include = json.dumps(sorted(wanted))
    argv = [ruff_program(), "check", "--isolated", "--show-files", "--config", f"include = {include}"]
    try:
        done = subprocess.run(
            [*argv, "--", *map(str, folders)],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DetectorError(f"the files cannot be listed: {error}") from error
    starts = tuple(str(folder).rstrip(os.sep) + os.sep for folder in folders)
    paths: list[str] = []
    for line in os.fsdecode(done.stdout).split("\n"):
        if line.startswith(starts):
            paths.append(line)
        elif paths and line:  # a name with a line end in it
            paths[-1] += "\n" + line
    return paths


def _may_be_read(path: str) -> bool:
    """Whether a path is no pipe or device, which would be waited for. What is not there is told by who reads it."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return True


def _is_unicode(root: Path, path: str) -> bool:
    """Whether programs can be told the path; ruff prints a replacement character for what is not UTF-8."""
    return _printable(path) == path and ("\ufffd" not in path or os.path.lexists(root / path))


def _printable(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8") if not path.isascii() else path


def _relative(path: str, root: str) -> str:
    if path.startswith(root.rstrip(os.sep) + os.sep):  # nearly always, and there may be thousands
        return path[len(root.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
    return os.path.relpath(path, root).replace(os.sep, "/")


def _shown(path: Path, root: Path) -> str:
    return _printable(_relative(str(path), str(root)) if path.is_relative_to(root) else str(path))


def _is_excluded(path: str, exclude: Sequence[str]) -> bool:
    """Whether a path, or a folder that it is in, matches a pattern."""
    if not exclude:
        return False
    parts = path.split("/")
    return any(fits("/".join(parts[:end]), exclude) for end in range(1, len(parts) + 1))


def fits(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path, or its last part, matches one of a user's patterns; `**/` stands for no folder at all, too."""
    given = tuple(patterns)
    return matches(path, (*given, *(pattern.replace("**/", "") for pattern in given if "**/" in pattern)))


def _told(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def load(root: Path, path: str, python: str = "") -> Loaded:
    """Reads a file to check.

    Args:
        root: The project.
        path: Relative to it.
        python: The oldest Python version that the project is for.
    """
    try:
        with open(os.path.join(root, path), "rb") as stream:  # in a third of the time that pathlib takes
            data = stream.read()
    except OSError as error:
        return Loaded(b"", None, Problem(f"cannot be read: {_told(error)}", path))
    return load_bytes(path, data, python)


def load_bytes(path: str, data: bytes, python: str = "") -> Loaded:
    """Takes a file's bytes as text to check."""
    digest = hashlib.blake2b(data, digest_size=16).digest()
    if len(data) > MAX_BYTES:
        reason = f"has {len(data) / 1e6:.0f} MB, and files over {MAX_BYTES / 1e6:.0f} MB are not checked"
        return Loaded(digest, None, Problem(reason, path))
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        return Loaded(digest, None, _wrong_encoding(path, data, error))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return Loaded(digest, None, Problem("holds a NUL byte, so it is no source code", path, line))
    if path.endswith(NOTEBOOK):
        return _notebook(path, text, digest, python)
    return Loaded(digest, Source(path, text, python))


def _wrong_encoding(path: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    cookie = next((match for text in data.splitlines()[:2] if (match := _COOKIE.match(text))), None)
    declared = f"; it declares {cookie[1].decode('ascii', 'replace')}" if cookie else ""
    message = f"is not UTF-8 (byte 0x{data[error.start]:02x}){declared}"
    return Problem(message, path, line, help="save it as UTF-8: other encodings are not checked")


def _notebook(path: str, text: str, digest: bytes, python: str) -> Loaded:
    """The cells with code, one after the other."""
    try:
        cells = notebook_cells(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return Loaded(digest, None, Problem(f"is no notebook: {error}", path))
    codes: list[str] = []
    starts: list[int] = []
    line = 1
    for code in cells:
        if code is None:
            starts.append(0)
            continue
        starts.append(line)
        plain = plain_cell(code)
        codes.append(plain)
        line += plain.count("\n") + 1
    return Loaded(digest, Source(path, "\n".join(codes), python, tuple(starts)))


def plain_cell(code: str) -> str:
    """A cell's code with lines of IPython's own language as comments of the same length."""
    return _MAGIC.sub(r"\1#", code)


def notebook_cells(notebook: Any) -> list[str | None]:
    """The code of each cell of a notebook in Python; `None` for other cells, and for cells in another language.

    Raises:
        KeyError: It has not the form of a notebook.
        TypeError: It has not the form of a notebook.
    """
    language = notebook.get("metadata", {}).get("language_info", {}).get("name", "python")
    codes: list[str | None] = []
    for cell in notebook["cells"]:
        source = cell["source"]
        code = source if isinstance(source, str) else "".join(source)
        is_python = cell["cell_type"] == "code" and language == "python" and not code.lstrip().startswith("%%")
        codes.append(code if is_python else None)
    return codes
