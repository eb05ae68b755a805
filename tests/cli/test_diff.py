"""`vulgate diff`: what it compares, what it prints, and what it says of what is no book."""

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

from tests.build.books import RULE, SMALL, build, run, write
from vulgate.editions.ssm import write_ssm
from vulgate.source.revision import book_at
from vulgate.store.sqlite import read_book

ONE = f"# One\n\nThe first chapter.\n\n## Inside\n\nMore of it.\n{RULE}"
HIGHER = ONE.replace(":severity: low", ":severity: high")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    git(folder, *identity, "commit", "-q", "--allow-empty", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, in no repository, with the books `old` and `new`."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    for name, text in (("old", ONE), ("new", HIGHER)):
        write(tmp_path / name, {**SMALL, "one.md": text})
    return tmp_path


@pytest.fixture
def repository(here: Path) -> Path:
    """The current folder is a repository with the book `book`, of which the last commit raises a severity."""
    git(here, "init", "-q", "-b", "main")
    for text in (ONE, HIGHER):
        write(here / "book", {**SMALL, "one.md": text})
        commit(here)
    git(here, "tag", "v1", "HEAD~1")
    return here


# ------------------------------------------------------------------------------------------------ what is compared


def test_folders(here: Path) -> None:
    shown = run("diff", "old", "new")
    assert shown.exit_code == 0
    assert shown.stdout == (
        "old  Small  old\n"
        "new  Small  new\n"
        "\n"
        "rules\n"
        "  ~ one/keep-it-short [high] Keep it short\n"
        "      severity: low -> high  breaking: the severity is raised\n"
        "\n"
        "rules: 1 changed\n"
        "1 change is breaking\n"
    )
    assert not shown.stderr
    same = run("diff", "old", "old")
    assert (same.exit_code, same.stdout.splitlines()[-1]) == (0, "the books say the same")


@pytest.mark.parametrize("form", ["folder", "manifest", "sqlite", "ssm", "file"])
def test_whatever_a_book_is_in(form: str, here: Path) -> None:
    for name in ("old", "new"):
        build(here / name)
        (here / f"{name}.ssm.md").write_text(write_ssm(read_book(here / name / "dist" / "small.sqlite")), newline="")
    places = {
        "folder": "{}",
        "manifest": "{}/vulgate.toml",
        "sqlite": "{}/dist/small.sqlite",
        "ssm": "{}.ssm.md",
        "file": "{}/one.md",
    }
    shown = run("diff", places[form].format("old"), places[form].format("new"), "--json")
    (change,) = json.loads(shown.stdout)["changes"]
    assert (change["id"].rpartition("/")[2], change["aspects"][0]["name"]) == ("keep-it-short", "severity")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["v1", "book"], ("v1 (", "book")),
        (["HEAD~1", "book/vulgate.toml"], ("HEAD~1 (", "book/vulgate.toml")),
        (["v1", "main", "--book", "book"], ("v1 (", "main (")),
        (["v1", "--book", "book"], ("v1 (", "book")),
        (["old", "main", "--book", "book"], ("old", "main (")),
        (["--git", "v1", "book"], ("v1 (", "book")),
        (["v1", "book/one.md"], ("v1 (", "book/one.md")),
    ],
)
def test_revisions(arguments: list[str], names: tuple[str, str], repository: Path) -> None:
    shown = run("diff", *arguments, "--json")
    assert shown.exit_code == 0, shown.output
    data = json.loads(shown.stdout)
    assert data["old"]["name"].startswith(names[0])
    assert data["new"]["name"].startswith(names[1])
    assert [change["id"] for change in data["changes"]] == ["one/keep-it-short"]
    assert data["breaking"] == 1
    assert git(repository, "status", "--porcelain", "-uno") == ""


def test_the_book_of_the_current_folder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "book")
    assert "severity: low -> high" in run("diff", "v1").stdout
    assert "the books say the same" in run("diff", "main").stdout
    write(repository / "book", {"one.md": ONE})
    assert "severity: high -> low" in run("diff", "main").stdout
    assert "the books say the same" in run("diff", git(repository, "rev-parse", "v1")).stdout


def test_a_file_with_the_name_of_a_revision(repository: Path) -> None:
    (repository / "v1").mkdir()
    assert run("diff", "v1", "book").exit_code == 2
    assert "severity: low -> high" in run("diff", "--git", "v1", "book").stdout


def test_a_book_that_has_moved_in_its_repository(repository: Path) -> None:
    git(repository, "mv", "book", "other")
    commit(repository)
    lost = run("diff", "v1", "other")
    assert lost.exit_code == 2
    assert "there is no `other` at v1" in lost.stderr
    assert "severity: low -> high" in run("diff", "v1", "other", "--book", "book").stdout


def test_verdicts_of_unchanged_code_hold_at_a_revision_too(repository: Path) -> None:
    assert run("verify", "--trust", "book").exit_code == 0
    write(repository / "book", {"one.md": HIGHER.replace('len("a")', 'len("ab")').replace("len(1)", "len(2)")})
    shown = run("diff", "main", "book")
    assert "status: proven -> unproven" in shown.stdout
    assert "good code: 1 line added, 1 removed" in shown.stdout


def test_what_is_linked_from_a_book_is_there_at_a_revision(repository: Path) -> None:
    text = "# One\n\n![A picture](large.png), and [a link](beside.md).\n"
    write(repository / "book", {"one.md": text, "large.png": b"x" * (1 << 20)})
    if os.name != "nt":
        (repository / "book" / "beside.md").symlink_to("two.md")
        (repository / "book" / "out.md").symlink_to("/etc/passwd")
    commit(repository)
    shown = run("diff", "main", "book", "--json")
    data = json.loads(shown.stdout)
    assert data["changes"] == []
    assert data["old"].get("errors") == data["new"].get("errors")


# ------------------------------------------------------------------------------------------------ forms


def test_texts_are_shown_on_demand(here: Path) -> None:
    write(here / "new", {"one.md": ONE.replace("A long one is not read.", "A long one\n\nis not read.")})
    assert "text: 3 lines added, 1 removed" in run("diff", "old", "new").stdout
    full = run("diff", "old", "new", "--full", FORCE_COLOR="1", NO_COLOR="").stdout
    assert "\x1b[31m-A long one is not read.\x1b[0m" in full
    assert "\x1b[32m+is not read.\x1b[0m" in full


def test_prose_is_counted_by_chapter(here: Path) -> None:
    write(here / "new", {"one.md": ONE.replace("More of it.", "More of this.") + "\nAnd a passage more.\n"})
    shown = run("diff", "old", "new").stdout
    assert "  one: 1 added, 1 changed\n" in shown
    assert "~ concept one/inside/more-of-this" in run("diff", "old", "new", "--full").stdout


def test_json_matches_its_schema(here: Path) -> None:
    schema = json.loads(run("schema", "--of", "changes").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(run("diff", "old", "new", "--json").stdout)
    jsonschema.validate(data, schema)
    assert data["summary"] == {"rule": {"added": 0, "removed": 0, "changed": 1}}
    assert data == json.loads(run("diff", "old", "new", "--format", "json").stdout)


def test_the_changelog(here: Path) -> None:
    gone = HIGHER[: HIGHER.index(":::{rule}")]
    new = {"vulgate.toml": SMALL["vulgate.toml"].replace('"Small"', '"Small"\nedition = "2"')}  # type: ignore[union-attr,arg-type]
    fact = ":::{fact} It is so\n:cite: PEP 8\nSaid there.\n:::\n"
    write(
        here / "new",
        {**new, "one.md": f"{gone}\n{fact}", "two.md": "# Two\n\nAnother second chapter, [one](one.md).\n"},
    )
    shown = run("diff", "old", "new", "--format", "changelog")
    assert shown.stdout == (
        "## [2]\n"
        "\n"
        "### Added\n"
        "\n"
        "- Fact **It is so** (`one/it-is-so`).\n"
        "\n"
        "### Changed\n"
        "\n"
        "- Book: edition `2`, none before.\n"
        "- Prose and examples of `two`: 1 changed.\n"
        "\n"
        "### Removed\n"
        "\n"
        "- **Breaking** (the rule is gone): rule **Keep it short** (`one/keep-it-short`, low).\n"
        "- Prose and examples of `two`: 1 removed.\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "on", "code"),
    [
        ("old", "new", "breaking", 1),
        ("new", "old", "breaking", 0),
        ("new", "old", "changes", 1),
        ("old", "old", "changes", 0),
    ],
)
def test_exit_codes(old: str, new: str, on: str, code: int, here: Path) -> None:
    for form in ("text", "json", "changelog"):
        assert run("diff", old, new, "--fail-on", on, "--format", form).exit_code == code


# ------------------------------------------------------------------------------------------------ bad input


def test_a_book_with_errors_is_compared_as_far_as_it_compiles(here: Path) -> None:
    write(here / "new", {"two.md": "# Two\n\nSee [[nowhere]].\n"})
    shown = run("diff", "old", "new")
    assert shown.exit_code == 0
    assert "note: new has an error, which `vulgate build` shows; only what compiles is compared." in shown.stdout
    assert "severity: low -> high" in shown.stdout
    assert "has an error" in run("diff", "old", "new", "--format", "changelog").stderr


@pytest.mark.parametrize(
    "place", ["noise.sqlite", "cut.sqlite", "noise.ssm.md", "noise.bin", "empty", "dead", "folder.sqlite"]
)
def test_what_is_no_book(place: str, here: Path) -> None:
    build(here / "old")
    noise = bytes(range(256)) * 16
    whole = (here / "old" / "dist" / "small.sqlite").read_bytes()
    write(here, {"noise.sqlite": noise, "cut.sqlite": whole[:9000], "noise.ssm.md": noise, "noise.bin": noise})
    write(here, {"dead/vulgate.toml": "[book\n"})
    (here / "empty").mkdir()
    (here / "folder.sqlite").mkdir()
    for arguments in ((place, "new"), ("new", place)):
        shown = run("diff", *arguments)
        assert shown.exit_code == 2
        assert shown.stderr
        assert not shown.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["nowhere", "book"],
            "there is no file nowhere, and it is no revision of a book here: there is no revision `nowhere`",
        ),
        (["--git", "nowhere", "book"], "Error: there is no revision `nowhere`"),
        (["v1", "nowhere", "--book", "book"], "there is no revision `nowhere`"),
        (["v1", "--book", "nowhere"], "there is no `nowhere` at v1"),
        (["v1:book", "book"], "there is no revision `v1:book`"),
        (["--", "-x", "book"], "`-x` is no revision"),
        (["a\0b", "book"], "is no revision"),
        (["", "book"], "there is no revision ``"),
        (["old", "new", "--book", "book"], "--book names the book whose revisions are compared"),
        (["v1", "book", "--full", "--json"], "--full is for text"),
        (["v1", "book", "--json", "--format", "changelog"], "choose one of"),
        ([], "Missing argument 'OLD'"),
    ],
)
def test_what_cannot_be_compared(arguments: list[str], said: str, repository: Path) -> None:
    shown = run("diff", *arguments)
    assert shown.exit_code == 2
    assert said in shown.stderr
    assert not shown.stdout


def test_outside_of_a_repository(here: Path) -> None:
    shown = run("diff", "HEAD~1", "new")
    assert shown.exit_code == 2
    assert "not a git repository" in shown.stderr


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    shown = run("diff", "v1", "book")
    assert shown.exit_code == 2
    assert "git does not run" in shown.stderr


def test_a_revision_before_the_book(repository: Path) -> None:
    write(repository, {"later/vulgate.toml": SMALL["vulgate.toml"], "later/one.md": ONE, "later/two.md": "# Two\n"})
    shown = run("diff", "main", "later")
    assert shown.exit_code == 2
    assert "there is no `later` at main; `--book` names the place that it had then" in shown.stderr


def test_a_shallow_clone_says_how_to_get_the_rest(repository: Path) -> None:
    git(repository, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    shown = run("diff", "HEAD~1", "shallow/book")
    assert shown.exit_code == 2
    assert (
        "there is no revision `HEAD~1`; this is a shallow clone, `git fetch --unshallow` brings the rest"
        in shown.stderr
    )
    assert "the books say the same" in run("diff", "HEAD", "shallow/book").stdout


def test_a_tree_that_leads_outside_writes_nothing_there(repository: Path) -> None:
    """Git makes such trees only by its plumbing; nothing is written outside of the temporary folder."""

    def tree(*entries: str) -> str:
        done = subprocess.run(
            ["git", "mktree"], cwd=repository, input="\n".join(entries), check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    blob = git(repository, "rev-parse", "HEAD:book/one.md")
    manifest = git(repository, "rev-parse", "HEAD:book/vulgate.toml")
    outside = tree(f"100644 blob {blob}\tescaped.md")
    inner = tree(
        f"040000 tree {outside}\t..",
        f"100644 blob {blob}\tone.md",
        f"100644 blob {blob}\ttwo.md",
        f"100644 blob {manifest}\tvulgate.toml",
    )
    root = tree(f"040000 tree {inner}\tbook")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    name = git(repository, *identity, "commit-tree", root, "-m", "x")
    folder = repository / "written"
    folder.mkdir()
    book_at(name, repository / "book", folder)
    assert sorted(place.name for place in folder.rglob("*")) == ["book", "one.md", "two.md", "vulgate.toml"]
    assert run("diff", name, "book").exit_code == 0


def test_contents_that_a_clone_does_not_have(repository: Path) -> None:
    blob = git(repository, "rev-parse", "v1:book/one.md")
    place = repository / ".git" / "objects" / blob[:2] / blob[2:]
    place.chmod(0o644)
    place.unlink()
    shown = run("diff", "v1", "book")
    assert shown.exit_code == 2
    assert "this clone has no contents of `one.md`" in shown.stderr
