"""CPython compiled to WebAssembly, which runs under Node: for versions of Python that the machine does not have.

Pyodide has no threads, no processes and no sockets; what needs them is skipped there, and says so.
Its npm package is looked for in `$VULGATE_PYODIDE`, in `node_modules` of the current folder and of those above it, and in npm's
global folder.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from vulgate.sessions.steps import Runtime
from vulgate.verify.interpreters import PythonNotFoundError
from vulgate.verify.jobs import Answer, Outcome
from vulgate.verify.runners.base import version_of
from vulgate.verify.sandbox import Isolation, program
from vulgate.verify.warm import HARNESS, Warm

SUFFIX: Final = "-pyodide"
_VARIABLE: Final = "VULGATE_PYODIDE"
_DRIVER: Final = ("pyodide.mjs", "", "child.py", "pyodide_job.py")  # the empty one stands for Pyodide's folder
_START_SECONDS: Final = 60.0
_ABI: Final = re.compile(r"(\d)(\d+)\.")
_CANNOT: Final = (
    (re.compile(r"can't start new thread"), "Pyodide has no threads"),
    (re.compile(r"does not support processes|_multiprocessing|os\.fork|posix_spawn"), "Pyodide has no processes"),
    (re.compile(r"_make_subprocess_transport"), "Pyodide has no processes"),
    (re.compile(r"'hashlib' has no attribute 'scrypt'"), "Pyodide has no OpenSSL"),
    (re.compile(r"'time' has no attribute 'tzset'"), "Pyodide has no time zone of a system"),
    (re.compile(r"you must do pyodide\.loadPackage\('(\w+)'\)"), "Pyodide has no {0}"),
    (
        re.compile(r"Function not implemented|Host is unreachable|Operation not supported"),
        "Pyodide lacks this system call",
    ),
    (re.compile(r"waits for something that cannot happen in Pyodide"), "Pyodide's event loop has no files and sockets"),
    (re.compile(r"[Mm]odule '(\w+)' is (?:unvendored|removed|included in the Pyodide)"), "Pyodide has no {0}"),
    (
        re.compile(r"No module named '(_?(?:ssl|sqlite3|lzma|curses|ctypes|dbm|tkinter|multiprocessing))"),
        "Pyodide has no {0}",
    ),
    (re.compile(r"Maximum call stack size exceeded|stack overflow"), "Pyodide's stack is too small for it"),
)


def find_pyodide(label: str) -> Runtime:
    """Pyodide for a label such as `3.14-pyodide`.

    Raises:
        PythonNotFoundError: There is none, it is another version, or there is no Node.
    """
    wanted = label.removesuffix(SUFFIX)
    node = program("node")
    if not node:
        raise PythonNotFoundError(f"`{label}` needs Node, which is not installed")
    others: list[str] = []
    for folder in _folders():
        try:
            release = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
        except (OSError, ValueError, KeyError):
            continue
        version = _python_version(folder, release)
        if version == wanted:
            return Runtime(
                label=label,
                version=version,
                build=f"pyodide {release}, node {version_of('node', '--version')}",
                argv=(
                    node,
                    str(HARNESS / "pyodide.mjs"),
                    str(folder),
                    str(HARNESS / "child.py"),
                    str(HARNESS / "pyodide_job.py"),
                ),
                folders=(str(folder), str(Path(os.path.realpath(node)).parents[1])),
            )
        others.append(f"{version} at {folder}")
    found = f" (there is Pyodide with Python {', '.join(others)})" if others else ""
    raise PythonNotFoundError(
        f"there is no Pyodide with Python {wanted}{found}; "
        f"`npm install pyodide` in this folder, or name its folder in ${_VARIABLE}"
    )


def _folders() -> Iterator[Path]:
    if named := os.environ.get(_VARIABLE):
        yield Path(named).absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        yield folder / "node_modules" / "pyodide"
    if npm := program("npm"):
        try:
            done = subprocess.run([npm, "root", "-g"], capture_output=True, timeout=10, check=False, text=True)
        except (OSError, subprocess.SubprocessError):
            return
        if done.stdout.strip():
            yield Path(done.stdout.strip()) / "pyodide"


def _python_version(folder: Path, release: str) -> str:
    """The Python that a release of Pyodide holds: its lock file says so; since 314 its own number does, too."""
    try:
        told = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]["python"]
        return ".".join(str(told).split(".")[:2])
    except (OSError, ValueError, KeyError):
        match = _ABI.match(release)
        return f"{match[1]}.{match[2]}" if match else ""


class PyodideHost(Warm):
    """Runs jobs in Pyodide, at the same level of isolation as a warm interpreter.

    Args:
        runtime: From `find_pyodide`.
        isolation: How far Node is kept apart.
    """

    def __init__(self, runtime: Runtime, isolation: Isolation) -> None:
        super().__init__(runtime, isolation)
        self.start_seconds = _START_SECONDS
        self.priority = ()  # here the jobs run in the process that would come first

    def argv(self) -> list[str]:
        """Node and the driver."""
        return list(self.runtime.argv)

    def run(self, steps: Sequence[dict[str, Any]], limits: dict[str, Any]) -> Answer:
        """Runs one job in a fresh interpreter; what the WebAssembly machine could not do is told as the job's error."""
        answer = super().run(steps, limits)
        if answer.fatal:
            error = {"type": "RuntimeError", "module": "pyodide", "text": answer.fatal}
            return Answer(({"step": 0, "error": error}, *({} for _ in steps[1:])))
        return answer


def without_what_pyodide_lacks(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes in which a step that needs what Pyodide does not have is skipped, with the reason, and does not fail."""
    found: list[Outcome] = []
    reason = ""
    for outcome in outcomes:
        reason = reason or _lack(outcome)
        found.append(msgspec.structs.replace(outcome, skip=reason) if reason else outcome)
    return found


def _lack(outcome: Outcome) -> str:
    text = f"{outcome.error.text if outcome.error else ''}\n{outcome.stderr}"
    for pattern, reason in _CANNOT:
        if match := pattern.search(text):
            return reason.format(*match.groups())
    return ""
