"""Which rules are left out for a project, with which reasons, and that nothing else is."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.install.conftest import Make
from tests.support import compiled, modest
from vulgate import CompiledBook
from vulgate.install.applicable import LeftOut, applicable
from vulgate.install.needs import needed_modules
from vulgate.install.survey import Survey, survey
from vulgate.model.blocks import Rule

PYTEST = {
    "fail-without-message", "fixture-request-finalizer", "match-is-regex", "parametrize-duplicate", "parametrize-names",
    "pointless-yield-fixture", "shared-mutable-fixture", "unregistered-marker", "usefixtures-on-fixture", "xfail-not-strict",
}  # fmt: skip
NEEDS = {
    ("Crypto", "Cryptodome", "cryptography"): {"weak-rsa"},
    ("confluent_kafka",): {"kafka-consumer-without-group"},
    ("cryptography", "itsdangerous", "jwt"): {"literal-key"},
    ("django", "flask", "jinja2", "mako"): {"template-from-input"},
    ("django", "flask", "markupsafe"): {"unescaped-html"},
    ("flask",): {"flask-debug"},
    ("httpx", "requests"): {"http-no-timeout"},
    ("jinja2",): {"jinja-autoescape-off"},
    ("jose", "jwt"): {"jwt-unverified"},
    ("pandas",): {"pandas-row-apply"},
    ("pytest",): PYTEST,
    ("sqlalchemy",): {"create-all-in-code"},
    ("yaml",): {"unsafe-yaml-load"},
}
"""What the handbook's rules need; all others may apply to every project. Read rule by rule."""
MATCH = {"exhaustive-match", "no-constant-capture", "class-pattern-needs-match-args", "match-has-default"}
GENERICS = {"type-alias-statement", "old-typevar-syntax", "misspelled-override", "override-marked"}
PLAIN = Survey(files=("a.py",), sources=1)


@pytest.fixture(scope="session")
def rules(book: CompiledBook) -> list[Rule]:
    return list(book.of_kind(Rule))


def slugs(left: Iterable[LeftOut]) -> set[str]:
    return {item.rule.rpartition("/")[2] for item in left}


def reasons(left: Iterable[LeftOut]) -> dict[str, str]:
    return {item.rule.rpartition("/")[2]: item.reason for item in left}


# ------------------------------------------------------------------------------------------------ the handbook


def test_what_the_rules_of_the_handbook_need(book: CompiledBook, rules: list[Rule]) -> None:
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for rule in rules:
        if needed := needed_modules(rule, book):
            found[needed].add(rule.id.rpartition("/")[2])
    assert found == NEEDS


def test_where_nothing_is_known_nothing_is_left_out(book: CompiledBook, rules: list[Rule]) -> None:
    assert applicable(rules, book, Survey()) == (rules, [])


@pytest.mark.parametrize(
    ("python", "left"),
    [
        ("3.8", MATCH | GENERICS | {"typeis-for-two-way-narrowing", "legacy-timeout-alias"}),
        ("3.10", GENERICS | {"typeis-for-two-way-narrowing", "legacy-timeout-alias"}),
        ("3.11", GENERICS | {"typeis-for-two-way-narrowing", "try-in-loop"}),
        ("3.12", {"typeis-for-two-way-narrowing", "try-in-loop"}),
        ("3.14", {"try-in-loop"}),
        (
            "3.4",
            MATCH
            | {"no-walrus-in-assert", "positional-only-by-keyword"}
            | GENERICS
            | {"typeis-for-two-way-narrowing", "legacy-timeout-alias"},
        ),
    ],
)
def test_by_version(book: CompiledBook, rules: list[Rule], python: str, left: set[str]) -> None:
    assert slugs(applicable(rules, book, Survey(python=python))[1]) == left


def test_reasons_are_told_in_words(book: CompiledBook, rules: list[Rule]) -> None:
    told = reasons(applicable(rules, book, msgspec.structs.replace(PLAIN, python="3.9"))[1])
    assert told["type-alias-statement"] == "holds from Python 3.12, and the project also runs on 3.9"
    assert told["match-has-default"] == "is about syntax newer than Python 3.9, on which the project also runs"
    assert told["flask-debug"] == "needs flask, which the project neither imports nor declares"
    assert (
        told["http-no-timeout"] == "needs httpx or requests, and the project neither imports nor declares any of them"
    )
    assert told["unbounded-gather"] == "the project has no asynchronous code"
    assert told["unpinned-base-image"] == "is about `dockerfile` code, and the repository has none"
    newest = reasons(applicable(rules, book, Survey(python="3.12"))[1])
    assert newest["try-in-loop"] == "holds for Python <3.11 only, and the project starts at 3.12"


def test_a_plain_project_loses_what_it_cannot_break_alone(book: CompiledBook, rules: list[Rule]) -> None:
    kept, left = applicable(rules, book, PLAIN)
    absent = {rule.id.rpartition("/")[2] for rule in rules if {"async", "web"}.intersection(rule.applies)}
    modules = {slug for needed, found in NEEDS.items() if needed != ("pytest",) for slug in found}
    assert slugs(left) == absent | modules | {"unpinned-base-image"}
    assert len(kept) + len(left) == len(rules)


@pytest.mark.parametrize("topic", ["tests", "packaging"])
def test_what_every_project_ought_to_have_is_never_left_out(book: CompiledBook, rules: list[Rule], topic: str) -> None:
    of_topic = [rule for rule in rules if topic in rule.applies]
    assert of_topic
    assert applicable(of_topic, book, PLAIN) == (of_topic, [])


def test_tests_for_unittest_need_no_rules_for_pytest(book: CompiledBook, rules: list[Rule]) -> None:
    project = msgspec.structs.replace(PLAIN, tests=True, imports=frozenset(["unittest"]))
    left = slugs(applicable(rules, book, project)[1])
    assert left >= PYTEST
    assert "raises-block-too-big" not in left
    for more in ({"imports": frozenset(["unittest", "pytest"])}, {"declared": frozenset(["pytest-cov"])}):
        assert not slugs(applicable(rules, book, msgspec.structs.replace(project, **more))[1]) & PYTEST


def test_rules_against_a_library_are_for_everybody(book: CompiledBook, rules: list[Rule]) -> None:
    kept = {rule.id.rpartition("/")[2] for rule in applicable(rules, book, PLAIN)[0]}
    assert kept >= {"pytz-import", "passlib-dependency", "no-pkg-resources", "banned-api-config"}


@pytest.mark.parametrize(
    ("files", "kept", "left"),
    [
        (
            {"requirements.txt": "PyYAML\nflask\n"},
            {"unsafe-yaml-load", "flask-debug", "jinja-autoescape-off"},
            {"jwt-unverified"},
        ),
        ({"b.py": "async def f(): ...\n"}, {"unbounded-gather"}, {"flask-debug"}),
        ({"requirements.txt": "fastapi\n"}, {"blocking-sleep-in-async"}, {"flask-debug"}),
        ({"docker/Dockerfile.dev": "FROM x\n"}, {"unpinned-base-image"}, {"flask-debug"}),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.13"\n'}, GENERICS, {"try-in-loop"}),
        ({"b.py": "import flask\nthis is no Python\n"}, {"flask-debug"}, {"jwt-unverified"}),
    ],
)
def test_of_a_repository(
    make: Make, book: CompiledBook, rules: list[Rule], files: dict[str, str], kept: set[str], left: set[str]
) -> None:
    found = slugs(applicable(rules, book, survey(make({"a.py": "x = 1\n", **files})))[1])
    assert not found & kept
    assert found >= left


@modest(40)
@given(
    st.sets(
        st.sampled_from(
            ["yaml", "jwt", "flask", "pandas", "requests", "httpx", "sqlalchemy", "jinja2", "rich", "asyncio"]
        )
    ),
    st.data(),
)
def test_who_uses_more_gets_no_fewer_rules(
    book: CompiledBook, rules: list[Rule], modules: set[str], data: st.DataObject
) -> None:
    rules = [rule for rule in rules if needed_modules(rule, book) or "async" in rule.applies]
    fewer = data.draw(st.sets(st.sampled_from(sorted(modules)))) if modules else set()
    with_all, with_fewer = (
        slugs(applicable(rules, book, msgspec.structs.replace(PLAIN, imports=frozenset(names)))[1])
        for names in (modules, fewer)
    )
    assert with_all <= with_fewer


# ------------------------------------------------------------------------------------------------ other books

RULE = """
:::{{rule}} Close it
:id: close-it
:severity: high
:detect: {detect}
{options}
Because.

{fences}
:::
"""


def rule(root: Path, fences: str, detect: str = "review", options: str = "") -> tuple[Rule, CompiledBook]:
    text = f"# A\n\n## B\n{RULE.format(detect=detect, options=options, fences=fences)}"
    book = compiled(root, text).book
    return next(book.of_kind(Rule)), book


BAD = "```python {bad static}\nimport acme\n\nacme.open()\n```\n"
GOOD = "```python {good static}\nimport acme\n\nacme.close()\n```\n"
DETECT = "```yaml {detect}\ncalls: [acme.open]\nrule: {kind: call}\n```\n"


def test_a_module_that_an_example_makes_up_is_not_needed(tmp_path: Path) -> None:
    assert needed_modules(*rule(tmp_path, BAD + GOOD)) == ()


def test_a_module_that_the_detector_seeks_is_needed(tmp_path: Path) -> None:
    assert needed_modules(*rule(tmp_path, DETECT + BAD + GOOD, "ast-grep")) == ("acme",)


def test_a_module_that_a_fence_requires_is_needed(tmp_path: Path) -> None:
    fences = BAD + GOOD.replace("good static", 'good static requires="acme>=2"')
    assert needed_modules(*rule(tmp_path, fences)) == ("acme",)


def test_one_example_without_the_module_is_enough_to_need_nothing(tmp_path: Path) -> None:
    more = "```python {bad static}\nopen()\n```\n"
    assert needed_modules(*rule(tmp_path, DETECT + BAD + more + GOOD, "ast-grep")) == ()


def test_an_import_that_is_the_fault_is_no_need(tmp_path: Path) -> None:
    bad = BAD.replace("import acme\n", "import acme  # error: [close-it]\n")
    assert needed_modules(*rule(tmp_path, DETECT + bad + GOOD, "ast-grep")) == ()


def test_what_is_in_the_standard_library_is_always_there(tmp_path: Path) -> None:
    fence = DETECT.replace("[acme.open]", "[acme.open, os.open]")
    assert needed_modules(*rule(tmp_path, fence + BAD + GOOD, "ast-grep")) == ()


def test_a_remedy_in_newer_syntax_is_none(tmp_path: Path) -> None:
    fences = '```python {bad}\nx = 1\n```\n\n```python {good python=">=3.12"}\ntype X = int\n```\n'
    found, book = rule(tmp_path, fences)
    left = applicable([found], book, Survey(python="3.11"))[1]
    assert [item.reason for item in left] == [
        "its remedy is in syntax newer than Python 3.11, on which the project also runs"
    ]
    assert not applicable([found], book, Survey(python="3.12"))[1]


@pytest.mark.parametrize(
    ("applies", "project", "reason"),
    [
        (("notebooks",), PLAIN, "the repository has no notebooks"),
        (("web",), PLAIN, "the project neither serves nor asks the web"),
        (
            ("web", "notebooks"),
            PLAIN,
            "the project neither serves nor asks the web and the repository has no notebooks",
        ),
        (("web", "tests"), PLAIN, ""),
        (("tests",), PLAIN, ""),
        (("packaging",), PLAIN, ""),
        (("not-tests",), PLAIN, ""),
        (("src/**/*.py",), PLAIN, ""),
        (("notebooks", "not-tests"), msgspec.structs.replace(PLAIN, notebooks=True), ""),
        (("notebooks",), Survey(), ""),
    ],
)
def test_topics(tmp_path: Path, applies: tuple[str, ...], project: Survey, reason: str) -> None:
    found, book = rule(tmp_path, BAD + GOOD)
    left = applicable([msgspec.structs.replace(found, applies=applies)], book, project)[1]
    assert [item.reason for item in left] == ([reason] if reason else [])
