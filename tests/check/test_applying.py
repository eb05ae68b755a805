"""Where rules hold: the topics and globs of `:applies-to:`."""

from pathlib import Path

import pytest

from tests.check.projects import MANIFEST, Project, notebook, put, rule

PLACES = {
    "a.py": "print(1)\nasync def f():\n    print(2)\n",
    "setup.py": "print(1)\n",
    "src/api/b.py": "print(1)\n",
    "src/api/v1/test_c.py": "print(1)\nasync def f():\n    print(2)\n",
    "n.ipynb": notebook("print(1)"),
}


def held_to(folder: Path, words: str, detector: str = "ast-grep") -> Project:
    """A project that is held to one rule, which applies to what the words say."""
    options = [f"applies-to: {words}"] if words else []
    pattern = "rule: {pattern: print($$$A)}" if detector == "ast-grep" else ""
    text = "# Code\n" + rule("no-print", "severity: high", f"detect: {detector}", *options, detect=pattern)
    manifest = MANIFEST.replace(', "architecture.md"', "")
    return Project(folder / "project", put(folder / "book", {"vulgate.toml": manifest, "code.md": text}))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tests", ["src/api/v1/test_c.py:1", "src/api/v1/test_c.py:3"]),
        ("not-tests", ["a.py:1", "a.py:3", "n.ipynb:1", "setup.py:1", "src/api/b.py:1"]),
        ("async", ["a.py:3", "src/api/v1/test_c.py:3"]),
        ("notebooks", ["n.ipynb:1"]),
        ("packaging", ["setup.py:1"]),
        ("src/api/*", ["src/api/b.py:1"]),
        ("src/**/*.py", ["src/api/b.py:1", "src/api/v1/test_c.py:1", "src/api/v1/test_c.py:3"]),
        ("b.py", ["src/api/b.py:1"]),
        ("lib/**", []),
        ("packaging, src/api/*", ["setup.py:1", "src/api/b.py:1"]),
        ("async, setup.py", ["a.py:3", "setup.py:1", "src/api/v1/test_c.py:3"]),
        ("async, tests", ["a.py:3", "src/api/v1/test_c.py:1", "src/api/v1/test_c.py:3"]),
        ("async, not-tests", ["a.py:3"]),
        ("not-tests, src/**", ["src/api/b.py:1"]),
    ],
)
@pytest.mark.parametrize("detector", ["ast-grep", "ruff T201"])
def test_where_a_rule_applies(words: str, expected: list[str], detector: str, tmp_path: Path) -> None:
    project = held_to(tmp_path, words, detector).put(PLACES)
    for _ in range(2):  # the second time from what was kept
        assert [line.split()[0] for line in project.found()] == expected


@pytest.mark.parametrize("words", ["web", "web, tests", "web, src/**"])
def test_a_rule_about_web_code_holds_everywhere(words: str, tmp_path: Path) -> None:
    everywhere = held_to(tmp_path / "all", "").put(PLACES).found()
    assert everywhere
    assert held_to(tmp_path / "web", words).put(PLACES).found() == everywhere


def test_the_configuration_says_what_a_test_is(tmp_path: Path) -> None:
    project = held_to(tmp_path, "async, tests").put(PLACES).configure('tests = ["a.py"]\n')
    assert project.found() == ["a.py:1 no-print", "a.py:3 no-print", "src/api/v1/test_c.py:3 no-print"]


def test_a_file_of_tests_as_django_makes_it(project: Project) -> None:
    assert project.put({"shop/tests.py": "print(1)\n"}).found() == []
