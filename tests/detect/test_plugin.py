"""Detectors written as Python functions."""

import ast
from collections.abc import Iterator

import pytest

from tests.detect.support import find, project, refusal
from vulgate.detect import detectors, plugin
from vulgate.detect.base import Query
from vulgate.detect.plugins import PLUGINS
from vulgate.detect.source import Edit, Place, Plugin, Project, Source, matches
from vulgate.version import __version__


def names(source: Source) -> Iterator[Place]:
    """A plugin for one file."""
    for name in source.nodes(ast.Name):
        place = source.place(name)
        yield Place(place.start, place.end, "no", (Edit(place.start, place.end, "b"),), safe=True)


def first_lines(project: Project) -> Iterator[tuple[str, Place]]:
    """A plugin for a project."""
    for path in project.paths:
        yield path, project.read(path).line_place(1, f"one of {len(project.paths)}")


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugins of these tests."""
    mine = {
        "names": Plugin(names, needs=("a", "b"), text="[ab]"),
        "docker": Plugin(lambda source: [source.line_place(1)], files=("Dockerfile", "*.dockerfile", ".ci/*.yml")),
        "first-lines": Plugin(first_lines, files=("*.toml",), project=True),
        "half": Plugin(names, text=("a", "[")),
    }
    monkeypatch.setattr(plugin, "rule_plugins", lambda: {**PLUGINS, **mine})


def test_a_file_at_a_time() -> None:
    matches = find("plugin names", "", project({"x.py": "é = '😀'; a", "y.py": "3"})).matches
    assert [(match.path, match.start, match.end) for match in matches] == [("x.py", 0, 1), ("x.py", 9, 10)]
    assert matches[1].edits == (Edit(9, 10, "b"),)
    assert (matches[0].rule, matches[0].message, matches[0].safe) == ("a/no", "no", True)


def test_code_that_does_not_parse_has_no_nodes() -> None:
    assert find("plugin names", "", project({"x.py": "a = ("})).matches == []


def test_only_its_files() -> None:
    paths = ["Dockerfile", "x/Dockerfile", "a.dockerfile", ".ci/a.yml", "a.yml", "Dockerfile.py", "a.py"]
    found = find("plugin docker", "", project(dict.fromkeys(paths, "x"))).matches
    assert [match.path for match in found] == paths[:4]


def test_the_whole_project() -> None:
    found = find("plugin first-lines", "", project({"a.toml": " x ", "b.toml": "\ny", "c.py": "z"})).matches
    assert [(match.path, match.start, match.end, match.message) for match in found] == [
        ("a.toml", 1, 2, "one of 2"),
        ("b.toml", 0, 0, "one of 2"),
    ]


def test_what_the_detector_says_of_them() -> None:
    detector = detectors()["plugin"]
    assert detector.looks_at(Query("", "docker")) == ("Dockerfile", "*.dockerfile", ".ci/*.yml")
    assert detector.is_whole(Query("", "first-lines"))
    assert not detector.is_whole(Query("", "names"))
    needed = detector.needs(Query("", "names"))
    assert needed.groups == (frozenset("ab"),)
    assert needed.are_in("a", frozenset("a"))
    assert not needed.are_in("c", frozenset())
    assert detector.needs(Query("", "docker")).are_in("", frozenset())


def test_a_plugin_that_nobody_has() -> None:
    assert refusal("plugin names") == ""
    assert refusal("plugin first-line") == "no plugin `first-line` is installed; did you mean `first-lines`?"
    assert refusal("plugin zzzzzzzzzz") == "no plugin `zzzzzzzzzz` is installed"
    assert refusal("plugin") == "no plugin `` is installed"


def test_the_version_of_ours() -> None:
    assert detectors()["plugin"].version("missing-main-guard") == f"vulgate {__version__}"


@pytest.mark.parametrize("name", sorted(PLUGINS))
@pytest.mark.parametrize("text", ["", "\n", "x", "\ufeff", "é😀", "a = (", "{", "[tool]\nx = ", "- - : [", "\r"])
def test_ours_take_any_text(name: str, text: str) -> None:
    plugin_ = PLUGINS[name]
    for pattern in plugin_.files:
        path = pattern.replace("*", "x")
        assert matches(path, plugin_.files)
        source = Source(path, text)
        looked_at = Project(__import__("pathlib").Path(), (path,), {path: source}.__getitem__)
        for found in plugin_.find(looked_at if plugin_.project else source):
            place = found[1] if plugin_.project else found
            assert 0 <= place.start <= place.end <= len(text)


def test_a_plugin_with_a_wrong_regular_expression() -> None:
    assert refusal("plugin half") == "`text` is no regular expression: unterminated character set at position 0"
