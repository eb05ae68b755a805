"""A small book that `vulgate verify` proves, for the tests of the command."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from click.testing import Result

from tests.build.books import run
from vulgate.cli.trust import trust_book
from vulgate.verify import interpreters

HERE: Final = interpreters.current().label
"""The Python that examples run on where none is named."""
MANIFEST: Final = '[book]\ntitle = "Small"\nid = "small"\n'
PROGRAM: Final = [sys.executable, "-m", "vulgate"]


class Book:
    """A book in a folder, which may be run.

    Args:
        folder: Its folder, which is made.
        chapter: The text of its chapter, `a.md`.
        manifest: What stands in the manifest below the title.
    """

    def __init__(self, folder: Path, chapter: str = "", manifest: str = "", *, trusted: bool = True) -> None:
        self.folder = folder
        self.chapter = folder / "a.md"
        folder.mkdir(parents=True, exist_ok=True)
        self.describe(manifest)
        self.write(chapter)
        if trusted:
            trust_book(folder)

    def describe(self, manifest: str, python: str = f'["{HERE}"]') -> None:
        """Writes the manifest."""
        text = f'{MANIFEST}python = {python}\nchapters = ["a.md"]\n{manifest}'
        (self.folder / "vulgate.toml").write_text(text, encoding="utf-8")

    def write(self, chapter: str) -> None:
        """Writes the chapter, below its title."""
        self.chapter.write_bytes(b"# A\n\n" + chapter.encode())

    def edit(self, old: str, new: str) -> None:
        """Changes a passage of the chapter."""
        text = self.chapter.read_bytes().decode()
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        self.chapter.write_bytes(text.replace(old, new).encode())

    def verify(self, *words: str, isolation: str = "process") -> Result:
        """Runs the command."""
        return run("verify", str(self.folder), *words, "--isolation", isolation)

    def told(self, *words: str) -> dict[str, Any]:
        """What the command tells a program."""
        value: dict[str, Any] = json.loads(self.verify(*words, "--json").stdout)
        return value

    def results(self, *words: str) -> dict[str, dict[str, Any]]:
        """The results by block, without the chapter's id; with the runtime where it is not the Python of the tests."""
        return {_name(result): result for result in self.told(*words)["results"]}

    def statuses(self, *words: str) -> dict[str, str]:
        """What came out, by block."""
        return {name: result["status"] for name, result in self.results(*words).items()}

    def reason(self, *words: str) -> str:
        """Why the only result is as it is."""
        (result,) = self.results(*words).values()
        return str(result.get("reason", ""))

    def ran(self, *words: str) -> list[str]:
        """The blocks that were run, and not known from before."""
        return [name for name, result in self.results(*words).items() if not result.get("cached")]


def _name(result: dict[str, Any]) -> str:
    name: str = result["block"].removeprefix("a/")
    return name if result["runtime"] == HERE else f"{name} on {result['runtime']}"


def python(code: str, attributes: str = "", output: str | None = None) -> str:
    """A Python fence, with its output below."""
    fence = f"```python{f' {{{attributes}}}' if attributes else ''}\n{code}\n```\n\n"
    return fence if output is None else f"{fence}```output\n{output}```\n\n"


def other_python() -> str:
    """Another installed version than the one of the tests, or an empty string."""
    return next((runtime.label for runtime in interpreters.installed() if runtime.label != HERE), "")
