"""Results of checks, made by hand; some of them nasty."""

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from vulgate.model.findings import CheckResult, Finding, Fix, Position, Problem, ProblemKind, RuleInfo, TextEdit
from vulgate.report.findings import FORMATS, Options

HERE: Final = Path(__file__).parent
PLAIN: Final = Options()

DEFAULT: Final = RuleInfo(
    id="functions/no-mutable-default",
    title="Never use a mutable default argument",
    severity="high",
    chapter="functions",
    chapter_title="Functions",
    section="6.2 Parameters",
    why="The default is made once, when the function is defined, and all calls share it.",
    fix="Use None, and make the list in the body.",
    text="The default is made **once**.\n\n```python\ndef f(x=[]): ...\n```",
    detect="ruff B006",
    detector="ruff",
    tags=("arguments", "defaults"),
    precision=(49, 50),
    fixable=True,
    status="proven",
    formerly=("classes/no-mutable-default", "functions/mutable-default"),
    url="https://example.org/functions#no-mutable-default",
)
EVAL: Final = RuleInfo(
    id="security/eval-call",
    title="Never evaluate text that comes from outside",
    severity="critical",
    chapter="security",
    chapter_title="Security",
    cite=("CWE-95", "https://example.org/CWE-94"),
    precision=(7, 10),
)
LENGTH: Final = RuleInfo(id="style/short-lines", title="Keep lines short", severity="low", chapter_title="Style")
NAMES: Final = RuleInfo(
    id="typing/name-types", title="Name the types of public functions", severity="medium", chapter_title="Typing"
)
RULES: Final = {rule.id: rule for rule in (DEFAULT, EVAL, LENGTH, NAMES)}


def finding(rule: RuleInfo, path: str, line: int, text: str, what: str = "", **values: Any) -> Finding:
    """A finding at the first place of some words in the source lines that begin with a line's number."""
    before, _, _ = text.partition(what) if what else ("", "", "")
    end = (before + what) if what else text
    start_line, end_line = before.count("\n"), end.count("\n")
    return Finding(
        rule=rule.id,
        path=path,
        start=Position(line + start_line, len(before.rpartition("\n")[2]) + 1),
        end=Position(line + end_line, len(end.rpartition("\n")[2]) + 1),
        severity=values.pop("severity", rule.severity),
        lines=tuple(text.split("\n")[start_line : end_line + 1][:5]),
        **values,
    )


def edit(line: int, column: int, end_column: int, text: str, *, end_line: int = 0) -> TextEdit:
    return TextEdit(Position(line, column), Position(end_line or line, end_column), text)


def result(*findings: Finding, **values: Any) -> CheckResult:
    """The findings, in the order in which checking gives them."""
    ordered = tuple(sorted(findings, key=lambda item: item.sort_key))
    values = {"rules": RULES, "files": 240, "book": "python", "title": "Python", "edition": "2026.11", **values}
    return CheckResult(findings=ordered, **values)


TYPICAL: Final = result(
    finding(
        DEFAULT,
        "src/app/orders.py",
        12,
        "def add(order, to=[], *, at=None):",
        "[]",
        message="Do not use mutable data structures for argument defaults",
        code="B006",
        fix=Fix((edit(12, 19, 21, "None"),), safe=False),
        fingerprint="0" * 31 + "1",
        also=("typing/name-types",),
    ),
    finding(DEFAULT, "src/app/zeta.py", 7, "def f(x={}): ...", "{}", message="never use a mutable default argument."),
    finding(
        EVAL, "src/app/rules.py", 3, "x = 1\n    return eval(\n        text,\n    )", "eval(\n        text,\n    )"
    ),
    finding(
        LENGTH,
        "nb.ipynb",
        40,
        "y = 'long'",
        "'long'",
        cell=3,
        line_in_cell=2,
        fix=Fix((edit(40, 5, 11, "''"),), safe=True),
    ),
    finding(
        NAMES,
        "src/app/zeta.py",
        9,
        "def g(\n    a,\n    b,\n    c,\n    d,\n    e,\n): ...",
        "",
        message="`g` has no types",
    ),
    files=1240,
    suppressed=2,
    baselined=5,
    fixed=3,
    stale=("src/app/old.py no-mutable-default",),
    problems=(
        Problem("this file does not parse: invalid syntax", path="src/app/bad.py", line=4, column=7),
        Problem(
            "the detector crashed", kind=ProblemKind.CHECK, rule=LENGTH.id, help="report it, with the file that it read"
        ),
    ),
)
NASTY: Final = result(
    finding(DEFAULT, "a b/100%,c:d\n::error::x#?é日.py", 1, "\tx = '日本'; y = []", "[]", message="one\ntwo\r::three"),
    finding(DEFAULT, "wide.py", 2, "s = '日本語'; t = '日本'", "'日本'", fix=Fix((edit(2, 16, 20, "'é'"),))),
    finding(EVAL, "control.py", 1, "x = '\x1b[31m\x07\u202e' + eval(y)", "eval(y)", message="bad \x1b[2J\x00 \ufffe"),
    finding(EVAL, "same.py", 1, "eval(a) or eval(a)", "eval(a)", fingerprint="f" * 32),
    finding(NAMES, "same.py", 1, "eval(a) or eval(a)", "or eval(a)", fingerprint="f" * 32),
    finding(LENGTH, "long.py", 9, "a" * 3000 + "HERE" + "b" * 3000, "HERE"),
    finding(LENGTH, "long.py", 10, "日" * 3000),
    finding(LENGTH, "tall.py", 1, "\n".join(["x = (", *["    1,"] * 20, ")"])),
    finding(LENGTH, "empty.py", 1, ""),
    finding(LENGTH, "bytes\udcff.py", 1, "x"),
    Finding("gone/no-such-rule", "x.py", Position(1, 1), Position(1, 1), "low", message='</testsuite>]]>&"'),
    problems=(Problem("no\nway", path="p%,:\n\udcff.py"), Problem("it broke", kind=ProblemKind.CHECK, rule="no/where")),
    stale=("\x1b[2J",),
)
CLEAN: Final = result()
BROKEN: Final = result(problems=(Problem("this file does not parse", path="bad.py", line=3),), files=1)
ALL: Final = {"typical": TYPICAL, "nasty": NASTY, "clean": CLEAN, "broken": BROKEN}


def many(numbers: dict[str, int]) -> CheckResult:
    """A result with some findings of each severity."""
    return result(
        *(
            finding(DEFAULT, f"{severity}.py", line, "f()", severity=severity)
            for severity, number in numbers.items()
            for line in range(1, number + 1)
        )
    )


def shown(form: str, checked: CheckResult, options: Options = PLAIN, **values: Any) -> str:
    """The text of a form, with some options changed."""
    return FORMATS[form](checked, msgspec.structs.replace(options, **values))


def schema(name: str) -> dict[str, Any]:
    """A schema of the test folder."""
    value: dict[str, Any] = json.loads((HERE / "schemas" / f"{name}.json").read_text())
    return value
