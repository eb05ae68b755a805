"""Type checkers as detectors."""

from pathlib import Path

import pytest

from tests.detect.support import project, refusal, shown
from vulgate.detect import type_checker
from vulgate.detect.base import DetectorError, Query
from vulgate.detect.type_checker import CHECKERS, TypeCheckerDetector, check_types, checker_version

WRONG = "def f(x: int) -> str:\n    return x\n\n\nf('a')\n"


@pytest.fixture
def mypy() -> TypeCheckerDetector:
    if not checker_version("mypy"):
        pytest.skip("mypy is not installed")
    return TypeCheckerDetector()


def test_the_errors_that_are_asked_for(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    looked_at = project({"a.py": WRONG, "b/c.py": "é = '😀'; x: int = ''\r\n"}, tmp_path)
    queries = [Query("one", "mypy:return-value"), Query("two", "mypy:assignment"), Query("three", "mypy:assignment")]
    found = mypy.find(queries, looked_at).matches
    assert shown(found, looked_at) == ["return x", "é = '😀'; x: int = ''", "é = '😀'; x: int = ''"]
    assert sorted((match.rule, match.code) for match in found) == [
        ("one", "return-value"),
        ("three", "assignment"),
        ("two", "assignment"),
    ]


def test_all_errors(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    faults = check_types("mypy", project({"a.py": WRONG}, tmp_path))
    assert [(fault.path, fault.line, fault.code) for fault in faults] == [
        ("a.py", 2, "return-value"),
        ("a.py", 5, "arg-type"),
    ]


def test_the_user_s_configuration_does_not_count(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nignore_errors = true\n")
    assert len(check_types("mypy", project({"a.py": WRONG}, tmp_path))) == 2


def test_a_root_behind_a_link(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert len(check_types("mypy", project({"a.py": WRONG}, tmp_path / "link"))) == 2


def test_code_that_does_not_parse_keeps_nobody_from_the_rest(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    faults = check_types("mypy", project({"a.py": "x = (\n", "b.py": WRONG}, tmp_path))
    assert [fault.path for fault in faults if fault.code != "syntax"] == ["b.py", "b.py"]
    assert {fault.path for fault in faults if fault.code == "syntax"} == {"a.py"}


def test_what_a_checker_stumbles_over_is_told(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    (tmp_path / "broken.py").write_text("x = (\n")
    looked_at = project({"b.py": f"import broken\n{WRONG}"}, tmp_path)
    with pytest.raises(DetectorError, match=r"^broken.py:\d+: ") as caught:
        check_types("mypy", looked_at)
    assert "{" not in str(caught.value)


def test_files_of_the_same_name_and_packages_in_folders(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    wrong = "x: int = ''\n"
    files = {"a/x.py": wrong, "b/x.py": wrong, "my-folder/x.py": wrong, "src/shop/__init__.py": ""}
    files |= {"src/shop/web.py": "from shop.store import rows\nx: str = rows\n", "src/shop/store.py": "rows = 3\n"}
    faults = check_types("mypy", project(files, tmp_path))
    assert sorted(fault.path for fault in faults) == ["a/x.py", "b/x.py", "my-folder/x.py", "src/shop/web.py"]


def test_no_files(tmp_path: Path, mypy: TypeCheckerDetector) -> None:
    assert check_types("mypy", project({}, tmp_path)) == []


def test_a_checker_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal("type-checker pyre:x") == "no type checker `pyre`; there are mypy, ty, pyright"
    monkeypatch.setattr(type_checker, "checker_version", lambda name: "")
    assert refusal("type-checker mypy:x") == "mypy is not installed"


def test_a_program_that_fails() -> None:
    with pytest.raises(DetectorError, match="does not run"):
        type_checker._run(["/nowhere/mypy"], "/")
    with pytest.raises(DetectorError, match="out of order"):
        type_checker._run(["sh", "-c", "echo 'out of order' >&2; exit 2"], "/")


@pytest.mark.parametrize(
    ("checker", "output", "expected"),
    [
        (
            "mypy",
            '{"file": "a.py", "line": 1, "column": 0, "message": "no", "code": "x", "severity": "error"}\n'
            '{"file": "a.py", "line": 2, "column": 0, "message": "hint", "code": null, "severity": "note"}\nnoise\n',
            [("a.py", 1, "x", "no")],
        ),
        (
            "ty",
            "a.py:3:5: error[bad-type] no: really\na.py:4:5: warning[w] x\n",
            [("a.py", 3, "bad-type", "no: really")],
        ),
        (
            "pyright",
            '{"generalDiagnostics": [{"file": "/a.py", "severity": "error", "rule": "r", "message": "no",'
            ' "range": {"start": {"line": 0, "character": 0}}},'
            ' {"file": "/a.py", "severity": "warning", "message": "x", "range": {"start": {"line": 0}}}]}',
            [("/a.py", 1, "r", "no")],
        ),
    ],
)
def test_what_checkers_print(checker: str, output: str, expected: list[tuple[str, int, str, str]]) -> None:
    assert list(CHECKERS[checker].reports(output)) == expected
