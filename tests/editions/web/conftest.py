"""The browser, which all tests of the web edition share."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.editions.web.browsing import browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found
