"""Open books: a small one, two together, and the bundled handbook."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import vulgate
from tests.search.shop import FILES, OTHER, opened
from tests.support import BUNDLED
from vulgate.search.library import Library
from vulgate.store.sqlite import to_sqlite


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("shop"), FILES) as library:
        yield library


@pytest.fixture(scope="package")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("both"), FILES, OTHER) as library:
        yield library


@pytest.fixture(scope="package")
def handbook_book() -> vulgate.CompiledBook:
    return vulgate.compile_book(vulgate.open_book(BUNDLED)).book


@pytest.fixture(scope="package")
def handbook_file(handbook_book: vulgate.CompiledBook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("handbook") / "python.sqlite"
    place.write_bytes(to_sqlite(handbook_book))
    return place


@pytest.fixture(scope="package")
def handbook(handbook_file: Path) -> Iterator[Library]:
    with Library.open([handbook_file]) as library:
        yield library
