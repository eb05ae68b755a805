"""The forms of what `vulgate verify` finds: a list, JSON, annotations, SARIF, JUnit XML."""

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest

from tests.verify.commands import HERE, Book, other_python, python
from vulgate.model.blocks import Status
from vulgate.model.proofs import Result
from vulgate.report.proofs import as_junit

CHAPTER = (
    python("one = 1")
    + python("def broken():\n    raise ValueError('no\\nyes')\n\n\nbroken()")
    + python("print('real')", output="expected\n")
)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book with a fence that holds and two that fail, in the current folder."""
    monkeypatch.chdir(tmp_path)
    return Book(Path("book"), CHAPTER)


# ------------------------------------------------------------------------------------------------ a list


def test_the_list_runs_nothing(book: Book, tmp_path: Path) -> None:
    place = tmp_path / "ran"
    book.write(
        python(f"place = {str(place)!r}\nopen(place, 'w')")
        + python("long = 1", 'skip="it is long"')
        + python("parsed = 1", "static")
        + python("wrong =", "syntax-error")
        + python("module = 1", "group=g file=x.py")
        + '```json\n{"data": 1}\n```\n'
    )
    assert book.verify("--list").stdout.splitlines() == [
        f"run      {HERE:<12} a/place",
        f"skip     {HERE:<12} a/long (it is long)",
        f"compile  {HERE:<12} a/parsed",
        f"reject   {HERE:<12} a/wrong",
        f"file     {HERE:<12} a/x-py",
        "run      parsed       a/data-1",
    ]
    rows = json.loads(book.verify("--list", "--json").stdout)
    assert rows[1] == {"block": "a/long", "runtime": HERE, "how": "skip", "reason": "it is long"}
    assert [row["block"] for row in json.loads(book.verify("--list", "--json", "long").stdout)] == ["a/long"]
    assert not place.exists()


def test_the_list_has_detectors(book: Book) -> None:
    book.write(
        ":::{rule} No\n:id: no\n:detect: ruff B006\n\nReason.\n\n" + python("1", "bad") + python("2", "good") + ":::\n"
    )
    assert book.verify("--list").stdout.startswith("detect   ruff ")


def test_the_list_needs_no_trust(tmp_path: Path) -> None:
    assert Book(tmp_path / "book", python("one = 1"), trusted=False).verify("--list").exit_code == 0


# ------------------------------------------------------------------------------------------------ JSON


def test_json(book: Book) -> None:
    told = book.told()
    (result,), parts = msgspec.json.schema_components([Result], ref_template="#/$defs/{name}")
    names = ["results", "counts", "pythons", "isolation", "seed", "seconds", "diagnostics"]
    schema = {
        "$defs": parts,
        "type": "object",
        "required": names,
        "additionalProperties": False,
        "properties": {
            **{name: {} for name in names},
            "results": {"type": "array", "items": result},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "isolation": {"enum": ["bubblewrap", "namespaces", "process"]},
        },
    }
    jsonschema.validate(told, schema)
    assert told["counts"] == {"failed": 2, "proven": 1}
    assert (told["pythons"], told["isolation"], told["seed"]) == ([HERE], "process", None)
    assert told["diagnostics"] == []
    first, second, third = told["results"]
    assert first.pop("seconds") > 0
    assert first == {
        "block": "a/one",
        "chapter": "a",
        "path": "a.md",
        "line": 3,
        "runtime": HERE,
        "status": "proven",
        "reason": "",
        "detail": "",
        "fault": 0,
        "cached": False,
        "actual": None,
        "inline": [],
    }
    assert (second["line"], second["fault"]) == (7, 9)
    assert 'File "a.md", line 9, in broken' in second["detail"]
    assert (third["actual"], third["detail"]) == ("real\n", "-expected\n+real")


def test_results_stand_in_the_order_of_the_book(book: Book) -> None:
    book.write("".join(python(f"name{number} = 1") for number in range(20)))
    assert list(book.results("--jobs", "4")) == [f"name{number}" for number in range(20)]


def test_json_of_a_second_run_says_the_same(book: Book) -> None:
    book.write(python("one = 1") + python("two = 2", 'skip="x"') + '```json\n{"a": 1}\n```\n')
    first, second = book.told(), book.told()
    for told in (first, second):
        told.pop("seconds")
        for result in told["results"]:
            result.pop("seconds")
    assert [result.pop("cached") for result in first["results"]] == [False, False, False]
    assert [result.pop("cached") for result in second["results"]] == [True, True, True]
    assert first == second


# ------------------------------------------------------------------------------------------------ diagnostics


def test_annotations_point_at_the_line_at_fault(book: Book) -> None:
    shown = book.verify("--format", "github")
    assert shown.exit_code == 1
    help = "run `vulgate verify` with this id for the whole story"
    assert shown.stdout.splitlines() == [
        f"::error file=book/a.md,line=9,col=1,endLine=9,title=VG501 proof-failed::`a/broken` fails on {HERE}: "
        f"ValueError: no .... {help}",
        f"::error file=book/a.md,line=15,col=1,endLine=15,title=VG501 proof-failed::`a/print-real` fails on {HERE}: "
        f"prints something else. {help}",
    ]


def test_sarif(book: Book) -> None:
    (ran,) = json.loads(book.verify("--format", "sarif").stdout)["runs"]
    assert [result["ruleId"] for result in ran["results"]] == ["VG501", "VG501"]


def test_what_could_not_be_updated_is_part_of_each_form(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python("import sys\n\nprint(sys.version)", output="x\n"))
    words = ("--update", "--python", HERE, "--python", other)
    assert [item["code"] for item in book.told(*words)["diagnostics"]] == ["VG504"]
    (ran,) = json.loads(book.verify(*words, "--format", "sarif").stdout)["runs"]
    assert [result["ruleId"] for result in ran["results"]] == ["VG501", "VG501", "VG504"]


# ------------------------------------------------------------------------------------------------ JUnit


def test_junit_has_a_case_for_each_block_and_runtime(book: Book, tmp_path: Path) -> None:
    book.write(CHAPTER + python("skipped = 1", 'skip="it is <long> & odd"') + '```json\n{"data": 1}\n```\n')
    place = tmp_path / "reports" / "proofs.xml"
    pythons = [HERE, *filter(None, [other_python()])]
    shown = book.verify("--junit", str(place), *(word for name in pythons for word in ("--python", name)))
    assert shown.exit_code == 1
    root = ElementTree.parse(place).getroot()
    assert (root.tag, root.get("name")) == ("testsuites", "Small")
    (suite,) = root
    assert (suite.tag, suite.get("name")) == ("testsuite", "a")
    blocks = ["one", "broken", "print-real", "skipped"]
    expected = [f"a/{name} [{label}]" for name in blocks for label in pythons] + ["a/data-1 [parsed]"]
    assert sorted(str(case.get("name")) for case in suite) == sorted(expected)
    count = len(pythons)
    for element in (root, suite):
        numbers = [element.get(name) for name in ("tests", "failures", "skipped")]
        assert numbers == [str(4 * count + 1), str(2 * count), str(count)]
        assert float(element.get("time", "")) >= 0
    for case in suite:
        assert case.tag == "testcase"
        assert (case.get("classname"), case.get("file")) == ("a", "a.md")
        assert int(case.get("line", "")) > 0
        assert [child.tag for child in case] in ([], ["failure"], ["skipped"])
    failed = next(case for case in suite if "broken" in str(case.get("name")))
    (failure,) = failed
    assert failed.get("line") == "9"
    assert failure.get("message") == "ValueError: no ..."
    assert 'File "a.md", line 9, in broken' in (failure.text or "")
    skipped = next(case for case in suite if "skipped" in str(case.get("name")))
    assert skipped[0].get("message") == "it is <long> & odd"


def test_junit_of_a_run_that_was_known(book: Book, tmp_path: Path) -> None:
    book.write(python("one = 1"))
    for _ in range(2):
        place = tmp_path / "proofs.xml"
        assert book.verify("--junit", str(place)).exit_code == 0
        assert ElementTree.parse(place).getroot().get("tests") == "1"
        place.unlink()


def test_junit_holds_any_text() -> None:
    odd = "\0\x1b]]>&<\ufffe\U0001f600\n\t\"'"
    result = Result("a/b", "a", "a.md", 3, "3.12", Status.FAILED, reason=odd, detail=odd)
    root = ElementTree.fromstring(as_junit([result], name=odd))
    (failure,) = root[0][0]
    assert "]]>&<" in (failure.text or "")


def test_a_junit_file_that_cannot_be_written(book: Book) -> None:
    shown = book.verify("--junit", "book/a.md/x.xml")
    assert shown.exit_code == 1
    assert "cannot write" in shown.stderr
