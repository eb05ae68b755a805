"""What holds for all tests."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's own settings, such as which books are trusted."""
    names = ["XDG_CONFIG_HOME", "APPDATA", *(["HOME"] if sys.platform == "darwin" else [])]
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setenv(name, str(tmp_path_factory.mktemp("settings")))
        yield
