"""What agents are told of the bundled handbook, to be read by eye. `VULGATE_UPDATE_GOLDEN=1` writes the files anew."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.support import handbook
from vulgate.editions.agents.base import Layout
from vulgate.editions.agents.compose import Project
from vulgate.editions.agents.fitting import Budgets, fit

GOLDEN: Final = Path(__file__).parent / "golden" / "handbook"
CASES: Final = [
    ("agents-md", "AGENTS.md"),
    ("agents-md", "tests/AGENTS.md"),
    ("cursor", ".cursor/rules/python-packaging.mdc"),
    ("cursor", ".cursor/rules/python-configuration.mdc"),
    ("copilot", ".github/instructions/python-async.instructions.md"),
]
WEAK: Final = (
    "perhaps",
    "try to",
    "consider ",
    "should probably",
    "might want",
    "if possible",
    "as needed",
    "unless explicitly",
)


@cache
def files(agent: str) -> dict[str, str]:
    layout = Layout(folders=("src", "tests"), chosen=(agent,))
    made = fit(handbook().book, [agent], Budgets(), layout, Project())
    return {file.path: file.text for file in made[agent].files}


@pytest.mark.parametrize(("agent", "path"), CASES, ids=[path for _, path in CASES])
def test_a_file_is_as_it_was_read(agent: str, path: str) -> None:
    made = files(agent)[path]
    expected = GOLDEN / path.lstrip(".").replace("/", "-")
    if os.environ.get("VULGATE_UPDATE_GOLDEN"):
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_bytes(made.encode())
    assert made == expected.read_bytes().decode()


@pytest.mark.parametrize(("agent", "path"), CASES, ids=[path for _, path in CASES])
def test_no_weak_word_and_nothing_twice(agent: str, path: str) -> None:
    items = [line for line in files(agent)[path].splitlines() if line.startswith("- ")]
    assert items
    assert len(set(items)) == len(items)
    for item in items:
        assert not any(weak in item.lower() for weak in WEAK), item
        sentences = re.split(r"(?<=[.!?]) ", item[2:])
        assert len({sentence.lower() for sentence in sentences}) == len(sentences), item
