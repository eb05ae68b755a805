"""Small repositories, made by functions."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import Files, handbook, write
from vulgate import CompiledBook

Make = Callable[..., Path]


def repository(root: Path, files: Files) -> Path:
    """A folder with files that Git knows."""
    root.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return write(root, files)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a repository of files."""
    return lambda files: repository(tmp_path / "project", files)


@pytest.fixture(scope="session")
def book() -> CompiledBook:
    return handbook().book
