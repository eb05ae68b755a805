"""The bundled handbook, compiled once for these tests."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import vulgate
from tests import support
from vulgate.passes.compile import Compilation
from vulgate.store.sqlite import to_sqlite


@pytest.fixture(scope="session")
def compilation() -> Compilation:
    return support.handbook()


@pytest.fixture(scope="session")
def handbook(compilation: Compilation) -> vulgate.CompiledBook:
    return compilation.book


@pytest.fixture(scope="session")
def compiled_file(handbook: vulgate.CompiledBook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("handbook") / "python.sqlite"
    place.write_bytes(to_sqlite(handbook))
    return place


@pytest.fixture
def database(compiled_file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{compiled_file}?mode=ro&immutable=1", uri=True)
    yield connection
    connection.close()
