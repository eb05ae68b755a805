"""A small book that is served, and a server in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.serving import BOOK, compile_to, connected
from vulgate.server.app import BookServer


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book, compiled."""
    return compile_to(tmp_path_factory.mktemp("served") / "small.sqlite", BOOK)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with code, which the server may read."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "app.py").write_text("def collect(item, into=[]):\n    return into\n")
    return folder


@pytest.fixture(scope="session")
def server(compiled: Path, project: Path) -> Iterator[BookServer]:
    """A server of the small book."""
    served = BookServer([compiled], [project])
    with connected(served):
        yield served
    served.close()
