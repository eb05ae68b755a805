"""The browser, for each module of tests that asks for it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.editions.web.browsing import browser


@pytest.fixture(scope="module")  # while Playwright runs, no other event loop can: later modules may need one
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found
