"""What is told of two books that differ in one thing."""

import pytest

from tests.changes.books import RULE, book, changes, proven, told
from tests.support import growth
from vulgate.changes.comparing import compare
from vulgate.model.blocks import Status
from vulgate.model.book import CompiledBook
from vulgate.model.changes import Action

ID = "a/mutable-default"


def edited(*replacements: tuple[str, str], text: str = RULE) -> str:
    """A text with some of it replaced, each exactly once."""
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def block(
    directive: str, options: str = "", body: str = "A body that is long enough to be known.", id: str = "x"
) -> str:
    return f"# A\n\n## S\n\n:::{{{directive}}} A title\n:id: {id}\n{options}\n{body}\n:::\n"


# ------------------------------------------------------------------------------------------------ rules


@pytest.mark.parametrize(
    ("old", "new", "aspect", "breaking"),
    [
        (":severity: medium", ":severity: high", ("severity", "medium", "high"), "the severity is raised"),
        (":severity: medium", ":severity: low", ("severity", "medium", "low"), ""),
        (
            "use a mutable",
            "share a mutable",
            ("title", "Never use a mutable default", "Never share a mutable default"),
            "",
        ),
        ("Default to", "Change it to", ("fix", "Default to `None`.", "Change it to `None`."), ""),
        ("ruff B006", "ruff B006, B008", ("detect", "ruff B006", "ruff B006, B008"), "the detector may find more"),
        ("ruff B006", "ruff B006 preview", ("detect", "ruff B006", "ruff B006 preview"), "the detector may find more"),
        ("ruff B006", "review", ("detect", "ruff B006", "review"), ""),
        (
            "ruff B006\n",
            "ruff B006\n:applies-to: tests\n",
            ("applies to", "", "tests"),
            "",
        ),
        ("ruff B006\n", "ruff B006\n:python: >=3.12\n", ("python", "", ">=3.12"), ""),
        ("ruff B006\n", "ruff B006\n:opt-in: it is loud\n", ("opt-in", "", "it is loud"), ""),
        ("ruff B006\n", "ruff B006\n:cite: PEP 8\n", ("cite", "", "PEP 8"), ""),
        ("shared by every call", "made once", ("text", None, None), ""),
        ("into=[]", "into={}", ("bad", None, None), ""),
        ("into=None", "into=()", ("good", None, None), ""),
    ],
)
def test_one_thing_of_a_rule(old: str, new: str, aspect: tuple[str, str | None, str | None], breaking: str) -> None:
    (change,) = changes(RULE, edited((old, new)))
    assert (change.action, change.kind, change.id) == (Action.CHANGED, "rule", ID)
    (found,) = change.aspects
    name, before, after = aspect
    assert found.name == name
    assert found.breaking == breaking
    if before is not None:
        assert (found.old, found.new) == (before, after)
    else:
        assert found.old != found.new


@pytest.mark.parametrize(
    ("options", "name", "breaking"),
    [
        (":detect: review", "detect", "a machine looks for it now"),
        (":detect: ruff B006, B008", "detect", ""),
        (":detect: ruff B007", "detect", "the detector may find more"),
        (":detect: ruff B006\n:applies-to: tests", "applies to", "it holds in more places"),
        (":detect: ruff B006\n:python: >=3.12", "python", "it holds on more versions of Python"),
        (":detect: ruff B006\n:noise: 9", "noise", "it is looked for unless it is switched off"),
        (":detect: ruff B006\n:opt-in: loud", "opt-in", "it is looked for unless it is switched off"),
    ],
)
def test_a_rule_that_is_found_more_often_is_breaking(options: str, name: str, breaking: str) -> None:
    now = ":detect: ruff B006\n:noise: 0.01\n:precision: 15/15" if name in ("noise", "opt-in") else ":detect: ruff B006"
    if name == "opt-in":
        options += "\n:noise: 0.01\n:precision: 15/15"
    found = compare(
        book(edited((":detect: ruff B006", options)), python=["3.10", "3.12"]),
        book(edited((":detect: ruff B006", now)), python=["3.10", "3.12"]),
    )
    (change,) = found.changes
    assert {aspect.name: aspect.breaking for aspect in change.aspects}[name] == breaking
    assert bool(found.breaking) is bool(breaking)


def test_what_a_detector_looks_for_is_breaking() -> None:
    fence = ":detect: ast-grep\n:fix: Default to `None`.\n\n```yaml {detect}\nrule: {pattern: f($A)}\n```"
    old = edited((":detect: ruff B006\n:fix: Default to `None`.", fence))
    (change,) = changes(old, old.replace("f($A)", "g($A)"))
    assert [(aspect.name, aspect.breaking) for aspect in change.aspects] == [("detector", "the detector may find more")]


def test_a_rule_that_is_gone_is_breaking() -> None:
    start, end = RULE.index(":::{rule}"), RULE.index("## Second")
    without = RULE[:start] + RULE[end:]
    (gone,) = changes(RULE, without)
    assert (gone.action, gone.id, gone.reasons) == (Action.REMOVED, ID, ("the rule is gone",))
    (new,) = changes(without, RULE)
    assert (new.action, new.id, new.severity, new.reasons) == (Action.ADDED, ID, "medium", ())
    assert (new.file, new.line) == ("a.md", 7)


def test_a_rule_that_was_merged_into_another_is_not() -> None:
    other = edited(("mutable-default", "other"), ("Never use a mutable default", "Something else")).replace(
        "The default object", "A thing of another sort"
    )
    both = RULE.replace("## Second", other[other.index(":::{rule}") : other.index("## Second")] + "## Second")
    (removed, _) = changes(both, other.replace(":id: other\n", ":id: other\n:formerly: mutable-default\n"))
    assert (removed.action, removed.id, removed.reasons) == (Action.REMOVED, ID, ())
    assert [(aspect.name, aspect.new) for aspect in removed.aspects] == [("id", "a/other")]


@pytest.mark.parametrize(
    ("option", "reasons"),
    [("", ("the id has changed, and `formerly` does not name the old one",)), (":formerly: mutable-default\n", ())],
)
def test_another_id(option: str, reasons: tuple[str, ...]) -> None:
    (change,) = changes(RULE, edited((":id: mutable-default\n", f":id: shared-default\n{option}")))
    assert (change.action, change.id, change.old_id) == (Action.CHANGED, "a/shared-default", ID)
    assert change.reasons == reasons


def test_an_id_that_comes_from_the_title() -> None:
    old = edited((":id: mutable-default\n", ""))
    (change,) = changes(old, old.replace("Never use a mutable default", "Default to None"))
    assert [aspect.name for aspect in change.aspects] == ["id", "title"]
    assert change.reasons


def test_a_rule_that_moves_into_another_section() -> None:
    rule = RULE[RULE.index(":::{rule}") : RULE.index("## Second")]
    moved = RULE.replace(rule, "") + f"\n{rule}"
    found = compare(book(RULE), book(moved))
    assert told(found) == [f"~ rule {ID}: place"]
    assert [(aspect.old, aspect.new) for aspect in found.changes[0].aspects] == [("a/first", "a/second")]


def test_a_rule_that_moves_into_another_chapter() -> None:
    rule = RULE[RULE.index(":::{rule}") : RULE.index("## Second")]
    other = "# B\n\n## Third\n\nProse of another chapter.\n"
    found = compare(
        book({"a.md": RULE, "b.md": other}), book({"a.md": RULE.replace(rule, ""), "b.md": f"{other}\n{rule}"})
    )
    assert told(found) == ["~ rule b/mutable-default: id, place"]
    assert found.breaking


# ------------------------------------------------------------------------------------------------ other kinds


@pytest.mark.parametrize(
    ("directive", "old", "new", "name"),
    [
        ("fact", ":holds: python >=3.8", ":holds: python >=3.9", "holds"),
        ("fact", ":cite: PEP 8", ":cite: PEP 20", "cite"),
        ("term", ":aliases: one", ":aliases: one, two", "aliases"),
        ("pattern", ":use-when: often", ":use-when: seldom", "use-when"),
        ("exercise", ":difficulty: easy", ":difficulty: hard", "difficulty"),
        ("qa", ":tags: one", ":tags: two", "tags"),
        ("qa", ":asked: how so", ":asked: why so", "asked"),
    ],
)
def test_options(directive: str, old: str, new: str, name: str) -> None:
    (change,) = changes(block(directive, f"{old}\n"), block(directive, f"{new}\n"))
    assert (change.kind, [aspect.name for aspect in change.aspects]) == (directive, [name])
    assert change.is_minor is (name == "asked")


@pytest.mark.parametrize(
    ("directive", "role", "name"),
    [("fact", "proof", "proof"), ("exercise", "solution", "solution"), ("pattern", "", "examples")],
)
def test_code_inside(directive: str, role: str, name: str) -> None:
    fence = f"```python {{{role}}}" if role else "```python"
    old, new = (block(directive, body=f"Words.\n\n{fence}\nassert {word}\n```") for word in ("1", "2"))
    (change,) = changes(old, new)
    assert (change.kind, [aspect.name for aspect in change.aspects]) == (directive, [name])


def test_definitions_and_answers_are_texts() -> None:
    for directive in ("term", "qa", "pattern", "fact", "intuition", "quick"):
        (change,) = changes(block(directive), block(directive, body="A body that is long enough to be told apart."))
        assert [aspect.name for aspect in change.aspects] == ["text"], directive


def test_paragraphs_broken_otherwise_read_the_same() -> None:
    old, new = "# A\n\nSome words that\nstand here.\n", "# A\n\nSome words\nthat stand here.\n"
    (change,) = changes(old, new)
    assert change.is_minor
    (code,) = changes("# A\n\n```python\nx = [1,\n2]\n```\n", "# A\n\n```python\nx = [1, 2]\n```\n")
    assert (code.kind, code.is_minor) == ("example", False)


def test_prose_that_is_edited_is_changed_and_not_new() -> None:
    found = compare(book(RULE), book(edited(("Prose of the first section", "The prose of the first section"))))
    assert told(found) == ["~ concept a/first/the-prose-of-the-first-section: text"]
    assert found.changes[0].old_id == "a/first/prose-of-the-first-section-which"


# ------------------------------------------------------------------------------------------------ the tree


def test_chapters() -> None:
    a, b, c = (f"# {word}\n\nProse of the chapter {word}, which says what no other says.\n" for word in "XYZ")
    found = compare(book({"a.md": a, "b.md": b}), book({"b.md": b, "c.md": c}))
    assert told(found) == [
        "- chapter a",
        "- concept a/prose-of-the-chapter-x-which",
        "+ chapter c",
        "+ concept c/prose-of-the-chapter-z-which",
    ]
    moved = compare(book({"a.md": a, "b.md": b, "c.md": c}), book({"c.md": c, "a.md": a, "b.md": b}))
    assert told(moved) == ["~ chapter c: order"]


def test_a_chapter_of_another_name_keeps_what_is_in_it() -> None:
    found = compare(book({"a.md": RULE}), book({"b.md": RULE}))
    (change,) = found.changes
    assert (change.kind, change.id, change.old_id) == ("chapter", "b", "a")
    assert change.reasons == ("the id of its rule has changed with it, and `formerly` does not name the old one",)
    known = compare(book({"a.md": RULE}), book({"b.md": f"---\nformerly: [a]\n---\n{RULE}"}))
    assert told(known) == ["~ chapter b: id, path"]
    assert not known.breaking


def test_sections() -> None:
    found = compare(book(RULE), book(edited(("## First", "## The first one"))))
    assert told(found) == ["~ section a/the-first-one: id, title"]
    first, second = RULE.index("## First"), RULE.index("## Second")
    swapped = f"{RULE[:first]}{RULE[second:]}\n{RULE[first:second]}"
    assert told(compare(book(RULE), book(swapped))) in (["~ section a/first: order"], ["~ section a/second: order"])
    added = compare(book(RULE), book(f"{RULE}\n## Third\n\nSomething new.\n"))
    assert told(added) == ["+ section a/third", "+ concept a/third/something-new"]


# ------------------------------------------------------------------------------------------------ the whole book


def test_the_book_as_a_whole() -> None:
    found = compare(
        book(RULE, edition="1", python=["3.10"]), book(RULE, edition="2", python=["3.10", "3.11"], title="Large")
    )
    assert [(aspect.name, aspect.old, aspect.new) for aspect in found.book] == [
        ("title", "Small", "Large"),
        ("edition", "1", "2"),
        ("python", "3.10", "3.10, 3.11"),
    ]
    assert not found.changes
    assert not found.is_empty


def test_books_of_other_ids_are_compared_and_it_is_said() -> None:
    found = compare(book(RULE, id="one"), book(RULE, id="two"))
    assert not found.changes
    assert found.notes == ("The books have different ids, `one` and `two`; they are compared as if they were one.",)


# ------------------------------------------------------------------------------------------------ verdicts


def test_what_is_proven_no_more() -> None:
    whole = book(RULE)
    good, bad = proven(whole, {ID: Status.PROVEN}), proven(whole, {ID: Status.FAILED})
    (change,) = compare(good, bad).changes
    assert [(aspect.name, aspect.old, aspect.new) for aspect in change.aspects] == [
        ("status", "proven", "failed, on 3.12: it raised")
    ]
    (back,) = compare(bad, good).changes
    assert [aspect.new for aspect in back.aspects] == ["proven"]
    assert not compare(good, good).changes


def test_a_book_that_was_never_proven_says_nothing_of_verdicts() -> None:
    whole = book(RULE)
    for old, new in ((whole, proven(whole, {ID: Status.PROVEN})), (proven(whole, {ID: Status.PROVEN}), whole)):
        found = compare(old, new, names=("old", "new"))
        assert not found.changes
        assert len(found.notes) == 1
        assert "Verdicts are not compared" in found.notes[0]


def test_a_changed_block_that_nobody_has_proven_again() -> None:
    other = "a/first/prose-of-the-first-section-which"
    old = proven(book(RULE), {ID: Status.PROVEN, other: Status.PROVEN})
    new = proven(book(edited(("into=[]", "into={}"))), {other: Status.PROVEN})
    (change,) = compare(old, new).changes
    assert [(aspect.name, aspect.new) for aspect in change.aspects][1:] == [("status", "unproven")]
    assert [aspect.name for aspect in compare(new, old).changes[0].aspects] == ["bad"]  # nobody knows how it was


# ------------------------------------------------------------------------------------------------ size


def test_the_time_grows_with_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vulgate.changes.matching.NEAR", 10)  # within it, each passage is held against each

    def text(word: str, number: int) -> str:
        rule = f":::{{rule}} {word} {number}\n:id: {word}-{number}\nA line that all of them have.\n\nSo {word} {number}.\n:::\n"
        return f"{rule}\nProse {word} of number {number}.\n\n"

    def pair(count: int) -> list[CompiledBook]:
        return [book("# A\n\n" + "".join(text(word, number) for number in range(count))) for word in ("one", "other")]

    assert growth(lambda books: compare(*books), pair(30), pair(300)) < 20
