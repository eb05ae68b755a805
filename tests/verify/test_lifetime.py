"""What a run survives, and what it leaves: kills, Ctrl-C, a second run beside it, a damaged record."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.verify.commands import PROGRAM, Book, python
from tests.verify.leftovers import command_of, living, nothing_left
from vulgate.store.proofs import NAME
from vulgate.verify.sandbox import Isolation, IsolationError, best_isolation

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: it looks for processes in /proc")

MARK: Final = "sleep 86399"
SLEEPER: Final = f"import subprocess\nsubprocess.run({MARK.split()})"
# Many at once, in sessions of their own, that never stop starting others.
CROWD: Final = f"""
import os, subprocess, time
subprocess.Popen({MARK.split()}, start_new_session=True, env={{}})
for _ in range(12):
    if os.fork() == 0:
        os.setsid()
        while True:
            if os.fork() == 0:
                os._exit(0)
            os.wait()
time.sleep(600)
"""
SERVER: Final = f"""
[services.web]
command = "{sys.executable} -m http.server {{port}} --bind 127.0.0.1"
"""
LIMITS: Final = "[verify.limits]\nseconds = 60\ncpu_seconds = 60\n"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder for temporary files of the runs."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture(params=list(Isolation))
def level(request: pytest.FixtureRequest) -> str:
    """Each level of isolation that the machine gives."""
    try:
        return str(best_isolation(request.param))
    except IsolationError:
        pytest.skip(f"needs {'bwrap' if request.param == 'bubblewrap' else 'unshare'}, and namespaces that may be made")


@pytest.fixture
def start(tmp_path: Path, temporary: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Starts `vulgate verify` in a session of its own; what is still there at the end of the test is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(book: Book, *words: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [*PROGRAM, "verify", str(book.folder), *words],
            env={**os.environ, "TMPDIR": str(temporary), "XDG_CONFIG_HOME": str(tmp_path / "settings")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def wait_for(mark: str) -> None:
    """Waits until an example has started a program."""
    deadline = time.monotonic() + 20
    while not any(mark in command_of(process) for process in living()):
        assert time.monotonic() < deadline, "no example has begun"
        time.sleep(0.01)


# ------------------------------------------------------------------------------------------------ killed


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_nothing_is_left(level: str, how: int, start: Any, tmp_path: Path, temporary: Path) -> None:
    """Whatever ends the program, all that it has started ends, too."""
    book = Book(tmp_path / "book", python(SLEEPER) + python(f"two = 2\n{SLEEPER}"), LIMITS)
    with nothing_left(temporary):
        process = start(book, "--trust", "--isolation", level)
        wait_for(MARK)
        process.send_signal(how)
        assert process.wait(5) == -how


@pytest.mark.parametrize("words", [(), ("--spawn",)], ids=["fork", "spawn"])
def test_a_crowd_is_not_left(level: str, words: tuple[str, ...], start: Any, tmp_path: Path, temporary: Path) -> None:
    """Not even processes that hide, and start others while they are killed."""
    book = Book(tmp_path / "book", python(CROWD), LIMITS)
    with nothing_left(temporary):
        process = start(book, "--trust", "--isolation", level, *words)
        wait_for(MARK)
        process.kill()


def test_a_service_is_not_left(level: str, start: Any, tmp_path: Path, temporary: Path) -> None:
    """Neither the service nor what talks to it."""
    code = f"import os, urllib.request as u\nu.urlopen('http://127.0.0.1:' + os.environ['WEB_PORT'])\n{SLEEPER}"
    book = Book(tmp_path / "book", python(code, "service=web"), SERVER + LIMITS)
    with nothing_left(temporary):
        process = start(book, "--trust", "--isolation", level)
        wait_for(MARK)
        assert any("http.server" in command_of(other) for other in living())
        process.kill()


@pytest.mark.parametrize("step", ["setup", "command"])
def test_a_service_that_does_not_get_ready_is_not_left(
    level: str, step: str, start: Any, tmp_path: Path, temporary: Path
) -> None:
    """Also while it is being set up."""
    service = {"setup": "true", "command": "sleep 5", step: MARK}
    table = "".join(f'{name} = "{command}"\n' for name, command in service.items())
    book = Book(tmp_path / "book", python("one = 1", "service=slow"), f"[services.slow]\n{table}{LIMITS}")
    with nothing_left(temporary):
        process = start(book, "--trust", "--isolation", level)
        wait_for(MARK)
        process.kill()


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])
def test_any_moment_will_do(level: str, seconds: float, start: Any, tmp_path: Path, temporary: Path) -> None:
    """A kill while the interpreters are being started is no different."""
    book = Book(tmp_path / "book", "".join(python(f"value = {n}") for n in range(300)), LIMITS)
    with nothing_left(temporary):
        process = start(book, "--trust", "--isolation", level)
        time.sleep(seconds)
        process.kill()


def test_what_was_proven_is_kept(start: Any, tmp_path: Path, temporary: Path) -> None:
    """A run that follows a killed one does not begin from nothing."""
    fences = [python(f"import time\ntime.sleep(0.1)\nvalue = {n}") for n in range(20)]
    book = Book(tmp_path / "book", "".join(fences) + python(SLEEPER), LIMITS)
    with nothing_left(temporary):
        process = start(book, "--trust", "--jobs", "1")
        wait_for(MARK)
        process.kill()
    book.write("".join(fences))
    results = book.results().values()
    assert {result["status"] for result in results} == {"proven"}
    assert sum(result.get("cached", False) for result in results) >= 10


def test_ctrl_c(level: str, start: Any, tmp_path: Path, temporary: Path) -> None:
    """Ends the run at once, says so, and keeps what was proven."""
    fences = "".join(python(f"value = {n}") for n in range(5))
    book = Book(tmp_path / "book", fences + python(SLEEPER), LIMITS)
    with nothing_left(temporary):
        process = start(book, "--trust", "--isolation", level, "--jobs", "1")
        wait_for(MARK)
        os.killpg(process.pid, signal.SIGINT)
        begun = time.monotonic()
        _, said = process.communicate(timeout=10)
        assert time.monotonic() - begun < 5
    assert process.returncode == 130
    assert b"interrupted; what was proven so far is kept" in said
    assert b"Traceback" not in said
    book.write(fences)
    assert book.ran() == []


def test_ctrl_c_while_a_service_starts(start: Any, tmp_path: Path, temporary: Path) -> None:
    """Does not wait for it."""
    book = Book(
        tmp_path / "book", python("one = 1", "service=slow"), f'[services.slow]\ncommand = "{MARK}"\nseconds = 60\n'
    )
    with nothing_left(temporary):
        process = start(book, "--trust")
        wait_for(MARK)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode == 130


# ------------------------------------------------------------------------------------------------ the record


def test_two_at_once(start: Any, tmp_path: Path) -> None:
    """Both are right, and both keep what they find."""
    book = Book(tmp_path / "book", "".join(python(f"assert {n} != 3") for n in range(40)))
    runs = [start(book, "--trust", "--json", "--isolation", "process") for _ in range(2)]
    for run in runs:
        output, said = run.communicate(timeout=60)
        assert (run.returncode, said) == (1, b"")
        counts = json.loads(output)["counts"]
        assert (counts["proven"], counts["failed"]) == (39, 1)
    assert len(book.ran()) == 1


def garbage(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])


def holes(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200:] = bytes(len(data) - 200)
    path.write_bytes(data)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE verdict")
        connection.execute("CREATE TABLE verdict (other)")
        connection.execute("PRAGMA user_version=99")
    connection.close()


def wrong(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE verdict SET status = 'perhaps'")
        connection.execute("DELETE FROM run")
    connection.close()


@pytest.mark.parametrize("damage", [garbage, half, holes, emptied, newer, wrong], ids=lambda f: f.__name__)
def test_a_damaged_record_is_made_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """It costs the time to find everything out again, and nothing else."""
    book = Book(tmp_path / "book", "".join(python(f"value = {n}") for n in range(5)))
    assert len(book.ran()) == 5
    damage(book.folder / ".vulgate" / NAME)
    assert len(book.ran()) == 5
    assert book.ran() == []


def test_a_folder_where_nothing_can_be_kept(tmp_path: Path) -> None:
    """Is said, and the book is proven all the same."""
    book = Book(tmp_path / "book", python("value = 1"))
    (book.folder / ".vulgate").write_text("in the way")
    result = book.verify()
    assert result.exit_code == 0
    assert "nothing is kept of this run" in result.stderr
    assert len(book.ran()) == 1


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_book_that_cannot_be_written(tmp_path: Path) -> None:
    """Is proven as well."""
    book = Book(tmp_path / "book", python("value = 1"))
    book.folder.chmod(0o500)
    try:
        result = book.verify()
    finally:
        book.folder.chmod(0o700)
    assert result.exit_code == 0
    assert "nothing is kept of this run" in result.stderr
