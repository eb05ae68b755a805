"""`vulgate build --watch`, in a process of its own, as a person at an editor meets it."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.build.books import SMALL, command, environment, write

pytestmark: Final = pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")


class Watch:
    """A running `vulgate build --watch`, and all that it has printed."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("build", "--watch", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(PYTHONUNBUFFERED="1"),
            text=True,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def builds(self) -> int:
        return self.text.count(" in 0.") + self.text.count(" in 1.")

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Waits until something is so."""
        end = time.monotonic() + 20
        while not is_so():
            assert time.monotonic() < end, f"it never happens; printed so far:\n{self.text}"
            assert self.process.poll() is None, f"the watch has ended:\n{self.text}"
            time.sleep(0.02)

    def wait_for_output(self, place: Path, text: bytes) -> None:
        """Waits until a build has written a text, and is over."""
        self.wait(lambda: text in place.read_bytes())
        time.sleep(0.3)

    def ready(self) -> None:
        self.wait(lambda: "watching " in self.text)
        time.sleep(0.3)  # the watch itself starts after it is announced

    def interrupt(self) -> int:
        """Presses Ctrl+C."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=20)
        self.reader.join(timeout=20)
        assert "Traceback" not in self.text
        return code


Start = Callable[..., Watch]


@pytest.fixture
def start() -> Iterator[Start]:
    watches: list[Watch] = []

    def begin(*arguments: str) -> Watch:
        watches.append(Watch(*arguments))
        watches[-1].ready()
        return watches[-1]

    yield begin
    for watch in watches:
        watch.process.kill()
        watch.process.wait()
        watch.reader.join()
        assert watch.process.stdout is not None
        watch.process.stdout.close()


def test_an_edit_is_built_and_outputs_are_no_edits(tmp_path: Path, start: Start) -> None:
    write(tmp_path, SMALL)
    watch = start(str(tmp_path))
    assert watch.builds == 1
    write(tmp_path, {"one.md": "# One\n\nA new text.\n\n## Inside\n\nMore.\n"})
    watch.wait(lambda: "1 chapter compiled" in watch.text)
    assert b"A new text." in (tmp_path / "dist/small.ssm.md").read_bytes()
    time.sleep(0.7)
    assert watch.builds == 2, "it builds because of its own outputs"
    write(tmp_path, {"picture.svg": "<svg/>", "notes.txt": "no source\n"})
    time.sleep(0.4)
    assert watch.builds == 2
    assert watch.interrupt() == 0


def test_it_survives_errors_and_lost_chapters(tmp_path: Path, start: Start) -> None:
    write(tmp_path, SMALL)
    watch = start(str(tmp_path))
    before = (tmp_path / "dist/small.ssm.md").read_bytes()
    write(tmp_path, {"one.md": "# One\n\n[[nowhere]]\n"})
    watch.wait(lambda: "error[VG403]" in watch.text)
    write(tmp_path, {"two.md": None})
    watch.wait(lambda: "error[VG106]" in watch.text)
    assert (tmp_path / "dist/small.ssm.md").read_bytes() == before
    write(tmp_path, {"vulgate.toml": "[book\n"})
    watch.wait(lambda: "error[VG103]" in watch.text)
    write(tmp_path, {**SMALL, "one.md": "# One\n\nMended.\n\n## Inside\n\nMore.\n"})
    watch.wait_for_output(tmp_path / "dist/small.ssm.md", b"Mended.")
    assert watch.interrupt() == 0


def test_the_exit_code_is_that_of_the_last_build(tmp_path: Path, start: Start) -> None:
    write(tmp_path, SMALL)
    watch = start(str(tmp_path))
    write(tmp_path, {"one.md": "# One\n\n[[nowhere]]\n"})
    watch.wait(lambda: "error[VG403]" in watch.text and watch.builds == 2)
    assert watch.interrupt() == 1


def test_a_book_that_is_one_file(tmp_path: Path, start: Start) -> None:
    write(tmp_path, {"notes.md": "# Notes\n\nText.\n"})
    watch = start(str(tmp_path / "notes.md"))
    write(tmp_path, {"notes.md": None})  # as some editors save: delete, then write
    watch.wait(lambda: "error[VG101]" in watch.text)
    write(tmp_path, {"notes.md": "# Notes\n\nNew text.\n"})
    watch.wait_for_output(tmp_path / "dist/notes.ssm.md", b"New text.")
    assert watch.interrupt() == 0


def test_outputs_beside_the_sources(tmp_path: Path, start: Start) -> None:
    write(tmp_path, SMALL)
    watch = start(str(tmp_path), "--out", str(tmp_path))
    write(tmp_path, {"one.md": "# One\n\nA new text.\n\n## Inside\n\nMore.\n"})
    watch.wait_for_output(tmp_path / "small.ssm.md", b"A new text.")
    time.sleep(0.7)
    assert watch.builds <= 3, "it builds because of its own outputs"
    assert watch.interrupt() == 0


def test_many_saves_at_once_are_one_build(tmp_path: Path, start: Start) -> None:
    write(tmp_path, SMALL)
    watch = start(str(tmp_path), "--quiet", "--edition", "ssm")
    for number in range(20):
        beside = tmp_path / "one.md.part"  # renamed, as editors do: a build must not meet a file that is half written
        beside.write_text(f"# One\n\nText {number}.\n\n## Inside\n\nMore.\n", encoding="utf-8")
        beside.replace(tmp_path / "one.md")
    watch.wait_for_output(tmp_path / "dist/small.ssm.md", b"Text 19.")
    assert watch.interrupt() == 0
    assert [line for line in watch.lines if not line.startswith("watching ")] == []
