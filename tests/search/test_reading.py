"""Reading blocks: in brief, whole and as code, in pages that join to the whole."""

import re
from pathlib import Path

import pytest

import vulgate
from tests.search.shop import opened
from vulgate.editions.base import NoOptions
from vulgate.editions.cursor import CursorEdition
from vulgate.model.tokens import count_tokens
from vulgate.search.answers import SearchError
from vulgate.search.budgets import tokens_of
from vulgate.search.cutting import is_fence, paragraphs
from vulgate.search.library import Library
from vulgate.search.reading import VIEWS, View, get

RULE = "functions/no-mutable-default"


def pages(library: Library, id: str, view: View, max_tokens: int) -> list[str]:
    texts, cursor = [], ""
    while True:
        answer = get(library, id, view=view, max_tokens=max_tokens, cursor=cursor)
        assert bool(answer.cursor) is answer.truncated
        assert count_tokens(answer.text) + sum(map(tokens_of, answer.related)) <= max_tokens
        texts.append(answer.text)
        cursor = answer.cursor
        if not cursor:
            return texts


# ------------------------------------------------------------------------------------------------ views


def test_a_rule_in_brief_has_its_fix_and_good_example(shop: Library) -> None:
    answer = get(shop, RULE)
    assert answer.text == (
        "**Never use a mutable default value** (high; ruff B006)\n\nThe default is shared by all calls.\n\n"
        "Fix: Default to `None`.\n\nGood:\n\n```python\ndef add(item, into=None):\n    return [*(into or []), item]\n```\n"
    )
    assert (answer.id, answer.kind, answer.title) == (RULE, "rule", "Never use a mutable default value")
    assert answer.place == "1 Functions > 1.1 Default arguments"
    assert re.fullmatch(r"functions\.md:\d+-\d+", answer.file)
    assert [stamp.id for stamp in answer.books] == ["shop"]


def test_a_section_in_brief_has_its_short_answer_and_its_blocks(shop: Library) -> None:
    assert get(shop, "functions/defaults").text == (
        "**1.1 Default arguments**\n\n**In short**\n\n"
        f"A default is made once. Use `None` for a list, see [Never use a mutable default value]({RULE}).\n\n"
        "In this section:\n\n- rule (high): Never use a mutable default value (`functions/no-mutable-default`)\n"
        "- fact: A default is evaluated once (`functions/evaluated-once`)\n\n"
        "Sections below:\n\n- 1.1.1 Sentinels (`functions/sentinels`)\n"
    )


def test_a_chapter_in_brief_has_its_sections(shop: Library) -> None:
    text = get(shop, "functions").text
    assert text.startswith("**1 Functions**\n\nWhat a function is, and what its defaults do.\n\n- Write a signature.\n")
    assert text.endswith("- 1.1 Default arguments (`functions/defaults`)\n- 1.2 Lambdas (`functions/lambdas`)\n")


@pytest.mark.parametrize(
    ("id", "start"),
    [
        ("functions/evaluated-once", "**A default is evaluated once** (python >=3.8)\n\nWhen the `def`"),
        ("functions/sentinel", "**Sentinel** (also marker)\n\nA unique object"),
        ("functions/key-function", "**Key function**\n\nUse when: sorting by a part of a value\n\nPass a small lambda"),
        ("functions/none-or-sentinel", "**None or a sentinel?**\n\nA sentinel where"),
        ("functions/sentinels", "**1.1.1 Sentinels**\n\nIn this section:"),
        ("storage/files/format-reads-for", "| format | reads | for |"),
    ],
)
def test_other_kinds_in_brief(shop: Library, id: str, start: str) -> None:
    assert get(shop, id).text.startswith(start)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            ":::{tip} Mind `**options`\nThe *tip* itself. More.\n:::\n",
            "**Mind **options**\n\nThe *tip* itself. More.\n",
        ),
        ("> [!NOTE]\n> The note\n> itself.\n", "**A**\n\nThe note itself.\n"),
        ("> Somebody said it.\n", "**A**\n\nSomebody said it.\n"),
        ("- only\n- a list\n", "**A**\n"),
    ],
)
def test_the_prose_of_a_brief_is_the_first_paragraph(tmp_path: Path, source: str, text: str) -> None:
    with opened(tmp_path, f"# A\n\n{source}") as library:
        ((id,),) = library.books[0].rows("SELECT id FROM block WHERE kind IN ('note', 'concept')")
        assert get(library, str(id)).text == text


def test_a_derived_question_has_its_answer(shop: Library) -> None:
    ids = [str(id) for (id,) in shop.books[0].rows("SELECT id FROM block WHERE kind = 'qa' AND id LIKE '%--qa'")]
    assert ids
    assert all(get(shop, id).text.count("\n\n") == 1 for id in ids)


def test_every_block_of_a_book_can_be_read(shop: Library) -> None:
    for (id,) in shop.books[0].rows("SELECT id FROM block"):
        for view in VIEWS:
            assert get(shop, str(id), view=view).id == id  # type: ignore[arg-type]


def test_a_block_whole_is_plain_markdown(shop: Library) -> None:
    text = get(shop, RULE, view="full").text
    assert text.startswith(
        f"**Rule: Never use a mutable default value** (high; ruff B006; `{RULE}`)\n\nThe default is shared"
    )
    assert "Bad:\n\n```python\ndef add(item, into=[]):" in text
    assert "Output:\n\n```text\n[1, 2] [1, 2]\n```" in text
    assert "Because: [A default is evaluated once](functions/evaluated-once)" in text
    assert ":::" not in text
    assert "{bad}" not in text


def test_a_section_whole_ends_before_the_next_of_its_depth(shop: Library) -> None:
    text = get(shop, "functions/defaults", view="full").text
    assert text.startswith("## Default arguments\n")
    assert "### Sentinels" in text
    assert "as [above](functions/defaults)" in text
    assert "Lambdas" not in text
    assert get(shop, "functions/sentinels", view="full").text in text


def test_the_last_section_ends_with_its_chapter(shop: Library) -> None:
    text = get(shop, "functions/lambdas", view="full").text
    assert text.rstrip().endswith("Pass a small lambda to `sorted`.")


def test_examples_have_their_roles_and_what_they_print(shop: Library) -> None:
    text = get(shop, RULE, view="examples").text
    assert text.startswith(f"Rule `{RULE}`: Never use a mutable default value\n\nBad:\n\n```python\n")
    assert [line for line in text.splitlines() if line.endswith(":") and " " not in line] == [
        "Bad:",
        "Output:",
        "Good:",
    ]
    assert "Looks like the fault, and is none:" in text
    assert get(shop, "functions/lambdas", view="examples").text == ""
    assert get(shop, "functions/defaults", view="examples").text.count("```python") == 4


def test_a_fence_inside_a_list_is_moved_out_of_it(tmp_path: Path) -> None:
    with opened(
        tmp_path, "# A\n\n* first\n\n  ```python\n  if 1:\n      print(1)\n  ```\n\n  > ```python\n  > 2\n  > ```\n"
    ) as library:
        found = [
            str(id) for (id,) in library.books[0].rows("SELECT id FROM block WHERE kind = 'example' ORDER BY position")
        ]
        texts = [get(library, id, view="full").text for id in found]
    assert texts == ["```python\nif 1:\n    print(1)\n```", "```python\n2\n```"]


def test_the_handbook_whole_says_what_the_cursor_edition_says(
    handbook: Library, handbook_book: vulgate.CompiledBook
) -> None:
    edition = CursorEdition().render(handbook_book, NoOptions())["python.cursor.md"].decode()
    whole = "\n".join(get(handbook, chapter.id, view="full").text for chapter in handbook_book.chapters)

    def bare(text: str) -> str:
        text = re.sub(r'<a id="[^"]*"></a>\n\n|<!-- .*? -->\n', "", text, flags=re.DOTALL)
        return re.sub(r"\]\([^)\s]*\)", "]()", re.sub(r"\n\s*\n+", "\n\n", text)).strip()

    assert bare(edition).endswith(bare(whole))
    assert len(bare(whole)) > 1_000_000


def test_links_lead_to_blocks_that_can_be_read(handbook: Library, handbook_book: vulgate.CompiledBook) -> None:
    external = {link.target for block in handbook_book.blocks for link in block.links if link.type != "block"}
    targets = set()
    for chapter in handbook_book.chapters:
        for part in paragraphs(get(handbook, chapter.id, view="full").text):
            if not is_fence(part):
                targets |= set(re.findall(r"\]\(([\w./-]+)\)", re.sub(r"`[^`]*`", "", part))) - external
    assert len(targets) > 500
    assert not [target for target in targets if target not in handbook_book]


# ------------------------------------------------------------------------------------------------ what goes with it


def test_what_is_related_comes_with_names_for_both_directions(shop: Library) -> None:
    def relations(id: str) -> list[tuple[str, str]]:
        return [(each.relation, each.id) for each in get(shop, id).related]

    assert relations(RULE)[:2] == [("in", "functions/defaults"), ("requires", "functions/evaluated-once")]
    assert ("required by", RULE) in relations("functions/evaluated-once")
    assert ("see also", "functions/lambda-vs-def") in relations("functions/key-function")
    assert ("referred to by", "functions/key-function") in relations("functions/lambda-vs-def")
    assert ("defined in", "functions/sentinels") not in relations("functions/sentinel")[
        1:
    ]  # it is told as what is around
    assert relations("functions/sentinels")[0] == ("in", "functions/defaults")
    assert ("required by", "storage") in relations("functions")
    assert relations(f"{RULE}/bad")[:2] == [("part of", RULE), ("in", "functions/defaults")]


def test_at_most_twelve_are_related_the_most_important_first(handbook: Library) -> None:
    answer = get(handbook, "functions")
    assert len(answer.related) == 12
    assert [each.relation for each in answer.related] == sorted(
        [each.relation for each in answer.related], key=["requires", "required by", "see also", "referred to by"].index
    )


# ------------------------------------------------------------------------------------------------ budgets


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("max_tokens", [32, 60, 150, 2000])
@pytest.mark.parametrize("id", [RULE, "functions", "functions/defaults", "storage/files", "functions/lambda-vs-def"])
def test_pages_join_to_the_whole(shop: Library, id: str, view: View, max_tokens: int) -> None:
    assert "".join(pages(shop, id, view, max_tokens)) == get(shop, id, view=view).text


def test_pages_of_a_long_chapter_join_and_cut_no_fence(handbook: Library) -> None:
    whole = get(handbook, "functions", view="full").text
    parts = set(paragraphs(whole))
    longest = max(map(count_tokens, parts))
    found = pages(handbook, "functions", "full", longest + 1500)
    assert "".join(found) == whole
    assert all(part in parts for text in found for part in paragraphs(text))


def test_a_fence_longer_than_the_budget_is_cut_between_lines_and_that_is_said(tmp_path: Path) -> None:
    code = "".join(f"value_{number} = {number}\n" for number in range(200))
    with opened(tmp_path, f"# A\n\nBefore.\n\n```python\n{code}```\n\nAfter.\n") as library:
        first = get(library, "a", view="full", max_tokens=100)
        assert not first.notes  # `Before.` fits, and the fence begins a page
        second = get(library, "a", view="full", max_tokens=100, cursor=first.cursor)
        assert second.notes == [
            "a code block is longer than the budget of 100 tokens; it is cut and goes on at the cursor"
        ]
        assert second.text.startswith("```python\nvalue_0 = 0\n")
        assert second.text.endswith("\n")
        assert "".join(pages(library, "a", "full", 100)) == get(library, "a", view="full").text


def test_a_line_longer_than_the_budget_is_cut_between_characters(tmp_path: Path) -> None:
    with opened(tmp_path, f"# A\n\n{'ü' * 1000}\n") as library:
        found = pages(library, "a", "full", 50)
        assert "".join(found) == get(library, "a", view="full").text
        assert len(found) < 20


@pytest.mark.parametrize(("max_tokens", "is_cut"), [(-5, False), (0, False), (1, True), (10**9, False)])
def test_odd_budgets_are_taken_for_the_nearest_that_makes_sense(shop: Library, max_tokens: int, is_cut: bool) -> None:
    assert get(shop, RULE, view="full", max_tokens=max_tokens).truncated is is_cut


def test_a_cursor_is_good_for_its_own_request_only(shop: Library) -> None:
    cursor = get(shop, RULE, view="full", max_tokens=40).cursor
    assert not get(shop, RULE, view="full", max_tokens=40, cursor=cursor).related  # they were told on the first page
    for id, view in ((RULE, "brief"), ("functions", "full")):
        with pytest.raises(SearchError, match="belongs to another request"):
            get(shop, id, view=view, cursor=cursor)  # type: ignore[arg-type]
    for broken in ("x", "WzFd", "ü", "A" * 10_000, cursor[:-3]):
        with pytest.raises(SearchError, match="cursor"):
            get(shop, RULE, view="full", cursor=broken)


def test_an_unknown_view_is_refused(shop: Library) -> None:
    with pytest.raises(SearchError, match="no view 'ful'; did you mean `full`"):
        get(shop, RULE, view="ful")  # type: ignore[arg-type]
