"""ast-grep rules: what they find, where, how they mend it, and which are refused."""

import textwrap
from typing import Final

import pytest

from tests.detect.support import find, grep, project, refusal
from tests.support import ROOT
from vulgate.detect import detectors
from vulgate.detect.ast_grep import LANGUAGES, language_of
from vulgate.detect.base import Query
from vulgate.detect.edits import apply_fixes
from vulgate.markdown.nodes import CodeBlock
from vulgate.markdown.parser import parse


def mended(options: str, text: str) -> str:
    """The text after the rule's fixes."""
    return apply_fixes(text, find("ast-grep", options, project({"a.py": text})).matches)[0]


class TestFinding:
    def test_places_are_offsets_in_characters(self) -> None:
        assert grep("rule: {pattern: 'eval($X)'}", "é😀 = 1\r\neval('😀')\r\n") == ["eval('😀')"]

    def test_a_long_block_is_shown_by_its_first_line(self) -> None:
        text = "class A(B):\n" + "    x = 1\n" * 40
        assert grep("rule: {kind: class_definition}", text) == ["class A(B):"]
        assert grep("rule: {kind: class_definition}", "class A:\n    x = 1\n") == ["class A:\n    x = 1"]

    def test_calls_and_a_rule_must_both_hold(self) -> None:
        options = "calls: [time.sleep]\nrule: {inside: {kind: function_definition, stopBy: end}}"
        assert grep(options, "import time\ntime.sleep(1)\ndef f():\n    time.sleep(2)") == ["time.sleep(2)"]

    def test_qualname_of_any_metavariable(self) -> None:
        options = "rule: {pattern: '$X is $Y'}\nqualname: {Y: [math.nan, math.inf]}"
        assert grep(options, "from math import nan as n\nimport math\nx is n\nx is math.inf\nx is nan") == [
            "x is n",
            "x is math.inf",
        ]

    def test_a_metavariable_that_is_not_bound_is_not_asked(self) -> None:
        options = "rule: {any: [{pattern: '$F($$$A)'}, {pattern: 'del $X'}]}\nqualname: {F: [os.abort]}"
        assert grep(options, "del y") == ["del y"]
        assert grep(options, "f(1)\ndel y\nfrom os import abort\nabort()") == ["del y", "abort()"]

    def test_an_expression_has_no_name(self) -> None:
        assert grep("calls: [time.sleep]", "import time\n(lambda: 1)()\nx[0]()\nf()()") == []

    def test_constraints_and_utils(self) -> None:
        options = textwrap.dedent(
            """\
            rule:
              pattern: f($X)
              not: {matches: harmless}
            constraints:
              X: {regex: '^[0-9]+$'}
            utils:
              harmless: {pattern: f(0)}
            """
        )
        assert grep(options, "f(0)\nf(1)\nf(a)") == ["f(1)"]

    def test_what_other_tools_want_to_have_is_let_pass(self) -> None:
        options = "id: x\nseverity: error\nmessage: no\nnote: no\nlanguage: python\nrule: {pattern: eval($X)}"
        assert grep(options, "eval(x)") == ["eval(x)"]

    @pytest.mark.parametrize(
        ("language", "path", "pattern", "text"),
        [
            ("javascript", "a.js", "eval($X)", "eval(x)"),
            ("typescript", "a.ts", "$X as any", "x as any"),
            ("tsx", "a.tsx", "dangerous($X)", "dangerous(x)"),
            ("bash", "a.sh", "eval $X", "eval x"),
            ("rust", "a.rs", "$X.unwrap()", "fn f() { x.unwrap(); }"),
            ("yaml", "a.yml", "privileged: true", "privileged: true"),
            ("java", "A.java", "System.exit($A)", "class A { void f() { System.exit(1); } }"),
        ],
    )
    def test_other_languages(self, language: str, path: str, pattern: str, text: str) -> None:
        options = f"language: {language}\nrule: {{pattern: '{pattern}'}}"
        assert len(grep(options, text, path)) == 1
        assert grep(options, text, "a.txt") == []
        assert detectors()["ast-grep"].looks_at(Query("", "", options)) == LANGUAGES[language]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_language_is_there(self, language: str) -> None:
        assert refusal("ast-grep", f"language: {language}\nrule: {{regex: abc}}") == ""
        assert {language_of(f"a.b/c{glob.removeprefix('*')}") for glob in LANGUAGES[language]} == {language}

    @pytest.mark.parametrize("path", ["Makefile", "a.d/Makefile", "a.PY", "a", ".", "a.py.txt", "a.p\ny"])
    def test_files_of_no_language(self, path: str) -> None:
        assert language_of(path) == ""

    def test_a_file_in_the_wrong_language_is_left_alone(self) -> None:
        assert grep("rule: {pattern: eval($X)}", "eval(x)", "a.js") == []

    def test_a_rule_may_stand_in_nobody_s_way(self) -> None:
        """A named rule that holds itself, twice: its literals are looked for in a moment."""
        twice = "a: {any: [{kind: call, has: {matches: a}}, {kind: list, has: {matches: a}}, {kind: tuple}]}"
        assert grep(f"rule: {{matches: a}}\nutils: {{{twice}}}", "f((1,))\n[[]]")


class TestFixes:
    @pytest.mark.parametrize(
        ("rule", "text", "expected"),
        [
            ("rule: {pattern: 'eval($X)'}\nfix: parse($X)", "a = eval(x + 1)\n", "a = parse(x + 1)\n"),
            ("rule: {pattern: 'f($$$ARGS)'}\nfix: g($$$ARGS)", "f(1,  b = 2)", "g(1,  b = 2)"),
            ("rule: {pattern: 'f($$$ARGS)'}\nfix: g($$$ARGS)", "f()", "g()"),
            ("rule: {pattern: 'f($A, $$$REST)'}\nfix: $A.f($$$REST)", "f(a, b, c)", "a.f(b, c)"),
            ("rule: {pattern: 'f($X)'}\nfix: f($X, $X)", "f('😀')\r\nf(é)\r\n", "f('😀', '😀')\r\nf(é, é)\r\n"),
            ("rule: {pattern: 'assert $X'}\nfix: ''", "assert x", ""),
            (
                "rule: {pattern: 'f($X)'}\ntransform: {NEW: {replace: {source: $X, replace: a, by: b}}}\nfix: f($NEW)",
                "f(aXa)",
                "f(bXb)",
            ),
            ("rule: {pattern: 'f($X)'}\nfix: g($X)", "f(f(1))", "g(f(1))"),
        ],
    )
    def test_a_fix(self, rule: str, text: str, expected: str) -> None:
        assert mended(rule, text) == expected

    def test_a_fix_is_unsafe_unless_the_rule_says_otherwise(self) -> None:
        for said, safe in (("", False), ("\nsafe: true", True)):
            found = find("ast-grep", f"rule: {{pattern: f()}}\nfix: g(){said}", project({"a.py": "f()"}))
            assert [match.safe for match in found.matches] == [safe]

    def test_without_a_fix_there_is_no_edit(self) -> None:
        assert find("ast-grep", "rule: {pattern: f()}", project({"a.py": "f()"})).matches[0].edits == ()

    def test_a_metavariable_that_is_bound_in_another_branch_only_is_nothing(self) -> None:
        rule = "rule: {any: [{pattern: 'f($X)'}, {pattern: 'g($Y)'}]}\nfix: h($X$Y)"
        assert mended(rule, "f(1)\ng(2)") == "h(1)\nh(2)"


def test_an_alias_stands_for_what_it_names() -> None:
    assert grep("rule: {any: [&a {pattern: f()}, {pattern: g()}], not: {inside: *a}}", "f()\ng()") == ["f()", "g()"]


_BOMB: Final = "a: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("rule: {pattern: 'eval('}", "the pattern `eval(` does not parse as python"),
        ("rule: {all: [{not: {pattern: 'x['}}]}", "the pattern `x[` does not parse as python"),
        ("rule: {kind: call}\nutils: {a: {pattern: 'f(]'}}", "the pattern `f(]` does not parse as python"),
        ("rule: {pattern: {context: 'def', selector: call}}", "selector `call` matches no node"),
        ("language: javascript\nrule: {pattern: 'f('}", "the pattern `f(` does not parse as javascript"),
        ("rule: {pattern: ''}", "No AST root is detected"),
        ('rule: {pattern: "a\\nb"}', "Multiple AST nodes are detected"),
        ("rule: {kind: nonsense}", "ast-grep refuses the rule: Kind `nonsense` is invalid"),
        ("rule: {patern: x}", "unknown field `patern`"),
        ("rule: {pattern: 3}", "ast-grep refuses the rule: "),
        ("rule: {any: [{pattern: {context: 3}}]}", "ast-grep refuses the rule: "),
        ("rule: {all: 3}", "ast-grep refuses the rule: "),
        ("rule: {regex: 3}", "ast-grep refuses the rule: "),
        ("rule: {regex: '('}", "unclosed group"),
        ("rule: {kind: [call]}", "ast-grep refuses the rule: "),
        ("rule: {matches: [a]}", "ast-grep refuses the rule: "),
        ("rule: {matches: a}", "Rule `a` is not defined"),
        ("rule: {pattern: 'f($X)'}\nconstraints: {Y: {regex: a}}", "Undefined meta var `Y`"),
        ("rule: {pattern: 'f($X)'}\ntransform: {N: {nonsense: {}}}", "ast-grep refuses the rule: "),
        ("rule: {pattern: 'f($X)'}\nfix: g($Y)", "the fix has `$Y`, and no pattern binds it"),
        ("rule: {pattern: 'f($$$)'}\nfix: g($$$)", "the fix has `$$$`, and no pattern binds it"),
        ("rule: {pattern: 'f($_X)'}\nfix: g($_X)", "the fix has `$_X`, and no pattern binds it"),
        ("rule: {pattern: 'f($X)'}\nqualname: {F: [a.b]}", "`qualname` is about `F`, and no pattern has `$F`"),
        ("rule: {pattern: f()}\nfix: {template: g()}", "the `detect` fence is wrong: "),
        ("rule: {pattern: f()}\nsafe: maybe", "the `detect` fence is wrong: "),
        ("rule: {pattern: f()}\ntext: '('", "`text` is no regular expression"),
        ("calls: time.sleep", "the `detect` fence is wrong: "),
        ("rules: {}", "unknown field `rules`"),
        ("safe: true", "neither `rule` nor `calls`"),
        ("", "the `detect` fence is wrong: "),
        ("3", "the `detect` fence is wrong: "),
        ("- a", "the `detect` fence is wrong: "),
        ("1: 2", "the `detect` fence is wrong: "),
        ("language: cobol\nrule: {pattern: x}", "ast-grep has no language `cobol`; there are bash, c, "),
        ("language: rust\ncalls: [f]", "`calls` and `qualname` are for Python only"),
        ("language: go\nrule: {pattern: f($X)}\nqualname: {X: [f]}", "`calls` and `qualname` are for Python only"),
        ("rule: [", "the `detect` fence is no YAML: did not find expected node content (line 2)"),
        ("rule: {pattern: f()}\n---\nrule: {}", "the `detect` fence is no YAML: "),
        ("a: 2026-13-45", "the `detect` fence is no YAML: month must be in 1..12"),
        ("a: \x00", "the `detect` fence is no YAML: "),
        ("a: !!python/object/apply:os.abort []", "the `detect` fence is no YAML: "),
        ("rule: &r {all: [*r]}", "stand for too much, or for themselves"),
        (_BOMB, "stand for too much, or for themselves"),
        ("[" * 100_000, "the `detect` fence is no YAML: "),
        ("- " * 20_000, "the `detect` fence is no YAML: "),
    ],
)
def test_a_rule_that_is_refused(options: str, reason: str) -> None:
    said = refusal("ast-grep", options)
    assert reason in said
    assert "backtrace" not in said.lower()
    assert "\n" not in said


def test_the_version_is_that_of_the_library() -> None:
    assert detectors()["ast-grep"].version("").startswith("ast-grep 0.")


def test_the_fences_of_the_manual_can_be_used() -> None:
    """Those of the page on the source format, and what it says of the first."""
    nodes = parse((ROOT / "docs" / "source-format.md").read_bytes()).root.children
    shown = [node.code for node in nodes if isinstance(node, CodeBlock) and "{detect}" in node.code]
    pattern, contract = ("\n".join(code.split("\n")[1:-2]) for code in shown)
    text = "import re\nfrom re import match as m\nfor a in b:\n    m('x', a)\n    re.search(x, a)\nre.match('x', a)\n"
    assert grep(pattern, text) == ["m('x', a)"]
    assert mended(pattern, text) == text.replace("m('x', a)", "compile('x').match(a)", 1)
    assert refusal("layers layers", contract) == ""
