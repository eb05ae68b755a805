"""Each attribute of a fence, and each kind of claim, through `vulgate verify`."""

from pathlib import Path

import pytest

from tests.verify.commands import HERE, Book, other_python, python

LATER = '">=3.99"'


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "book")


def verdict(book: Book, chapter: str, *words: str) -> tuple[str, str]:
    """Status and reason of the only result of a chapter."""
    book.write(chapter)
    (result,) = book.results(*words).values()
    return result["status"], result["reason"]


# ------------------------------------------------------------------------------------------------ one fence


@pytest.mark.parametrize(
    ("attributes", "code", "status", "reason"),
    [
        ("", "one = 1", "proven", ""),
        ("", "1 / 0", "failed", "ZeroDivisionError: division by zero"),
        ("", "raise SystemExit", "proven", ""),
        ("", "raise SystemExit(3)", "failed", "SystemExit: 3"),
        ("", "import asyncio\nawait asyncio.sleep(0)", "proven", ""),
        ("", "assert __name__ == '__main__'", "proven", ""),
        ("", "import os\nassert os.listdir() == []", "proven", ""),
        ("", "import os\nassert os.getcwd() == os.environ['HOME']", "proven", ""),
        ("raises=ZeroDivisionError", "1 / 0", "proven", ""),
        ('raises=ZeroDivisionError match="by zero"', "1 / 0", "proven", ""),
        (
            'raises=ZeroDivisionError match="by one"',
            "1 / 0",
            "failed",
            "raises ZeroDivisionError with “division by zero”, which does not contain “by one”",
        ),
        (
            "raises=ArithmeticError",
            "1 / 0",
            "failed",
            "raises ZeroDivisionError (division by zero), and must raise exactly ArithmeticError",
        ),
        ("raises=KeyError", "one = 1", "failed", "raises nothing, and must raise KeyError"),
        ("raises=json.JSONDecodeError", "import json\njson.loads('')", "proven", ""),
        ("syntax-error", "x = = 1", "proven", ""),
        ("static", "import nonsense", "skipped", "static: parsed, not run"),
        ('skip="it takes a day"', "1 / 0", "skipped", "it takes a day"),
        ("requires=nonsense", "import nonsense", "skipped", "needs nonsense, which is not installed"),
        ('requires="pytest>=1"', "import pytest", "proven", ""),
        ("requires=pytest>=999", "import pytest", "skipped", None),
        (f'python="=={HERE}"', "one = 1", "proven", ""),
        (f"python={LATER} strict", "1 / 0", "proven", ""),
        (
            f"python={LATER} strict",
            "one = 1",
            "failed",
            "passes outside of its versions, and `strict` says that it must fail there",
        ),
    ],
)
def test_an_attribute(attributes: str, code: str, status: str, reason: str | None, book: Book) -> None:
    book.describe("", python=f'["{HERE}", "3.99"]')
    found = verdict(book, python(code, attributes))
    assert found[0] == status
    if reason is not None:
        assert found[1] == reason


def test_a_fence_for_other_versions_is_not_run(book: Book) -> None:
    book.describe("", python=f'["{HERE}", "3.99"]')
    book.write(python("1 / 0", f"python={LATER}") + python("one = 1"))
    assert book.statuses() == {"one": "proven"}


def test_a_strict_fence_passes_where_it_is_for(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.describe("", python=f'["{HERE}", "{other}"]')
    fence = python(
        f"import sys\nassert sys.version_info[:2] == ({other.replace('.', ', ')})", f'python="=={other}" strict'
    )
    book.write(fence)
    assert book.statuses("--python", HERE, "--python", other) == {
        "import-sys": "proven",
        f"import-sys on {other}": "proven",
    }


def test_the_chapter_s_versions_are_those_of_its_fences(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.describe("", python=f'["{HERE}", "3.99"]')
    book.chapter.write_text(f"---\npython: {LATER}\n---\n# A\n\n{python('1 / 0')}")
    assert book.results() == {}


def test_services_that_are_not_installed_are_a_reason(book: Book) -> None:
    book.describe('[services.x]\ncommand = "no-such-program-anywhere"\n')
    assert verdict(book, python("one = 1", "service=x")) == (
        "skipped",
        "needs no-such-program-anywhere, which is not installed",
    )


def test_a_service_that_ends_is_a_failure(book: Book) -> None:
    book.describe("[services.x]\ncommand = \"sh -c 'echo broken; exit 3'\"\n")
    status, reason = verdict(book, python("one = 1", "service=x"))
    assert status == "failed"
    assert "the service x ended: status 3: broken" in reason


# ------------------------------------------------------------------------------------------------ several fences


def test_a_group_shares_its_names_and_its_files(book: Book) -> None:
    book.write(
        python("VALUE = 3", "group=g file=app/settings.py")
        + python("from app.settings import VALUE", "group=g")
        + python("assert VALUE == 3", "group=g")
        + python("assert 'VALUE' not in globals()")
        + python("assert 'VALUE' not in globals()", "group=other")
    )
    assert set(book.statuses().values()) == {"proven"}


def test_a_group_is_shared_between_languages(book: Book) -> None:
    book.write(
        '```json {group=g file=data.json}\n{"a": 3}\n```\n\n'
        + python("import json\n\nprint(json.load(open('data.json'))['a'])", "group=g", output="3\n")
    )
    assert set(book.statuses().values()) == {"proven"}


def test_what_ends_a_group_ends_what_follows(book: Book) -> None:
    book.write(python("import os\n\nos._exit(3)", "group=g") + python("one = 1", "group=g"))
    first, second = book.results().values()
    assert (first["status"], first["reason"]) == ("failed", "ends with status 3")
    assert (second["status"], second["reason"]) == ("unproven", "a fence above it in its group ended the run")


def test_what_skips_a_fence_skips_what_follows_in_its_group(book: Book) -> None:
    book.write(python("one = 1", 'group=g skip="later"') + python("one", "group=g") + python("two = 2"))
    found = [(result["status"], result["reason"]) for result in book.results().values()]
    assert found == [
        ("skipped", "later"),
        ("skipped", "a fence above it in its group is not run: later"),
        ("proven", ""),
    ]


def test_harm_runs_after_bad(book: Book) -> None:
    rule = ":::{rule} No\n:id: no\n:detect: review\n\nReason.\n\n"
    book.write(
        rule
        + python("value = 1", "bad")
        + python("assert value == 1", "harm")
        + python("assert 'value' not in globals()", "good")
        + ":::\n"
    )
    assert set(book.statuses().values()) == {"proven"}


def test_a_test_runs_after_the_solution_wherever_it_stands(book: Book) -> None:
    book.write(
        ":::{exercise} Do it\n:id: do\n\nTask.\n\n"
        + python("assert answer() == 1", "test")
        + python("def answer(): ...", "starter")
        + python("def answer():\n    return 1", "solution")
        + ":::\n"
    )
    assert set(book.statuses().values()) == {"proven"}
    book.edit("return 1", "return 2")
    assert book.statuses()["do/test"] == "failed"


# ------------------------------------------------------------------------------------------------ facts


def fact(code: str, holds: str, attributes: str = "") -> str:
    return (
        f":::{{fact}} It holds\n:id: it\n:holds: python {holds}\n\n{python(code, f'proof {attributes}'.strip())}:::\n"
    )


def test_a_fact_is_proven_on_its_versions(book: Book) -> None:
    book.describe("", python=f'["{HERE}", "3.99"]')
    book.write(fact("assert True", ">=3.8") + fact("assert False", ">=3.99").replace("it\n", "later\n"))
    assert book.statuses() == {"it/proof": "proven"}


def test_a_strict_fact_fails_outside_of_its_versions(book: Book) -> None:
    book.describe("", python=f'["{HERE}", "3.99"]')
    assert verdict(book, fact("assert False", ">=3.99", "strict"))[0] == "proven"
    assert verdict(book, fact("assert True", ">=3.99", "strict"))[0] == "failed"


def test_a_fence_in_a_fact_may_speak_of_other_versions(book: Book) -> None:
    book.describe("", python=f'["{HERE}", "3.99"]')
    assert verdict(book, fact("assert True", ">=3.99", 'python="<3.99"')) == ("proven", "")


# ------------------------------------------------------------------------------------------------ what is expected


@pytest.mark.parametrize(
    ("code", "output", "status"),
    [
        ("print('a')\nprint('b')", "a\nb\n", "proven"),
        ("print('a')\nprint('b')", "a\n", "failed"),
        ("print('a')", "a \n", "failed"),
        ("print('a\\nb\\nc')", "a\n...\nc\n", "proven"),
        ("print('a\\nb\\nc')", "a\n...\n", "proven"),
        ("print('a\\nb\\nc')", "...\nb\n", "failed"),
        ("one = 1", "", "proven"),
        ("print('a')", "", "failed"),
        ("import sys\nprint('a', file=sys.stderr)", "", "proven"),
        ("import subprocess\nprint('a')\nsubprocess.run(['echo', 'b'])\nprint('c')", "a\nb\nc\n", "proven"),
    ],
)
def test_expected_output(code: str, output: str, status: str, book: Book) -> None:
    assert verdict(book, python(code, output=output))[0] == status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("print(1)  #> 1", "proven"),
        ("print(1)  #> 2", "failed"),
        ("print(1)\n#> 1", "proven"),
        ("print('a\\nb')\n#> a\n#> b", "proven"),
        ("print('a\\nb')\n#> a", "failed"),
        ("for n in range(2):\n    print(n)\n#> 0\n#> 1", "proven"),
        ("text = '#> 3'\nprint(1)  #> 1", "proven"),
    ],
)
def test_comments(code: str, status: str, book: Book) -> None:
    assert verdict(book, python(code))[0] == status


def test_a_session(book: Book) -> None:
    assert verdict(book, python(">>> 1 + 1\n2\n>>> {}['a']\nTraceback (most recent call last):\n  ...\nKeyError: 'a'"))[
        0
    ] == ("proven")
    book.write(python(">>> n = 1\n>>> n + 1\n3\n"))
    (result,) = book.results().values()
    assert (result["status"], result["reason"]) == ("failed", "`n + 1` answers something else")
    assert (result["fault"], result["detail"]) == (5, "n + 1\n-3\n+2")


@pytest.mark.parametrize(
    ("fence", "status"),
    [
        ('```json\n{"a": [1, 2]}\n```\n', "proven"),
        ("```toml\na = 1\n```\n", "proven"),
        ("```yaml\na: [1, 2]\n```\n", "proven"),
        ("```mermaid\nflowchart LR\n    a --> b\n```\n", "proven"),
        ("```sql\nSELECT 1 + 1;\n```\n\n```output\n2\n```\n", "proven"),
        ("```sql\nSELECT nonsense;\n```\n", "failed"),
        ("```text\nnothing\n```\n", None),
    ],
)
def test_other_languages(fence: str, status: str | None, book: Book) -> None:
    book.write(fence)
    assert [result["status"] for result in book.results().values()] == ([status] if status else [])
