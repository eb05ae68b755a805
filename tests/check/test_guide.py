"""The guide to `vulgate check`: its commands print what it says, and the files for other tools name options that there are."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pytest
import yaml

from tests.build.books import environment
from tests.support import ROOT
from vulgate.check.settings import CheckTable, find_config
from vulgate.cli.check import check
from vulgate.model.codes import Reporter

GUIDE: Final = (ROOT / "docs" / "checking.md").read_text("utf-8")
OWN_RULES: Final = "## Your own rules in ten minutes"
# A fence behind "`path`:" is a file; one in the language `console` is a session.
_FENCE: Final = re.compile(
    r"(?:`(?P<path>[\w./-]+)`:\n\n)?^(?P<ticks>`{3,})(?P<info>\w*)\n(?P<text>.*?)^(?P=ticks)$", re.DOTALL | re.MULTILINE
)
# What differs between machines, versions of tools, and books with and without proofs.
_VARYING: Final = (
    (re.compile(r"in \d+\.\d+ s"), "in N s"),
    (re.compile(r"^3\.\d+ +"), "3.N  "),
    (re.compile(r"^(ruff|ast-grep) [\d.]+ +"), r"\1 N  "),
    (re.compile(r"^isolation .*"), "isolation"),
    (re.compile(r"the rule is (un)?proven"), "the rule is ..."),
)
_OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


class Step(NamedTuple):
    """A file of the guide, or a command with what it prints."""

    path: str
    command: str
    text: str


def steps(text: str) -> Iterator[Step]:
    """The files and commands of a part of the guide, in order."""
    for match in _FENCE.finditer(text):
        if match["path"]:
            yield Step(match["path"], "", match["text"])
        elif match["info"] == "console":
            for part in re.split(r"^\$ ", match["text"], flags=re.M)[1:]:
                command, _, output = part.partition("\n")
                yield Step("", command, output)


class Shell:
    """Runs the commands of the guide in a folder, as a reader would."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.status = 0
        programs = home / "bin"
        programs.mkdir(parents=True)
        program = programs / "vulgate"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m vulgate "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        self.packages = home / "packages"
        self.environment = environment(
            PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
            PYTHONPATH=str(self.packages),
            XDG_CONFIG_HOME=str(home),
            GIT_CONFIG_GLOBAL=os.devnull,
            **{f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        )

    def run(self, command: str) -> str:
        """What a command prints; `$?` is the status of the one before."""
        if command.startswith("pip install ./"):
            self._install(self.folder / command.removeprefix("pip install "))
            return ""
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.status})\n{command}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        self.status = done.returncode
        return done.stdout

    def _install(self, package: Path) -> None:
        """Leaves a package as pip would, without a network."""
        project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))
        name, version = project["project"]["name"], project["project"]["version"]
        metadata = self.packages / f"{name.replace('-', '_')}-{version}.dist-info"
        metadata.mkdir(parents=True)
        for module in project["tool"]["setuptools"]["py-modules"]:
            (self.packages / f"{module}.py").write_bytes((package / f"{module}.py").read_bytes())
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        ((group, entries),) = project["project"]["entry-points"].items()
        lines = [f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())]
        (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")


def same(said: str, printed: str) -> bool:
    """Whether a command prints what the guide says, where a line `...` stands for any lines."""
    lines = [re.escape(line) if line != "..." else None for line in _plain(said)]
    pattern = "".join("(?:.*\n)*" if line is None else f"{line}\n" for line in lines)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _plain(printed))) is not None


def _plain(text: str) -> list[str]:
    lines = text.rstrip("\n").split("\n") if text.strip() else []
    for pattern, put in _VARYING:
        lines = [pattern.sub(put, line) for line in lines]
    return [line.rstrip() for line in lines]


def follow(text: str, folder: Path, home: Path) -> Iterator[tuple[Step, str]]:
    """Does what a part of the guide says, and tells what the commands print."""
    folder.mkdir()
    shell = Shell(folder, home)
    for step in steps(text):
        if step.command:
            yield step, shell.run(step.command)
        else:
            place = folder / step.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(step.text, encoding="utf-8")


PARTS: Final = dict(zip(("shop", "own"), GUIDE.split(OWN_RULES), strict=True))


@pytest.mark.parametrize("part", PARTS)
def test_the_commands_of_the_guide_print_what_it_says(part: str, tmp_path: Path) -> None:
    for step, printed in follow(PARTS[part], tmp_path / "folder", tmp_path / "home"):
        assert same(step.text, printed), f"$ {step.command}\n{printed}"


# ------------------------------------------------------------------------------------------------ configuration


def _tables() -> list[dict[str, Any]]:
    """The tables of configuration that the guide shows."""
    fences = [match["text"] for match in _FENCE.finditer(GUIDE) if match["info"] == "toml"]
    return [table for text in fences if (table := tomllib.loads(text).get("tool", {}).get("vulgate"))]


def test_the_guide_shows_every_key_of_the_configuration() -> None:
    shown = {key for table in _tables() for key in table}
    assert shown == {field.encode_name for field in msgspec.structs.fields(CheckTable)}


def test_the_configurations_of_the_guide_are_right(tmp_path: Path) -> None:
    for match in _FENCE.finditer(GUIDE):
        if match["info"] == "toml" and "[tool.vulgate" in match["text"]:
            (tmp_path / "pyproject.toml").write_text(match["text"], encoding="utf-8")
            reporter = Reporter()
            find_config(tmp_path, reporter)
            assert not reporter.items, reporter.items


# ------------------------------------------------------------------------------------------- files for other tools


OPTIONS: Final = {option for param in check.params for option in param.opts} | {"--help"}


def test_the_hooks_of_pre_commit_call_the_command_with_options_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == ["vulgate-check", "vulgate-check-project"]
    for hook in hooks:
        assert f"id: {hook['id']}" in GUIDE
        program, command, *words = hook["entry"].split()
        assert (program, command) == ("vulgate", "check")
        assert {word for word in words if word.startswith("-")} <= OPTIONS
        assert hook["language"] == "python"
        assert hook["require_serial"] is True
    files, project = hooks
    assert files["types_or"] == ["python", "pyi", "jupyter"]
    assert project["pass_filenames"] is False


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def test_the_action_uses_its_inputs_and_options_that_there_are(action: dict[str, Any]) -> None:
    used = {word for step in action["runs"]["steps"] for word in re.findall(r"inputs\.(\w+)", str(step["env"]))}
    assert used == set(action["inputs"]) == {"version", "paths", "args", "sarif"}
    script = action["runs"]["steps"][-1]["run"]
    assert set(_OPTION.findall(script)) <= OPTIONS
    assert "${{" not in script, "what an input says would become part of the script"
    for name in action["inputs"]:
        assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("sarif", ["", "out put.sarif"])
def test_the_action_checks(action: dict[str, Any], sarif: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path, tmp_path / "home")
    (tmp_path / "a.py").write_text("def collect(item, into=[]): ...\n", encoding="utf-8")
    shell.environment.update(
        RUNNER_TEMP=str(tmp_path / "runner"), PATHS="a.py", ARGS="--select B006 --no-cache", SARIF=sarif
    )
    printed = shell.run(action["runs"]["steps"][-1]["run"])
    assert shell.status == 1, printed
    if sarif:
        log = msgspec.json.decode((tmp_path / sarif).read_bytes())
        assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["no-mutable-default"]
    else:
        assert printed.startswith("::error file=a.py,line=1,col=24,")


def test_the_manual_has_every_option() -> None:
    manual = (ROOT / "docs" / "cli.md").read_text("utf-8")
    section = manual.split("\n## check\n")[1].split("\n## ")[0]
    shown = set(re.findall(r"`(--?[a-z-]+)", section))
    assert {option for option in OPTIONS if option.startswith("--") and option != "--help"} <= shown


def test_the_snippets_for_other_tools_use_options_that_there_are() -> None:
    for line in GUIDE.splitlines():
        if (at := line.find("vulgate check")) >= 0 and "|" not in line[:at]:
            command = re.split(r"[|`;]", line[at:])[0]
            assert set(_OPTION.findall(command)) <= OPTIONS, line
