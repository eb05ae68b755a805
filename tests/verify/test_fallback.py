"""`--fallback`: a Python that proves only what none of the others can."""

from pathlib import Path

import pytest

from tests.build.books import run
from tests.verify.commands import HERE, Book, other_python, python

OTHER = other_python()
VERSION = tuple(map(int, OTHER.split("."))) if OTHER else ()
HAS_OTHER = f"import sys\n\nassert sys.version_info[:2] == {VERSION}"
LEFT = "other Pythons prove it, and `--fallback` asked only for what they cannot"

pytestmark = pytest.mark.skipif(not OTHER, reason="there is one Python only")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book about two Pythons."""
    book = Book(tmp_path / "book")
    book.describe("", python=f'["{HERE}", "{OTHER}"]')
    return book


def with_fallback(book: Book, *words: str) -> dict[str, str]:
    return book.statuses("--python", HERE, "--fallback", OTHER, *words)


def test_it_proves_what_is_for_its_version(book: Book) -> None:
    book.write(python("one = 1") + python(HAS_OTHER, f'python="=={OTHER}"'))
    assert with_fallback(book) == {"one": "proven", f"one on {OTHER}": "skipped", f"import-sys on {OTHER}": "proven"}
    assert book.results("--python", HERE, "--fallback", OTHER)[f"one on {OTHER}"]["reason"] == LEFT


def test_it_proves_a_fact_of_its_version(book: Book) -> None:
    book.write(f":::{{fact}} It is new\n:id: new\n:holds: python =={OTHER}\n\n{python(HAS_OTHER, 'proof')}:::\n")
    assert with_fallback(book) == {f"new/proof on {OTHER}": "proven"}


def test_it_runs_the_whole_group_of_what_is_new(book: Book) -> None:
    first, second = python("one = 1", "group=g"), python("two = one", f'group=g python="=={OTHER}"')
    book.write(first + second + python("alone = 1"))
    assert with_fallback(book) == {
        "one": "proven",
        f"one on {OTHER}": "proven",
        f"two on {OTHER}": "proven",
        "alone": "proven",
        f"alone on {OTHER}": "skipped",
    }


def test_it_runs_what_comes_after_other_code_there(book: Book) -> None:
    """The last fence is for both versions, but what stands before it differs."""
    fences = [("n = 1", f'python="=={HERE}"'), ("n = 2", f'python="=={OTHER}"'), ("assert n", "")]
    book.write("".join(python(code, f"group=g {limits}") for code, limits in fences))
    assert with_fallback(book)[f"assert-n on {OTHER}"] == "proven"


def test_it_proves_that_strict_code_fails_there(book: Book) -> None:
    book.write(python(HAS_OTHER.replace("==", "!="), f'python="!={OTHER}" strict'))
    assert with_fallback(book) == {"import-sys": "proven", f"import-sys on {OTHER}": "proven"}
    book.write(python("one = 1", f'python="!={OTHER}" strict'))
    assert with_fallback(book) == {"one": "proven", f"one on {OTHER}": "failed"}


def test_it_proves_what_needs_a_package_that_the_others_lack(book: Book) -> None:
    """On both it is missing here; what counts is that the reason is the package, and not the other Python."""
    book.write(python("one = 1", 'requires="no-such-package-anywhere"'))
    result = book.results("--python", HERE, "--fallback", OTHER)[f"one on {OTHER}"]
    assert (result["status"], "no-such-package-anywhere" in result["reason"]) == ("skipped", True)


def test_a_block_counts_as_proven(book: Book) -> None:
    book.write(python("one = 1"))
    require = ("stats", str(book.folder), "--require", "examples=1")
    assert book.verify("--python", HERE).exit_code == 0
    assert run(*require).exit_code == 1
    assert book.verify("--python", HERE, "--fallback", OTHER).exit_code == 0
    assert run(*require).exit_code == 0


def test_it_is_run_in_full_when_asked_for(book: Book) -> None:
    book.write(python("one = 1"))
    with_fallback(book)
    both = ["--python", HERE, "--python", OTHER]
    assert book.statuses(*both) == {"one": "proven", f"one on {OTHER}": "proven"}
    assert book.ran("--python", HERE, "--fallback", OTHER) == []
    assert with_fallback(book) == {"one": "proven", f"one on {OTHER}": "proven"}


def test_what_failed_there_before_is_not_left_to_others(book: Book) -> None:
    book.write(python(HAS_OTHER.replace("==", "!=")))
    assert book.verify("--python", HERE, "--python", OTHER).exit_code == 1
    assert with_fallback(book) == {"import-sys": "proven", f"import-sys on {OTHER}": "failed"}


def test_one_of_the_others_is_no_fallback(book: Book) -> None:
    book.write(python("one = 1"))
    both = ["--python", HERE, "--python", OTHER]
    assert book.statuses(*both, "--fallback", OTHER) == {"one": "proven", f"one on {OTHER}": "proven"}


def test_the_plan_tells_it(book: Book) -> None:
    book.write(python("one = 1"))
    assert f"skip     {OTHER:<12} a/one ({LEFT})" in book.verify("--list", "--fallback", OTHER).stdout


def test_a_fallback_that_is_not_there_is_one_line(book: Book) -> None:
    shown = book.verify("--fallback", "2.7")
    assert shown.exit_code == 2
    assert "there is no Python 2.7 on this machine" in shown.stderr
