"""The guide to the files of agents: its commands print what it says, and its figures and words are those of the code."""

import re
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import yaml

from tests.check.test_guide import Shell, steps
from tests.support import ROOT
from vulgate.cli.budget import budget
from vulgate.cli.install import install
from vulgate.editions.agents.compose import APART, BUDGET, ENFORCED, UNSHOWN, VALUE
from vulgate.editions.agents.selection import COVERAGE
from vulgate.editions.agents.wording import SAME
from vulgate.install.lock import BookRecord, FileRecord, Lock, Request
from vulgate.model.topics import TOPICS

GUIDE: Final = (ROOT / "docs" / "agents.md").read_text("utf-8")
PLAIN: Final = " ".join(GUIDE.split())
_OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# What changes with every edit of the handbook, and the lines of a curve.
_VARYING: Final = (
    (re.compile(r"^(?:compiling .*|[ \d%]*[│┤].*)$"), ""),
    (re.compile(r"\d[\d,.]*%?"), "N"),
    (re.compile(r"\brules?\b"), "rules"),
)


def plain(text: str) -> list[str]:
    """The words of each line, without what varies."""
    lines = text.splitlines()
    for pattern, put in _VARYING:
        lines = [pattern.sub(put, line) for line in lines]
    return [" ".join(line.split()) for line in lines if line.strip()]


def same(said: str, printed: str) -> bool:
    """Whether a command prints what the guide says, where a line `...` stands for any lines."""
    pattern = "".join("(?:.*\n)*" if line == "..." else f"{re.escape(line)}\n" for line in plain(said))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in plain(printed))) is not None


def test_the_commands_of_the_guide_print_what_it_says(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    shell = Shell(folder, tmp_path / "home")
    for step in steps(GUIDE):
        if step.command:
            printed = shell.run(step.command)
            assert same(step.text, printed), f"$ {step.command}\n{printed}"
        else:
            place = folder / step.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(step.text, encoding="utf-8")


def test_the_figures_are_those_of_the_code() -> None:
    assert f"It is {BUDGET:,} by default" in PLAIN
    assert APART == 1 / 5
    assert "may take a fifth of it" in PLAIN
    words = ", ".join(f"{value:.0f} {'for ' * (word == 'critical')}`{word}`" for word, value in VALUE.items())
    assert f"| severity | {words} |" in PLAIN
    assert f"| {UNSHOWN} without both a `bad` and a `good` example" in PLAIN
    assert f"| {ENFORCED} if a tool of your project enforces" in PLAIN
    assert f"worth {1 - COVERAGE} times the sum of that, and {COVERAGE} times how well" in PLAIN
    assert SAME == 4 / 5
    assert "says four fifths of the words" in PLAIN
    assert f"topics ({', '.join(f'`{topic}`' for topic in TOPICS)})" in PLAIN


def test_the_members_of_the_lock_are_those_of_the_code() -> None:
    table = GUIDE.split("\n## The lock\n")[1].split("\n## ")[0]
    shown = set(re.findall(r"`(\w+)`", table))
    assert {field.encode_name for kind in (Lock, BookRecord, Request, FileRecord) for field in fields(kind)} <= shown


def fields(kind: type[msgspec.Struct]) -> tuple[Any, ...]:
    """The fields of a type."""
    return msgspec.structs.fields(kind)


@pytest.mark.parametrize("command", [install, budget], ids=["install", "budget"])
def test_the_manual_has_every_option(command: Any) -> None:
    manual = (ROOT / "docs" / "cli.md").read_text("utf-8")
    section = manual.split(f"\n## {command.name}\n")[1].split("\n## ")[0]
    shown = set(_OPTION.findall(section))
    options = {option for param in command.params for option in param.opts if option.startswith("--")}
    assert options <= shown
    assert shown <= options


def test_the_snippets_for_other_tools_check_with_options_that_there_are() -> None:
    options = {option for param in install.params for option in param.opts}
    snippets = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)]
    workflow, hooks = snippets
    entry = hooks["repos"][0]["hooks"][0]["entry"]
    assert workflow["jobs"]["agents"]["steps"][-1]["run"] == entry
    assert entry.split()[:2] == ["vulgate", "install"]
    assert set(entry.split()[2:]) <= options
