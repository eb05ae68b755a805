"""`vulgate budget`: what fits, what does not and why, and the value curve."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.install.house import MANIFEST, chapter, rule
from tests.support import write
from vulgate.cli import main


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rules = [rule(f"rule-{number}") for number in range(12)]
    rules += [rule("first", "critical"), rule("in-tests", option=":applies-to: tests\n")]
    home = write(tmp_path / "house", {"vulgate.toml": MANIFEST, "a.md": chapter(*rules)})
    root = write(tmp_path / "repository", {"src/app.py": "import json\n", "tests/test_app.py": "def test(): ...\n"})
    monkeypatch.chdir(root)
    return home


def budget(*words: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["budget", *map(str, words)])
    assert done.exit_code == code, done.output
    return done


def test_what_fits_and_what_does_not(book: Path) -> None:
    output = budget(book, "--budget", "150").output
    assert "of 14 rules of House rules" in output
    assert "told: critical 1/1" in output
    assert "the budget has no room for it" in output
    assert "% of the worth; no choice in as many tokens has more than" in output
    assert "vulgate search" in output
    assert sorted(place.name for place in Path.cwd().iterdir()) == ["src", "tests"]


def test_everything_fits_into_enough(book: Path) -> None:
    output = budget(book, "--all").output
    assert "14 of 14 rules" in output
    assert "out, " not in output
    assert "in, those worth most first" in output


def test_more_tokens_tell_more(book: Path) -> None:
    told = [
        sum(
            bool(entry["guide"])
            for entry in json.loads(budget(book, "--json", "--budget", str(tokens)).stdout)["agents-md"]["rules"]
        )
        for tokens in (120, 200, 400)
    ]
    assert told == sorted(told)
    assert told[0] < told[-1] == 14


def test_the_manifest_of_the_book_says_the_budget(book: Path) -> None:
    write(book, {"vulgate.toml": f"{MANIFEST}\n[editions.agents]\nbudget = 150\nbudgets = {{ cursor = 120 }}\n"})
    data = json.loads(budget(book, "--json", "--agents", "claude,cursor").stdout)
    tokens = {agent: sum(guide["tokens"] for guide in each["guides"]) for agent, each in data.items()}
    assert 120 < tokens["claude"] <= 150
    assert tokens["cursor"] <= 120
    asked = json.loads(budget(book, "--json", "--agents", "claude", "--budget", "400").stdout)
    assert sum(bool(entry["guide"]) for entry in asked["claude"]["rules"]) == 14
    write(book, {"vulgate.toml": f"{MANIFEST}\n[editions.agents]\nbudget = 0\n"})
    assert "editions.agents.budget" in budget(book, code=1).output


def test_what_the_linter_of_the_project_enforces_is_worth_less(book: Path) -> None:
    write(book, {"a.md": chapter(rule("one", detect="ruff B006"), rule("two", detect="ruff B008"))})
    write(Path.cwd(), {"pyproject.toml": '[tool.ruff.lint]\nselect = ["B006"]\n'})
    entries = {entry["name"]: entry for entry in json.loads(budget(book, "--json").stdout)["agents-md"]["rules"]}
    assert entries["one"]["value"] == pytest.approx(entries["two"]["value"] / 4, rel=0.3)
    assert entries["one"]["reason"] == "ruff enforces it already"


def test_the_curve_as_a_picture(book: Path) -> None:
    budget(book, "--svg", "curve.svg")
    picture = ET.parse("curve.svg").getroot()
    assert picture.tag.endswith("svg")
    assert any("House rules" in (each.text or "") for each in picture.iter())
    assert "cannot write" in budget(book, "--svg", "src", code=2).output


def test_faults_are_told(book: Path, tmp_path: Path) -> None:
    assert "holds no rule" in budget(book, "--budget", "5", code=2).output
    assert "no book at" in budget(tmp_path / "nowhere", code=2).output
