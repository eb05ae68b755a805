"""A warm interpreter for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verify.running import Programs, Running
from vulgate.verify.runners.base import version_of
from vulgate.verify.sandbox import Isolation


@pytest.fixture(scope="module")
def run() -> Iterator[Running]:
    """Runs sessions in a process of their own."""
    running = Running(Isolation.PROCESS)
    yield running
    running.warm.close()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """Puts shell scripts in the place of the machine's programs; the folder where they are."""
    folder = tmp_path / "bin"

    def put(scripts: dict[str, str]) -> Path:
        folder.mkdir(exist_ok=True)
        for name, script in scripts.items():
            (folder / name).write_text(f"#!/bin/bash\n{script}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        version_of.cache_clear()
        return folder

    yield put
    version_of.cache_clear()
