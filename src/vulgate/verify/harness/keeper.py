"""Keeps a service running: starts it, and kills it and deletes its folder when standard input ends.

This file runs in a process of its own, so that a service does not outlive the program that asked for it, however that one ends.
Python 3.8 or newer and the standard library. The request is one line of JSON: `setup` and `command`, each a list of words.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PATIENCE = 2  # seconds between the request to end and the kill


class Service:
    """A service and what it needs first.

    Args:
        folder: Its current folder.
        request: What to run; see the module.
    """

    def __init__(self, folder: str, request: dict[str, Any]) -> None:
        self.folder = folder
        self.commands: list[list[str]] = [request["setup"], request["command"]]
        self.process: subprocess.Popen[bytes] | None = None
        self.is_stopped = False
        self.lock = threading.Lock()

    def run(self) -> None:
        """Runs one command after the other, and tells when one has failed or the last one has ended."""
        log = os.path.join(self.folder, "log")
        code = 0
        try:
            with open(log, "wb") as output:
                for command in filter(None, self.commands):
                    process = self._started(command, output.fileno())
                    code = process.wait() if process else 0
                    if code:
                        break
        except OSError as error:
            tell(ended=127, log=str(error))
        else:
            tell(ended=code, log=tail(log))

    def _started(self, command: list[str], output: int) -> subprocess.Popen[bytes] | None:
        with self.lock:
            if not self.is_stopped:
                self.process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                return self.process
        return None

    def stop(self) -> None:
        """Ends what runs, and all of its group."""
        with self.lock:
            self.is_stopped = True
            process = self.process
        if process is None:
            return
        if sys.platform == "win32":
            process.terminate()
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
                process.wait(PATIENCE)
            except (OSError, subprocess.TimeoutExpired):
                continue


def main(folder: str) -> None:
    """Serves one request; see the module."""
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
        line = sys.stdin.readline()
        if line:
            service = Service(folder, json.loads(line))
            threading.Thread(target=service.run, daemon=True).start()
            sys.stdin.read()
            service.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tell(**values: object) -> None:
    """Writes a line to the program that asked."""
    try:
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        pass


def tail(path: str) -> str:
    """The last lines of what the service wrote."""
    with open(path, encoding="utf-8", errors="replace") as stream:
        return "".join(stream.readlines()[-15:])


if __name__ == "__main__":
    main(sys.argv[1])
