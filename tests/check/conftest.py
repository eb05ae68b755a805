"""The book and the plugins that the tests of `vulgate check` share."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.projects import BOOK, MANIFEST, NAUGHTY, Project, packages, put
from vulgate.detect.plugin import _loaded, rule_plugins


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an installed package of plugins, found by this process and those that it starts."""
    folder = packages(tmp_path_factory.mktemp("packages") / "site")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])))
        _forget()
        yield folder
        _forget()
    sys.modules.pop("naughty_rules", None)


def _forget() -> None:
    """Lets the plugins be looked for again."""
    rule_plugins.cache_clear()
    _loaded.cache_clear()


@pytest.fixture(scope="session")
def team(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Path:
    """The folder of the small book."""
    return put(tmp_path_factory.mktemp("team"), BOOK)


@pytest.fixture(scope="session")
def naughty(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Path:
    """The folder of a book whose detectors fail, beside the rules of the small one."""
    chapters = 'chapters = ["code.md", "naughty.md"]'
    manifest = MANIFEST.replace('chapters = ["code.md", "architecture.md"]', chapters)
    return put(tmp_path_factory.mktemp("naughty"), {**BOOK, "vulgate.toml": manifest, "naughty.md": NAUGHTY})


@pytest.fixture
def project(tmp_path: Path, team: Path) -> Project:
    """An empty project that is held to the small book."""
    return Project(tmp_path / "project", team)


@pytest.fixture
def wild(tmp_path: Path, naughty: Path) -> Project:
    """An empty project that is held to the book whose detectors fail."""
    return Project(tmp_path / "project", naughty)
