"""`vulgate install --mcp`: our entry in the files of settings of coding agents, and nothing else changed."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.support import modest, write
from vulgate.cli import main
from vulgate.install.servers import SERVERS

FILES = {".cursor/mcp.json": "mcpServers", ".mcp.json": "mcpServers", ".vscode/mcp.json": "servers"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def install(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["install", "--mcp", *words])
    assert done.exit_code == code, done.output
    return done


def files(folder: Path) -> dict[str, str]:
    return {
        place.relative_to(folder).as_posix(): place.read_text("utf-8")
        for place in folder.rglob("*")
        if place.is_file() and place.name != "vulgate.lock"
    }


def test_each_client_gets_its_own_file(folder: Path) -> None:
    output = install().output
    assert set(files(folder)) == set(FILES)
    for path, key in FILES.items():
        assert path in output
        entry = json.loads((folder / path).read_text("utf-8"))[key]["vulgate"]
        assert (entry["command"], entry["args"]) == ("vulgate", ["mcp"])
    assert json.loads((folder / ".vscode/mcp.json").read_text("utf-8"))["servers"]["vulgate"]["type"] == "stdio"


def test_a_second_time_changes_nothing(folder: Path) -> None:
    install()
    before = files(folder)
    assert install().output.count("unchanged") == 3
    assert files(folder) == before


def test_one_client_can_be_chosen(folder: Path) -> None:
    install("--agents", "cursor")
    assert set(files(folder)) == {".cursor/mcp.json"}


def test_books_are_named_from_the_root_of_the_project(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (folder / "my book.sqlite").write_bytes(b"")
    install("my book.sqlite")
    roots = {".mcp.json": "${CLAUDE_PROJECT_DIR:-.}", ".cursor/mcp.json": "${workspaceFolder}"}
    for path, root in roots.items():
        entry = json.loads((folder / path).read_text("utf-8"))["mcpServers"]["vulgate"]
        assert entry["args"] == ["mcp", f"{root}/my book.sqlite"]
    assert "no book at nothing" in install("nothing", code=2).output
    assert json.loads((folder / "vulgate.lock").read_text("utf-8"))["served"] == ["my book.sqlite"]
    elsewhere = tmp_path_factory.mktemp("books") / "team.sqlite"
    elsewhere.write_bytes(b"")
    install(str(elsewhere))
    entry = json.loads((folder / ".mcp.json").read_text("utf-8"))["mcpServers"]["vulgate"]
    assert entry["args"] == ["mcp", str(elsewhere)]


def test_other_servers_order_and_unknown_keys_stay(folder: Path) -> None:
    before = '{\n    "z": [1],\n    "mcpServers": {\n        "b": {"command": "x"},\n        "a": {}\n    },\n    "ü": null\n}\n'
    (folder / ".mcp.json").write_text(before, "utf-8")
    install("--agents", "claude")
    text = (folder / ".mcp.json").read_text("utf-8")
    content = json.loads(text)
    assert list(content) == ["z", "mcpServers", "ü"]
    assert list(content["mcpServers"]) == ["b", "a", "vulgate"]
    assert '"ü": null' in text
    assert text.startswith('{\n    "z"')
    install("--uninstall")
    assert json.loads((folder / ".mcp.json").read_text("utf-8")) == json.loads(before)


BEFORE = st.sampled_from(
    [
        "{}",
        '{"version": 1}',
        '{"hooks": {}}',
        '{"version":1,"hooks":{"postToolUse":[]}}',
        '{\n  "mcpServers": {}\n}\n',
        '{"hooks": {"PostToolUse": [{"matcher": "Edit", "hooks": []}]}, "other": [1, 2]}',
        '{\r\n\t"a": 1\r\n}',
        "",
    ]
)
PATHS = st.sampled_from([".mcp.json", ".cursor/mcp.json", ".cursor/hooks.json", ".claude/settings.json"])


@modest(40)
@given(st.dictionaries(PATHS, BEFORE, min_size=1))
def test_taking_out_gives_every_file_back(tmp_path_factory: pytest.TempPathFactory, before: dict[str, str]) -> None:
    root = tmp_path_factory.mktemp("project")
    write(root, {path: text.encode() for path, text in before.items()})
    here = Path.cwd()
    os.chdir(root)
    try:
        install("--hooks", "--agents", "cursor,claude")
        install("--hooks", "--uninstall")
    finally:
        os.chdir(here)
    assert {path: (root / path).read_bytes().decode() for path in before} == before
    assert set(files(root)) == set(before)


def test_an_entry_that_was_there_before_the_lock_is_taken_out_all_the_same(folder: Path) -> None:
    install("--hooks", "--agents", "cursor,claude")
    (folder / "vulgate.lock").unlink()
    install("--hooks", "--agents", "cursor,claude")
    install("--hooks", "--uninstall")
    assert all("vulgate" not in text for text in files(folder).values())


def test_an_older_entry_of_ours_is_brought_up_to_date(folder: Path) -> None:
    old = {"mcpServers": {"vulgate": {"command": "/bin/vulgate", "args": ["mcp", "/old"]}, "other": {}}}
    (folder / ".mcp.json").write_text(json.dumps(old))
    install("--agents", "claude")
    content = json.loads((folder / ".mcp.json").read_text("utf-8"))
    assert list(content["mcpServers"]) == ["vulgate", "other"]
    assert content["mcpServers"]["vulgate"]["args"] == ["mcp"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"mcpServers": {', "it is no plain JSON (line 1"),
        (b'{\n  // servers\n  "mcpServers": {}\n}', "it is no plain JSON (line 2"),
        (b"[]", "it is no JSON object"),
        (b'{"mcpServers": []}', "`mcpServers` is no object"),
        (b'{"mcpServers": {"vulgate": {"command": "other"}}}', "another server is called `vulgate`"),
        (b'{"mcpServers": {"vulgate": 3}}', "another server is called `vulgate`"),
        (b"\xff\xfe{}", "it is not UTF-8"),
        (b"[" * 100_000, "it is"),
    ],
)
def test_a_file_that_cannot_be_merged_is_left_alone(folder: Path, data: bytes, reason: str) -> None:
    (folder / ".mcp.json").write_bytes(data)
    output = install(code=1).output
    assert f"left alone: .mcp.json: {reason}" in output
    if data != b"\xff\xfe{}":
        assert '"command": "vulgate"' in output  # what to add by hand
    assert (folder / ".mcp.json").read_bytes() == data
    assert (folder / ".cursor/mcp.json").exists()
    install("--uninstall")
    assert (folder / ".mcp.json").read_bytes() == data
    assert not (folder / ".cursor/mcp.json").exists()


def test_an_empty_file_and_a_byte_order_mark_are_fine(folder: Path) -> None:
    (folder / ".mcp.json").write_bytes(b"")
    (folder / ".cursor").mkdir()
    (folder / ".cursor/mcp.json").write_bytes('\ufeff{"mcpServers": {}}'.encode())
    install("--agents", "cursor,claude")
    assert json.loads((folder / ".mcp.json").read_text("utf-8"))["mcpServers"]["vulgate"]
    assert (folder / ".cursor/mcp.json").read_bytes().startswith(b"\xef\xbb\xbf{")


def test_a_dry_run_and_a_difference_write_nothing(folder: Path) -> None:
    assert ".vscode/mcp.json" in install("--dry-run", "--agents", "copilot").output
    assert '+  "command": "vulgate"' in install("--diff", "--agents", "copilot").output
    assert files(folder) == {}
    assert not (folder / "vulgate.lock").exists()


def test_remove_takes_out_what_was_installed(folder: Path) -> None:
    (folder / ".vscode").mkdir()
    (folder / ".vscode/settings.json").write_text("{}")
    install()
    assert install("--uninstall").output.count("removed") == 3
    assert files(folder) == {".vscode/settings.json": "{}"}
    assert not (folder / ".cursor").exists()
    assert not (folder / "vulgate.lock").exists()
    assert "nothing is installed here" in install("--uninstall").output


def test_a_place_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / ".cursor").write_text("a file")
    (folder / ".mcp.json").mkdir()
    output = install("--agents", "cursor,claude,copilot", code=1).output
    assert "left alone: .cursor/mcp.json: `.cursor` is a file" in output
    assert "left alone: .mcp.json: it is no file" in output
    assert (folder / ".vscode/mcp.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_inside_stays_a_link_and_one_that_leads_out_is_left_alone(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / "mcp.json").write_text("{}")
    (folder / ".mcp.json").symlink_to("mcp.json")
    install("--agents", "claude")
    assert (folder / ".mcp.json").is_symlink()
    assert json.loads((folder / "mcp.json").read_text("utf-8"))["mcpServers"]["vulgate"]
    target = tmp_path_factory.mktemp("dotfiles") / "mcp.json"
    target.write_text("{}")
    (folder / ".cursor").mkdir()
    (folder / ".cursor/mcp.json").symlink_to(target)
    assert "leads out of the repository" in install("--agents", "cursor", code=1).output
    assert target.read_text() == "{}"


def test_what_is_not_on_the_path_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "`vulgate` is not on the PATH" in install().output


def test_usage() -> None:
    assert "choose one of" in install("--check", "--diff", code=2).output
    assert "goes without" in install("--uninstall", "--check", code=2).output
    assert set(SERVERS) == {"cursor", "claude", "copilot"}
