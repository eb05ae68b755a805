"""Builds that are killed, that meet each other, or that wait: every file is the old one or the new one, whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.build.books import OUTPUTS, SMALL, build, codes, command, environment, tree, write

posix: Final = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")


def long_book(word: str) -> dict[str, str | bytes | None]:
    """A version of the small book with text enough that writing takes its time."""
    text = "".join(f"Paragraph {number} says {word}.\n\n" for number in range(400))
    return {**SMALL, "one.md": f"# One\n\n## Inside\n\n{text}", "two.md": f"# Two\n\n{text}"}


@pytest.fixture
def versions(tmp_path: Path) -> list[dict[str, bytes]]:
    """The outputs of two versions of a book, whose sources lie in `old` and `new`."""
    found = []
    for name in ("old", "new"):
        write(tmp_path / name, long_book(name))
        build(tmp_path / name, home=tmp_path / f"{name}-home")
        found.append(tree(tmp_path / f"{name}-home" / "dist"))
    assert all(found[0][path] != found[1][path] for path in OUTPUTS)
    return found


def unfinished(folder: Path) -> list[str]:
    return [path for path in tree(folder) if path.endswith(".tmp")]


def assert_whole(folder: Path, versions: list[dict[str, bytes]]) -> None:
    """Every file is one of its two versions, and nothing else is there but what a killed process had begun."""
    for path, data in tree(folder).items():
        if not path.endswith(".tmp"):
            assert data in [version[path] for version in versions], f"{path} is half done"


# ------------------------------------------------------------------------------------------------ kills

LOOP: Final = """
import sys, vulgate
from pathlib import Path
folder = Path(sys.argv[1])
print("on", flush=True)
while True:
    for name in ("old", "new"):
        vulgate.Builder(vulgate.open_book(folder / name), home=folder / "home").run()
"""
KILLED_AT: Final = """
import os, signal, sys, vulgate
from pathlib import Path
folder, at = Path(sys.argv[1]), int(sys.argv[2])
seen = 0
def watch(event, arguments):
    global seen
    if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(folder / "home") in str(arguments[0]):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
vulgate.Builder(vulgate.open_book(folder / "new"), home=folder / "home").run()
"""


@posix
def test_kills_at_random_points(versions: list[dict[str, bytes]], tmp_path: Path) -> None:
    luck = random.Random(20)
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", LOOP, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        time.sleep(luck.uniform(0.05, 0.5))
        process.kill()
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (-signal.SIGKILL, b"")
        assert_whole(tmp_path / "home" / "dist", versions)
        assert len(unfinished(tmp_path / "home" / "dist")) <= 3, "unfinished files pile up"
    for name, version in zip(("old", "new"), versions, strict=True):
        started = time.monotonic()
        result = build(tmp_path / name, home=tmp_path / "home")
        assert time.monotonic() - started < 10, "it waits for a dead process"
        assert not result.has_errors
        assert {path: data for path, data in tree(tmp_path / "home" / "dist").items() if path in OUTPUTS} == version
    assert not unfinished(tmp_path / "home")


@posix
def test_kills_at_every_step(versions: list[dict[str, bytes]], tmp_path: Path) -> None:
    home = tmp_path / "home"
    for at in range(1, 200, 2):
        build(tmp_path / "old", home=home)
        process = subprocess.run(
            [sys.executable, "-c", KILLED_AT, str(tmp_path), str(at)],
            env=environment(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert process.returncode in (0, -signal.SIGKILL), process.stderr
        assert_whole(home / "dist", versions)
        if process.returncode == 0:
            break
    assert at > 10, "it was never killed while it wrote"
    assert tree(home / "dist") == versions[1]
    assert not unfinished(home)


# ------------------------------------------------------------------------------------------------ two at once


def test_builds_at_once(tmp_path: Path) -> None:
    book = write(tmp_path / "book", SMALL)
    for round_ in range(3):
        text = f"# One\n\nRound {round_}.\n\n## Inside\n\nMore.\n"
        write(book, {"one.md": text})
        processes = [
            subprocess.Popen(
                command("build", str(book)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
            )
            for _ in range(3)
        ]
        said = [process.communicate(timeout=60) for process in processes]
        assert [process.returncode for process in processes] == [0] * 3, said
        assert all(error == b"" for _, error in said)
        expected = write(tmp_path / f"expected{round_}", {**SMALL, "one.md": text})
        build(expected)
        assert tree(book / "dist") == tree(expected / "dist")
        assert sum(b"done in" in output for output, _ in said) >= 1
    assert not unfinished(book)


def test_the_second_build_finds_the_work_done(tmp_path: Path) -> None:
    book = write(tmp_path, SMALL)
    build(book)
    write(book, {"one.md": "# One\n\nNew.\n\n## Inside\n\nMore.\n"})
    (book / ".vulgate").mkdir(exist_ok=True)
    lock = sqlite3.connect(book / ".vulgate" / "lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    waiting = subprocess.Popen(command("build", str(book)), stdout=subprocess.PIPE, env=environment())
    time.sleep(0.7)
    assert waiting.poll() is None, "it does not wait"
    lock.close()
    output = waiting.communicate(timeout=60)[0]
    assert waiting.returncode == 0
    assert b"done in" in output


def test_a_held_lock_is_an_error_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = write(tmp_path, SMALL)
    build(book)
    before = tree(book / "dist")
    write(book, {"one.md": "# One\n\nNew.\n\n## Inside\n\nMore.\n"})
    monkeypatch.setattr("vulgate.build.LOCK_SECONDS", 0.05)
    lock = sqlite3.connect(book / ".vulgate" / "lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        result = build(book)
        assert codes(result.diagnostics) == ["VG603"]
        assert result.outputs == ()
        assert tree(book / "dist") == before
    finally:
        lock.close()
    assert build(book).outputs == OUTPUTS


@posix
def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    book = write(tmp_path, SMALL)
    build(book)
    hold = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", hold, str(book / ".vulgate" / "lock")], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    process.kill()
    process.communicate(timeout=60)
    write(book, {"one.md": "# One\n\nNew.\n\n## Inside\n\nMore.\n"})
    started = time.monotonic()
    assert build(book).written == OUTPUTS
    assert time.monotonic() - started < 10
