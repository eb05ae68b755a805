"""Guides within a budget: whole rules, the critical first, an account of every rule."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.support import compiled, handbook
from vulgate.editions.agents.base import Scope
from vulgate.editions.agents.compose import BudgetError, Composition, Project, compose
from vulgate.editions.agents.scopes import book_scopes
from vulgate.editions.agents.tokenizer import count
from vulgate.model.blocks import Rule
from vulgate.model.findings import SEVERITIES

RULE = """
:::{{rule}} {title}
:id: {id}
:severity: {severity}
:detect: review
:fix: Do `{id}`.
{option}
Why.

```{language} {{bad}}
{bad}
```

```{language} {{good}}
{good}
```
:::
"""


def rule(id: str, severity: str = "high", option: str = "", language: str = "python", bad: str = "a = 1") -> str:
    return RULE.format(
        title=f"Write {id}", id=id, severity=severity, option=option, language=language, bad=bad, good="b = 2"
    )


def has_globs(scope: Scope) -> bool:
    return bool(scope.globs)


@cache
def composed(budget: int) -> Composition:
    return compose(handbook().book, budget, delivers=has_globs)


@pytest.mark.parametrize("budget", [300, 1000, 4000, 16000])
def test_the_core_and_any_two_guides_fit(budget: int) -> None:
    guidance = composed(budget).guidance
    apart = sorted((guide.tokens for guide in guidance.scoped), reverse=True)
    assert guidance.core.tokens + sum(apart[:2]) <= budget
    for guide in (guidance.core, *guidance.scoped):
        assert guide.tokens == count(guide.text)


def test_the_budget_is_used() -> None:
    guidance = composed(4000).guidance
    assert guidance.core.tokens + sum(sorted(guide.tokens for guide in guidance.scoped)[-2:]) > 0.95 * 4000


def test_no_rule_is_cut_or_told_twice() -> None:
    composition = composed(4000)
    items = {entry.text: entry for entry in composition.entries}
    told = []
    for guide in (composition.guidance.core, *composition.guidance.scoped):
        lines = [line for line in guide.text.splitlines() if line.startswith("- ")]
        assert [items[line].rule for line in lines] == list(guide.rules)
        told += guide.rules
    assert len(told) == len(set(told))


def test_the_critical_come_first() -> None:
    for guide in (composed(4000).guidance.core, *composed(4000).guidance.scoped):
        of = {entry.rule: SEVERITIES.index(entry.severity) for entry in composed(4000).entries}
        order = [of[rule] for rule in guide.rules]
        assert order == sorted(order)


def test_every_rule_is_accounted_for() -> None:
    composition = composed(4000)
    assert [entry.rule for entry in composition.entries] == [rule.id for rule in handbook().book.of_kind(Rule)]
    for entry in composition.entries:
        assert entry.guide or entry.reason


def test_more_budget_is_worth_more() -> None:
    shares = [composed(budget).share for budget in (300, 1000, 4000, 16000)]
    assert shares == sorted(shares)
    assert all(composed(budget).share <= composed(budget).bound for budget in (300, 1000, 4000, 16000))


def test_scopes_that_cannot_be_loaded_apart_are_in_the_core(tmp_path: Path) -> None:
    book = compiled(tmp_path, "# A\n" + rule("one") + rule("two", option=":applies-to: tests\n")).book
    assert [guide.scope.name for guide in compose(book, delivers=has_globs).guidance.scoped] == ["tests"]
    alone = compose(book, delivers=lambda scope: False).guidance
    assert alone.scoped == ()
    assert set(alone.core.rules) == {"a/one", "a/two"}


def test_a_rule_goes_to_the_files_that_its_bad_example_is(tmp_path: Path) -> None:
    docker = rule("pinned", language="dockerfile", bad="FROM python")
    own = rule("own", option=":applies-to: src/api/**\n")
    book = compiled(tmp_path, "# A\n" + rule("one") + docker + own).book
    scopes = book_scopes(book)
    assert scopes.core.globs == ("**/*.py", "**/*.pyi", "**/*.ipynb")
    assert scopes.of["a/one"] == scopes.core
    assert "**/Dockerfile" in scopes.of["a/pinned"].globs
    assert scopes.of["a/own"].globs == ("src/api/**",)
    assert re.fullmatch(r"[a-z-]+", scopes.of["a/own"].name)


def test_what_cannot_apply_is_left_out_and_what_a_linter_enforces_comes_last(tmp_path: Path) -> None:
    book = compiled(tmp_path, "# A\n" + "".join(rule(id) for id in ("one", "two", *map(str, range(3, 20))))).book
    whole = compose(book).guidance.core.tokens
    project = Project(left_out={"a/one": "needs django"}, enforced={"a/two": "ruff"})
    composition = compose(book, whole - 9, project=project)
    entries = {entry.name: entry for entry in composition.entries}
    assert entries["one"].guide == ""
    assert entries["one"].reason == "needs django"
    assert entries["3"].value > entries["two"].value
    assert "ruff enforces it already" in entries["two"].reason


def test_a_budget_below_one_rule_says_how_much_is_needed(tmp_path: Path) -> None:
    book = compiled(tmp_path, "# A\n" + rule("one") + rule("another", "low")).book
    with pytest.raises(BudgetError, match=r"holds no rule; the smallest one needs (\d+)") as raised:
        compose(book, 20)
    needed = int(re.findall(r"needs (\d+)", str(raised.value))[0])
    assert compose(book, needed).guidance.core.rules
    with pytest.raises(BudgetError):
        compose(book, needed - 1)


def test_a_book_without_rules_has_an_empty_core(tmp_path: Path) -> None:
    composition = compose(compiled(tmp_path, "# A\n\nText.\n").book)
    assert composition.guidance.core.rules == ()
    assert composition.entries == ()
