"""What holds for all pairs of books."""

import json
from collections.abc import Sequence

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from tests.changes.books import book
from tests.support import modest
from vulgate.changes.comparing import compare
from vulgate.changes.texts import compared, normal
from vulgate.model.book import CompiledBook
from vulgate.model.changes import Action
from vulgate.model.schema import json_schema
from vulgate.report.changes.changelog import as_changelog
from vulgate.report.changes.data import JsonComparison, as_json
from vulgate.report.changes.terminal import as_text

_WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"]
_SCHEMA = json_schema(JsonComparison, "changes")

Block = tuple[str, str, str]
"""Directive, id and body."""
Layout = dict[str, list[tuple[str, list[Block]]]]
"""Chapters, by path, of sections, by title, of blocks."""


@st.composite
def blocks(draw: st.DrawFn, number: int) -> Block:
    """A block whose words no other one has."""
    kind = draw(st.sampled_from(["rule", "fact", "term", "pattern", "qa", "exercise", "prose"]))
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=4, max_size=12))
    return kind, f"id-{number}", f"{_WORDS[number % 12]}{number} {' '.join(f'{word}{number}' for word in words)}"


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """A book of a few chapters."""
    number = 0
    layout: Layout = {}
    for chapter in "abc"[: draw(st.integers(1, 3))]:
        sections = []
        for section in range(draw(st.integers(1, 3))):
            found = []
            for _ in range(draw(st.integers(1, 4))):
                found.append(draw(blocks(number)))
                number += 1
            sections.append((f"Section {chapter} {section}", found))
        layout[f"{chapter}.md"] = sections
    return layout


def written(layout: Layout, formerly: dict[str, str] | None = None) -> CompiledBook:
    """The book; `formerly` gives the old ids of blocks."""
    files = {}
    for path, sections in layout.items():
        text = f"# Chapter {path[0]}\n"
        for title, members in sections:
            text += f"\n## {title}\n"
            text += "".join(_block(*member, (formerly or {}).get(member[1], "")) for member in members)
        files[path] = text
    return book(files)


def _block(kind: str, id: str, body: str, formerly: str) -> str:
    if kind == "prose":
        return f"\n<!-- apart -->\n\n{body}.\n\n```python\n{id.replace('-', '_')} = 1\n```\n"
    option = f":formerly: {formerly}\n" if formerly else ""
    return f"\n:::{{{kind}}} Title of {id}\n:id: {id}\n{option}\n{body}.\n:::\n"


def every(layout: Layout) -> list[Block]:
    return [member for sections in layout.values() for _, members in sections for member in members]


# ------------------------------------------------------------------------------------------------ any books


_SNIPPETS = st.sampled_from(
    [
        "# A\n",
        "## B\n",
        "## B\n",
        "### C {#c}\n",
        "Some prose.\n",
        "Some other prose, with [[c]].\n",
        "* one\n* two\n\n  ```python\n  x = 1\n  ```\n",
        "```python\nprint(1)\n```\n\n```output\n1\n```\n",
        "```python {bad}\nx\n```\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "```mermaid\nflowchart LR\n a --> b\n```\n",
        ":::{rule} Odd\n:severity: high\n:python: >=3.x\n:detect: ruff\n\nText.\n\n```python {bad}\nx = 1\n```\n:::\n",
        ":::{rule} Another\n:id: c\n:detect: nonsense\n:formerly: b\n\nText.\n:::\n",
        "::::{note}\n:::{fact} Inside\nIt is.\n:::\n::::\n",
        ":::{term} word\nA definition.\n:::\n",
        ":::{rule}\n",
        "> [!TIP]\n> Do.\n",
        "\x00\x1b[31m\u202e\n",
        "---\nid: z\nformerly: [a]\n---\n",
        "\\`*_\n\n",
    ]
)
_TEXTS = st.lists(_SNIPPETS, max_size=8).map("\n".join)
_BOOKS = st.dictionaries(st.sampled_from(["a.md", "b.md", "c.md"]), _TEXTS, min_size=1).map(book)


@given(_BOOKS)
@modest(60)
def test_a_book_does_not_differ_from_itself(whole: CompiledBook) -> None:
    assert compare(whole, whole).is_empty


@given(_BOOKS, _BOOKS)
@modest(120)
def test_books_that_say_the_same_have_the_same_texts(first: CompiledBook, second: CompiledBook) -> None:
    same = sorted(normal(block.text) for block in compared(first)) == sorted(
        normal(block.text) for block in compared(second)
    )
    assert same or not compare(first, second).is_empty


@given(_BOOKS, _BOOKS)
@modest(120)
def test_what_is_added_one_way_is_removed_the_other_way(first: CompiledBook, second: CompiledBook) -> None:
    there, back = compare(first, second), compare(second, first)
    for one, other in ((there, back), (back, there)):
        added = sorted((change.kind, change.id) for change in one.changes if change.action is Action.ADDED)
        removed = sorted((change.kind, change.id) for change in other.changes if change.action is Action.REMOVED)
        assert added == removed
    pairs, turned = (
        [
            (change.old_id or change.id, change.id)
            for change in found.changes
            # Of two chapters that have changed places, either one may be said to have moved.
            if change.action is Action.CHANGED and {aspect.name for aspect in change.aspects} != {"order"}
        ]
        for found in (there, back)
    )
    assert sorted(pairs) == sorted((old, new) for new, old in turned)
    assert len({new for _, new in pairs}) == len({old for old, _ in pairs}) == len(pairs)


@given(_BOOKS, _BOOKS, st.booleans())
@modest(80)
def test_books_that_differ_differ_in_every_form(first: CompiledBook, second: CompiledBook, full: bool) -> None:
    found = compare(first, second)
    shown = as_text(found, full=full)
    assert shown.endswith("\n")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert ("breaking" in shown) is bool(found.breaking)
    changelog = as_changelog(found)
    assert changelog.startswith("## [Unreleased]\n")
    assert changelog.count("**Breaking**") == len(found.breaking)
    data = json.loads(as_json(found))
    jsonschema.validate(data, _SCHEMA)
    assert data["breaking"] == len(found.breaking)
    assert len(data["changes"]) == len(found.changes)


# ------------------------------------------------------------------------------------------------ moves and names


@given(st.data())
@modest(80)
def test_what_is_moved_is_neither_added_nor_removed(data: st.DataObject) -> None:
    layout = data.draw(layouts())
    order: Sequence[Block] = data.draw(st.permutations(every(layout)))
    places = [(path, number) for path, sections in layout.items() for number in range(len(sections))]
    moved: Layout = {path: [(title, []) for title, _ in sections] for path, sections in layout.items()}
    for member in order:
        path, number = data.draw(st.sampled_from(places))
        moved[path][number][1].append(member)
    found = compare(written(layout), written(moved))
    assert {change.action for change in found.changes} <= {Action.CHANGED}
    names = {aspect.name for change in found.changes for aspect in change.aspects}
    assert names <= {"place", "id"}


@given(st.data())
@modest(80)
def test_what_has_another_id_is_neither_added_nor_removed(data: st.DataObject) -> None:
    layout = data.draw(layouts())
    renamed = data.draw(st.sets(st.sampled_from([id for _, id, _ in every(layout)])))
    says_so = data.draw(st.booleans())
    new: Layout = {
        path: [
            (title, [(kind, f"new-{id}" if id in renamed else id, body) for kind, id, body in members])
            for title, members in sections
        ]
        for path, sections in layout.items()
    }
    formerly = {f"new-{id}": id for id in renamed} if says_so else {}
    found = compare(written(layout), written(new, formerly))
    assert {change.action for change in found.changes} <= {Action.CHANGED}
    rules = {f"new-{id}" for kind, id, _ in every(layout) if kind == "rule" and id in renamed}
    assert {change.id.partition("/")[2] for change in found.changes if change.kind == "rule"} == rules
    assert len(found.breaking) == (0 if says_so else len(rules))


@given(layouts(), st.data())
@modest(60)
def test_what_is_taken_out_is_all_that_is_removed(layout: Layout, data: st.DataObject) -> None:
    named = [id for kind, id, _ in every(layout) if kind != "prose"]
    gone = data.draw(st.sets(st.sampled_from(named))) if named else set()
    left: Layout = {
        path: [(title, [member for member in members if member[1] not in gone]) for title, members in sections]
        for path, sections in layout.items()
    }
    found = compare(written(layout), written(left))
    assert {change.id.partition("/")[2] for change in found.changes} == gone
    assert {change.action for change in found.changes} <= {Action.REMOVED}
    assert {change.id for change in found.breaking} == {change.id for change in found.changes if change.kind == "rule"}
