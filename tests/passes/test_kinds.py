"""Every kind of block that an author writes: what makes it, and what it holds."""

from pathlib import Path
from typing import Any

import pytest

from tests.support import codes, compiled, every, only, told
from vulgate.model import blocks as b

RULE = """\
# T

::::{rule} Never use a mutable default
:id: mutable-default
:severity: high
:detect: ruff B006
:fix: Default to `None`.
:because: once
:cite: PEP 8, https://example.com/a
:tags: core, defaults
:level: advanced
:formerly: old-name

The object is shared by every call.

```python {bad}
def f(x=[]): ...
```

```python {harm}
assert f.__defaults__
```

```python {good}
def f(x=None): ...
```

```python {near}
def f(x=()): ...
```
::::

:::{fact} A default is evaluated once
:id: once
:cite: PEP 8
Yes.
:::
"""


def test_rule(tmp_path: Path) -> None:
    found = compiled(tmp_path, RULE)
    assert told(found) == []
    rule = only(found, b.Rule)
    assert (rule.id, rule.title) == ("a/mutable-default", "Never use a mutable default")
    assert (rule.severity, rule.detect, rule.fix, rule.level) == ("high", "ruff B006", "Default to `None`.", "advanced")
    assert (rule.cite, rule.tags) == (("PEP 8", "https://example.com/a"), ("core", "defaults"))
    assert rule.because == ("a/once",)
    assert (rule.bad, rule.good) == (("a/mutable-default/bad",), ("a/mutable-default/good",))
    assert (rule.near, rule.harm) == (("a/mutable-default/near",), ("a/mutable-default/harm",))
    assert rule.scope == "book"
    assert rule.body.startswith("\nThe object is shared")
    assert found.book["a/old-name"] is rule
    bad = found.book["a/mutable-default/bad"]
    assert isinstance(bad, b.Example)
    assert (bad.parent, bad.section, bad.chapter) == (rule.id, "a", "a")


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        pytest.param(
            "text *a*\n\n- b\n\n> c\n", b.Concept, {"text": "text *a*\n\n- b\n\n> c\n", "title": ""}, id="concept"
        ),
        pytest.param("## S `x` {#s}\n", b.Section, {"id": "a/s", "title": "S `x`", "depth": 2}, id="section"),
        pytest.param("#### S\n", b.Section, {"id": "a/s", "depth": 4}, id="a deep section"),
        pytest.param(
            ":::{fact} It is so\n:holds: python >=3.8\n:cite: PEP 1\nx\n:::\n",
            b.Fact,
            {"id": "a/it-is-so", "title": "It is so", "holds": "python >=3.8", "cite": ("PEP 1",), "confidence": 1.0},
            id="fact",
        ),
        pytest.param(
            "::::{fact} It is so\n```python {proof}\nassert 1\n```\n::::\n",
            b.Fact,
            {"proof": ("a/it-is-so/proof",)},
            id="fact with a proof",
        ),
        pytest.param(
            ":::{term} Closure\n:aliases: closures, lexical closure\nA function.\n:::\n",
            b.Term,
            {"id": "a/closure", "title": "Closure", "aliases": ("closures", "lexical closure"), "scope": "book"},
            id="term",
        ),
        pytest.param(
            ":::{pattern} Retry\n:use-when: it fails\n:avoid-when: it must not\nx\n:::\n",
            b.Pattern,
            {"title": "Retry", "use_when": "it fails", "avoid_when": "it must not"},
            id="pattern",
        ),
        pytest.param(
            ":::{contrast} `a` vs `b` vs. c\nx\n:::\n", b.Contrast, {"sides": ("`a`", "`b`", "c")}, id="contrast"
        ),
        pytest.param(":::{rationale}\nx\n:::\n", b.Rationale, {"title": "", "id": "a/rationale-x"}, id="rationale"),
        pytest.param(":::{intuition} Boxes\nx\n:::\n", b.Intuition, {"title": "Boxes"}, id="intuition"),
        pytest.param(":::{role} Testers\nx\n:::\n", b.Role, {"title": "Testers", "scope": "chapter"}, id="role"),
        pytest.param(":::{story}\nx\n:::\n", b.Story, {"title": ""}, id="story"),
        pytest.param(":::{quick}\nx\n:::\n", b.Quick, {"scope": "chapter"}, id="quick"),
        pytest.param(":::{note}\nx\n:::\n", b.Note, {"style": "note", "scope": "section"}, id="note"),
        pytest.param(":::{tip} T\nx\n:::\n", b.Note, {"style": "tip", "title": "T"}, id="tip"),
        pytest.param(":::{warning}\nx\n:::\n", b.Note, {"style": "warning"}, id="warning"),
        pytest.param("> [!CAUTION]\n> x\n", b.Note, {"style": "caution"}, id="alert"),
        pytest.param(
            ":::{qa} Why?\n:self-check:\nSo.\n:::\n",
            b.Qa,
            {"title": "Why?", "self_check": True, "confidence": 1.0},
            id="qa",
        ),
        pytest.param(
            "::::{exercise} Sort it\n:difficulty: hard\n:minutes: 20\nDo.\n```python {starter}\nx = 0\n```\n"
            "```python {solution}\nx = 1\n```\n```python {test}\nassert x\n```\n::::\n",
            b.Exercise,
            {
                "difficulty": "hard",
                "minutes": 20,
                "starter": ("a/sort-it/starter",),
                "solution": ("a/sort-it/solution",),
                "test": ("a/sort-it/test",),
            },
            id="exercise",
        ),
        pytest.param(
            "```Python {group=g}\nx = 1\n```\n",
            b.Example,
            {"language": "python", "code": "x = 1\n", "fence": b.Fence(group="g"), "output": None, "id": "a/x"},
            id="example",
        ),
        pytest.param("    x = 1\n", b.Example, {"language": "", "code": "x = 1\n"}, id="indented example"),
        pytest.param(
            "```python\nprint(1)\n```\n\n```output\n1\n```\n",
            b.Example,
            {"output": "1\n", "code": "print(1)\n"},
            id="output",
        ),
        pytest.param("```python\nprint()\n```\n```output\n```\n", b.Example, {"output": ""}, id="no output"),
        pytest.param(
            "| a | `b` |\n|:--|--:|\n| c | *d* |\n| e |\n",
            b.Table,
            {
                "headers": ("a", "`b`"),
                "rows": (("c", "*d*"), ("e", "")),
                "alignments": ("left", "right"),
                "id": "a/a-b",
            },
            id="table",
        ),
        pytest.param(
            "```mermaid\nflowchart LR\n  A[One] --> B\n```\n",
            b.Diagram,
            {
                "type": "flowchart",
                "direction": "LR",
                "edges": (b.DiagramEdge("A", "B", type="arrow"),),
                "id": "a/flowchart-diagram",
            },
            id="diagram",
        ),
    ],
)
def test_authored(tmp_path: Path, text: str, kind: type[b.Block], fields: dict[str, Any]) -> None:
    found = compiled(tmp_path, f"# T\n\n{text}")
    assert told(found) == []
    block = only(found, kind, derived=False)
    assert {name: getattr(block, name) for name in fields} == fields
    assert block.is_authored


def test_chapter(tmp_path: Path) -> None:
    text = """\
        ---
        title: Functions
        id: functions
        level: beginner
        hours: 1.5
        python: ">=3.10"
        objectives:
          - Write one.
        tags: [core]
        summary: In short.
        formerly: [funcs]
        ---
        # How functions work

        text
        """
    found = compiled(tmp_path, text)
    assert told(found) == []
    chapter = only(found, b.Chapter)
    assert (chapter.id, chapter.title, chapter.path, chapter.number) == ("functions", "Functions", "a.md", "1")
    assert (chapter.level, chapter.hours, chapter.python) == ("beginner", 1.5, ">=3.10")
    assert (chapter.objectives, chapter.tags, chapter.summary) == (("Write one.",), ("core",), "In short.")
    assert found.book["funcs"] is chapter
    assert only(found, b.Concept).level == "beginner"
    assert chapter.text.endswith("# How functions work\n\n")


class TestTitle:
    def test_is_the_first_heading(self, tmp_path: Path) -> None:
        assert only(compiled(tmp_path, "# A *b*\n"), b.Chapter).title == "A *b*"

    def test_is_the_file_name_where_there_is_none(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, {"my-chapter.md": "text\n"})
        assert only(found, b.Chapter).title == "My chapter"
        assert codes(found) == ["VG217"]

    def test_of_an_empty_chapter(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, {"x.md": ""})
        assert only(found, b.Chapter).title == "X"
        assert codes(found) == ["VG216"]

    def test_a_second_one_is_a_section(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# A\n\n# B\n")
        assert [(section.id, section.depth) for section in every(found, b.Section)] == [("a/b", 1)]

    def test_text_before_it_makes_it_a_section(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, {"x.md": "text\n\n# A\n"})
        assert only(found, b.Section).title == "A"


class TestCutting:
    """Where one block ends and the next begins."""

    def kinds(self, tmp_path: Path, text: str) -> list[tuple[str, str]]:
        return [(block.kind, block.text) for block in compiled(tmp_path, text).book.authored("a") if not block.parent]

    def test_prose_is_one_concept_up_to_the_next_block_of_another_kind(self, tmp_path: Path) -> None:
        assert self.kinds(tmp_path, "# T\n\na\n\nb\n\n| c |\n|---|\n\nd\n\n---\n\ne\n") == [
            ("chapter", "# T\n\n"),
            ("concept", "a\n\nb\n\n"),
            ("table", "| c |\n|---|\n\n"),
            ("concept", "d\n\n---\n\ne\n"),
        ]

    def test_comments_belong_to_what_stands_above_them(self, tmp_path: Path) -> None:
        assert self.kinds(tmp_path, "# T\n\n<!-- a -->\n\n```text\nb\n```\n<!-- c -->\n") == [
            ("chapter", "# T\n\n<!-- a -->\n\n"),
            ("example", "```text\nb\n```\n<!-- c -->\n"),
        ]

    def test_html_that_is_no_comment_is_prose(self, tmp_path: Path) -> None:
        assert self.kinds(tmp_path, "# T\n<div>a</div>\n") == [("chapter", "# T\n"), ("concept", "<div>a</div>\n")]

    def test_a_fence_in_a_list_is_inside_the_prose(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n1. a\n\n   ```python\n   def f():\n       return 1\n   ```\n\n2. b\n")
        example = only(found, b.Example)
        assert example.code == "def f():\n    return 1\n"
        assert example.parent == only(found, b.Concept).id

    def test_an_output_belongs_to_the_example_above_it_also_in_a_list(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n- a\n\n  ```python\n  print(1)\n  ```\n\n  ```output\n  1\n  ```\n")
        assert only(found, b.Example).output == "1\n"

    def test_what_nests_has_the_block_around_it_as_its_parent(self, tmp_path: Path) -> None:
        quote = "> [!TIP]\n> - b\n>\n>   ```text\n>   c\n>   ```\n"
        text = f"# T\n\n::::{{rule}} R\n:severity: low\nWhy.\n\n{quote}\n:::{{note}} N\nx\n:::\n::::\n"
        found = compiled(tmp_path, text)
        tip, note = every(found, b.Note)
        assert (tip.parent, note.parent, only(found, b.Example).parent) == ("a/r", "a/r", tip.id)
        assert found.book.children("a/r")[:2] == [tip, note]

    def test_a_heading_inside_a_directive_opens_no_section(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n:::{note} N\n## S\n:::\n\nafter\n")
        assert every(found, b.Section) == []
        assert only(found, b.Concept).section == "a"


class TestFaults:
    """What the compiler says of blocks that are not as they should be; the block is there all the same."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (":::{rul} R\nx\n:::\n", "VG204 a.md:3 unknown directive `rul`"),
            (":::note N\nx\n:::\n", "VG205 a.md:3 the directive's name `note` stands without braces"),
            (":::{note}\n:colour: red\nx\n:::\n", "VG206 a.md:4 `note` has no option `colour`"),
            (":::{term} T\n:severity: low\nx\n:::\n", "VG206 a.md:4 `term` has no option `severity`"),
            (":::{note}\n:id: Ü\nx\n:::\n", "VG207 a.md:4 wrong value for `:id:`: "),
            (":::{note}\n:tags:\nx\n:::\n", "VG207 a.md:4 wrong value for `:tags:`: it is empty"),
            (":::{note}\n:id: x\n:id: y\nx\n:::\n", "VG207 a.md:5 wrong value for `:id:`: it is given twice"),
            (
                ":::{qa} Q?\n:self-check: yes\nx\n:::\n",
                "VG207 a.md:4 wrong value for `:self-check:`: it takes no value",
            ),
            (
                ":::{fact} F\n:holds: always\n:cite: x\nx\n:::\n",
                "VG207 a.md:4 wrong value for `:holds:`: `always` is no",
            ),
            (
                ":::{exercise} E\n:minutes: soon\nx\n:::\n",
                "VG207 a.md:4 wrong value for `:minutes:`: it must be a whole",
            ),
            (
                ":::{exercise} E\n:difficulty: hart\nx\n:::\n",
                "VG207 a.md:4 wrong value for `:difficulty:`: did you mean `hard`?",
            ),
            (
                ":::{rule} R\n:severity: hihg\nx\n:::\n",
                "VG207 a.md:4 wrong value for `:severity:`: did you mean `high`?",
            ),
            (
                ":::{rule} R\n:detect: ruf B006\nx\n:::\n",
                "VG207 a.md:4 wrong value for `:detect:`: did you mean `ruff`?",
            ),
            (":::{rule} R\n:detect: ruff\nx\n:::\n", "VG207 a.md:4 wrong value for `:detect:`: write the codes, as in"),
            (
                ":::{rule} R\n:detect: type-checker x\nx\n:::\n",
                "VG207 a.md:4 wrong value for `:detect:`: name the checker",
            ),
            (
                ":::{rule}\n:severity: low\nx\n:::\n",
                "VG208 a.md:3 this `rule` needs the rule, as an order after its name",
            ),
            (":::{term}\nx\n:::\n", "VG208 a.md:3 this `term` needs the term after its name"),
            (":::{note} N\nx\n", "VG201 a.md:3 the directive `note` never closes"),
            ("x\n\n:::\n", "VG202 a.md:5 these colons close no directive"),
            ("```python\nx\n", "VG203 a.md:3 the code fence never closes"),
            ("```output\nx\n```\n", "VG303 a.md:3 this output belongs to no example"),
            ("```python\n1\n```\ntext\n```output\nx\n```\n", "VG303 a.md:7 this output belongs to no example"),
            ("```python {bad}\n1\n```\n", "VG305 a.md:3 a `bad` fence belongs inside a `rule`"),
            ("```python {solution}\n1\n```\n", "VG305 a.md:3 a `solution` fence belongs inside an `exercise`"),
            (":::{note}\n```python {proof}\n1\n```\n:::\n", "VG305 a.md:4 a `proof` fence belongs inside a `fact`"),
            ("```mermaid\nflowchart LR\n  A --\n```\n", "VG302 a.md:5 the diagram does not parse: "),
            (":::{rule} R\nWhy.\n:::\n", "VG304 a.md:3 the rule has no `bad` fence, no `good` fence, no `:detect:`"),
            (":::{fact} F\nx\n:::\n", "VG306 a.md:3 the fact has neither proof nor citation"),
            (":::{exercise} E\nx\n:::\n", "VG307 a.md:3 the exercise has no `test` fence and no `solution` fence"),
            (":::{note} N\n:::\n", "VG308 a.md:3 the `note` says nothing"),
            ("> :::{tip} N\n> \n> :::\n", "VG308 a.md:3 the `tip` says nothing"),
            (":::{rule} R\n:detect: ast-grep\nx\n:::\n", "VG309 a.md:3 `:detect: ast-grep` needs a `detect` fence"),
            ("```python {bda}\n1\n```\n", "VG214 a.md:3 unknown fence attribute `bda`"),
        ],
    )
    def test_fault(self, tmp_path: Path, text: str, expected: str) -> None:
        found = compiled(tmp_path, f"# T\n\n{text}")
        assert any(line.startswith(expected) for line in told(found)), told(found)

    def test_an_unknown_directive_is_kept_as_prose(self, tmp_path: Path) -> None:
        concept = only(compiled(tmp_path, "# T\n\n:::{rul} R\nx\n:::\n"), b.Concept)
        assert concept.text == ":::{rul} R\nx\n:::\n"

    def test_an_unknown_directive_is_suggested(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n:::{warnign} R\nx\n:::\n")
        assert found.diagnostics[0].help == "did you mean `warning`?"

    def test_a_wrong_option_leaves_its_default(self, tmp_path: Path) -> None:
        rule = only(compiled(tmp_path, "# T\n\n:::{rule} R\n:severity: extreme\n:fix: Do.\nx\n:::\n"), b.Rule)
        assert (rule.severity, rule.fix) == ("medium", "Do.")


class TestHints:
    def test_prose_leads_what_follows_it_in_its_section(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n## S\n\na\n\n```text\nb\n```\n\n| c |\n|---|\n\n## U\n\nd\n")
        chunks = {block.id: block.chunk for block in found.book.authored("a")}
        assert chunks["a/s/b"] == chunks["a/s/c"] == chunks["a/s/a"]
        assert chunks["a/u/d"] != chunks["a/s/a"]

    def test_a_block_is_retrieved_with_its_parent(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, RULE)
        assert found.book["a/mutable-default/bad"].chunk == found.book["a/mutable-default"].chunk

    def test_importance_is_between_0_and_1_and_grows_with_severity_and_links(self, tmp_path: Path) -> None:
        text = "# T\n\n" + "".join(
            f":::{{rule}} Rule {name}\n:id: {name}\n:severity: {severity}\nx\n:::\n\n"
            for name, severity in (("a", "low"), ("b", "high"), ("c", "low"))
        )
        found = compiled(tmp_path, text + "See [[c]].\n\n## S\n\nAnd [[c]].\n")
        a, high, linked = (found.book[f"a/{name}"].importance for name in "abc")
        assert 0 < a < high <= 1
        assert a < linked <= 1
        assert all(0 <= block.importance <= 1 for block in found.book.blocks)
