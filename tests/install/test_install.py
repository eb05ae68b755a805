"""`vulgate install`, as a user runs it: files of agents, kept text, drift, taking out again."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.install.house import MANIFEST, chapter, rule
from tests.support import modest
from tests.support import write as write_files
from vulgate.cli import main
from vulgate.editions.agents.targets import TARGETS
from vulgate.install.lock import NAME as LOCK


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book that is compiled once."""
    text = chapter(
        rule("one", "critical"), rule("two"), rule("three", "low"), rule("four", option=":applies-to: tests\n")
    )
    return write_files(tmp_path_factory.mktemp("books") / "house", {"vulgate.toml": MANIFEST, "a.md": text})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    write_files(root, {"src/app.py": "import json\n", "tests/test_app.py": "def test_it(): ...\n"})
    monkeypatch.chdir(root)
    return root


def install(*words: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["install", *map(str, words)])
    assert done.exit_code == code, done.output
    return done


def tree(folder: Path) -> dict[str, bytes]:
    return {place.relative_to(folder).as_posix(): place.read_bytes() for place in folder.rglob("*") if place.is_file()}


# ------------------------------------------------------------------------------------------------ what is written


def test_a_repository_without_agents_gets_the_standard(folder: Path, book: Path) -> None:
    before = tree(folder)
    output = install(book).output
    assert set(tree(folder)) - set(before) == {"AGENTS.md", "tests/AGENTS.md", LOCK}
    text = (folder / "AGENTS.md").read_text("utf-8")
    assert text.index("`one`") < text.index("`two`") < text.index("`three`")
    assert "`four`" not in text
    assert "`four`" in (folder / "tests/AGENTS.md").read_text("utf-8")
    assert "AGENTS.md" in output
    assert "4 of 4 rules are told" in output


def test_agents_that_are_used_are_found(folder: Path, book: Path) -> None:
    write_files(folder, {"CLAUDE.md": "Ours.\n", ".cursor/rules/own.mdc": "---\nalwaysApply: true\n---\nOwn.\n"})
    install(book)
    written = set(tree(folder))
    assert ".claude/rules/house.md" in written
    assert ".cursor/rules/house-tests.mdc" in written
    assert "AGENTS.md" not in written
    assert (folder / "CLAUDE.md").read_text() == "Ours.\n"


@pytest.mark.parametrize("agent", [name for name in TARGETS if name != "zed"])
def test_every_agent_gets_files_and_loses_them_again(folder: Path, book: Path, agent: str) -> None:
    before = tree(folder)
    install(book, "--agents", agent)
    assert len(tree(folder)) > len(before) + 1
    assert "should be" in install("--check").output
    install("--uninstall")
    assert tree(folder) == before


def test_a_second_time_changes_nothing(folder: Path, book: Path) -> None:
    install(book)
    before = tree(folder)
    stamps = {path: (folder / path).stat().st_mtime_ns for path in before}
    assert "written" not in install().output
    assert tree(folder) == before
    assert {path: (folder / path).stat().st_mtime_ns for path in before} == stamps


def test_the_budget_holds_and_is_remembered(folder: Path, book: Path) -> None:
    install(book, "--budget", "80", "--budget", "cursor=100", "--agents", "agents-md,cursor")
    request = json.loads((folder / LOCK).read_text())["books"]["house"]["request"]
    assert (request["budget"], request["budgets"]) == (80, {"cursor": 100})
    assert "`three`" not in (folder / "AGENTS.md").read_text()
    install("--budget", "4000", "--agents", "agents-md")
    assert "`three`" in (folder / "AGENTS.md").read_text()


def test_two_books_live_side_by_side(folder: Path, book: Path, tmp_path: Path) -> None:
    other = MANIFEST.replace("house", "team").replace("House", "Team")
    team = write_files(tmp_path / "team", {"vulgate.toml": other, "a.md": chapter(rule("five"))})
    before = tree(folder)
    install(book, team, "--agents", "agents-md,cursor")
    text = (folder / "AGENTS.md").read_text()
    assert "`one`" in text
    assert "`five`" in text
    assert "should be" in install("--check").output
    install("--uninstall", book)
    assert "`one`" not in (folder / "AGENTS.md").read_text()
    assert "`five`" in (folder / "AGENTS.md").read_text()
    assert "should be" in install("--check").output
    install("--uninstall")
    assert tree(folder) == before


def test_skills_are_folders_that_agents_look_into(folder: Path, book: Path) -> None:
    install(book, "--skills", "--agents", "agents-md,claude,copilot")
    for place in (".agents/skills", ".claude/skills", ".github/skills"):
        assert (folder / place / "house-a/SKILL.md").is_file()
    assert not (folder / "AGENTS.md").exists()
    install("--uninstall", "--skills")
    assert not (folder / ".agents").exists()


def test_what_a_project_cannot_use_is_left_out_and_told(folder: Path, tmp_path: Path) -> None:
    django = rule("six").replace("a = 1", "from django.db import models\n\nmodels.Model()")
    django = django.replace("{bad}", '{bad requires="django"}')
    home = write_files(
        tmp_path / "web", {"vulgate.toml": MANIFEST.replace("house", "web"), "a.md": chapter(rule("one"), django)}
    )
    output = install(home).output
    assert "`six`" not in (folder / "AGENTS.md").read_text()
    assert "1 rules are left out" in output
    write_files(folder, {"src/models.py": "import django\n"})
    assert "is stale" in install("--check", code=1).output
    install()
    assert "`six`" in (folder / "AGENTS.md").read_text()


# ------------------------------------------------------------------------------------------------ what is kept

CONTENT = st.text(st.characters(codec="utf-8"), max_size=60).filter(lambda text: "vulgate:" not in text)
FILES = st.dictionaries(
    st.sampled_from(["AGENTS.md", "CLAUDE.md", "GEMINI.md", ".github/copilot-instructions.md", "tests/AGENTS.md"]),
    st.one_of(CONTENT.map(str.encode), CONTENT.map(lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"))),
    max_size=4,
)


@modest(15)
@given(FILES, st.sets(st.sampled_from(["agents-md", "claude", "copilot", "gemini", "cursor"]), min_size=1))
def test_installing_and_taking_out_loses_no_byte(
    tmp_path_factory: pytest.TempPathFactory, book: Path, files: dict[str, bytes], agents: set[str]
) -> None:
    root = tmp_path_factory.mktemp("repository")
    write_files(root, {"src/app.py": "import json\n", "tests/test_app.py": "def test_it(): ...\n", **files})
    before = tree(root)
    here = Path.cwd()
    os.chdir(root)
    try:
        install(book, "--agents", ",".join(sorted(agents)))
        after = tree(root)
        for path, data in before.items():
            assert after[path].startswith(data) or after[path] == data
        install("--uninstall")
    finally:
        os.chdir(here)
    assert tree(root) == before


def test_line_ends_are_no_drift(folder: Path, book: Path) -> None:
    install(book, "--agents", "agents-md,cursor")
    for path in ("AGENTS.md", ".cursor/rules/house-tests.mdc"):
        if (folder / path).exists():
            (folder / path).write_bytes((folder / path).read_bytes().replace(b"\n", b"\r\n"))
    before = tree(folder)
    assert "should be" in install("--check").output
    install()
    assert tree(folder) == before


def test_text_of_others_around_a_region_is_no_drift(folder: Path, book: Path) -> None:
    write_files(folder, {"AGENTS.md": "# Ours\n"})
    install(book)
    place = folder / "AGENTS.md"
    place.write_text(place.read_text() + "\nMore of ours.\n")
    assert "should be" in install("--check").output
    install("--uninstall")
    assert place.read_text() == "# Ours\n\nMore of ours.\n"


def test_what_was_edited_by_hand_is_left_alone_until_forced(folder: Path, book: Path) -> None:
    install(book)
    place = folder / "AGENTS.md"
    edited = place.read_text().replace("Always one", "Never one")
    place.write_text(edited)
    assert "AGENTS.md: was edited by hand" in install("--check", code=1).output
    assert "+- Always one" in install("--diff").output
    assert "left alone: AGENTS.md" in install(code=1).output
    assert place.read_text() == edited
    install("--uninstall", code=1)
    assert place.read_text() == edited
    install("--force", book)
    assert "Always one" in place.read_text()


def test_a_file_of_the_same_name_that_is_not_ours_is_left_alone(folder: Path, book: Path) -> None:
    write_files(folder, {".cursor/rules/house.mdc": "mine\n"})
    assert "vulgate did not write it" in install(book, "--agents", "cursor", code=1).output
    assert (folder / ".cursor/rules/house.mdc").read_text() == "mine\n"


def test_missing_and_stale_files_are_named(folder: Path, book: Path, tmp_path: Path) -> None:
    home = write_files(tmp_path / "own", {"vulgate.toml": MANIFEST, "a.md": chapter(rule("one"), rule("two"))})
    install(home, "--agents", "agents-md,cursor")
    (folder / "AGENTS.md").unlink()
    assert "AGENTS.md: is missing" in install("--check", code=1).output
    install()
    write_files(home, {"a.md": chapter(rule("one"), rule("three"))})
    assert "AGENTS.md: is stale" in install("--check", code=1).output
    assert "+- Always three" in install("--diff").output
    install()
    assert "`three`" in (folder / "AGENTS.md").read_text()


def test_files_of_agents_that_are_no_longer_wanted_go(folder: Path, book: Path) -> None:
    install(book, "--agents", "cursor,agents-md")
    install("--agents", "cursor")
    assert not (folder / "AGENTS.md").exists()
    assert (folder / ".cursor/rules/house.mdc").exists()


# ------------------------------------------------------------------------------------------------ explaining


def test_explain_tells_what_reaches_a_file(folder: Path, book: Path) -> None:
    install(book, "--agents", "cursor")
    output = install("--explain", "tests/test_app.py").output
    assert "Cursor: 4 rules" in output
    assert "it matches **/tests/**" in output
    assert "Cursor: 3 rules" in install("--explain", "src/app.py").output
    assert "Cursor: 0 rules" in install("--explain", "README.md").output
    data = json.loads(install("--explain", "src/app.py", "--json").output)
    assert {each["file"]: each["loaded"] for each in data["files"]} == {
        ".cursor/rules/house.mdc": True,
        ".cursor/rules/house-tests.mdc": False,
    }


def test_explain_knows_nested_files_and_who_reads_them(folder: Path, book: Path) -> None:
    install(book, "--agents", "agents-md,cursor")
    output = install("--explain", "tests/test_app.py").output
    assert "tests/AGENTS.md: it is in tests/" in output
    assert "Cursor: 4 rules" in output
    assert "is not in this repository" in install("--explain", "/elsewhere.py", code=2).output


# ------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("AGENTS.md", b"<!-- vulgate:begin house -->\n", "its markers"),
        ("AGENTS.md", b"\xff\xfe\x00", "it is not UTF-8"),
    ],
)
def test_a_broken_file_is_left_alone_and_the_others_are_written(
    folder: Path, book: Path, path: str, data: bytes, reason: str
) -> None:
    (folder / path).write_bytes(data)
    output = install(book, "--agents", "agents-md,cursor", code=1).output
    assert f"left alone: {path}: {reason}" in output
    assert (folder / path).read_bytes() == data
    assert reason in install("--check", code=1).output


def test_a_read_only_file_is_left_alone(folder: Path, book: Path) -> None:
    write_files(folder, {"AGENTS.md": "ours\n"})
    (folder / "AGENTS.md").chmod(0o444)
    assert "it is read-only" in install(book, code=1).output
    assert (folder / "AGENTS.md").read_text() == "ours\n"


def test_permissions_stay(folder: Path, book: Path) -> None:
    write_files(folder, {"AGENTS.md": "ours\n"})
    (folder / "AGENTS.md").chmod(0o640)
    install(book)
    assert (folder / "AGENTS.md").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_out_of_the_repository_are_not_followed(folder: Path, book: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write_files(outside, {"AGENTS.md": "theirs\n"})
    (folder / "AGENTS.md").symlink_to(outside / "AGENTS.md")
    (folder / ".cursor").symlink_to(outside)
    assert install(book, "--agents", "agents-md", code=1).output.count("leads out of the repository") == 1
    assert install(book, "--agents", "cursor", code=1).output.count("leads out of the repository") == 2
    assert tree(outside) == {"AGENTS.md": b"theirs\n"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_from_one_agent_file_to_another_is_written_once(folder: Path, book: Path) -> None:
    write_files(folder, {"AGENTS.md": "ours\n"})
    (folder / "GEMINI.md").symlink_to("AGENTS.md")
    install(book, "--agents", "agents-md,gemini")
    assert (folder / "GEMINI.md").is_symlink()
    assert (folder / "AGENTS.md").read_text().count("vulgate:begin") == 1
    install("--uninstall")
    assert (folder / "AGENTS.md").read_text() == "ours\n"


def test_a_budget_below_one_rule_is_told(folder: Path, book: Path) -> None:
    output = install(book, "--budget", "10", code=2).output
    assert "a budget of 10 tokens holds no rule; the smallest one needs" in output
    assert not (folder / "AGENTS.md").exists()


def test_a_book_without_rules_is_told(folder: Path, tmp_path: Path) -> None:
    home = write_files(tmp_path / "empty", {"vulgate.toml": MANIFEST, "a.md": "# A\n\nText.\n"})
    assert "the book `house` has no rules" in install(home).output


@pytest.mark.parametrize("words", [["--agents", "cursr"], ["--budget", "many"], ["--budget", "curser=3"], ["nowhere"]])
def test_wrong_words_are_usage(folder: Path, words: list[str]) -> None:
    output = install(*words, code=2).output
    assert "Traceback" not in output
    assert any(help in output for help in ("did you mean `cursor`", "no number of tokens", "no book at nowhere"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"version": 99}', "newer vulgate"),
        ('{"version": 0}', "never was"),
        ('{"version": 1, "books": 3}', "is damaged"),
    ],
)
def test_a_lock_that_cannot_be_used_stops_everything(folder: Path, book: Path, text: str, reason: str) -> None:
    (folder / LOCK).write_text(text)
    before = tree(folder)
    assert reason in install(book, code=2).output
    assert tree(folder) == before


def test_without_its_lock_nothing_is_overwritten_blindly(folder: Path, book: Path) -> None:
    install(book, "--agents", "agents-md,cursor")
    (folder / LOCK).unlink()
    install(book, "--agents", "agents-md,cursor")  # all is as wanted, so it is taken over
    assert "should be" in install("--check").output


def test_a_book_that_is_gone_can_be_taken_out(folder: Path, tmp_path: Path) -> None:
    home = write_files(tmp_path / "gone", {"vulgate.toml": MANIFEST, "a.md": chapter(rule("one"))})
    before = tree(folder)
    install(home)
    (home / "vulgate.toml").unlink()
    (home / "a.md").unlink()
    for place in sorted(home.rglob("*"), reverse=True):
        place.unlink() if place.is_file() else place.rmdir()
    home.rmdir()
    assert "is not there any more" in install("--check", code=2).output
    install("--uninstall", home)
    assert tree(folder) == before


def run(folder: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "vulgate", "install", *words]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_two_installs_at_once_come_to_one_result(folder: Path, book: Path) -> None:
    both = [run(folder, str(book), "--agents", "agents-md,cursor,claude") for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert "should be" in install("--check").output


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.parametrize("delay", [0.3, 0.5, 0.7, 0.9])
def test_a_killed_install_leaves_whole_files_and_can_be_repeated(folder: Path, book: Path, delay: float) -> None:
    before = tree(folder)
    process = run(folder, str(book), "--skills", "--rules", "--agents", "agents-md,cursor,claude")
    timer = threading.Timer(delay, lambda: process.send_signal(signal.SIGKILL))
    timer.start()
    process.communicate(timeout=120)
    timer.cancel()
    install(book, "--skills", "--rules", "--agents", "agents-md,cursor,claude")
    assert "should be" in install("--check").output
    install("--uninstall")
    assert {path: data for path, data in tree(folder).items() if not path.endswith(".tmp")} == before
