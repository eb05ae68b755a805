"""Several books in one repository, books that change their name, and files that users have written themselves."""

import json
import sys
from pathlib import Path

import pytest

from tests.install.test_install import MANIFEST, chapter, install, rule, tree
from tests.support import write
from vulgate.install.lock import NAME as LOCK

RULES = chapter(rule("one"), rule("two", option=":applies-to: tests\n"))
BOTH = ("--agents", "agents-md,claude,gemini")


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    write(root, {"src/app.py": "import json\n", "tests/test_app.py": "def test_it(): ...\n"})
    monkeypatch.chdir(root)
    return root


def home(folder: Path, id: str) -> Path:
    """A book with an id, beside the repository."""
    return write(folder.parent / id, {"vulgate.toml": MANIFEST.replace('"house"', f'"{id}"'), "a.md": RULES})


# ------------------------------------------------------------------------------------------------ one file, two books


@pytest.mark.parametrize("first", ["house", "house-tests"])
def test_books_whose_files_would_have_one_name_do_not_overwrite_each_other(folder: Path, first: str) -> None:
    before = tree(folder)
    second = "house-tests" if first == "house" else "house"
    books = {id: home(folder, id) for id in (first, second)}
    install(books[first], "--agents", "cursor")
    place = folder / ".cursor/rules/house-tests.mdc"
    text = place.read_text()
    told = install(books[second], "--agents", "cursor", "--force", code=1).output
    assert f"the book `{first}` writes a file of this name" in told
    assert place.read_text() == text
    assert f"the book `{first}` writes" in install("--check", code=1).output
    assert place.read_text() == text
    install("--uninstall", books[first])
    install()
    assert place.read_text() != text
    assert "should be" in install("--check").output
    install("--uninstall")
    assert tree(folder) == before


def test_two_books_import_the_same_file_once(folder: Path) -> None:
    before = tree(folder)
    house, team = home(folder, "house"), home(folder, "team")
    install(house, *BOTH)
    install(team, *BOTH)
    for path in ("CLAUDE.md", "GEMINI.md"):
        assert (folder / path).read_text().count("AGENTS.md\n") == 1
    assert "should be" in install("--check").output
    install()
    install("--uninstall", house)  # the other one takes over
    for path in ("CLAUDE.md", "GEMINI.md"):
        text = (folder / path).read_text()
        assert text.count("AGENTS.md\n") == 1
        assert "vulgate:begin team" in text
    assert "should be" in install("--check").output
    install("--uninstall")
    assert tree(folder) == before


@pytest.mark.parametrize("line", ["@AGENTS.md", "See @./AGENTS.md, please.", "- @AGENTS.md"])
def test_what_the_user_imports_is_not_imported_again(folder: Path, line: str) -> None:
    write(folder, {"CLAUDE.md": f"# Ours\n\n{line}\n"})
    install(home(folder, "house"), *BOTH)
    assert (folder / "CLAUDE.md").read_text() == f"# Ours\n\n{line}\n"
    assert "should be" in install("--check").output


@pytest.mark.parametrize(
    "line", ["`@AGENTS.md`", "```\n@AGENTS.md\n```", "<!-- @AGENTS.md -->", "me@AGENTS.md", "AGENTS.md"]
)
def test_what_is_no_import_does_not_count(folder: Path, line: str) -> None:
    write(folder, {"CLAUDE.md": f"{line}\n"})
    install(home(folder, "house"), *BOTH)
    assert "vulgate:begin house" in (folder / "CLAUDE.md").read_text()


def test_a_pointer_goes_when_the_user_writes_one(folder: Path) -> None:
    install(home(folder, "house"), *BOTH)
    place = folder / "CLAUDE.md"
    place.write_text(f"@AGENTS.md\n\n{place.read_text()}")
    assert "CLAUDE.md: is no longer wanted" in install("--check", code=1).output
    install()
    assert "vulgate:begin" not in place.read_text()
    assert place.read_text().startswith("@AGENTS.md\n")


def test_a_file_that_one_book_made_goes_with_the_last(folder: Path) -> None:
    before = tree(folder)
    house, team = home(folder, "house"), home(folder, "team")
    install(house)
    install(team)
    install("--uninstall", house)
    install("--uninstall", team)
    assert tree(folder) == before


# ------------------------------------------------------------------------------------------------ what changes


def test_a_book_with_a_new_id_leaves_nothing_of_the_old_one(folder: Path) -> None:
    before = tree(folder)
    house = home(folder, "house")
    install(house, "--agents", "agents-md,claude", "--budget", "900")
    write(house, {"vulgate.toml": MANIFEST.replace('"house"', '"casa"')})
    assert "AGENTS.md: is no longer wanted" in install("--check", code=1).output
    install()
    assert "house" not in (folder / "AGENTS.md").read_text()
    books = json.loads((folder / LOCK).read_text())["books"]
    assert list(books) == ["casa"]
    assert books["casa"]["request"]["budget"] == 900
    assert "should be" in install("--check").output
    install("--uninstall")
    assert tree(folder) == before


def test_an_install_does_not_change_what_the_next_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    install("--agents", "agents-md,copilot,claude", "--rules", "--skills")
    assert "should be" in install("--check").output
    install("--uninstall")
    assert tree(tmp_path / "empty") == {}


def test_settings_alone_stay_alone(folder: Path) -> None:
    install("--hooks", "--agents", "claude")
    assert "1 file is as it should be" in install("--check").output
    install()
    assert not (folder / ".claude/rules").exists()


@pytest.mark.parametrize(
    "text", ["{}", "\n", '{\r\n  "servers": {}\r\n}\r\n', '{"servers": {"a": {"command": "b"}}}\n']
)
def test_settings_of_others_come_back_as_they_were(folder: Path, text: str) -> None:
    write(folder, {".vscode/mcp.json": text})
    before = tree(folder)
    install("--mcp", "--agents", "copilot")
    assert tree(folder) != before
    install("--uninstall")
    assert tree(folder) == before


# ------------------------------------------------------------------------------------------------ locks


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"agents-md"', '"nobody"', "names the agent `nobody`, which this vulgate does not know"),
        ('"region"', '"page"', "is damaged"),
        ('"books"', '"books": 3, "x"', "is damaged"),
        ("{", "<<<<<<< HEAD\n{", "holds a merge conflict; keep either side"),
        ("{", "nothing", "is damaged (JSON is malformed"),
    ],
)
@pytest.mark.parametrize("mode", [(), ("--check",), ("--uninstall",), ("--explain", "a.py")])
def test_a_lock_that_was_edited_is_told(folder: Path, old: str, new: str, reason: str, mode: tuple[str, ...]) -> None:
    install(home(folder, "house"))
    place = folder / LOCK
    place.write_text(place.read_text().replace(old, new, 1))
    before = tree(folder)
    assert reason in install(*mode, code=2).output
    assert tree(folder) == before


def test_a_path_in_the_lock_that_leads_out_is_not_followed(folder: Path) -> None:
    outside = write(folder.parent, {"x.md": "theirs\n"}) / "x.md"
    install(home(folder, "house"))
    place = folder / LOCK
    place.write_text(place.read_text().replace('"AGENTS.md"', '"../x.md"', 1))
    assert f"the path leads out of the repository; take it out of {LOCK}" in install("--uninstall", code=1).output
    assert outside.read_text() == "theirs\n"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_to_itself_is_told(folder: Path) -> None:
    (folder / "AGENTS.md").symlink_to("AGENTS.md")
    assert "it is a link" in install(home(folder, "house"), code=1).output
