"""What a text must have for a rule to find anything: a text that lacks it must have nothing to find."""

import random
import re
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detect.support import grep, project
from tests.support import handbook, modest
from vulgate.check.ruleset import rules_of
from vulgate.detect import detectors
from vulgate.detect.base import Query
from vulgate.detect.literals import Literals, Prefilter
from vulgate.model.blocks import Example, Rule


def literals(options: str) -> Literals:
    return detectors()["ast-grep"].needs(Query("", "", options))


def groups(options: str) -> list[list[str]]:
    """The groups of a rule, each in order."""
    return sorted(sorted(group) for group in literals(options).groups)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("rule: {pattern: 'os.system($X)'}", [["os"], ["system"]]),
        ("rule: {pattern: 'def $F($$$ARGS): return $X'}", []),
        ("rule: {pattern: \"open($NAME, 'rb')\"}", [["open"]]),
        ("rule: {kind: try_statement}", [["try"]]),
        ("rule: {kind: call}", []),
        ("rule: {any: [{pattern: eval($X)}, {pattern: exec($X)}]}", [["eval", "exec"]]),
        ("rule: {any: [{pattern: eval($X)}, {kind: call}]}", []),
        ("rule: {all: [{pattern: eval($X)}, {inside: {kind: while_statement}}]}", [["eval"], ["while"]]),
        ("rule: {pattern: eval($X), not: {pattern: eval(safe)}}", [["eval"]]),
        ("rule: {matches: a}\nutils: {a: {pattern: eval($X)}}", [["eval"]]),
        ("rule: {kind: call, regex: '^subprocess\\.(run|call)'}", [["call", "run"], ["subprocess."]]),
        ("rule: {kind: call, regex: '(?i)^subprocess'}", []),
        ("rule: {kind: call, regex: 'abc*|def'}", []),
        ("rule: {kind: call, regex: 'abc(def)?ghi'}", [["abc"], ["ghi"]]),
        ("rule: {kind: call, regex: '[[:digit:]]abc'}", []),
        ("rule: {kind: call, regex: '\\<abc'}", []),
        ("rule: {kind: call, regex: '\\b{start}abc'}", []),
        ("rule: {kind: call, regex: '\\[abc'}", [["[abc"]]),
        ("rule: {kind: call, regex: '(?P<n>abc)\\pL'}", []),
        ("calls: [time.sleep]", [["time as", "time import", "time.sleep"]]),
        ("calls: [time.sleep, os.wait]", [["os as", "os import", "os.wait", "time as", "time import", "time.sleep"]]),
        ("calls: [builtins.open]", [["open"]]),
        ("calls: [.store.load]", [["store as", "store import", "store.load"]]),
        ("calls: [.load]", [["load"]]),
        ("rule: {pattern: $F($X)}\nqualname: {F: [os.abort]}", [["os as", "os import", "os.abort"]]),
        (
            "rule: {any: [{pattern: $F($X)}, {pattern: del $Y}]}\nqualname: {F: [os.abort]}",
            [["del", "os as", "os import", "os.abort"]],
        ),
        ("rule: {not: {pattern: $F($X)}}\nqualname: {F: [os.abort]}", []),
        ("rule: {pattern: {context: 'x = eval(y)', selector: call}}", []),
        ("rule: {pattern: {context: 'eval(y)', strictness: signature}}", []),
        ("rule: {pattern: {context: 'eval(y)', strictness: cst}}", [["eval"]]),
        ("language: javascript\nrule: {pattern: eval($X)}", []),
        ("rule: {kind: call}\nneeds: [a b, c]", [["a b", "c"]]),
    ],
)
def test_literals(options: str, expected: list[list[str]]) -> None:
    assert groups(options) == expected


def test_a_group_that_another_makes_needless_is_dropped() -> None:
    assert groups("rule: {all: [{pattern: eval(x)}, {any: [{pattern: eval(y)}, {pattern: exec(y)}]}]}") == [["eval"]]


def test_the_text_that_an_author_asks_for() -> None:
    options = "rule: {kind: call}\ntext: 'yi..d'"
    assert literals(options).are_in("a yield b", frozenset())
    assert not literals(options).are_in("a b", frozenset())


@modest(300)
@given(st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6), st.text("abc", max_size=12))
def test_the_prefilter_finds_what_is_there(strings: list[str], text: str) -> None:
    filter_ = Prefilter([Literals((frozenset([string]),)) for string in strings])
    assert filter_.found_in(text) == {string for string in strings if string in text}


def test_a_prefilter_for_nothing() -> None:
    assert Prefilter([]).found_in("abc") == frozenset()
    assert Literals().are_in("", frozenset())


# ------------------------------------------------------------------------------------------------ soundness

_WORDS = ["eval", "exec", "open", "os", "run"]
_ATOMS = st.one_of(
    st.sampled_from([f"{word}($X)" for word in _WORDS]).map(lambda pattern: {"pattern": pattern}),
    st.sampled_from(["os.run($X)", "$F($X)", "$A = $B", "del $X"]).map(lambda pattern: {"pattern": pattern}),
    st.sampled_from(["call", "while_statement", "try_statement", "lambda", "await"]).map(lambda kind: {"kind": kind}),
    st.sampled_from(["^eval", "ev(al)?", "open|exec", "ex.c", "[[:alpha:]]x", "(?i)EVAL", "(os)+\\.run"]).map(
        lambda regex: {"regex": regex}
    ),
)
_RULES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        inner.map(lambda rule: {"kind": "call", "not": rule}),
        inner.map(lambda rule: {"kind": "call", "has": {**rule, "stopBy": "end"}}),
        inner.map(lambda rule: {"kind": "call", "inside": {**rule, "stopBy": "end"}}),
    ),
    max_leaves=5,
)
_STATEMENTS = st.sampled_from(
    [
        "eval(x)",
        "exec(open(x))",
        "os.run(3)",
        "import os as o\no.run(3)",
        "from os import run as r\nr(3)",
        "del y",
        "a = eval",
        "f(lambda: EVAL(x))",
        "while x: exec(y)",
        "g()",
        "axx()",
    ]
)


@modest(400)
@given(_RULES, st.lists(_STATEMENTS, min_size=1, max_size=3).map("\n".join), st.booleans())
def test_what_a_rule_finds_is_let_through(rule: dict[str, object], text: str, named: bool) -> None:
    """`grep` itself asserts it."""
    import json

    options: dict[str, object] = {"rule": rule}
    if named and "$F" in json.dumps(rule):
        options["qualname"] = {"F": ["os.run"]}
    grep(json.dumps(options), text)


@cache
def examples() -> list[tuple[str, str, str]]:
    """Each code example of the handbook's ast-grep rules: the rule's `detect` fence, the role, the code."""
    book = handbook().book
    rules = rules_of(book).rules
    found = []
    for rule in book.of_kind(Rule):
        if rule.detect.partition(" ")[0] == "ast-grep" and rule.is_authored:
            options = rules[rule.id].options
            for role in ("bad", "good", "near"):
                blocks = (book[id] for id in getattr(rule, role))
                found += [(options, role, block.code) for block in blocks if isinstance(block, Example)]
    return found


def test_the_rules_of_the_handbook_hold_for_their_examples() -> None:
    """Also where the prefilter decides which files are looked at at all."""
    assert len(examples()) > 200
    for options, role, code in examples():
        path = f"a{detectors()['ast-grep'].looks_at(Query('', '', options))[0].removeprefix('*')}"
        assert bool(grep(options, code, path)) is (role == "bad"), (role, code, options)


def variants(code: str) -> Iterator[str]:
    """Other ways to write the same, and parts of it."""
    yield code.replace("\n", "\r\n")
    yield "# é😀\n" + code
    yield re.sub(r"(?m)^", "    ", code)
    lines = code.split("\n")
    order = random.Random(len(code))
    for _ in range(3):
        yield "\n".join(line for line in lines if order.random() < 0.8)


def test_the_rules_of_the_handbook_see_all_that_they_could() -> None:
    """Every rule at its own examples and their variants, and at some of other rules: nothing that it matches is kept from it."""
    asked = {options: Query(str(n), "", options) for n, (options, _, _) in enumerate(examples())}
    detector = detectors()["ast-grep"]
    prefilter = Prefilter([detector.needs(query) for query in asked.values()])
    order = random.Random(7)
    for options, role, code in examples():
        others = order.sample(sorted(asked), 5)
        for text in (code, *(variants(code) if role == "bad" else ())):
            found = prefilter.found_in(text)
            queries = [asked[name] for name in {options, *others}]
            for match in detector.find(queries, project({"a.py": text})).matches:
                query = next(query for query in queries if query.rule == match.rule)
                assert detector.needs(query).are_in(text, found), (query.options, text)


def test_the_plugins_of_the_handbook_are_called_for_their_examples() -> None:
    book = handbook().book
    detector = detectors()["plugin"]
    seen = 0
    for rule in book.of_kind(Rule):
        name, _, spec = rule.detect.partition(" ")
        query = Query(rule.id, spec)
        if name != "plugin" or not rule.is_authored or detector.is_whole(query):
            continue
        for block in (book[id] for id in rule.bad):
            assert isinstance(block, Example)
            needed = detector.needs(query)
            assert needed.are_in(block.code, Prefilter([needed]).found_in(block.code)), rule.id
            seen += 1
    assert seen > 10
