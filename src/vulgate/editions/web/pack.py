"""Pyodide as an optional part of the site: CPython compiled to WebAssembly, which runs examples in the reader's browser.

It is the npm package `pyodide`, in a folder that the manifest names. The files that a page needs are copied.
"""

from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.editions.base import EditionFileError, Workspace

FOLDER: Final = "assets/pyodide"
_LOCK: Final = "pyodide-lock.json"
_HELP: Final = "`npm install pyodide@314` makes one that can be used, `node_modules/pyodide`"
_FILES: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", _LOCK)


class _Info(Struct):
    python: str


class _Lock(Struct):
    info: _Info


class Pack:
    """Pyodide, ready to be copied.

    Args:
        folder: The folder of the npm package; a relative path counts from the book's folder.
        workspace: Reads the files.

    Attributes:
        python: The version of Python in it, as two numbers.

    Raises:
        EditionFileError: The folder does not hold Pyodide.
    """

    def __init__(self, folder: str, workspace: Workspace) -> None:
        self._folder = folder
        self._workspace = workspace
        try:
            lock = msgspec.json.decode(self._read(_LOCK), type=_Lock)
        except msgspec.DecodeError as error:
            raise EditionFileError(f"{folder}/{_LOCK}", f"it is not Pyodide's: {error}; {_HELP}") from error
        self.python = ".".join(lock.info.python.split(".")[:2])

    def paths(self) -> tuple[str, ...]:
        """Its files, by path in the site."""
        return tuple(f"{FOLDER}/{name}" for name in _FILES)

    def file(self, path: str) -> bytes:
        """One of them, read when it is asked for: they are large.

        Raises:
            EditionFileError: It is not there.
        """
        return self._read(path.removeprefix(f"{FOLDER}/"))

    def _read(self, name: str) -> bytes:
        data = self._workspace.read_outside(f"{self._folder}/{name}")
        if data is None:
            reason = f"`pyodide` of `[editions.web]` names this folder, and there is no such file in it; {_HELP}"
            raise EditionFileError(f"{self._folder}/{name}", reason)
        return data


def find_pack(option: str, workspace: Workspace) -> Pack | None:
    """The pack that the book asks for, if any.

    Args:
        option: `pyodide` of `[editions.web]`: a folder, or `$` and the name of a variable of the environment that holds
            one. Where the variable is not set, there is no pack, so that a book can be built everywhere.
        workspace: Reads the variable and the files.

    Raises:
        EditionFileError: The folder does not hold Pyodide.
    """
    if not option.startswith("$"):
        return Pack(option, workspace) if option else None
    named = workspace.variable(option[1:])
    return Pack(str(Path(named).absolute()), workspace) if named else None
