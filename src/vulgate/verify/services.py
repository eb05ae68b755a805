"""Services that examples need, such as Redis: started once a run on a free port, as the manifest says, and stopped after."""

import contextlib
import os
import secrets
import select
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.source.book import ServiceEntry
from vulgate.verify.sandbox import Isolation, clean_environment, command, program
from vulgate.verify.warm import HARNESS

_POLL: Final = 0.05
_STOP_SECONDS: Final = 6.0
_HOST: Final = "127.0.0.1"
_PRIVATE: Final = "/tmp/service"  # noqa: S108  inside a namespace of its own, where /tmp is empty


class ServiceError(Exception):
    """A service does not start; the message says why, with its last words."""


class Running(Struct, frozen=True):
    """A service that is ready.

    Attributes:
        env: Variables for the examples.
        client: The command that runs a fence in another language, or nothing.
    """

    env: dict[str, str]
    client: tuple[str, ...]


class Services:
    """The services of a run.

    Args:
        entries: The manifest's services.
        isolation: How far they are kept apart; they reach the network in any case.
    """

    def __init__(self, entries: Mapping[str, ServiceEntry], isolation: Isolation) -> None:
        self.entries = entries
        self.isolation = isolation
        self._running: dict[str, Running | ServiceError] = {}
        self._keepers: list[tuple[subprocess.Popen[bytes], str]] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def missing(self, name: str) -> str:
        """Why a service cannot be started, as far as can be told without starting it."""
        entry = self.entries.get(name)
        if entry is None:
            return f"the manifest has no `[services.{name}]`"
        words = _words(entry.setup or entry.command, 0, "")
        return "" if not words or program(words[0]) else f"needs {words[0]}, which is not installed"

    def start(self, name: str) -> Running:
        """Starts a service unless it runs already.

        Raises:
            ServiceError: It does not get ready.
        """
        with self._lock:
            if name not in self._running:
                try:
                    self._running[name] = self._start(name, self.entries[name])
                except ServiceError as error:
                    self._running[name] = error
            found = self._running[name]
        if isinstance(found, ServiceError):
            raise found
        return found

    def _start(self, name: str, entry: ServiceEntry) -> Running:
        port = _free_port()
        inside = self.isolation is Isolation.BUBBLEWRAP
        # The keeper makes the folder, so that whenever we are killed there is somebody to delete it.
        token = secrets.token_hex(8)
        folder = _PRIVATE if inside else os.path.join(tempfile.gettempdir(), f"vulgate-service-{token}")
        keeper = self._keeper(folder, entry, port)
        self._keepers.append((keeper, folder))
        env = {key: _filled(value, port, folder) for key, value in entry.env.items()}
        prefix = name.upper().replace("-", "_")
        env = {f"{prefix}_HOST": _HOST, f"{prefix}_PORT": str(port), **env}
        deadline = time.monotonic() + entry.seconds
        while not _is_ready(entry.ready, port, folder, env):
            if said := _said(keeper):
                raise ServiceError(f"the service {name} ended: {said}")
            if time.monotonic() > deadline:
                raise ServiceError(f"the service {name} is not ready after {entry.seconds:g} s")
            if self._closed.wait(_POLL):
                raise ServiceError(f"the service {name} was stopped")
        return Running(env, tuple(_words(entry.client, port, folder)))

    def _keeper(self, folder: str, entry: ServiceEntry, port: int) -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-I", "-B", str(HARNESS / "keeper.py"), folder]
        readable = [str(HARNESS), sys.prefix, sys.base_prefix, *sys.path]
        for text in (entry.command, entry.setup):
            words = _words(text, port, folder)
            readable += [os.path.dirname(os.path.dirname(os.path.realpath(program(word)))) for word in words[:1]]
        request = {"setup": _words(entry.setup, port, folder), "command": _words(entry.command, port, folder)}
        keeper = subprocess.Popen(
            command(self.isolation, argv, readable=readable, network=True),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**clean_environment([]), "HOME": folder},
            start_new_session=True,
        )
        assert keeper.stdin is not None
        with contextlib.suppress(OSError):
            keeper.stdin.write(msgspec.json.encode(request) + b"\n")
            keeper.stdin.flush()
        return keeper

    def close(self) -> None:
        """Stops all services, also one that is not ready yet."""
        self._closed.set()
        with self._lock:
            keepers, self._keepers = self._keepers, []
        for keeper, _ in keepers:
            if keeper.stdin:
                with contextlib.suppress(OSError):
                    keeper.stdin.close()
        for keeper, folder in keepers:
            try:
                keeper.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                keeper.kill()
                keeper.wait()
            if keeper.stdout:
                keeper.stdout.close()
            if folder != _PRIVATE:
                shutil.rmtree(folder, ignore_errors=True)


def _words(text: str, port: int, folder: str) -> list[str]:
    return [_filled(word, port, folder) for word in shlex.split(text)]


def _filled(text: str, port: int, folder: str) -> str:
    return text.replace("{port}", str(port)).replace("{folder}", folder).replace("{host}", _HOST)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        return int(listener.getsockname()[1])


def _is_ready(ready: str, port: int, folder: str, env: Mapping[str, str]) -> bool:
    if ready.startswith("tcp:"):
        try:
            with socket.create_connection((_HOST, int(_filled(ready[len("tcp:") :], port, folder))), timeout=1):
                return True
        except (OSError, ValueError):
            return False
    try:
        done = subprocess.run(
            _words(ready, port, folder),
            capture_output=True,
            timeout=5,
            check=False,
            env={**clean_environment([]), **env},
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _said(keeper: "subprocess.Popen[bytes]") -> str:
    """The last words of a service that has ended, or an empty string while it runs."""
    assert keeper.stdout is not None
    if sys.platform == "win32" or not select.select([keeper.stdout], [], [], 0)[0]:
        return ""
    line = keeper.stdout.readline()
    try:
        told = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return "its keeper was killed"
    return f"status {told['ended']}: {str(told['log']).strip()[-500:]}"
