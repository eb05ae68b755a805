"""The same book gives the same compiled book: always, in any process, and however the work is shared."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.support import BUNDLED, ROOT, handbook
from vulgate.passes import lower_all
from vulgate.passes.compile import Compilation, compile_book
from vulgate.source import open_book

SCRIPT = """
import hashlib, sys, msgspec, vulgate
found = vulgate.compile_book(vulgate.open_book(sys.argv[1]))
print(hashlib.sha256(msgspec.json.encode((found.book, found.diagnostics, found.assets))).hexdigest())
"""


def fingerprint(found: Compilation) -> str:
    return hashlib.sha256(msgspec.json.encode((found.book, found.diagnostics, found.assets))).hexdigest()


@pytest.fixture(scope="module")
def expected() -> str:
    return fingerprint(handbook())


def test_twice(expected: str) -> None:
    assert fingerprint(compile_book(open_book(BUNDLED))) == expected


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_in_a_fresh_process(expected: str, seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", SCRIPT, str(BUNDLED)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == expected


def test_where_the_book_lies_means_nothing(expected: str, tmp_path: Path) -> None:
    for path in ("vulgate.toml", *(chapter.file.path for chapter in open_book(BUNDLED).chapters)):
        place = tmp_path / "elsewhere" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((BUNDLED / path).read_bytes())
    assert fingerprint(compile_book(open_book(tmp_path / "elsewhere"))) == expected


def test_in_one_process(expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lower_all, "can_fork", lambda: False)
    assert fingerprint(compile_book(open_book(BUNDLED))) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks safely")
class TestTwoProcesses:
    @pytest.fixture(autouse=True)
    def two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Threads of the test runner may not fork safely by the compiler's own rule; here they may."""
        monkeypatch.setattr(lower_all, "can_fork", lambda: True)

    def test_give_the_same_book(self, expected: str) -> None:
        steps: list[str] = []
        source = open_book(BUNDLED)

        def lower(chapters: object) -> object:
            return lower_all.lower_all(source.chapters, step=lambda chapter: steps.append(chapter.id))

        assert fingerprint(compile_book(source, lower)) == expected  # type: ignore[arg-type]
        assert 0 < len(steps) < len(source.chapters), "no chapter went to the second process"

    def test_what_the_second_one_fails_to_do_is_done_here(self, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
        here = os.getpid()
        lower = lower_all.lower

        def fails_elsewhere(*arguments: object, **options: object) -> object:
            if os.getpid() != here:
                os._exit(1)
            return lower(*arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(lower_all, "lower", fails_elsewhere)
        assert fingerprint(compile_book(open_book(BUNDLED))) == expected
