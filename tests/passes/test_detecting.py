"""Detectors that cannot be used, and rules that do not show that their detector is quiet."""

from pathlib import Path

import pytest

from tests.support import book, compiled, folder, handbook, told
from vulgate.model.diagnostics import Severity
from vulgate.passes.compile import compile_book
from vulgate.store import cache

FENCES = """\
```python {bad static}
eval(x)
```

```python {good static}
f(x)
```
"""
NEAR = """
```python {near static}
x.eval()
```
"""


def rule(detect: str, fence: str | None = None, near: str = NEAR, language: str = "yaml") -> str:
    """A chapter with one rule."""
    detector = f"\n```{language} {{detect}}\n{fence}\n```\n" if fence is not None else ""
    return f"# T\n\n:::{{rule}} R\n:severity: low\n:detect: {detect}\n\nWhy.\n\n{FENCES}{near}{detector}:::\n"


@pytest.mark.parametrize(
    ("detect", "fence", "reason"),
    [
        ("ast-grep", "rule: [", "the `detect` fence is no YAML: "),
        ("ast-grep", "rule: {pattern: 'eval('}", "the pattern `eval(` does not parse as python"),
        ("ast-grep", "rule: {kind: nonsense}", "ast-grep refuses the rule: Kind `nonsense` is invalid"),
        ("ast-grep", "rules: {}", "the `detect` fence is wrong: Object contains unknown field `rules`"),
        ("ast-grep", "", "the `detect` fence is wrong: "),
        ("ast-grep", "rule: &a {all: [*a]}", "the aliases of the `detect` fence stand for too much"),
        ("layers layers", "layer: [a.b]", "the contract is wrong: "),
        ("layers layers", "root: a", "a contract of the type `layers` needs layers"),
        ("metric file-lines <= 3", "limits: 3", "the `detect` fence of a metric holds nothing but"),
        ("plugin except-order", "a: b", "`plugin` takes no `detect` fence"),
        ("ruff B006", "a: b", "`ruff` takes no `detect` fence"),
        ("review", "a: b", "`review` takes no `detect` fence"),
    ],
)
def test_a_fence_is_shown(tmp_path: Path, detect: str, fence: str, reason: str) -> None:
    (diagnostic,) = [item for item in compiled(tmp_path, rule(detect, fence)).diagnostics if item.code == "VG312"]
    assert diagnostic.message.startswith(f"the detector cannot be used: {reason}")
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.span is not None
    assert (diagnostic.span.first, diagnostic.span.last) == (21, 23)


@pytest.mark.parametrize(
    ("detect", "reason"),
    [
        ("layers floors", "no type of contract `floors`; there are layers, forbidden, "),
        ("metric coverage >= 3%", "no metric `coverage`; there are docstring-coverage, complexity, file-lines"),
        ("metric file-lines", "`file-lines` is no metric with a limit"),
        ("plugin except-ordr", "no plugin `except-ordr` is installed; did you mean `except-order`?"),
        ("plugin", "no plugin `` is installed"),
    ],
)
def test_without_a_fence_the_option_is_shown(tmp_path: Path, detect: str, reason: str) -> None:
    (line,) = told(compiled(tmp_path, rule(detect)))
    assert line.startswith(f"VG312 a.md:5 the detector cannot be used: {reason}")


def test_it_is_an_error_without_a_manifest_too(tmp_path: Path) -> None:
    source = folder(tmp_path, {"a.md": rule("plugin nonsense")})
    (diagnostic,) = [item for item in compile_book(source).diagnostics if item.code == "VG312"]
    assert diagnostic.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("detect", "fence"),
    [
        ("ast-grep", "calls: [eval]"),
        ("ast-grep", "language: rust\nrule: {pattern: '$X.unwrap()'}"),
        ("layers layers", None),
        ("layers acyclic", "root: shop"),
        ("metric file-lines <= 3", None),
        ("metric docstring-coverage >= 95%", "limit: 50"),
        ("plugin except-order", None),
        ("ruff B006", None),
        ("review", None),
    ],
)
def test_what_can_be_used(tmp_path: Path, detect: str, fence: str | None) -> None:
    assert told(compiled(tmp_path, rule(detect, fence))) == []


def test_several_fences_are_one(tmp_path: Path) -> None:
    text = rule("ast-grep", "calls: [eval]").removesuffix(":::\n") + "\n```yaml {detect}\nsafe: maybe\n```\n:::\n"
    (line,) = told(compiled(tmp_path, text))
    assert line.startswith("VG312 a.md:21 the detector cannot be used: the `detect` fence is wrong: ")


def test_what_is_missing_is_not_told_twice(tmp_path: Path) -> None:
    (line,) = told(compiled(tmp_path, rule("ast-grep")))
    assert line.startswith("VG309 a.md:3 ")
    assert [line[:5] for line in told(compiled(tmp_path, rule("nonsense", "a: b")))] == ["VG207"]


@pytest.mark.parametrize(
    ("detect", "fence", "is_told"),
    [
        ("ast-grep", "calls: [eval]", True),
        ("plugin except-order", None, True),
        ("ruff S307", None, False),
        ("layers layers", None, False),
        ("metric file-lines <= 3", None, False),
        ("type-checker mypy:misc", None, False),
        ("review", None, False),
    ],
)
def test_what_looks_like_the_fault_and_is_none(tmp_path: Path, detect: str, fence: str | None, is_told: bool) -> None:
    lines = told(compiled(tmp_path, rule(detect, fence, near="")))
    assert lines == (["VG304 a.md:3 the rule has no `near` fence"] if is_told else [])


def test_the_help_is_about_what_is_missing(tmp_path: Path) -> None:
    (only,) = compiled(tmp_path, rule("plugin except-order", near="")).diagnostics
    assert only.help.startswith("show code that looks like the fault and is none in a `{near}` fence")
    text = rule("plugin except-order", near="").replace(FENCES, "")
    (many,) = compiled(tmp_path, text).diagnostics
    assert many.message == "the rule has no `bad` fence, no `good` fence, no `near` fence"
    assert many.help.startswith("say why it holds")


def test_no_detector_is_loaded_for_a_book_that_needs_none(tmp_path: Path) -> None:
    """Loading them takes longer than compiling a chapter."""
    import subprocess
    import sys

    book(tmp_path, rule("ruff B006"))
    code = (
        "import sys; from pathlib import Path; from vulgate.source import open_book; from vulgate.passes.lower import lower\n"
        f"[lower(chapter) for chapter in open_book(Path({str(tmp_path)!r})).chapters]\n"
        "print(sorted(name for name in ('ast_grep_py', 'grimp', 'griffe', 'vulgate.detect.ast_grep') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_plugin_that_is_installed_later_is_known_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of lowered chapters does not hold on to what it did not know."""
    before = cache.compiler_digest()
    monkeypatch.setattr(cache, "plugin_names", lambda group: ("mine",))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert cache.compiler_digest() != before


def test_the_handbook_compiles_without_such_a_diagnostic() -> None:
    codes = [item.code for item in handbook().diagnostics]
    assert not {"VG304", "VG309", "VG312"} & set(codes), codes
