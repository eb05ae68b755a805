"""Ruff: which codes may be asked for, and where its findings and fixes are in texts of all kinds."""

import json
from pathlib import Path

import pytest

from tests.detect.support import find, project, refusal, shown
from vulgate.detect import detectors, ruff
from vulgate.detect.base import DetectorError, Query
from vulgate.detect.edits import apply_fixes
from vulgate.detect.ruff import RuffDetector, can_fix, codes, is_preview, run_with_limit
from vulgate.detect.source import Project


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("B006", ""),
        ("B006, B008", ""),
        ("B", ""),
        ("PLW1514 preview", ""),
        ("B006 preview", ""),
        ("ZZZ999", "ruff has no rule ZZZ999"),
        ("B006, ZZZ999, YYY1", "ruff has no rule ZZZ999, YYY1"),
        ("ANN101", "ruff has no rule ANN101"),
        ("PLW1514", "PLW1514 is a preview rule; write `ruff PLW1514 preview`"),
        ("B006, PLW1514", "PLW1514 is a preview rule; write `ruff B006, PLW1514 preview`"),
    ],
)
def test_codes(spec: str, reason: str) -> None:
    assert refusal(f"ruff {spec}") == reason


def test_reading_the_option() -> None:
    assert codes("B006,B008 , E7 preview") == ["B006", "B008", "E7"]
    assert (is_preview("B006"), is_preview("B006 preview")) == (False, True)
    assert can_fix("F401, B008")
    assert not can_fix("B008")


class TestPlaces:
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
    @pytest.mark.parametrize("before", ["", "é = '😀'; ", "\t", "名 = 3; "], ids=["none", "emoji", "tab", "wide"])
    def test_columns_count_characters(self, tmp_path: Path, end: str, before: str) -> None:
        line = f"if x:{end}{before}l = 3{end}" if before == "\t" else f"a = 1{end}{before}l = 3{end}"
        looked_at = project({"a.py": line}, tmp_path)
        assert shown(find("ruff E741", "", looked_at).matches, looked_at) == ["l"]

    def test_a_byte_order_mark_is_no_column(self, tmp_path: Path) -> None:
        looked_at = project({"a.py": "\ufeffl = 3\n"}, tmp_path)
        assert shown(find("ruff E741", "", looked_at).matches, looked_at) == ["l"]

    @pytest.mark.parametrize("name", ["a\nb.py", "a b.py", "-a.py", "--fix.py", "é.py", "[a].py", "a/b/c.py", "*.py"])
    def test_names_of_files(self, tmp_path: Path, name: str) -> None:
        looked_at = project({name: "l = 3\n", "other.py": "x = 3\n"}, tmp_path)
        assert [match.path for match in find("ruff E741", "", looked_at).matches] == [name]

    def test_a_root_behind_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        looked_at = project({"a.py": "l = 3\n"}, tmp_path / "link")
        assert [match.path for match in find("ruff E741", "", looked_at).matches] == ["a.py"]

    def test_cells_of_a_notebook(self, tmp_path: Path) -> None:
        cells = [
            {"cell_type": "code", "source": ["a = '😀'\n", "b = 2"]},
            {"cell_type": "markdown", "source": "l = 3"},
            {"cell_type": "code", "source": "%matplotlib inline\nl = 3\n"},
            {"cell_type": "code", "source": "import os\nprint(f'')"},
        ]
        full = [
            {"metadata": {}, **({"outputs": [], "execution_count": None} if c["cell_type"] == "code" else {}), **c}
            for c in cells
        ]
        text = json.dumps({"cells": full, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        looked_at = project({"a.ipynb": text}, tmp_path)
        report = find("ruff E741, F401, F541", "", looked_at)
        assert report.troubles == []
        assert shown(report.matches, looked_at) == ["l", "os", "f''"]
        assert looked_at.read("a.ipynb").cells == (1, 0, 3, 6)

    def test_fixes_are_edits_of_the_text(self, tmp_path: Path) -> None:
        text = "é = '😀'\r\nimport os\r\nx = f''\r\n"
        looked_at = project({"a.py": text}, tmp_path)
        matches = find("ruff F401, F541", "", looked_at).matches
        assert apply_fixes(text, matches)[0] == "é = '😀'\r\nx = ''\r\n"
        assert [match.safe for match in matches] == [True, True]
        (unsafe,) = find("ruff B006", "", project({"b.py": "def f(x=[]):\n    return x\n"}, tmp_path)).matches
        assert (unsafe.safe, bool(unsafe.edits)) == (False, True)


class TestRunning:
    def test_a_file_that_does_not_parse_is_told_once_and_has_no_match(self, tmp_path: Path) -> None:
        looked_at = project({"a.py": "l = 3\nprint 'x'\nx = (\n", "b.py": "l = 3\n"}, tmp_path)
        report = find("ruff E741", "", looked_at)
        assert [match.path for match in report.matches] == ["b.py"]
        (trouble,) = report.troubles
        assert (trouble.path, trouble.rule) == ("a.py", "")
        assert trouble.line in (2, 3)
        assert trouble.message.startswith("does not parse: ")

    def test_stable_and_preview_codes_together(self, tmp_path: Path) -> None:
        looked_at = project({"a.py": "l = open('x').read()\n"}, tmp_path)
        queries = [Query("one", "E741"), Query("two", "PLW1514 preview"), Query("three", "E741, E721")]
        found = RuffDetector().find(queries, looked_at).matches
        assert sorted((match.rule, match.code) for match in found) == [
            ("one", "E741"),
            ("three", "E741"),
            ("two", "PLW1514"),
        ]

    def test_the_user_s_configuration_and_comments_do_not_count(self, tmp_path: Path) -> None:
        (tmp_path / "ruff.toml").write_text('line-length = "wrong"\n')
        looked_at = project({"a.py": "l = 3\n"}, tmp_path)
        assert len(find("ruff E741", "", looked_at).matches) == 1

    def test_the_version_decides(self, tmp_path: Path) -> None:
        old = project({"a.py": "from typing import List\nx: List[int] = []\n"}, tmp_path)
        new = Project(old.root, old.paths, old.read, "3.14")
        assert find("ruff UP006", "", new).matches
        ancient = Project(old.root, old.paths, old.read, "3.8")
        assert find("ruff UP006", "", ancient).matches == []

    def test_more_files_than_a_command_line_holds(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ruff, "_ARGUMENT_BYTES", 20)
        files = {f"folder/{n}.py": f"l{'' if n % 2 else 'x'} = {n}\n" for n in range(6)}
        found = find("ruff E741", "", project(files, tmp_path)).matches
        assert [match.path for match in found] == ["folder/1.py", "folder/3.py", "folder/5.py"]

    def test_portions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ruff, "_ARGUMENT_BYTES", 10)
        assert list(ruff._calls([])) == []
        assert list(ruff._calls(["abc", "def", "a long name of a file", "x", "y"])) == [
            ["abc", "def"],
            ["a long name of a file"],
            ["x", "y"],
        ]

    def test_no_files(self, tmp_path: Path) -> None:
        report = find("ruff E741", "", project({}, tmp_path))
        assert (report.matches, report.troubles) == ([], [])

    def test_a_limit_of_one_s_own(self, tmp_path: Path) -> None:
        looked_at = project({"a.py": "def f(x):\n    if x:\n        return 1\n    return 2\n"}, tmp_path)
        assert len(run_with_limit("r", "C901", "lint.mccabe.max-complexity=1", looked_at).matches) == 1
        assert run_with_limit("r", "C901", "lint.mccabe.max-complexity=2", looked_at).matches == []

    def test_a_program_that_is_not_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ruff, "ruff_program", lambda: str(tmp_path / "none"))
        with pytest.raises(DetectorError, match="ruff does not run: "):
            RuffDetector().find([Query("r", "E741")], project({"a.py": ""}, tmp_path))

    def test_what_ruff_refuses_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(DetectorError, match="max-complexity"):
            run_with_limit("r", "C901", "lint.mccabe.max-complexity=-1", project({"a.py": ""}, tmp_path))

    @pytest.mark.parametrize("python", ["2.7", "3.6", "3.99"])
    def test_a_version_that_ruff_does_not_know_is_taken_as_the_nearest(self, tmp_path: Path, python: str) -> None:
        looked_at = project({"a.py": "l = 1\n"}, tmp_path)
        looked_at = Project(tmp_path, looked_at.paths, looked_at.read, python)
        assert len(RuffDetector().find([Query("r", "E741")], looked_at).matches) == 1

    def test_the_version_of_the_program(self) -> None:
        assert detectors()["ruff"].version("E741").startswith("ruff 0.")
