"""The guide to searching: its commands print what it says."""

from typing import Final

import pytest

from tests.check.test_guide import Shell, Step, same, steps
from tests.support import BUNDLED, ROOT

GUIDE: Final = (ROOT / "docs" / "searching.md").read_text("utf-8")
SHOWN: Final = [step for step in steps(GUIDE) if "--llm" not in step.command]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """In a folder with a copy of the handbook, as if it were the one that comes along: nothing is known of its proofs."""
    import shutil

    folder = tmp_path_factory.mktemp("guide") / "book"
    shutil.copytree(BUNDLED, folder, ignore=shutil.ignore_patterns("dist", ".vulgate"))
    shell = Shell(folder, tmp_path_factory.mktemp("home"))
    shell.run("vulgate build -q")
    return shell


@pytest.mark.parametrize("step", SHOWN, ids=lambda step: step.command)
def test_commands_print_what_the_guide_says(shell: Shell, step: Step) -> None:
    printed = shell.run(step.command)
    assert same(step.text.replace("proven", "unproven"), printed), printed


def test_the_guide_shows_commands() -> None:
    assert len(SHOWN) >= 3


def test_options_are_those_of_the_command() -> None:
    from vulgate.cli.search import search

    known = {name for parameter in search.params for name in parameter.opts if name.startswith("--")} - {"--help"}
    told = {word.split("`")[1].split()[0] for word in GUIDE.split("\n") if word.startswith("| `--")}
    assert told == known
