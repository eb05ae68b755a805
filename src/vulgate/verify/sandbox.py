"""How far an example is kept apart from the machine. Three levels, behind one interface.

* `bubblewrap`: namespaces of its own for processes, network and mounts; the file system can only be read, and the user's home
  and temporary files are not there. Needs Linux and the program `bwrap`.
* `namespaces`: namespaces of its own for processes and network, by the program `unshare` of util-linux.
* `process`: a process group and the kernel's limits; the network is not cut off.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

_PROBE_SECONDS: Final = 10
_USER: Final = "1000"
_SYSTEM_PATH: Final = ("/usr/local/bin", "/usr/bin", "/bin")


class Isolation(StrEnum):
    """A level of isolation."""

    BUBBLEWRAP = "bubblewrap"
    NAMESPACES = "namespaces"
    PROCESS = "process"

    @property
    def says(self) -> str:
        """What the level means, for the summary."""
        return {
            Isolation.BUBBLEWRAP: "own processes, no network, read-only files (bubblewrap)",
            Isolation.NAMESPACES: "own processes, no network (namespaces)",
            Isolation.PROCESS: "limits only; network and files are open (no bubblewrap, no namespaces)",
        }[self]


class IsolationError(Exception):
    """A level was asked for that this machine does not give."""


def best_isolation(wanted: str = "auto") -> Isolation:
    """The strongest level that works here, or the one asked for.

    Raises:
        IsolationError: The one asked for does not work.
    """
    if wanted != "auto":
        level = Isolation(wanted)
        if not _works(level):
            raise IsolationError(f"isolation by {level} does not work on this machine")
        return level
    return next(level for level in Isolation if _works(level))


def _works(level: Isolation) -> bool:
    if level is Isolation.PROCESS:
        return True
    if sys.platform != "linux":
        return False
    # `cat` shows that /proc is there: some containers allow namespaces, and no mount in them.
    argv = command(level, ["cat", "/proc/self/stat"], readable=(), network=False)
    try:
        return subprocess.run(argv, capture_output=True, timeout=_PROBE_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def command(level: Isolation, argv: Sequence[str], *, readable: Iterable[str], network: bool) -> list[str]:
    """The command line that runs `argv` at a level.

    Args:
        level: The level.
        argv: The command.
        readable: Files and folders that it needs, wherever they lie.
        network: Whether it may use the network (to reach a service).
    """
    if level is Isolation.BUBBLEWRAP:
        return [*_bubblewrap(readable, network=network), *argv]
    if level is Isolation.NAMESPACES:
        own_network = [] if network else ["--net"]
        return [
            *("unshare", "--user", "--map-root-user", *own_network, "--ipc", "--pid", "--fork"),
            *("--kill-child", "--mount-proc", *argv),
        ]
    return list(argv)


def _bubblewrap(readable: Iterable[str], *, network: bool) -> list[str]:
    # The first process of the namespace cannot be killed or stopped from inside it: that is to be ours.
    argv = ["bwrap", "--unshare-user", "--unshare-pid", "--as-pid-1"]
    argv += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    argv += [] if network else ["--unshare-net"]
    argv += ["--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    hidden = _hidden_folders()
    for folder in hidden:
        argv += ["--tmpfs", folder]
    for place in _outermost(readable):
        if any(Path(place).is_relative_to(folder) for folder in hidden):
            argv += ["--ro-bind-try", place, place]
    return [*argv, "--uid", _USER, "--gid", _USER, "--cap-drop", "ALL", "--hostname", "example"]


def private_folders(level: Isolation) -> tuple[str, ...]:
    """The folders for temporary files that only the processes of one command see, at a level."""
    if level is not Isolation.BUBBLEWRAP:
        return ()
    return tuple(folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if not os.path.islink(folder))  # noqa: S108


def _hidden_folders() -> list[str]:
    """The folders of which an example sees nothing: temporary files, the user's home, sockets of running services."""
    candidates = ["/tmp", "/var/tmp", "/run", str(Path.home())]  # noqa: S108
    folders = dict.fromkeys(os.path.realpath(folder) for folder in candidates)
    return [folder for folder in _outermost(folders) if folder != "/" and Path(folder).is_dir()]


def _outermost(places: Iterable[str]) -> list[str]:
    """The places that lie in none of the others, symbolic links resolved."""
    found: list[Path] = []
    # A link is kept as it is beside what it leads to: both names are asked for.
    for place in sorted(
        {Path(name) for text in places if text for name in (os.path.abspath(text), os.path.realpath(text))}
    ):
        if place.exists() and not any(place.is_relative_to(other) for other in found):
            found.append(place)
    return [str(place) for place in found]


@lru_cache(maxsize=1)
def first_in_line() -> tuple[str, ...]:
    """What starts a warm interpreter in front of all other processes, where only that can stop a fork bomb.

    The kernel limits how many processes a user has, but not root; then the interpreter has to stop its jobs by itself, and must
    not wait behind thousands of them. Its jobs run as others do (`keep_priority` in `harness/processes.py`).
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return ()
    prefix = ("chrt", "--rr", "1")
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ()
    return prefix if done.returncode == 0 else ()


def clean_environment(folders: Iterable[str]) -> dict[str, str]:
    """The variables of an example: no secrets, nothing of the machine's settings.

    Args:
        folders: Where programs are found first.
    """
    path = dict.fromkeys([*folders, *_SYSTEM_PATH])
    if sys.platform == "win32":
        root = os.environ.get("SYSTEMROOT", r"C:\Windows")
        return {"PATH": os.pathsep.join([*folders, rf"{root}\System32", root]), "SYSTEMROOT": root, "PYTHONUTF8": "1"}
    return {
        "PATH": os.pathsep.join(path),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "COLUMNS": "80",
        "LINES": "24",
    }


def program(name: str) -> str:
    """The path of a program, or an empty string."""
    return shutil.which(name) or ""
