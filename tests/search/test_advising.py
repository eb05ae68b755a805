"""The rules that matter for a file, for imports, for a task."""

from collections.abc import Iterator

import pytest

from tests.search.shop import opened
from vulgate.search.advising import rules_for
from vulgate.search.answers import RulesAnswer, SearchError
from vulgate.search.library import Library


def ids(answer: RulesAnswer) -> list[str]:
    return [rule.id.rpartition("/")[2] for rule in answer.rules]


def why(answer: RulesAnswer, name: str) -> list[str]:
    return next(rule.why for rule in answer.rules if rule.id.endswith(f"/{name}"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/test_cart.py", ["no-foreign-pickle", "no-mutable-default", "no-sleep-in-test", "await-it"]),
        ("shop/cart.py", ["no-foreign-pickle", "no-mutable-default", "no-print", "await-it"]),
        ("shop\\cart.py", ["no-foreign-pickle", "no-mutable-default", "no-print", "await-it"]),
        ("shop/async_client.py", ["no-foreign-pickle", "await-it", "no-mutable-default", "no-print"]),
        ("Dockerfile", ["pinned-image"]),
        ("deploy/Dockerfile.dev", ["pinned-image"]),
        ("style.css", []),
        ("../../etc/passwd", []),
    ],
)
def test_a_path_brings_the_rules_that_hold_in_it(shop: Library, path: str, expected: list[str]) -> None:
    answer = rules_for(shop, path=path)
    assert ids(answer) == expected
    assert answer.notes == ([] if expected else ["no rule of the book is about this"])
    assert all(rule.why for rule in answer.rules)


def test_reasons_are_given(shop: Library) -> None:
    answer = rules_for(shop, path="tests/test_cart.py")
    assert why(answer, "no-sleep-in-test") == ["it holds in tests"]
    assert why(rules_for(shop, path="Dockerfile"), "pinned-image") == ["it is about files such as Dockerfile"]
    assert why(rules_for(shop, imports=["pickle"]), "no-foreign-pickle") == [
        "its bad example imports `pickle`",
        "it stands in 2.1 Pickle",
    ]
    assert why(rules_for(shop, imports=["json"]), "no-foreign-pickle")[0] == "its words name `json.loads`"


MANIFEST = '[book]\ntitle = "Places"\nid = "places"\nchapters = ["a.md"]\n'
RULE = """
:::{{rule}} Hold {title}
:id: {id}
:severity: medium
:detect: review
{option}
Why.

```python {{bad static}}
nothing()
```

```python {{good static}}
something()
```
:::
"""
WORDS = {
    "web": "web",
    "packaging": "packaging",
    "notebooks": "notebooks",
    "glob": "src/api/**",
    "either": "async, jobs.py",
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A book with a rule for each sort of word in `:applies-to:`."""
    rules = [RULE.format(title=id, id=id, option=f":applies-to: {words}") for id, words in WORDS.items()]
    files = {"vulgate.toml": MANIFEST, "a.md": "# A\n" + "".join(rules)}
    with opened(tmp_path_factory.mktemp("places"), files) as library:
        yield library


UNSURE = "it is about {}, which no name tells surely"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"path": "shop/prices.py"}, {"web": UNSURE.format("web code"), "either": UNSURE.format("asynchronous code")}),
        ({"path": "shop/prices.py", "task": "add a price"}, {}),
        ({"path": "shop/prices.py", "imports": ["flask"]}, {"web": "it is about web code"}),
        ({"path": "shop/prices.py", "task": "set a cookie"}, {"web": "it is about web code"}),
        ({"path": "shop/views.py", "task": "add a price"}, {"web": "it is about web code"}),
        ({"path": "pyproject.toml"}, {"packaging": "it is about packaging"}),
        ({"path": "setup.py", "task": "release"}, {"packaging": "it is about packaging"}),
        ({"path": "notebooks/a.ipynb", "task": "plot"}, {"notebooks": "it is about notebooks"}),
        (
            {"path": "src/api/prices.py", "task": "add"},
            {"web": "it is about web code", "glob": "it holds in `src/api/**`"},
        ),
        ({"path": "/home/ann/shop/src/api/a.json", "task": "add"}, {"glob": "it holds in `src/api/**`"}),
        ({"path": "C:\\shop\\src\\api\\a.json", "task": "add"}, {"glob": "it holds in `src/api/**`"}),
        ({"path": "lib/src/api/a.json"}, {}),
        ({"path": "shop/jobs.py", "task": "add"}, {"either": "it holds in `**/jobs.py`"}),
        ({"path": "jobs.py", "imports": ["asyncio"]}, {"either": "it holds in asynchronous code"}),
        ({"path": "."}, {}),
        ({"path": "/"}, {}),
        ({"path": "docs/index.md"}, {}),
    ],
)
def test_topics_and_globs(wanted: dict[str, str], expected: dict[str, str], places: Library) -> None:
    answer = rules_for(places, **wanted)  # type: ignore[arg-type]
    told = {rule.id.rpartition("/")[2]: rule.why[0] for rule in answer.rules if not rule.why[0].startswith("found")}
    assert told == expected


@pytest.mark.parametrize(
    "written",
    [
        "pickle",
        "import pickle",
        "import pickle as p, sys",
        "from pickle import loads",
        "from pickle import *",
        " pickle ",
    ],
)
def test_imports_are_read_as_they_are_written(shop: Library, written: str) -> None:
    assert "no-foreign-pickle" in ids(rules_for(shop, imports=[written]))


def test_imports_that_are_none_are_said(shop: Library) -> None:
    answer = rules_for(shop, imports=["pickle", "not a module", "x" * 2000, ".sibling", "from . import x"])
    assert ids(answer)[:1] == ["no-foreign-pickle"]
    assert answer.notes == ["'not a module' is no module"]


def test_a_module_whose_name_begins_alike_is_another_one(shop: Library) -> None:
    assert not rules_for(shop, imports=["pick"]).rules
    assert not rules_for(shop, imports=["pickleshare"]).rules


def test_a_task_brings_rules_and_those_that_rest_on_the_facts_found(shop: Library) -> None:
    answer = rules_for(shop, task="when is a default evaluated")
    assert ids(answer)[0] == "no-mutable-default"
    assert any(
        reason.startswith("it rests on `functions/evaluated-once`") for reason in why(answer, "no-mutable-default")
    )


def test_with_a_task_a_path_only_bounds_what_is_found(shop: Library) -> None:
    assert ids(rules_for(shop, path="shop/cart.py", task="unpickle a message"))[0] == "no-foreign-pickle"
    assert "no-print" not in ids(rules_for(shop, path="tests/test_log.py", task="print a message"))


def test_a_version_leaves_out_the_rules_for_others(shop: Library) -> None:
    assert "no-print" in ids(rules_for(shop, path="a.py", python="3.12"))
    assert "no-print" in ids(rules_for(shop, path="a.py", python="Python 3.13"))
    assert "no-print" not in ids(rules_for(shop, path="a.py", python="3.11"))
    with pytest.raises(SearchError, match="no version of Python"):
        rules_for(shop, path="a.py", python="latest")


@pytest.mark.parametrize("nothing", [{}, {"path": " "}, {"imports": []}, {"task": ""}, {"imports": ["..."]}])
def test_something_must_be_named(shop: Library, nothing: dict[str, str]) -> None:
    with pytest.raises(SearchError, match="name a path, imports or a task"):
        rules_for(shop, **nothing)  # type: ignore[arg-type]


def test_pages_join_and_limits_are_clamped(shop: Library) -> None:
    whole = rules_for(shop, path="a.py", limit=999)
    found, cursor = [], ""
    while True:
        answer = rules_for(shop, path="a.py", limit=-1, cursor=cursor)
        assert len(answer.rules) == 1
        found += answer.rules
        cursor = answer.cursor
        if not cursor:
            break
    assert found == whole.rules
    assert len(rules_for(shop, path="a.py", max_tokens=100).rules) == 1
    with pytest.raises(SearchError, match="belongs to another request"):
        rules_for(shop, path="b.py", cursor=answer.cursor or rules_for(shop, path="a.py", limit=1).cursor)


def test_several_books(both: Library) -> None:
    assert {rule.book for rule in rules_for(both, path="a.py").rules} == {"shop"}
    assert not rules_for(both, path="a.py", book="other").rules


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"imports": ["pickle"]}, "security/unsafe-pickle"),
        ({"imports": ["subprocess"]}, "security/shell-injection"),
        ({"imports": ["asyncio"]}, "concurrency/unbounded-gather"),
        ({"imports": ["requests"]}, "security/tls-verification-disabled"),
        ({"path": "tests/test_x.py"}, "testing/assert-tuple"),
        ({"path": "pyproject.toml"}, "modules/valid-pyproject"),
        ({"path": ".github/workflows/ci.yml"}, "rules-configuration/no-linter-in-ci"),
        ({"path": "requirements-dev.txt"}, "modules/lock-applications"),
        ({"task": "store user passwords"}, "security/password-fast-hash"),
    ],
)
def test_the_handbook(handbook: Library, wanted: dict[str, str], expected: str) -> None:
    answer = rules_for(handbook, **wanted)  # type: ignore[arg-type]
    assert expected in [rule.id for rule in answer.rules[:6]]


def test_a_test_file_gets_no_rule_that_spares_tests(handbook: Library) -> None:
    spared = {rule.id for rule in handbook.books[0].rules if "not-tests" in rule.applies}
    for_tests = {rule.id for rule in handbook.books[0].rules if "tests" in rule.applies}
    assert spared
    found, cursor = set(), ""
    while True:
        answer = rules_for(handbook, path="tests/test_a.py", limit=50, cursor=cursor)
        found |= {rule.id for rule in answer.rules}
        cursor = answer.cursor
        if not cursor:
            break
    assert for_tests <= found
    assert not spared & found
