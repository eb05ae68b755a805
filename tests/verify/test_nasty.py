"""The nasty book: each way to fail, hang, escape or lie that we know gets the verdict that the book says, and leaves nothing."""

import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.support import open_book
from tests.verify.leftovers import nothing_left
from vulgate.model.blocks import Status
from vulgate.model.proofs import Result
from vulgate.passes.compile import compile_book
from vulgate.sessions.steps import Runtime
from vulgate.store.proofs import Proofs
from vulgate.verify import interpreters, warm
from vulgate.verify.sandbox import Isolation, IsolationError, best_isolation
from vulgate.verify.verifier import Request, Verifier

BOOK: Final = Path(__file__).parent / "nasty"
COMMENT = re.compile(r"<!-- (expect|at|on|only) (.*?) -->")
SECRET: Final = "NASTY_SECRET"
MEMORY: Final = "/dev/shm"  # so that the limits of time do not hang on the disk
# What the book is meant to hold that a compiler objects to.
FAULTS: Final = {"VG301", "VG310", "VG415"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: signals, /proc and its limits")


class Expected(NamedTuple):
    """A verdict: a status or `none`, and a pattern that is found in the reason."""

    status: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}" if self.reason else self.status


class Case(NamedTuple):
    """An example, with what the comments above it say."""

    place: str
    expected: Expected
    elsewhere: dict[str, Expected]
    only: list[str]


def cases(path: Path) -> Iterator[Case]:
    """The examples of a chapter; each has an expectation."""
    comments: list[tuple[str, str]] = []
    fence = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if fence:
            fence = "" if line == fence else fence
        elif match := COMMENT.fullmatch(line):
            comments.append((match[1], match[2]))
        elif line.startswith("```"):
            fence = "```"
            if not line.startswith("```output"):
                yield case(f"{path.name}:{number}", comments)
            comments = []


def case(place: str, comments: list[tuple[str, str]]) -> Case:
    said = {"expect": "", **{kind: text for kind, text in comments if kind != "at" and kind != "on"}}
    assert said["expect"], f"{place} has no expectation"
    elsewhere = {}
    for kind, text in comments:
        if kind in ("at", "on"):
            names, _, verdict = text.partition(": ")
            elsewhere.update({name: expected(verdict) for name in names.split(", ")})
    return Case(place, expected(said["expect"]), elsewhere, said["only"].split(", ") if "only" in said else [])


def expected(text: str) -> Expected:
    status, _, reason = text.partition(": ")
    assert status in [*Status, "none"], text
    return Expected(status, reason)


# ------------------------------------------------------------------------------------------------ running it


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Gives the run a home and secrets of its own, and sees to it that it leaves no process and no file."""
    home = tmp_path / "home"
    home.mkdir()
    temporary = Path(tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else tmp_path))
    (home / ".netrc").write_text("password")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv(SECRET, "1")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    try:
        with nothing_left(temporary):
            yield
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Path]:
    """A copy of the book that names a file of the user, and a port that somebody listens on."""
    root = tmp_path / "book"
    shutil.copytree(BOOK, root)
    secrets = root / "secrets.md"
    with socket.create_server(("127.0.0.1", 0)) as server:
        text = secrets.read_text().replace("/home/you", str(tmp_path / "home"))
        secrets.write_text(text.replace("4711", str(server.getsockname()[1])))
        yield root


def isolated(name: str) -> Isolation:
    """A level of isolation; skips the test where the machine does not give it."""
    try:
        return best_isolation(name)
    except IsolationError:
        pytest.skip(f"needs {'bwrap' if name == 'bubblewrap' else 'unshare'}, and namespaces that may be made")


def differences(
    root: Path, level: Isolation, chapters: str, jobs: int = 4, spawn: bool = False, runtime: Runtime | None = None
) -> list[str]:
    """What comes out otherwise than the book says, as lines to read."""
    runtime = runtime or interpreters.current()
    source = open_book(root)
    compilation = compile_book(source)
    assert {item.code for item in compilation.diagnostics} <= FAULTS, compilation.diagnostics
    wanted = [
        case
        for chapter in chapters.split()
        for case in cases(root / f"{chapter}.md")
        if not case.only or level in case.only
    ]
    places = {case.place for case in wanted}
    selected = {b.id for b in compilation.book.blocks if f"{b.span.file}:{b.span.first}" in places and b.is_authored}
    request = Request((runtime,), frozenset(selected), level, jobs, spawn=spawn)
    verifier = Verifier(compilation.book, source.manifest, Proofs(root / ".vulgate"), request)
    results = {f"{result.path}:{result.line}": result for result in verifier.run()}
    found = [
        difference(case, case.elsewhere.get(level, case.elsewhere.get(runtime.version, case.expected)), results)
        for case in wanted
    ]
    return [line for line in found if line]


def check(found: list[str]) -> None:
    """Fails with the differences, each to be read as it is."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def difference(case: Case, expected: Expected, results: dict[str, Result]) -> str:
    result = results.get(case.place)
    if result is None:
        return "" if expected.status == "none" else f"{case.place} wants {expected}, got nothing"
    if result.status == expected.status and re.search(expected.reason, result.reason):
        return ""
    return f"{case.place} wants {expected}, got {result.status}: {result.reason}\n{result.detail[-400:]}"


# ------------------------------------------------------------------------------------------------ the tests

TALK: Final = "output errors endings sessions comments groups claims programs secrets escapes"


def test_every_example_has_an_expectation() -> None:
    """And there are enough of them."""
    found = [case for chapter in BOOK.glob("*.md") for case in cases(chapter)]
    assert len(found) > 200
    assert sum(case.expected.status == Status.FAILED for case in found) > 80


def test_verdicts(book: Path) -> None:
    """At the best level that the machine gives."""
    check(differences(book, best_isolation(), TALK))


def test_hangs_and_bombs(book: Path) -> None:
    """What never ends and takes too much, at the best level."""
    check(differences(book, best_isolation(), "hangs", jobs=6))
    check(differences(book, best_isolation(), "bombs", jobs=2))


@pytest.mark.parametrize("level", ["bubblewrap", "namespaces", "process"])
@pytest.mark.parametrize("spawn", [False, True], ids=["fork", "spawn"])
def test_no_traces(book: Path, level: str, spawn: bool) -> None:
    """Examples that run one after the other do not see each other."""
    check(differences(book, isolated(level), "traces", jobs=1, spawn=spawn))


@pytest.mark.parametrize("level", ["namespaces", "process"])
def test_other_levels(book: Path, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What depends on the level."""
    monkeypatch.setattr(warm, "_ANSWER_GRACE", 2.0)  # an interpreter that was stopped is given up early
    check(differences(book, isolated(level), "endings programs secrets escapes"))
    check(differences(book, isolated(level), "bombs", jobs=1))  # a bomb may take what the others of a user need


def test_spawned(book: Path) -> None:
    """With an interpreter for each example."""
    check(differences(book, best_isolation(), "output errors endings groups programs", spawn=True))
    check(differences(book, best_isolation(), "bombs", jobs=2, spawn=True))


@pytest.mark.parametrize("version", ["3.8", "3.11"])
def test_versions(book: Path, version: str) -> None:
    """What must fail on older versions, or is not for them."""
    try:
        runtime = interpreters.find(version)
    except interpreters.PythonNotFoundError:
        pytest.skip(f"needs Python {version}")
    check(differences(book, best_isolation(), "versions", runtime=runtime))
