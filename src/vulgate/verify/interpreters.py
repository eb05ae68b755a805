"""The Python interpreters of the machine: those on PATH, and those of pyenv, uv and Debian."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.sessions.steps import Runtime

OLDEST: Final = (3, 8)
_PROBE: Final = (
    "import sys, json; print(json.dumps(dict(version=list(sys.version_info[:3]), build=sys.version, platform=sys.platform,"
    " name=sys.implementation.name, executable=sys.executable, prefixes=[sys.prefix, sys.base_prefix, sys.exec_prefix,"
    " sys.base_exec_prefix], path=sys.path)))"
)
_NAME = re.compile(r"(?:python|pypy)3?(?:\.\d+)?(?:\.exe)?")
_VERSION = re.compile(r"\d+\.\d+(?:-pypy)?")
_PROBE_SECONDS: Final = 10


class _Probe(Struct, frozen=True):
    """What an interpreter says of itself."""

    version: tuple[int, int, int]
    build: str
    platform: str
    name: str
    executable: str
    prefixes: list[str]
    path: list[str]


class PythonNotFoundError(Exception):
    """No interpreter of the machine is the one asked for."""


def current() -> Runtime:
    """The interpreter that a user's examples run on by default: that of the active virtual environment, else our own.

    Raises:
        PythonNotFoundError: It does not start.
    """
    active = os.environ.get("VIRTUAL_ENV")
    candidates = [str(Path(active) / folder / "python") for folder in ("bin", "Scripts")] if active else []
    for candidate in [*candidates, sys.executable]:
        if runtime := probe(candidate):
            return runtime
    raise PythonNotFoundError(f"the Python at {sys.executable} does not start")


def find(wanted: str) -> Runtime:
    """The interpreter for a version such as `3.12` or `3.10-pypy`, or at a path.

    Raises:
        PythonNotFoundError: There is none.
    """
    if not _VERSION.fullmatch(wanted):
        runtime = probe(wanted)
        if runtime is None:
            raise PythonNotFoundError(f"`{wanted}` is no Python {OLDEST[0]}.{OLDEST[1]} or newer that starts")
        return runtime
    here = current()
    if here.label == wanted:
        return here
    # Those whose place tells their version come first, so that most often one is started and not all.
    number = wanted.partition("-")[0]
    places = sorted(_candidates(), key=lambda place: f"python{number}" not in place and f"/{number}." not in place)
    for place in places:
        if (runtime := probe(place)) and runtime.label == wanted:
            return runtime
    raise PythonNotFoundError(f"there is no Python {wanted} on this machine")


def installed() -> list[Runtime]:
    """One interpreter for each version on the machine, oldest first; the current one stands for its version."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = [runtime for runtime in pool.map(probe, _candidates()) if runtime]
    best: dict[str, Runtime] = {}
    for runtime in sorted(found, key=lambda runtime: _patch(runtime.build)):
        best[runtime.label] = runtime
    here = current()
    best[here.label] = here
    return sorted(best.values(), key=lambda runtime: _patch(runtime.version))


def _patch(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def probe(place: str) -> Runtime | None:
    """Asks an interpreter what it is; `None` if it does not answer, or is too old."""
    try:
        done = subprocess.run(
            [place, "-I", "-c", _PROBE],
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        told = msgspec.json.decode(done.stdout, type=_Probe)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError, ValueError):
        return None
    if told.version[:2] < OLDEST or told.name not in ("cpython", "pypy"):
        return None
    version = f"{told.version[0]}.{told.version[1]}"
    label = version if told.name == "cpython" else f"{version}-{told.name}"
    return Runtime(
        label=label,
        version=version,
        build=f"{'.'.join(map(str, told.version))} {told.platform} {_short(told.build)}",
        argv=(told.executable or place,),
        folders=tuple(dict.fromkeys([*told.prefixes, *told.path, str(Path(place).parent)])),
        paths=tuple(told.path),
    )


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _candidates() -> Iterable[str]:
    """Paths that look like interpreters, each file once."""
    seen: set[str] = set()
    for place in _places():
        real = os.path.realpath(place)
        if real not in seen:
            seen.add(real)
            yield str(place)


def _places() -> Iterator[Path]:
    home = Path.home()
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and Path(folder).name != "shims":  # pyenv's scripts, which start the versions below
            yield from _interpreters(Path(folder))
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local" / "share" / "uv" / "python")
    for root in (pyenv, uv):
        for version in _names(root):
            yield from _interpreters(root / version / "bin")
            yield from _interpreters(root / version)
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
        yield from _interpreters(Path(folder))


def _interpreters(folder: Path) -> Iterator[Path]:
    names = (name for name in _names(folder) if _NAME.fullmatch(name))
    yield from (folder / name for name in names if os.access(folder / name, os.X_OK))


def _names(folder: Path) -> list[str]:
    """What is in a folder; nothing if it is none, or not ours to read."""
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []


# ---------------------------------------------------------------------------------------------------- packages


class Packages:
    """The packages that an interpreter can import, read from the names of their metadata folders."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, ...], dict[str, str]] = {}

    def of(self, runtime: Runtime) -> dict[str, str]:
        """Versions by normalized name."""
        if runtime.paths not in self._found:
            self._found[runtime.paths] = dict(_distributions(runtime.paths))
        return self._found[runtime.paths]

    def missing(self, requires: Iterable[str], runtime: Runtime) -> str:
        """Why requirements are not met, or an empty string."""
        from packaging.requirements import InvalidRequirement, Requirement
        from packaging.utils import canonicalize_name

        for text in requires:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                return f"`{text}` is no requirement"
            version = self.of(runtime).get(canonicalize_name(requirement.name))
            if version is None:
                return f"needs {text}, which is not installed"
            if not requirement.specifier.contains(version, prereleases=True):
                return f"needs {text}, and {version or 'one without a version'} is installed"
        return ""

    def build(self, requires: Iterable[str], runtime: Runtime) -> str:
        """The versions of required packages, as part of what a verdict depends on."""
        if not requires:
            return ""
        found = self.of(runtime)
        return " ".join(sorted(f"{name}-{version}" for name, version in found.items())) if found else ""


def _distributions(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in reversed(list(paths)):  # so that what comes first on the path wins
        try:
            names = os.listdir(path)
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                project, _, version = name.rpartition(".")[0].partition("-")
                yield re.sub(r"[-_.]+", "-", project).lower(), version.partition("-")[0]
