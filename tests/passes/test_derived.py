"""Blocks that passes derive: where they must appear, and where they must not, since there is to be no filler."""

from pathlib import Path

import pytest

from tests.support import MANIFEST, codes, compiled, every, ids, only, told
from vulgate.model import blocks as b


def fences(**parts: str) -> str:
    return "".join(f"```python {{{part}}}\n{code}\n```\n" for part, code in parts.items())


class TestTerms:
    @pytest.mark.parametrize(
        ("text", "title", "said"),
        [
            pytest.param("**Closure** is a function.\n", "Closure", "**Closure** is a function.", id="bold"),
            pytest.param("**Free variables** are the names.\n", "Free variables", None, id="several"),
            pytest.param("**`self`** means the object.\n", "self", None, id="code"),
            pytest.param("Closure\n: A function.\n", "Closure", "A function.", id="definition list"),
            pytest.param("> **Closure** is a function.\n", None, None, id="not in a quote"),
            pytest.param("A **closure** is a function.\n", None, None, id="not where the word stands inside the text"),
            pytest.param("**Closure** was a word.\n", None, None, id="not without a definition"),
            pytest.param("**Note:** is a thing.\n", None, None, id="not a label"),
            pytest.param("**It is very important to know** is a thing.\n", None, None, id="not a sentence"),
            pytest.param("**Closure** is nice.\n", None, None, id="not a judgement"),
            pytest.param(":::{note}\n**Closure** is a function.\n:::\n", None, None, id="not in a directive"),
        ],
    )
    def test_term(self, tmp_path: Path, text: str, title: str | None, said: str | None) -> None:
        found = every(compiled(tmp_path, f"# T\n\n{text}"), b.Term)
        assert [term.title for term in found] == ([title] if title else [])
        for term in found:
            assert (term.confidence, term.origin.by) == (0.8, "terms")
            assert not term.is_authored
            assert said is None or term.text == said

    def test_the_first_definition_counts(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, "# T\n\n**Closure** is a function.\n\n**Closure** is the other thing.\n")
        assert only(found, b.Term).text == "**Closure** is a function."


class TestFacts:
    @pytest.mark.parametrize(
        ("sentence", "holds"),
        [
            ("Since Python 3.8 the walrus operator assigns inside expressions.", "python >=3.8"),
            ("Dictionaries keep their insertion order as of Python 3.7.", "python >=3.7"),
            ("Before Python 3.12 quotes could not be reused in f-strings.", "python <3.12"),
            ("The `asyncore` module was part of it until CPython 3.12.", "python <3.12"),
        ],
    )
    def test_a_sentence_that_names_a_version(self, tmp_path: Path, sentence: str, holds: str) -> None:
        fact = only(compiled(tmp_path, f"# T\n\nSome text. {sentence} More text.\n"), b.Fact)
        assert (fact.text, fact.holds, fact.confidence, fact.origin.by) == (sentence, holds, 0.5, "facts")

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("It works like this since Python 3.8 on all systems.", id="not one that leans on another"),
            pytest.param("New in Python 3.8.", id="not a scrap"),
            pytest.param(
                "We write about many things of Python 3.8 in this whole book.", id="not one without a word for it"
            ),
            pytest.param("Since Python 3.8.1 the thing works on all the systems.", id="not one about a patch release"),
            pytest.param("Since Python 3.8 the walrus assigns inside expressions", id="not one without an end"),
            pytest.param("Is it true since Python 3.8 that the walrus assigns?", id="not a question"),
            pytest.param("| Since Python 3.8 the walrus assigns inside expressions. |\n|---|", id="not in a table"),
            pytest.param("    Since Python 3.8 the walrus assigns inside expressions.", id="not in code"),
        ],
    )
    def test_no_fact(self, tmp_path: Path, text: str) -> None:
        assert every(compiled(tmp_path, f"# T\n\n{text}\n"), b.Fact) == []


class TestQuestions:
    @pytest.mark.parametrize(
        ("text", "question", "answer"),
        [
            pytest.param(
                ":::{term} Closure\nA function.\n:::\n", "What does “Closure” mean?", "A function.\n", id="term"
            ),
            pytest.param(":::{term} Closure\n:::\n", None, None, id="no term without a definition"),
            pytest.param(
                "> :::{term} Closure\n> \n> :::\n", None, None, id="nor with an empty line of a quote for one"
            ),
            pytest.param(
                ":::{contrast} A vs B\nThis.\n:::\n",
                "What is the difference between A and B?",
                "This.\n",
                id="contrast",
            ),
            pytest.param(":::{contrast} A vs B vs C\nThis.\n:::\n", None, None, id="no contrast of three"),
            pytest.param(":::{contrast} Things\nThis.\n:::\n", None, None, id="no contrast without sides"),
            pytest.param(":::{contrast} A vs B\n:::\n", None, None, id="no contrast that says nothing"),
            pytest.param(
                ":::{rule} Do it\n\nSince it is so.\n\n```text\nx\n```\n\nMore.\n:::\n",
                "Why does the rule “Do it” hold?",
                "Since it is so.",
                id="the reason of a rule",
            ),
            pytest.param(":::{rule} Do it\n```text\nx\n```\n:::\n", None, None, id="no rule without a reason"),
            pytest.param("## Why is it so?\n\nSo.\n\nAnd so.\n", "Why is it so?", "So.\n\nAnd so.", id="heading"),
            pytest.param("## Why is it so\n\nSo.\n", None, None, id="no heading that asks nothing"),
            pytest.param("## Why?\n\n```text\nx\n```\n\nSo.\n", None, None, id="no heading without an answer below it"),
            pytest.param("## Why?\n\n### More\n\nSo.\n", None, None, id="no heading with a heading below it"),
            pytest.param("## 4.3.3\n\ntext\n", None, None, id="nothing out of numbers"),
            pytest.param("Is this a question? No.\n", None, None, id="nothing out of prose"),
        ],
    )
    def test_question(self, tmp_path: Path, text: str, question: str | None, answer: str | None) -> None:
        found = every(compiled(tmp_path, f"# T\n\n{text}"), b.Qa)
        assert [(qa.title, qa.body) for qa in found] == ([(question, answer)] if question else [])
        for qa in found:
            assert qa.confidence <= 0.9
            assert qa.origin.by == "questions"
            assert qa.origin.sources == (qa.parent,)

    def test_none_is_asked_twice(self, tmp_path: Path) -> None:
        text = "# T\n\n:::{qa} What does “Closure” mean?\nThis.\n:::\n\n:::{term} Closure\nA function.\n:::\n"
        assert [qa.is_authored for qa in every(compiled(tmp_path, text), b.Qa)] == [True]


REASONED = f"""\
# T

:::{{fact}} It is shared
:id: shared
:cite: PEP 1
x
:::

:::{{rule}} Do not share
:id: r
:because: shared
:detect: ruff B006
Since all see it.

{fences(bad="x = []", harm="assert x == []", good="x = ()")}:::
"""


class TestReasoning:
    def test_fact_mechanism_consequence_remedy(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, REASONED)
        reasoning = only(found, b.Reasoning)
        assert [(step.step, step.block) for step in reasoning.steps] == [
            ("fact", "a/shared"),
            ("mechanism", "a/r"),
            ("consequence", "a/r/harm"),
            ("remedy", "a/r/good"),
        ]
        assert (reasoning.id, reasoning.title, reasoning.parent) == ("a/r--reasoning", "Do not share", "a/r")

    def test_an_output_or_an_exception_of_the_bad_code_shows_the_consequence(self, tmp_path: Path) -> None:
        without = REASONED.replace(fences(harm="assert x == []"), "")
        for index, bad in enumerate(
            ("```python {bad}\nx = []\n```\n```output\n1\n```\n", "```python {bad raises=E}\nx = []\n```\n")
        ):
            found = compiled(tmp_path / str(index), without.replace(fences(bad="x = []"), bad))
            assert only(found, b.Reasoning).steps[2].block == "a/r/bad"

    @pytest.mark.parametrize(
        "missing",
        [
            pytest.param(":because: shared\n", id="fact"),
            pytest.param("Since all see it.\n", id="mechanism"),
            pytest.param(fences(harm="assert x == []"), id="consequence"),
            pytest.param(fences(good="x = ()"), id="remedy"),
        ],
    )
    def test_not_where_a_link_of_the_chain_is_missing(self, tmp_path: Path, missing: str) -> None:
        assert missing in REASONED
        assert every(compiled(tmp_path, REASONED.replace(missing, "")), b.Reasoning) == []


class TestTestHints:
    @pytest.mark.parametrize(
        ("detect", "how"),
        [
            ("ruff B006", "Run `ruff check --select B006`; it reports the places that break the rule."),
            ("ruff B006, B008", "Run `ruff check --select B006,B008`; it reports the places that break the rule."),
            (
                "ruff FURB101 preview",
                "Run `ruff check --preview --select FURB101`; it reports the places that break the rule.",
            ),
            ("ast-grep", "Scan the code with the rule's ast-grep pattern; each match breaks the rule."),
            ("type-checker mypy:arg-type", "Run `mypy`; it reports the places that break the rule as `arg-type`."),
            ("review", None),
            ("", None),
        ],
    )
    def test_rule(self, tmp_path: Path, detect: str, how: str | None) -> None:
        option = f":detect: {detect}\n" if detect else ""
        found = compiled(tmp_path, f"# T\n\n:::{{rule}} R\n{option}x\n:::\n")
        assert [hint.how for hint in every(found, b.TestHint)] == ([how] if how else [])

    def test_exercise(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, f"# T\n\n:::{{exercise}} E\nDo.\n\n{fences(test='assert f()')}:::\n")
        hint = only(found, b.TestHint)
        assert (hint.id, hint.parent) == ("a/e--test-hint", "a/e")

    def test_no_exercise_without_a_test(self, tmp_path: Path) -> None:
        assert every(compiled(tmp_path, "# T\n\n:::{exercise} E\nDo.\n:::\n"), b.TestHint) == []


class TestUncertainties:
    @pytest.mark.parametrize(
        ("fact", "reasons"),
        [
            pytest.param(":::{fact} It is so\nx\n:::\n", ["unproven"], id="no proof"),
            pytest.param(":::{fact} It is so\n:cite: PEP 1\nx\n:::\n", [], id="cited"),
            pytest.param(f":::{{fact}} It is so\n{fences(proof='assert 1')}:::\n", [], id="proven"),
            pytest.param(":::{fact} It is usually so\n:cite: PEP 1\nx\n:::\n", ["hedged"], id="hedged"),
            pytest.param(
                ":::{fact} It is so\n:cite: PEP 1\nIt is often so.\n:::\n", [], id="a hedge that is no part of it"
            ),
            pytest.param(
                ":::{fact} It is so\n:holds: python >=3.12\n:cite: PEP 1\nx\n:::\n",
                ["version-bound"],
                id="not on all versions",
            ),
            pytest.param(":::{fact} It is so\n:holds: python >=3.8\n:cite: PEP 1\nx\n:::\n", [], id="on all versions"),
            pytest.param(
                ":::{fact} It is mostly so\n:holds: python <3\nx\n:::\n",
                ["unproven", "version-bound", "hedged"],
                id="all",
            ),
            pytest.param(
                "Since Python 3.8 the walrus assigns inside expressions.\n", [], id="a derived fact is not unproven"
            ),
        ],
    )
    def test_uncertainty(self, tmp_path: Path, fact: str, reasons: list[str]) -> None:
        manifest = f'{MANIFEST}python = ["3.11", "3.12"]\nchapters = ["a.md"]\n'
        found = compiled(tmp_path, {"vulgate.toml": manifest, "a.md": f"# T\n\n{fact}"})
        assert [uncertainty.reason for uncertainty in every(found, b.Uncertainty)] == reasons

    def test_the_versions_are_named(self, tmp_path: Path) -> None:
        manifest = f'{MANIFEST}python = ["3.10", "3.11", "3.12"]\nchapters = ["a.md"]\n'
        text = "# T\n\n:::{fact} It is so\n:holds: python >=3.12\n:cite: PEP 1\nx\n:::\n"
        found = compiled(tmp_path, {"vulgate.toml": manifest, "a.md": text})
        assert only(found, b.Uncertainty).detail == "It does not hold on Python 3.10, 3.11."


def relations(tmp_path: Path, text: str | dict[str, str]) -> set[tuple[str, str, str]]:
    found = compiled(tmp_path, text)
    return {(relation.source, relation.type, relation.target) for relation in every(found, b.Relation)}


class TestRelations:
    def test_options_state_them(self, tmp_path: Path) -> None:
        options = ":because: v\n:extends: w\n:contradicts: x\n:see: y, z\n"
        text = f"# T\n\n:::{{rule}} R\n:id: r\n{options}x\n:::\n\n" + "".join(
            f":::{{story}}\n:id: {i}\nx\n:::\n\n" for i in "vwxyz"
        )
        assert relations(tmp_path, text) == {
            ("a/r", "requires", "a/v"),
            ("a/r", "extends", "a/w"),
            ("a/r", "contradicts", "a/x"),
            ("a/r", "see-also", "a/y"),
            ("a/r", "see-also", "a/z"),
        }

    def test_a_link_says_see_also_once(self, tmp_path: Path) -> None:
        text = "# T\n\nSee [[s]] and [this](#s).\n\n## S {#s}\n"
        assert relations(tmp_path, text) == {("a/see-and-this", "see-also", "a/s")}

    def test_a_link_to_itself_says_nothing(self, tmp_path: Path) -> None:
        assert relations(tmp_path, "# T\n\n:::{story} S\n:id: s\nThis is [[s]].\n:::\n") == set()

    def test_what_is_inside_is_part_of_it(self, tmp_path: Path) -> None:
        text = "# T\n\n:::{rule} R\nx\n```python {bad}\n1\n```\n:::\n"
        assert relations(tmp_path, text) == {("a/r/bad", "part-of", "a/r")}

    def test_a_section_defines_its_terms(self, tmp_path: Path) -> None:
        text = "# T\n\n## S\n\n:::{term} A\nx\n:::\n\n**B** is a thing.\n"
        assert relations(tmp_path, text) == {("a/s", "defines", "a/a"), ("a/s/b-is-a-thing", "defines", "a/term-b")}

    def test_code_uses_what_an_earlier_fence_of_its_group_defines(self, tmp_path: Path) -> None:
        text = (
            "# T\n\n```python {group=g}\ndef first(): ...\n```\n\n```python {group=g}\nsecond = first()\n```\n\n"
            "```python {group=h}\nthird = first()\n```\n\n```python\nfourth = first()\n```\n\n"
            "```python {group=g file=app/core.py}\ny = 1\n```\n\n```python {group=g}\nfrom app.core import y as z\n```\n"
        )
        assert relations(tmp_path, text) == {
            ("a/second", "uses", "a/first"),
            ("a/from-app-core-import", "uses", "a/app-core-py"),
        }

    def test_a_chapter_requires_its_prerequisites(self, tmp_path: Path) -> None:
        files = {"a.md": "# A\n", "b.md": "---\nprerequisites: [a]\n---\n# B\n"}
        assert relations(tmp_path, files) == {("b", "requires", "a")}


class TestInferences:
    def test_a_chapter_requires_what_its_prerequisites_require(self, tmp_path: Path) -> None:
        files = {"a.md": "# A\n"}
        files |= {f"{x}.md": f"---\nprerequisites: [{y}]\n---\n# X\n" for x, y in ("ba", "cb", "dc")}
        found = compiled(tmp_path, files)
        assert {(i.source, i.type, i.target, i.chain) for i in every(found, b.Inference)} == {
            ("c", "requires", "a", ("c", "b", "a")),
            ("d", "requires", "b", ("d", "c", "b")),
            ("d", "requires", "a", ("d", "c", "b", "a")),
        }

    def test_what_is_stated_is_not_inferred(self, tmp_path: Path) -> None:
        files = {
            "a.md": "# A\n",
            "b.md": "---\nprerequisites: [a]\n---\n# B\n",
            "c.md": "---\nprerequisites: [a, b]\n---\n# C\n",
        }
        assert every(compiled(tmp_path, files), b.Inference) == []

    def test_extends_is_followed_and_see_also_is_not(self, tmp_path: Path) -> None:
        def story(id: str, option: str) -> str:
            return f":::{{story}}\n:id: {id}\n{option}\nx\n:::\n\n"

        for index, (option, count) in enumerate((("extends", 1), ("see", 0), ("contradicts", 0))):
            text = "# T\n\n" + story("x", f":{option}: y") + story("y", f":{option}: z") + story("z", ":tags: t")
            assert len(every(compiled(tmp_path / str(index), text), b.Inference)) == count


class TestPathways:
    def book(self, paths: str) -> dict[str, str]:
        return {
            "vulgate.toml": f'{MANIFEST}chapters = ["a.md", "b.md"]\n\n[[paths]]\n{paths}\n',
            "a.md": "---\nhours: 1.5\nformerly: [old]\n---\n# A\n",
            "b.md": "---\nhours: 2\nprerequisites: [a]\n---\n# B\n",
        }

    def test_a_path_adds_up_its_hours(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, self.book('title = "Quick start"\nchapters = ["a", "b"]'))
        assert told(found) == []
        path = only(found, b.Pathway)
        assert (path.id, path.title, path.steps, path.hours) == ("path-quick-start", "Quick start", ("a", "b"), 3.5)

    def test_its_own_id(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, self.book('title = "Quick start"\nid = "q"\nchapters = ["a"]'))
        assert only(found, b.Pathway).id == "path-q"

    def test_an_unknown_chapter(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, self.book('title = "Q"\nchapters = ["a", "c"]'))
        assert told(found) == ["VG410 vulgate.toml:8 the learning path `Q` names the chapter `c`, which does not exist"]
        assert only(found, b.Pathway).steps == ("a",)

    def test_a_chapter_before_its_prerequisite(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, self.book('title = "Q"\nchapters = ["b", "a"]'))
        assert told(found) == ["VG411 vulgate.toml:8 the learning path `Q` has `b` before its prerequisite `a`"]

    def test_a_prerequisite_that_is_no_part_of_the_path_is_no_fault(self, tmp_path: Path) -> None:
        assert codes(compiled(tmp_path, self.book('title = "Q"\nchapters = ["b"]'))) == []

    def test_a_former_id_still_leads_there(self, tmp_path: Path) -> None:
        found = compiled(tmp_path, self.book('title = "Q"\nchapters = ["old"]'))
        assert only(found, b.Pathway).steps == ("a",)

    def test_a_book_without_paths_has_none(self, tmp_path: Path) -> None:
        assert every(compiled(tmp_path, "# A\n"), b.Pathway) == []


def test_plain_prose_gives_nothing_but_its_concepts(tmp_path: Path) -> None:
    text = "# T\n\nSome text, because it vs that. A pitfall: do not.\n\n## S\n\n- ❌ no\n- ✅ yes\n\n> Quote.\n"
    found = compiled(tmp_path, text)
    assert ids(found.book.blocks) == ["a", *ids(every(found, b.Concept)[:1]), "a/s", *ids(every(found, b.Concept)[1:])]
    assert found.book.summary.derived == {}


def test_the_summary_counts_the_blocks(tmp_path: Path) -> None:
    summary = compiled(tmp_path, REASONED).book.summary
    assert summary.blocks == {
        "chapter": 1, "example": 3, "fact": 1, "qa": 1, "reasoning": 1, "relation": 4, "rule": 1, "test-hint": 1
    }  # fmt: skip
    assert summary.derived == {"qa": 1, "reasoning": 1, "relation": 4, "test-hint": 1}
    assert (summary.chapters, summary.diagnostics) == (1, {})
