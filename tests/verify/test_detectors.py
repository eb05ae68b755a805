"""Detectors of rules, and the types of examples, through `vulgate verify`."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import vulgate
from tests.build.books import build
from tests.verify.commands import HERE, Book, python
from vulgate.detect.base import Match, Query, Report
from vulgate.detect.ruff import RuffDetector
from vulgate.detect.source import Edit, Project
from vulgate.detect.type_checker import checker_version

BAD = "def collect(item, into=[]):\n    into.append(item)\n    return into"
GOOD = "def collect(item, into=None):\n    return [*(into or []), item]"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    if not RuffDetector().version(""):
        pytest.skip("ruff is not installed")
    return Book(tmp_path / "book")


def rule(detect: str, bad: str = BAD, good: str = GOOD, near: str = "") -> str:
    """A rule with its fences."""
    fences = python(bad, "bad") + python(good, "good") + (python(near, "near") if near else "")
    return f":::{{rule}} No\n:id: no\n:detect: {detect}\n\nReason.\n\n{fences}:::\n"


def verdict(book: Book, chapter: str, *words: str) -> tuple[str, str]:
    """Status and reason of the detector of the chapter's only rule."""
    book.write(chapter)
    (result,) = [result for name, result in book.results(*words).items() if name.partition(" ")[0] == "no"]
    assert result["line"] == 3
    return result["status"], result["reason"]


# ------------------------------------------------------------------------------------------------ ruff


def test_a_detector_that_sees_what_the_rule_says(book: Book) -> None:
    assert verdict(book, rule("ruff B006", near="def f(item, into=()):\n    return into")) == ("proven", "")


@pytest.mark.parametrize(
    ("chapter", "reason"),
    [
        (rule("ruff B008"), "the detector is silent on `a/no/bad`"),
        (rule("ruff B006", good=BAD), "the detector fires on `a/no/good`"),
        (rule("ruff B006", near=BAD), "the detector fires on `a/no/near`"),
        (rule("ruff ZZZ999"), "ruff has no rule ZZZ999"),
        (
            rule("ruff B006", bad=BAD.replace("item)\n", "item)  # error: [no]\n")),
            "the detector fires on line 1 of `a/no/bad`, and line 2 is marked",
        ),
    ],
    ids=["silent on bad", "noisy on good", "noisy on near", "unknown code", "wrong line"],
)
def test_a_detector_that_does_not(chapter: str, reason: str, book: Book) -> None:
    assert verdict(book, chapter) == ("failed", reason)
    shown = book.verify("--format", "github").stdout
    assert f"title=VG502 detector-failed::the detector of `a/no` is not proven: {reason}." in shown
    assert "line=3," in shown


@pytest.mark.parametrize("name", ["no", "a/no", "other, no"])
def test_a_mark_on_the_right_line(name: str, book: Book) -> None:
    marked = BAD.replace("[]):", f"[]):  # error: [{name}]")
    assert verdict(book, rule("ruff B006", bad=marked)) == ("proven", "")


def test_a_mark_of_another_rule_says_nothing(book: Book) -> None:
    marked = BAD.replace("item)\n", "item)  # error: [other]\n")
    assert verdict(book, rule("ruff B006", bad=marked)) == ("proven", "")


def test_several_codes(book: Book) -> None:
    assert verdict(book, rule("ruff B006, B008")) == ("proven", "")
    assert verdict(book, rule("ruff B")) == ("proven", "")


def test_a_fix_is_proven_too(book: Book) -> None:
    used = "import os\nimport sys\n\nprint(sys.path)"
    assert verdict(book, rule("ruff F401", bad=used, good="import os\n\nprint(os.name)")) == ("proven", "")


@pytest.mark.parametrize(
    ("fixed", "reason"),
    [
        ("[]", "the detector still fires on its own fix of `a/no/bad`"),
        ("(", "the detector's fix of `a/no/bad` does not compile: "),
        ("None", ""),
    ],
    ids=["mends nothing", "breaks it", "mends it"],
)
def test_a_fix_must_work(fixed: str, reason: str, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its edits are those of the matches: here they put other code in the place of the default."""

    def find(self: RuffDetector, queries: Sequence[Query], project: Project) -> Report:
        return Report(
            [
                Match(query.rule, path, at, at + 2, edits=(Edit(at, at + 2, fixed),))
                for query in queries
                for path in project.paths
                if (at := project.read(path).text.find("[]")) >= 0
            ]
        )

    monkeypatch.setattr(RuffDetector, "find", find)
    status, found = verdict(book, rule("ruff B006", good=GOOD.replace("[*(into or []), item]", "item")))
    assert status == ("failed" if reason else "proven")
    assert found.startswith(reason)


def test_findings_without_a_fix_need_none(book: Book) -> None:
    assert verdict(book, rule("ruff E741", bad="l = 1", good="n = 1")) == ("proven", "")


def test_a_detector_is_asked_again_when_the_rule_changes_and_not_before(book: Book) -> None:
    book.write(rule("ruff B006"))
    book.verify()
    assert book.ran() == []
    book.edit("Reason.", "Another reason.")
    assert book.ran() == []
    book.edit("return [*(into or []), item]", "return [*(into or ()), item]")
    ran = [name.partition(" ")[0] for name in book.ran()]
    assert ran == ["no", "no/good"]


def test_one_rule_s_fault_is_not_another_s(book: Book) -> None:
    book.write(rule("ruff ZZZ999") + "\n" + rule("ruff B006").replace(":id: no", ":id: yes"))
    found = {name.partition(" ")[0]: status for name, status in book.statuses().items()}
    assert (found["no"], found["yes"]) == ("failed", "proven")


def test_a_rule_that_only_a_person_can_check_has_no_detector(book: Book) -> None:
    book.write(rule("review"))
    assert list(book.results()) == ["no/bad", "no/good"]


def with_fence(chapter: str, fence: str) -> str:
    """A rule with a `detect` fence."""
    return chapter.removesuffix(":::\n") + f"```yaml {{detect}}\n{fence}\n```\n:::\n"


SLEEP = "calls: [time.sleep]\nfix: pass"
ASLEEP = "from time import sleep as wait\n\n\nif __name__ != '__main__':\n    wait(3)  # error: [no]"
AWAKE = "import asyncio\n\nasync def main():\n    await asyncio.sleep(0)"
NEAR = "def sleep(seconds): ...\n\nsleep(3)"


def test_a_pattern(book: Book) -> None:
    asleep = rule("ast-grep", bad=ASLEEP, good=AWAKE, near=NEAR)
    assert verdict(book, with_fence(asleep, SLEEP)) == ("proven", "")
    assert verdict(book, with_fence(asleep, "calls: [asyncio.sleep]")) == (
        "failed",
        "the detector is silent on `a/no/bad`",
    )


def test_a_plugin(book: Book) -> None:
    bad = "try:\n    len(3)\nexcept Exception:\n    pass\nexcept TypeError:  # error: [no]\n    pass"
    good = "try:\n    len(3)\nexcept TypeError:\n    pass\nexcept Exception:\n    pass"
    near = "try:\n    len(3)\nexcept Exception:\n    pass\nexcept KeyboardInterrupt:\n    pass"
    assert verdict(book, rule("plugin except-order", bad, good, near)) == ("proven", "")


def test_a_plugin_that_looks_at_other_files(book: Book) -> None:
    chapter = (
        ":::{rule} No\n:id: no\n:detect: plugin unpinned-base-image\n\nReason.\n\n"
        "```dockerfile {bad file=Dockerfile}\nFROM python:latest\n```\n\n"
        "```dockerfile {good file=Dockerfile}\nFROM python:3.12.4-slim\n```\n\n"
        "```dockerfile {near file=Dockerfile}\nFROM scratch\n```\n:::\n"
    )
    assert verdict(book, chapter) == ("proven", "")


def test_a_contract_and_the_files_of_its_examples(book: Book) -> None:
    """The files of a role are a project; one line in one of them breaks the contract."""
    chapter = (
        ":::{rule} No\n:id: no\n:detect: layers layers\n\nReason.\n\n"
        "```python {bad group=bad file=shop/store.py}\nfrom shop import web  # error: [no]\n```\n\n"
        "```python {bad group=bad file=shop/web.py}\nPAGES = 3\n```\n\n"
        "```python {good group=good file=shop/store.py}\nROWS = 3\n```\n\n"
        "```python {good group=good file=shop/web.py}\nfrom shop import store\n```\n:::\n"
    )
    assert verdict(book, with_fence(chapter, "layers: [shop.web, shop.store]")) == ("proven", "")
    turned = with_fence(chapter, "layers: [shop.store, shop.web]")
    status, reason = verdict(book, turned)
    assert status == "failed"
    assert reason.startswith("the detector is silent on `a/no/bad")


def test_a_metric(book: Book) -> None:
    long = "\n".join(f"x{n} = {n}" for n in range(5))
    chapter = rule("metric file-lines <= 4", bad=long, good="x = 1")
    assert verdict(book, chapter) == ("proven", "")


def test_a_rule_is_proven_with_its_detector_only(book: Book) -> None:
    def status() -> str:
        return str(vulgate.read_book(build(book.folder).folder / "small.sqlite")["a/no"].status)

    book.write(rule("ruff B006"))
    book.verify()
    assert status() == "proven"
    book.write(rule("ruff B008"))
    book.verify()
    assert status() == "failed"
    book.write(rule("review"))
    book.verify()
    assert status() == "proven"


# ------------------------------------------------------------------------------------------------ types


@pytest.fixture
def typed(tmp_path: Path) -> Book:
    if not checker_version("mypy"):
        pytest.skip("mypy is not installed")
    return Book(tmp_path / "book")


TYPES = {
    "right": (
        "def double(n: int) -> int:\n    return 2 * n\n\n\ndouble(2)",
        "types=ok",
        "proven",
        "",
    ),
    "an error that is not announced": (
        "def double(n: int) -> int:\n    return 2 * n\n\n\ndouble('a')",
        "types=ok",
        "failed",
        "the type checker finds arg-type",
    ),
    "the error announced": (
        "def double(n: int) -> int:\n    return 2 * n\n\n\ndouble('a')  # error: [arg-type]",
        "types=error:arg-type",
        "proven",
        "",
    ),
    "no error": (
        "def double(n: int) -> int:\n    return 2 * n\n\n\ndouble(2)",
        "types=error:arg-type",
        "failed",
        "the type checker does not find arg-type",
    ),
    "another error": (
        "def double(n: int) -> int:\n    return str(n)\n\n\ndouble(2)",
        "types=error:arg-type",
        "failed",
        "the type checker finds return-value",
    ),
    "another line": (
        "def double(n: int) -> int:  # error: [arg-type]\n    return 2 * n\n\n\ndouble('a')",
        "types=error:arg-type",
        "failed",
        "the type checker finds arg-type on another line than the marked one",
    ),
}


def test_types(typed: Book) -> None:
    typed.write("".join(python(f"case = {n}\n{code}", case) for n, (code, case, *_) in enumerate(TYPES.values())))
    results = typed.results("--types", "mypy")
    of_mypy = [result for result in results.values() if result["runtime"] == checker_version("mypy")]
    assert [(result["status"], result["reason"]) for result in of_mypy] == [case[2:] for case in TYPES.values()]
    assert [result["fault"] for result in of_mypy][1] == of_mypy[1]["line"] + 6
    assert not any(" on " in name for name in typed.results()), "types are checked only where it is asked for"


def test_types_of_a_newer_python(typed: Book) -> None:
    """What the Python that runs this cannot parse is checked all the same, and never taken for right unseen."""
    code = "type Cents = int\n\n\ndef double(n: Cents) -> Cents:\n    return 2 * n\n\n\n"
    options = 'python=">=3.12"'
    typed.write(
        python(f"{code}double(2)", f"types=ok {options}")
        + python(f"{code}double('a')", f"static types=ok {options}")
        + python("n: int = 'a'", "static types=ok")
    )
    found = {name: result["reason"] for name, result in typed.results("--types", "mypy").items() if " on " in name}
    assert list(found.values()) == ["", "the type checker finds arg-type", "the type checker finds assignment"]


def test_what_does_not_parse_hides_no_other_error(typed: Book) -> None:
    typed.write(python("def f(:", "syntax-error types=ok") + python("n: int = 'a'", "static types=ok"))
    found = {name: result["reason"] for name, result in typed.results("--types", "mypy").items() if " on " in name}
    assert list(found.values()) == ["the type checker finds syntax", "the type checker finds assignment"]


def test_a_group_is_checked_as_one(typed: Book) -> None:
    typed.write(python("n: int = 3", "group=g") + python("n.upper()", "group=g static types=error:attr-defined"))
    found = {name: result["status"] for name, result in typed.results("--types").items() if " on " in name}
    assert list(found.values()) == ["proven"]


def test_the_command_of_a_type_error_checks_types_again(typed: Book) -> None:
    import json
    import re
    import shlex

    from tests.build.books import run

    typed.write(python("n: int = 'a'", "types=ok"))
    (command,) = re.findall(r"= rerun: vulgate (.*)", typed.verify("--types", "mypy").stdout)
    results = json.loads(run(*shlex.split(command), "--json").stdout)["results"]
    assert [result["status"] for result in results if result["runtime"] != HERE] == ["failed"]


def test_a_type_checker_as_detector(typed: Book) -> None:
    bad = "def double(n: int) -> int:\n    return 2 * n\n\n\ndouble('a')"
    chapter = rule("type-checker mypy:arg-type", bad=bad, good=bad.replace("'a'", "1"))
    assert verdict(typed, chapter, "--types", "mypy") == ("proven", "")
    assert verdict(typed, chapter) == ("unproven", "a type checker runs with `--types` only")
    assert verdict(typed, chapter.replace("arg-type", "misc"), "--types", "mypy")[0] == "failed"
