"""Pyodide as an optional part of the site: CPython compiled to WebAssembly, which runs examples in the reader's browser.

It is the npm package `pyodide`, in a folder that the manifest or `$VULGATE_PYODIDE` names. The files that a page needs are
copied.
"""

from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.editions.base import EditionFileError, Workspace

FOLDER: Final = "assets/pyodide"
VARIABLE: Final = "VULGATE_PYODIDE"
_LOCK: Final = "pyodide-lock.json"
_HELP: Final = "`npm install pyodide@314` makes one that can be used, `node_modules/pyodide`"
_FILES: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", _LOCK)


class Pack(Struct, frozen=True):
    """Pyodide, ready to be copied.

    Attributes:
        python: The version of Python in it, as two numbers.
        files: Its files, by path in the site.
    """

    python: str
    files: dict[str, bytes]


class _Info(Struct):
    python: str


class _Lock(Struct):
    info: _Info


def find_pack(folder: str, workspace: Workspace) -> Pack | None:
    """The pack in a folder, else in the one that the environment names; `None` if neither names one.

    Args:
        folder: The option `pyodide` of `[editions.web]`; a relative path counts from the book's folder.
        workspace: Reads the files.

    Raises:
        EditionFileError: The folder does not hold Pyodide.
    """
    if folder:
        return _pack(folder, "`pyodide` of `[editions.web]`", workspace)
    named = workspace.variable(VARIABLE)
    return _pack(str(Path(named).absolute()), f"${VARIABLE}", workspace) if named else None


def _pack(folder: str, origin: str, workspace: Workspace) -> Pack:
    files: dict[str, bytes] = {}
    for name in _FILES:
        data = workspace.read_outside(f"{folder}/{name}")
        if data is None:
            raise EditionFileError(
                f"{folder}/{name}", f"{origin} names this folder, and there is no such file in it; {_HELP}"
            )
        files[f"{FOLDER}/{name}"] = data
    try:
        lock = msgspec.json.decode(files[f"{FOLDER}/{_LOCK}"], type=_Lock)
    except msgspec.DecodeError as error:
        raise EditionFileError(f"{folder}/{_LOCK}", f"it is not Pyodide's: {error}; {_HELP}") from error
    return Pack(".".join(lock.info.python.split(".")[:2]), files)
