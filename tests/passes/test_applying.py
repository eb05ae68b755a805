"""The option `:applies-to:` of rules: topics and globs, how they are read, and what is said of wrong ones."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import compiled, modest, only, told
from vulgate.model import blocks as b
from vulgate.model.topics import TOPICS, applies_fault, holds_in, names_file

RULE = """\
# T

:::{{rule}} Be brief
:id: brief
:severity: low
:detect: review
{option}
Why.

```python {{bad}}
1
```

```python {{good}}
2
```
:::
"""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("tests", ("tests",)),
        ("not-tests , web", ("not-tests", "web")),
        ("async, packaging, notebooks", ("async", "packaging", "notebooks")),
        ("src/api/**, **/*_view.py", ("src/api/**", "**/*_view.py")),
        ("conftest.py, *.ipynb", ("**/conftest.py", "**/*.ipynb")),
        ("tests, tests", ("tests",)),
        ("src/[a-c]*/x?.py, lib/[!_]*.py", ("src/[a-c]*/x?.py", "lib/[!_]*.py")),
        ("tests/test_a.py", ("tests/test_a.py",)),
        ("**", ("**/**",)),
    ],
)
def test_words(value: str, words: tuple[str, ...], tmp_path: Path) -> None:
    found = compiled(tmp_path, RULE.format(option=f":applies-to: {value}"))
    assert told(found) == []
    assert only(found, b.Rule).applies == words


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "it is empty"),
        (",", "it is empty"),
        ("test", "`test` is no topic, and no glob such as `src/api/**`; did you mean `not-tests` or `tests`?"),
        ("Dockerfile", "`Dockerfile` is no topic, and no glob such as `src/api/**`; known are `async`, `not-tests`,"),
        ("tests async", "`tests async` is no topic"),
        ("tests, not-tests", "`tests` and `not-tests` together leave no file"),
        ("src\\api\\*.py", "`src\\api\\*.py` has a backslash: write `src/api/*.py`"),
        ("/src/**", "`/src/**` is absolute: begin at the root of the repository, as in `src/**`"),
        ("~/src/**", "`~/src/**` is absolute"),
        ("C:/src/**", "`C:/src/**` is absolute"),
        ("../src/**", "`../src/**` leads out with `..`"),
        ("src/../../x.py", "`src/../../x.py` leads out with `..`"),
        ("src/{a,b}/**", "not every agent understands braces: write out each, as in `src/a/**, src/b/**`"),
        ("!src/**", "`!src/**` begins with `!`"),
        ('"src/**"', '`"src/**"` has a space or a quote'),
        ("src/** lib/**", "`src/** lib/**` has a space or a quote"),
        ("src/api/", "`src/api/` is a folder, and globs mean files: write `src/api/**`"),
        ("./src//a.py", "`./src//a.py` has an empty part: write `src/a.py`"),
        ("src/[ab.py", "the brackets of `src/[ab.py` are wrong"),
        ("src/ab].py", "the brackets of `src/ab].py` are wrong"),
        ("src/[^a].py", "the brackets of `src/[^a].py` are wrong: write `[abc]` or `[!abc]`"),
        ("src/[a/b].py", "the brackets of `src/[a/b].py` are wrong"),
        ("**.py", "`**` stands alone between slashes, as in `**/*.py`"),
        ("src/a**/b.py", "`**` stands alone between slashes"),
    ],
)
def test_wrong_words(value: str, expected: str, tmp_path: Path) -> None:
    found = compiled(tmp_path, RULE.format(option=f":applies-to: {value}"))
    (line,) = told(found)
    assert line.startswith(f"VG207 a.md:7 wrong value for `:applies-to:`: {expected}")
    assert only(found, b.Rule).applies == ()


def test_the_old_name_of_the_option_says_what_to_write(tmp_path: Path) -> None:
    found = compiled(tmp_path, RULE.format(option=":scope: not-tests"))
    (fault,) = found.diagnostics
    assert (fault.code, fault.span.first if fault.span else 0) == ("VG206", 7)
    assert fault.help == "it is called `:applies-to:` now: write `:applies-to: not-tests`"


def test_the_old_name_is_no_option_of_other_directives(tmp_path: Path) -> None:
    (fault,) = compiled(tmp_path, "# T\n\n:::{note}\n:scope: tests\nx\n:::\n").diagnostics
    assert "applies-to" not in fault.help


@modest(150)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30))
@example("a" * 500 + "/**" * 500)
@example("[" * 50)
def test_any_value_gets_an_answer(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    found = compiled(tmp_path_factory.mktemp("any"), RULE.format(option=f":applies-to: {value}"))
    words = only(found, b.Rule).applies
    assert bool(words) != any(line.startswith("VG207") for line in told(found))
    assert applies_fault(words) == ""
    holds_in(words, "src/a.py", is_test=False, is_async=False)


NAMES = st.text("ab._-", min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@modest(200)
@given(PATHS, PATHS)
def test_globs_that_must_and_must_not_match(path: str, other: str) -> None:
    folder, _, name = path.rpartition("/")
    always = [path, f"**/{name}", f"**/{path}", "**/*", f"{folder}/*" if folder else "*", path[:-1] + "?"]
    assert [glob for glob in always if not names_file(glob, path)] == []
    assert names_file(other, path) == (other == path)
    assert names_file(f"{other}/**", path) == path.startswith(f"{other}/")
    assert names_file(f"{other}/*", path) == (folder == other)


def test_many_wildcards_take_no_time() -> None:
    path = "/".join(["a"] * 60)
    assert not names_file("/".join(["**", "a"] * 25) + "/b", path)
    assert names_file("/".join(["**", "a"] * 25) + "/**/a", path)


@pytest.mark.parametrize(
    ("topic", "files", "others"),
    [
        (
            "tests",
            "tests/test_a.py test_a.py src/shop/test/x.py pkg/a_test.py conftest.py shop/orders/tests.py tests/data/a.json",
            "src/testing.py contest.py src/attests/a.py latest/a.py",
        ),
        (
            "web",
            "shop/views.py src/shop/api/v1/orders.py app/routers/users.py shop/templates/cart.html app.py "
            "shop/orders/urls.py src/shop/web/server.py app/api/deps.py config/settings/base.py backend/app/main.py",
            "docs/api/index.md chart/templates/service.yaml shop/prices.py src/website.py",
        ),
        (
            "packaging",
            "pyproject.toml packages/a/pyproject.toml setup.py requirements.txt requirements-dev.txt requirements/base.txt",
            "src/shop/pricing.py docs/requirements.md shop/setup_logging.py",
        ),
        ("notebooks", "a.ipynb notebooks/b.ipynb", "notebooks/helpers.py a.ipynb/x.py"),
    ],
)
def test_what_topics_mean(topic: str, files: str, others: str) -> None:
    assert [path for path in files.split() if not names_file(topic, path)] == []
    assert [path for path in others.split() if names_file(topic, path)] == []
    assert all(applies_fault((glob,)) == "" for glob in TOPICS[topic].globs)
