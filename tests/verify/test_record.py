"""The record of verdicts: what is run again and what is not; and who may be run at all."""

import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.build.books import run
from tests.verify.commands import HERE, Book, other_python, python
from vulgate.cli.trust import is_trusted, trust_book
from vulgate.store.proofs import Proofs
from vulgate.verify import interpreters
from vulgate.verify.interpreters import Packages

GROUP = (
    python("one = 1", "group=g")
    + python("two = one + 1", "group=g")
    + python("three = two + 1\nprint(three)", "group=g", output="3\n")
    + python("alone = 1")
    + python("print('beside')", output="beside\n")
)
NAMES = ["one", "two", "three", "alone", "print-beside"]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book with a group of three fences and two that stand alone, all proven."""
    book = Book(tmp_path / "book", GROUP)
    assert book.ran() == NAMES
    return book


# ------------------------------------------------------------------------------------------------ nothing is run twice


def test_a_second_run_runs_nothing(book: Book) -> None:
    shown = book.verify()
    assert shown.exit_code == 0
    assert "nothing changed in" in shown.stdout
    assert "5 of 5 known from before" in shown.stdout
    assert book.ran() == []


def test_a_verdict_says_when_it_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    book = Book(tmp_path / "book", python("one = 1"))
    assert book.ran() == ["one"]
    proofs = Proofs(book.folder / ".vulgate")
    assert {entry.day for entry in proofs.read()} == {"1970-01-02"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "999999999999999999999")
    assert book.ran() == []
    assert {entry.day for entry in proofs.read()} == {"1970-01-02"}  # nothing was put to the proof again
    assert book.ran("--fresh") == ["one"]
    assert {entry.day for entry in proofs.read()} == {"9999-12-31"}


def test_fresh_runs_everything(book: Book) -> None:
    assert book.ran("--fresh") == NAMES
    assert book.ran() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# A\n\n", "# A\n\nNew prose.\n\n"),
        ("# A\n\n", "# A\n\n\n\n"),
        ("\n\n```python\nalone", "\n\n\n\n```python\nalone"),
    ],
    ids=["prose", "blank lines above", "blank lines between"],
)
def test_prose_runs_nothing_again(old: str, new: str, book: Book) -> None:
    book.edit(old, new)
    assert book.ran() == []


def test_another_order_of_the_chapter_runs_nothing_again(book: Book) -> None:
    book.edit(python("alone = 1"), "")
    book.edit("# A\n\n", "# A\n\n" + python("alone = 1"))
    assert book.ran() == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("alone = 1", "alone = 2", ["alone"], id="code"),
        pytest.param("\none = 1\n", "\none  = 1\n", ["one", "two", "three"], id="an earlier fence of the group"),
        pytest.param("two = one + 1", "two = 1 + one", ["one", "two", "three"], id="the middle of the group"),
        pytest.param("print('beside')", "print('beside') ", ["print-beside"], id="a blank in the code"),
        pytest.param("```output\nbeside", "```output\n...\nbeside", ["print-beside"], id="the expected output"),
        pytest.param("```output\nbeside\n```\n", "", ["print-beside"], id="no expected output"),
        pytest.param("```python\nalone", "```python {static}\nalone", ["alone"], id="static"),
        pytest.param("```python\nalone", "```python {syntax-error}\nalone =", ["alone"], id="syntax-error"),
        pytest.param("```python\nalone", "```python {group=h file=x.py}\nalone", ["x-py"], id="a file"),
        pytest.param(
            "```python\nalone", '```python {raises=KeyError match="x"}\nalone', ["alone"], id="raises with a text"
        ),
        pytest.param("```python\nalone", "```python {raises=KeyError}\nalone", ["alone"], id="raises alone"),
        pytest.param("```python\nalone", "```python {requires=pytest}\nalone", ["alone"], id="requires"),
        pytest.param("```python\nalone", "```python {group=g}\nalone", NAMES[:4], id="at the end of the group"),
    ],
)
def test_what_changes_is_run_again_and_nothing_else(old: str, new: str, expected: list[str], book: Book) -> None:
    """A group is run as a whole: a fence needs those above it."""
    book.edit(old, new)
    assert book.ran() == expected
    if book.verify().exit_code == 0:
        assert book.ran() == []


def test_another_text_of_an_exception_is_looked_for_again(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", python("import this_is_nowhere", "raises=ModuleNotFoundError"))
    assert book.ran() == ["import-this-is-nowhere"]
    book.edit("{raises=ModuleNotFoundError}", '{raises=ModuleNotFoundError match="nowhere"}')
    assert book.ran() == ["import-this-is-nowhere"]
    assert book.ran() == []


def test_a_change_of_the_limits_of_versions_runs_nothing_again(book: Book) -> None:
    book.edit("```python\nalone", '```python {python=">=3.8"}\nalone')
    assert book.ran() == []


def test_what_failed_is_run_again(book: Book) -> None:
    book.edit("alone = 1", "assert False")
    assert book.ran() == ["assert-false"]
    assert book.ran() == ["assert-false"]


def test_what_was_once_proven_is_known_after_a_change_and_back(book: Book) -> None:
    book.edit("alone = 1", "alone = 2")
    assert book.ran("alone") == ["alone"]
    book.edit("alone = 2", "alone = 1")
    assert book.ran() == []


def test_a_whole_run_forgets_what_the_book_no_longer_says(book: Book) -> None:
    book.edit("alone = 1", "alone = 2")
    book.verify()
    book.edit("alone = 2", "alone = 1")
    assert book.ran() == ["alone"]


def test_a_part_of_the_book_is_known_to_the_whole(tmp_path: Path) -> None:
    book = Book(tmp_path / "other", GROUP)
    assert book.ran("two") == ["two"]
    assert book.ran() == ["one", "three", "alone", "print-beside"] or book.ran() == []


def test_another_build_of_the_interpreter_runs_everything(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(interpreters.current(), build="a newer build")
    monkeypatch.setattr(interpreters, "current", lambda: newer)
    assert book.ran() == NAMES
    assert book.ran() == []


def test_another_version_has_verdicts_of_its_own(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    assert book.ran("--python", other) == [f"{name} on {other}" for name in NAMES]
    assert book.ran("--python", other) == []
    assert book.ran("--python", other, "--python", HERE) == []
    assert book.ran() == []


def test_other_packages_run_what_requires_some(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.edit("```python\nalone", "```python {requires=pytest}\nalone")
    book.verify()
    real = Packages.of

    def newer(self: Packages, runtime: object) -> dict[str, str]:
        return {**real(self, runtime), "pytest": "99.0"}  # type: ignore[arg-type]

    monkeypatch.setattr(Packages, "of", newer)
    assert book.ran() == ["alone"]


def test_a_damaged_record_costs_time_only(book: Book) -> None:
    place = book.folder / ".vulgate" / "proofs.sqlite"
    place.write_bytes(b"this is no database" * 1000)
    assert book.ran() == NAMES
    assert book.ran() == []


def test_a_record_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", GROUP)
    (book.folder / ".vulgate").write_text("in the way")
    shown = book.verify()
    assert shown.exit_code == 0
    assert "so nothing is kept of this run" in shown.stderr


# ------------------------------------------------------------------------------------------------ trust


def test_a_stranger_s_book_is_not_run(tmp_path: Path) -> None:
    place = tmp_path / "ran"
    service = "[services.x]\ncommand = 'launch-the-service --port {port}'\n"
    book = Book(tmp_path / "book", python(f"open({str(place)!r}, 'w')") + python("1"), service, trusted=False)
    shown = book.verify()
    assert shown.exit_code == 2
    assert not shown.stdout
    assert f"error[VG503]: nothing was run: the book in `{book.folder}` is not trusted" in shown.stderr
    assert f"it would run 2 python on {HERE}, the command `launch-the-service --port {{port}}`" in shown.stderr
    assert not place.exists()
    told = json.loads(book.verify("--json").stdout)
    assert [item["code"] for item in told["diagnostics"]] == ["VG503"]


def test_trust_is_remembered(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", GROUP, trusted=False)
    assert book.verify().exit_code == 2
    assert book.verify("--trust").exit_code == 0
    book.edit("alone = 1", "alone = 2")
    assert book.verify().exit_code == 0


def test_trust_is_kept_out_of_the_book_and_is_for_its_folder_only(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", GROUP)
    book.verify()
    copy = shutil.copytree(book.folder, tmp_path / "copy")
    assert run("verify", str(copy)).exit_code == 2, "a copy brings its record, and not the trust"
    inside = shutil.copytree(copy, book.folder / "inside")
    assert run("verify", str(inside)).exit_code == 2
    link = tmp_path / "link"
    link.symlink_to(book.folder)
    assert is_trusted(link)


def test_a_record_that_came_with_a_book_is_no_trust(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", python("1"))
    book.verify()
    shutil.copytree(book.folder, tmp_path / "copy")
    (tmp_path / "copy" / "a.md").write_text("# A\n\n" + python("2"))
    assert run("verify", str(tmp_path / "copy")).exit_code == 2


def test_a_list_of_trusted_books_that_is_damaged_trusts_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "settings"))
    trust_book(tmp_path)
    (place,) = [path for path in (tmp_path / "settings").rglob("*") if path.is_file()]
    for text in ("", "3", "null", '{"a": 1}', "[3]", "\0"):
        place.write_text(text)
        assert not is_trusted(tmp_path)
    trust_book(tmp_path)
    assert is_trusted(tmp_path)


def test_the_bundled_book_and_a_new_one_are_trusted(tmp_path: Path) -> None:
    from vulgate.cli.common import bundled_book

    assert is_trusted(bundled_book())
    assert run("init", str(tmp_path / "new")).exit_code == 0
    shown = run("verify", str(tmp_path / "new"), "--isolation", "process")
    assert shown.exit_code == 0
    assert "failed" not in shown.stdout
    assert "unproven" not in shown.stdout
    assert "skipped" not in shown.stdout
    covered = json.loads(run("stats", str(tmp_path / "new"), "--json").stdout)["proven"]["book"]
    assert all(covered[kind]["covered"] == covered[kind]["total"] > 0 for kind in ("examples", "facts", "rules"))
