"""`check_code`: through the engine of `vulgate check`, in a folder of the server's own."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.serving import answer, error
from vulgate.server.app import BookServer
from vulgate.server.roots import MAX_BYTES

BAD = "def collect(item, into=[]):\n    return into\n"


def places(found: dict[str, list[dict[str, object]]]) -> list[tuple[object, object]]:
    return [(finding["rule"], finding["line"]) for finding in found["findings"]]


@pytest.fixture
def root(project: Path) -> Iterator[Path]:
    """The folder that the server may read; files of a test are removed again."""
    before = set(project.rglob("*"))
    yield project
    for place in sorted(set(project.rglob("*")) - before, reverse=True):
        place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()


def test_a_finding_has_all_that_is_needed_to_mend_it(server: BookServer) -> None:
    found = answer(server, "check_code", code=BAD)
    (finding,) = found["findings"]
    assert (finding["rule"], finding["line"], finding["column"]) == ("functions/mutable-default", 1, 24)
    assert (finding["severity"], finding["code"]) == ("critical", "B006")
    assert finding["edits"][0] == {"line": 1, "column": 24, "end_line": 1, "end_column": 26, "text": "None"}
    (rule,) = found["rules"]
    assert rule["title"] == "Never use a mutable default argument"
    assert rule["gist"] == "The default object is shared by every call that does not pass the argument."
    assert rule["fix"] == "Default to None and make the list in the body."
    assert rule["place"] == "Functions §1.1"


def test_a_rule_that_is_broken_twice_is_told_once(server: BookServer) -> None:
    found = answer(server, "check_code", code=BAD + BAD.replace("collect", "gather"))
    assert len(found["findings"]) == 2
    assert len(found["rules"]) == 1


def test_a_file_of_the_project_is_read(server: BookServer, root: Path) -> None:
    assert places(answer(server, "check_code", path="app.py")) == [("functions/mutable-default", 1)]
    assert places(answer(server, "check_code", path=str(root / "app.py"))) == [("functions/mutable-default", 1)]
    assert places(answer(server, "check_code", path=(root / "app.py").as_uri())) == [("functions/mutable-default", 1)]


def test_the_configuration_of_the_project_holds_for_its_files(server: BookServer, root: Path) -> None:
    (root / "vulgate-check.toml").write_text('ignore = ["mutable-default"]\n')
    assert places(answer(server, "check_code", path="app.py")) == []
    assert places(answer(server, "check_code", code=BAD)) == [("functions/mutable-default", 1)]


def test_nothing_is_written_in_the_project(server: BookServer, root: Path) -> None:
    before = {place: place.stat().st_mtime_ns for place in root.rglob("*")}
    answer(server, "check_code", path="app.py")
    answer(server, "check_code", code=BAD, path="app.py")
    assert {place: place.stat().st_mtime_ns for place in root.rglob("*")} == before


def test_code_is_not_run(server: BookServer, root: Path) -> None:
    mark = root / "ran"
    (root / "evil.py").write_text(f"open({str(mark)!r}, 'w')\n")
    answer(server, "check_code", path="evil.py")
    answer(server, "check_code", code=f"open({str(mark)!r}, 'w')\n")
    assert not mark.exists()


def test_rules_can_be_chosen(server: BookServer) -> None:
    code = BAD + "try:\n    pass\nexcept:\n    pass\n"
    assert len(answer(server, "check_code", code=code)["findings"]) == 2
    assert places(answer(server, "check_code", code=code, select=["bare-except"])) == [("errors/bare-except", 5)]
    assert places(answer(server, "check_code", code=code, rules="functions")) == [("functions/mutable-default", 1)]
    assert "mutable-default" in error(server, "check_code", code=code, select=["mutable-defalt"])


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def f(:\n", "line 1: does not parse"),
        ("x = 1\0", "line 1: does not parse"),
        ("if x:\n\ty\n        z\n", "line 3: does not parse"),
    ],
)
def test_code_that_does_not_parse_is_a_problem(server: BookServer, code: str, problem: str) -> None:
    assert any(problem in one for one in answer(server, "check_code", code=code)["problems"])


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../secret.py", "outside the folders"),
        ("/etc/passwd", "outside the folders"),
        ("a/../../../etc/passwd", "outside the folders"),
        ("file:///etc/passwd", "outside the folders"),
        ("file:///tmp/%2e%2e/etc/passwd", "outside the folders"),
        ("file://server/share/app.py", "outside the folders"),
        ("//server/share/app.py", "outside the folders"),
        (r"\\server\share\app.py", "outside the folders"),
        (r"\\.\COM1", "outside the folders"),
        ("file:///tmp/a%00b", "is no path"),
        ("nothing.py", "no file"),
        (".", "is no file"),
        ("x" * 3_000, "no file"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(server: BookServer, root: Path, path: str, message: str) -> None:
    (root.parent / "secret.py").write_text("x = 1\n")
    assert message in error(server, "check_code", path=path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_and_pipes_are_refused(server: BookServer, root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(BAD)
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "folder").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe.py")
    assert "outside the folders" in error(server, "check_code", path="link.py")
    assert "outside the folders" in error(server, "check_code", path="folder/outside.py")
    assert "no" in error(server, "check_code", path="loop")
    assert "is no file" in error(server, "check_code", path="pipe.py")


def test_too_much_code_is_refused(server: BookServer, root: Path) -> None:
    (root / "long.py").write_bytes(b"#" * (MAX_BYTES + 1))
    assert "1,000,000 bytes" in error(server, "check_code", path="long.py")
    assert "1,000,000 bytes" in error(server, "check_code", code="#" * (MAX_BYTES + 1))
    assert answer(server, "check_code", code="x = 1\n" * 100_000)["found"] == 0


@pytest.mark.parametrize("arguments", [{}, {"code": ""}, {"code": " \n"}])
def test_no_code_is_told(server: BookServer, arguments: dict[str, str]) -> None:
    assert error(server, "check_code", **arguments).startswith("there is no code")


def test_code_keeps_the_name_that_it_is_given(server: BookServer) -> None:
    for path in ("pkg/mod.py", "../../etc/cron.d/x.py", "a\x00b.py", "C:\\temp\\x.py", "日本.py"):
        assert len(answer(server, "check_code", code=BAD, path=path)["findings"]) == 1, path


def test_the_own_folder_goes_with_the_server(compiled: Path, project: Path) -> None:
    served = BookServer([compiled], [project])
    answer(served, "check_code", code=BAD)
    folder = served.checker._folder
    assert folder is not None
    assert not [place for place in folder.rglob("*") if place.is_file()]
    served.close()
    assert not folder.exists()
