"""What `vulgate install` says: in narrow terminals, in a folder of a repository, of budgets and limits."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.install.test_install import MANIFEST, chapter, install, rule
from tests.install.test_sharing import home
from tests.support import write
from vulgate.cli import installing, main
from vulgate.editions.agents.tokenizer import count


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    write(root, {"src/app.py": "import json\n", "tests/test_app.py": "def test_it(): ...\n", ".git/HEAD": ""})
    monkeypatch.chdir(root)
    return root


def big(folder: Path) -> Path:
    """A book with more rules than any budget here."""
    rules = [rule(f"rule-number-{number}", option=":applies-to: tests\n" * (number % 2)) for number in range(400)]
    return write(folder.parent / "big", {"vulgate.toml": MANIFEST.replace('"house"', '"big"'), "a.md": chapter(*rules)})


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_table_fits_the_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(installing, "_WIDE", width)
    output = install(home(folder, "house"), "--agents", "copilot,cursor,agents-md").output
    lines = [line for line in output.splitlines() if "AGENTS.md" in line or "what always matters" in line]
    assert all("..." not in line and "\N{HORIZONTAL ELLIPSIS}" not in line for line in lines)
    assert ("file  " in output) == (width == 200)
    assert "what always matters: 1 rule" in output
    assert max(map(len, lines)) <= max(width, 90)


@pytest.mark.parametrize("agent", ["agents-md", "claude", "cursor", "devin", "cline"])
@pytest.mark.parametrize("budget", [300, 1000, 2000])
def test_a_budget_holds_for_the_whole_file(folder: Path, agent: str, budget: int) -> None:
    output = install(big(folder), "--agents", agent, "--budget", str(budget)).output
    assert "VG606" not in output
    texts = [place.read_text() for place in folder.rglob("*big*.m*")] or [(folder / "AGENTS.md").read_text()]
    regions = 60 if agent == "agents-md" else 0  # the comments around a region are not counted
    sizes = [count(text) for text in texts]
    assert max(sizes) <= budget + regions
    assert max(sizes) > budget / 2


def test_the_least_budget_is_told_for_the_whole_file(folder: Path) -> None:
    book = big(folder)
    output = install(book, "--agents", "cursor", "--budget", "20", code=2).output
    assert "a budget of 20 tokens for Cursor holds no rule" in output
    least = output.split()[-1]
    install(book, "--agents", "cursor", "--budget", str(int(least) - 1), code=2)
    install(book, "--agents", "cursor", "--budget", least)


def test_a_budget_for_all_replaces_those_for_one(folder: Path) -> None:
    install(home(folder, "house"), "--agents", "cursor", "--budget", "cursor=3000")
    assert " 3,000 " in install().output
    assert " 1,000 " in install("--budget", "1000").output


def test_a_file_that_an_agent_does_not_read_to_its_end_is_a_fault(folder: Path) -> None:
    write(folder, {"AGENTS.md": "Ours.\n" * 6000})
    output = install(home(folder, "house"), code=1).output
    assert "error[VG605]: `AGENTS.md` has 36," in output
    assert "VG605" in install("--check", code=1).output
    write(folder, {"AGENTS.md": (folder / "AGENTS.md").read_text().replace("Ours.\n", "", 5000)})
    assert "should be" in install("--check").output


def test_agents_may_be_listed_loosely_but_not_left_out(folder: Path) -> None:
    install(home(folder, "house"), "--agents", "cursor, claude,")
    assert "it names no agent; known are agents-md" in install("--agents", ",", code=2).output


def test_a_folder_of_a_repository_is_told_where_the_rest_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = home(folder, "house")
    monkeypatch.chdir(folder / "src")
    note = "note: this repository begins in `..`, where most agents look for their rules"
    assert note in install(book, "--dry-run").output
    monkeypatch.chdir(folder)
    assert "note" not in install(book).output
    monkeypatch.chdir(folder / "src")
    note = "note: what is installed in `..` stands apart; run the command there to change it"
    assert note in install(book, "--check", code=1).output
    assert note in install("--explain", "app.py", code=2).output
    install(book)
    assert "note" not in install("--check").output


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ('agents = ["cursr"]', "wrong value for `editions.agents.agents`: unknown name 'cursr'"),
        ("budgets = {cursr = 300}", "wrong value for `editions.agents.budgets`: unknown name 'cursr'"),
        ("budget = 0", "wrong value for `editions.agents.budget`"),
    ],
)
def test_what_the_manifest_says_wrong_of_agents_is_told(folder: Path, options: str, reason: str) -> None:
    book = home(folder, "house")
    write(book, {"vulgate.toml": f"{MANIFEST}[editions.agents]\n{options}\n"})
    assert reason in install(book, code=1).output
    assert not (folder / "AGENTS.md").exists()


def test_a_build_tells_of_a_budget_below_one_rule(folder: Path) -> None:
    book = home(folder, "house")
    write(book, {"vulgate.toml": f'{MANIFEST}[editions.agents]\nagents = ["cursor"]\nbudget = 9\n'})
    done = CliRunner().invoke(main, ["build", str(book), "--edition", "agents"])
    assert done.exit_code == 1
    assert "wrong value for `editions.agents`: a budget of 9 tokens for Cursor holds no rule" in done.output
    assert not (book / "dist").exists()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_deleted_is_named(folder: Path) -> None:
    install(home(folder, "house"))
    (folder / "tests").chmod(0o555)
    try:
        assert "cannot write `tests/AGENTS.md`: permission denied" in install("--uninstall", code=1).output
    finally:
        (folder / "tests").chmod(0o755)
    install("--uninstall")
    assert not (folder / "tests/AGENTS.md").exists()
