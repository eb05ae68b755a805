"""Metrics with a limit."""

from pathlib import Path

import pytest

from tests.detect.support import find, project, refusal
from vulgate.detect import detectors
from vulgate.detect.base import Query
from vulgate.detect.source import Settings

DOCUMENTED = '"""A module."""\n\n\ndef f():\n    """A function."""\n'
BARE = "def f(): ...\n\n\nclass A:\n    def g(self): ...\n\n    def _h(self): ...\n"
BRANCHES = "def f(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(4))


def told(root: Path, spec: str, files: dict[str, str], settings: Settings | None = None, fence: str = "") -> list[str]:
    """What a metric finds: file, line and message."""
    looked_at = project(files, root, settings)
    found = find(f"metric {spec}", fence, looked_at).matches
    return [f"{match.path}:{looked_at.read(match.path).line(match.start)} {match.message}" for match in found]


class TestDocstringCoverage:
    def test_of_the_whole_project(self, tmp_path: Path) -> None:
        files = {"a.py": DOCUMENTED, "b.py": BARE}
        assert told(tmp_path, "docstring-coverage >= 33%", files) == []
        assert told(tmp_path, "docstring-coverage >= 95%", files) == [
            "b.py:1 33.3 % of 6 public objects have a docstring, 95 % are asked for (b.py lacks 4)"
        ]

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("_private.py", "def _f(): ..."),
            ("test_a.py", BARE),
            ("a.py", DOCUMENTED + "\n\ndef _g(): ...\n"),
            ("a.py", DOCUMENTED + "\n\nfrom x import y\n"),
            ("a.py", "def f(:"),
        ],
    )
    def test_what_does_not_count(self, tmp_path: Path, path: str, text: str) -> None:
        assert told(tmp_path, "docstring-coverage >= 100%", {path: text}) == []

    def test_a_package_counts(self, tmp_path: Path) -> None:
        assert len(told(tmp_path, "docstring-coverage >= 100%", {"a/__init__.py": "X = 1\n"})) == 1

    def test_nothing_is_fully_documented(self, tmp_path: Path) -> None:
        assert told(tmp_path, "docstring-coverage >= 100%", {}) == []

    def test_the_library_says_nothing(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        """Also where it gives up on an expression."""
        told(tmp_path, "docstring-coverage >= 95%", {"a.py": "deep = " + "1 + " * 900 + "1\n"})
        assert not caplog.records

    def test_it_is_one_number_for_all_files(self) -> None:
        detector = detectors()["metric"]
        assert detector.is_whole(Query("", "docstring-coverage >= 3%"))
        assert not detector.is_whole(Query("", "file-lines <= 3"))


def test_complexity_of_each_function(tmp_path: Path) -> None:
    files = {"a.py": f"{BRANCHES}\n\n{BRANCHES.replace('f(', 'g(')}", "b.py": "def h(): ...\n"}
    assert told(tmp_path, "complexity <= 5", files) == []
    assert told(tmp_path, "complexity <= 4", files) == [
        "a.py:1 `f` is too complex (5 > 4)",
        "a.py:12 `g` is too complex (5 > 4)",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\r\nb\r\n", 2), ("a\rb\r", 2), ("a\n\n\n", 3)],
)
def test_lines_of_a_file(tmp_path: Path, text: str, lines: int) -> None:
    text = text.replace("a", "a = 1").replace("b", "b = 1")
    assert told(tmp_path, f"file-lines <= {lines}", {"a.py": text}) == []
    expected = f"a.py:1 {lines} lines, at most {lines - 1} are asked for"
    assert told(tmp_path, f"file-lines <= {lines - 1}", {"a.py": text}) == [expected]


FIVE = {"a.py": "a = 1\n" * 5}


class TestLimits:
    def test_of_the_user(self, tmp_path: Path) -> None:
        own = Settings(thresholds={"file-lines": "4"})
        assert len(told(tmp_path, "file-lines <= 1000", FIVE, own)) == 1
        assert told(tmp_path, "file-lines <= 3", FIVE, Settings(thresholds={"file-lines": "5.0 %"})) == []

    def test_of_the_examples(self, tmp_path: Path) -> None:
        example = Settings(is_example=True)
        assert len(told(tmp_path, "file-lines <= 1000", FIVE, example, "limit: 4")) == 1
        assert told(tmp_path, "file-lines <= 1000", FIVE, Settings(), "limit: 4") == []
        assert told(tmp_path, "file-lines <= 1000", FIVE, example) == []

    @pytest.mark.parametrize(
        ("spec", "fence", "reason"),
        [
            ("docstring-coverage >= 95%", "", ""),
            ("docstring-coverage>=95", "limit: 50", ""),
            ("complexity <= 15", "limit: 3.5", ""),
            ("file-lines <= 1000", "", ""),
            ("docstring-coverage", "", "`docstring-coverage` is no metric with a limit"),
            ("", "", "`` is no metric with a limit; write it as `docstring-coverage >= 95%`"),
            ("docstring-coverage >= many", "", "`docstring-coverage >= many` is no metric with a limit"),
            ("docstring-coverage >= 101%", "", "`docstring-coverage` cannot be more than 100%"),
            ("docstring-coverage <= 95%", "", "`docstring-coverage` has a limit of the form `>= ...`"),
            ("complexity >= 3", "", "`complexity` has a limit of the form `<= ...`"),
            ("file-line <= 3", "", "no metric `file-line`; there are docstring-coverage, complexity, file-lines; "),
            ("file-lines <= 3", "limits: 3", "the `detect` fence of a metric holds nothing but `limit:` and a number"),
            ("file-lines <= 3", "limit: 3\nmore: 4", "the `detect` fence of a metric holds nothing but"),
            ("file-lines <= 3", "limit: many", "the `detect` fence of a metric holds nothing but"),
            ("file-lines <= 3", "3", "the `detect` fence of a metric holds nothing but"),
            ("file-lines <= 3", "limit: [", "the `detect` fence is no YAML: "),
        ],
    )
    def test_checking_one(self, spec: str, fence: str, reason: str) -> None:
        said = refusal(f"metric {spec}".strip(), fence)
        assert said.startswith(reason)
        assert bool(said) is bool(reason)


@pytest.mark.parametrize(
    ("spec", "library"),
    [("docstring-coverage >= 95%", "griffelib "), ("complexity <= 3", "ruff "), ("file-lines <= 3", "vulgate ")],
)
def test_the_version_is_that_of_the_library(spec: str, library: str) -> None:
    assert detectors()["metric"].version(spec).startswith(library)
