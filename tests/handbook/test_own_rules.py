"""The handbook keeps its own rules: whoever copies code from it copies code that `vulgate check` has nothing against."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

import vulgate
from tests.build.books import run
from tests.handbook.examples import OwnCode, own_code
from tests.support import BUNDLED

# What holds for a program need not hold for an example, which prints and asserts what it shows.
CONFIGURATION: Final = 'ignore = ["assert-validation", "print-instead-of-logging"]\n'


@pytest.fixture(scope="module")
def codes(handbook: vulgate.CompiledBook) -> dict[str, OwnCode]:
    return {code.name: code for code in own_code(vulgate.open_book(BUNDLED), handbook)}


@pytest.fixture(scope="module")
def findings(
    codes: dict[str, OwnCode], compiled_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, set[tuple[str, int]]]:
    """By name of the file, the rules that were found broken, and where."""
    root = tmp_path_factory.mktemp("own-code")
    by_version: defaultdict[str, list[OwnCode]] = defaultdict(list)
    for code in codes.values():
        by_version[code.python].append(code)
    found: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
    for version, group in by_version.items():
        folder = root / version
        folder.mkdir()
        for code in group:
            (folder / code.name).write_text(code.code, encoding="utf-8")
        settings = folder / "vulgate-check.toml"
        settings.write_text(CONFIGURATION, encoding="utf-8")
        options = ("--config", str(settings), "--target-version", version, "--format", "json", "--no-cache")
        result = run("check", str(folder), "--book", str(compiled_file), *options)
        assert result.exit_code in (0, 1), result.output
        said = json.loads(result.stdout)
        assert not said["problems"], said["problems"]
        for finding in said["findings"]:
            found[Path(finding["path"]).name].add((finding["slug"], finding["start"]["line"]))
    return found


def test_there_is_code(codes: dict[str, OwnCode]) -> None:
    assert len(codes) > 300


def test_each_rule_is_broken_where_the_text_shows_it_and_nowhere_else(
    codes: dict[str, OwnCode], findings: dict[str, set[tuple[str, int]]]
) -> None:
    """One test, not two: each would check the book anew, in a process of its own."""
    broken = [
        f"{codes[name].file}:{codes[name].line + line - 1}: {rule}"
        for name, here in findings.items()
        for rule, line in sorted(here)
        if rule not in codes[name].shows
    ]
    needless = [
        f"{code.file}:{code.line}: {rule}"
        for name, code in codes.items()
        for rule in sorted(code.shows - {rule for rule, _ in findings.get(name, ())})
    ]
    assert (broken, needless) == ([], [])
