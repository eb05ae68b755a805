"""What a build, `show` and `stats` say of a book after `vulgate verify`, and that none of them runs code."""

import json
import shutil
from pathlib import Path

import pytest

import vulgate
from tests.build.books import build, run, tree
from tests.verify.commands import HERE, Book, other_python, python
from vulgate.model.blocks import Status

# ------------------------------------------------------------------------------------------------ build and editions

MIXED = f"""\
{python("good = 1")}
{python("assert False")}
{python("later = 1", 'skip="not now"')}
:::{{fact}} It holds
:id: holds

{python("assert True", "proof")}
:::

:::{{rule}} Keep it
:id: keep
:detect: review

Reason.

{python("bad = 1", "bad raises=KeyError")}
{python("kept = 1", "good")}
:::
"""


@pytest.fixture
def mixed(tmp_path: Path) -> Book:
    """A book of which some is proven, some fails and some is skipped."""
    book = Book(tmp_path / "book", MIXED)
    assert book.verify().exit_code == 1
    return book


def test_the_editions_hold_the_verdicts(mixed: Book) -> None:
    folder = build(mixed.folder).folder
    expected = {
        "a/good": ("proven", [("proven", "")]),
        "a/assert-false": ("failed", [("failed", "AssertionError")]),
        "a/later": ("skipped", [("skipped", "not now")]),
        "a/holds": ("proven", [("proven", "")]),
        "a/keep/bad": ("failed", [("failed", "raises nothing, and must raise KeyError")]),
        "a/keep": ("failed", [("failed", "raises nothing, and must raise KeyError")]),
    }
    of_sqlite = vulgate.read_book(folder / "small.sqlite")
    of_ssm = vulgate.read_ssm((folder / "small.ssm.md").read_bytes().decode())
    for book in (of_sqlite, of_ssm):
        for id, (status, verdicts) in expected.items():
            assert book[id].status == status, id
            assert [(verdict.status, verdict.reason) for verdict in book[id].verdicts] == verdicts, id
            assert {verdict.runtime for verdict in book[id].verdicts} == {HERE}
        assert book["a"].verdicts == ()
        assert book["a"].status is Status.UNPROVEN
        assert book.summary.proven == {"examples": (3, 6), "facts": (1, 1), "rules": (0, 1)}


def test_the_summary_of_a_build_counts_what_is_proven(mixed: Book) -> None:
    shown = run("build", str(mixed.folder)).stdout
    assert "proven       examples 3 of 6, facts 1 of 1, rules 0 of 1" in shown.splitlines()


def test_a_build_before_any_proof_says_so(tmp_path: Path) -> None:
    shown = run("build", str(Book(tmp_path / "book", MIXED).folder)).stdout
    assert "proven       nothing yet; `vulgate verify` runs the examples" in shown.splitlines()


def test_a_warm_build_is_the_cold_one(mixed: Book, tmp_path: Path) -> None:
    build(mixed.folder)
    mixed.edit("assert False", "assert True or False")
    mixed.verify()
    warm = tree(build(mixed.folder).folder)
    for place in (mixed.folder / ".vulgate").iterdir():
        if place.name != "proofs.sqlite":
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    cold = tree(build(mixed.folder, out=tmp_path / "cold").folder)
    assert warm == cold


def test_a_run_makes_the_editions_stale_and_no_run_does_not(mixed: Book) -> None:
    assert not build(mixed.folder).up_to_date
    assert build(mixed.folder).up_to_date
    mixed.verify()
    assert build(mixed.folder).up_to_date, "the verdicts are the same"
    mixed.edit('skip="not now"', "")
    mixed.verify()
    assert not build(mixed.folder).up_to_date


def test_a_changed_fence_is_unproven_until_it_is_run(mixed: Book) -> None:
    mixed.edit("good = 1", "good = 2")
    book = vulgate.read_book(build(mixed.folder).folder / "small.sqlite")
    assert (book["a/good"].status, book["a/good"].verdicts) == ("unproven", ())


def test_a_build_never_runs_code(tmp_path: Path) -> None:
    place = tmp_path / "ran"
    book = Book(tmp_path / "book", python(f"open({str(place)!r}, 'w')"))
    assert run("build", str(book.folder)).exit_code == 0
    run("stats", str(book.folder))
    run("show", str(book.folder), "a/open")
    assert not place.exists()
    assert book.verify().exit_code == 0
    assert place.exists()


def test_show_tells_the_verdicts(mixed: Book) -> None:
    assert f"  failed      on {HERE}: AssertionError" in run("show", str(mixed.folder), "assert-false").stdout
    shown = run("show", str(mixed.folder), "holds").stdout
    assert "by author, proven" in shown
    assert f"  proven      on {HERE}" in shown


# ------------------------------------------------------------------------------------------------ status


def test_proven_is_what_holds_on_every_version_that_the_book_names(tmp_path: Path) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    chapter = (
        python("one = 1") + python("two = 2", f'python="=={HERE}"') + python("import nonsense", "requires=nonsense")
    )
    book = Book(tmp_path / "book", chapter)
    book.describe("", python=f'["{HERE}", "{other}"]')

    def statuses() -> list[str]:
        compiled = vulgate.read_book(build(book.folder).folder / "small.sqlite")
        return [str(compiled[f"a/{name}"].status) for name in ("one", "two", "import-nonsense")]

    book.verify()
    assert statuses() == ["unproven", "proven", "skipped"]
    book.verify("--python", other)
    assert statuses() == ["proven", "proven", "skipped"]


# ------------------------------------------------------------------------------------------------ stats


def test_stats_tells_how_much_is_proven(mixed: Book) -> None:
    shown = run("stats", str(mixed.folder)).stdout
    assert ["1", "A", "3/6", "1/1", "0/1"] in [line.split() for line in shown.splitlines()]
    assert "besides   3 failed, 1 skipped" in shown.splitlines()
    told = json.loads(run("stats", str(mixed.folder), "--json").stdout)["proven"]
    assert told["book"] == told["chapters"]["a"]
    assert told["book"]["examples"] == {"covered": 3, "total": 6}
    assert (told["book"]["failed"], told["book"]["skipped"], told["book"]["proofs"]) == (3, 1, 1)


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("examples = 0.5, facts = 1.0", []),
        ("examples = 0.51", ["50 % of the examples are proven, and 51 % are required"]),
        ("rules = 0.01", ["0 % of the rules are proven, and 1 % are required"]),
        (
            "examples = 1.0, facts = 1, rules = 1.0",
            [
                "50 % of the examples are proven, and 100 % are required",
                "0 % of the rules are proven, and 100 % are required",
            ],
        ),
    ],
)
def test_thresholds(require: str, expected: list[str], mixed: Book) -> None:
    mixed.describe(f"[verify]\nrequire = {{ {require} }}\n")
    shown = run("stats", str(mixed.folder))
    assert shown.exit_code == int(bool(expected))
    assert [
        line.partition(": ")[2] for line in shown.stderr.splitlines() if line.startswith("error[VG506]")
    ] == expected
    assert (" --> vulgate.toml:7:1" in shown.stderr) == bool(expected)


def test_a_threshold_is_met_by_what_is_not_there(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", "Text.\n", "[verify]\nrequire = { examples = 1.0, facts = 1.0, rules = 1.0 }\n")
    assert run("stats", str(book.folder)).exit_code == 0


def test_a_share_is_never_rounded_up_to_a_whole(tmp_path: Path) -> None:
    chapter = "".join(python(f"name{number} = 1") for number in range(300)) + python("assert False")
    book = Book(tmp_path / "book", chapter, "[verify]\nrequire = { examples = 1.0 }\n")
    book.verify()
    assert "99.6 % of the examples are proven" in run("stats", str(book.folder)).stderr


def test_a_cited_fact_counts_until_its_proof_fails(tmp_path: Path) -> None:
    fact = ":::{fact} It holds\n:cite: PEP 8\n\n" + python("assert {}", "proof") + ":::\n"
    book = Book(tmp_path / "book", fact.replace("{}", "True"))
    facts = lambda: json.loads(run("stats", str(book.folder), "--json").stdout)["proven"]["book"]["facts"]  # noqa: E731
    assert facts() == {"covered": 1, "total": 1}
    book.edit("assert True", "assert not True")
    book.verify()
    assert facts() == {"covered": 0, "total": 1}
