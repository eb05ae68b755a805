"""The tree of the books, what lies under a block, and the blocks of a kind."""

import pytest

from vulgate.search.answers import OutlineAnswer, SearchError
from vulgate.search.library import Library
from vulgate.search.outlining import outline


def lines(answer: OutlineAnswer) -> list[str]:
    return [f"{'  ' * each.depth}{each.kind} {each.number} {each.title}".rstrip() for each in answer.entries]


def test_the_tree_has_parts_chapters_and_sections(shop: Library) -> None:
    assert lines(outline(shop)) == [
        "part I The language",
        "  chapter 1 Functions",
        "    section 1.1 Default arguments",
        "      section 1.1.1 Sentinels",
        "    section 1.2 Lambdas",
        "part II The world",
        "  chapter 2 Storage",
        "    section 2.1 Pickle",
        "    section 2.2 Files",
    ]


def test_depth_counts_levels_of_sections(shop: Library) -> None:
    assert [each.kind for each in outline(shop, depth=0).entries] == ["part", "chapter", "part", "chapter"]
    assert len(outline(shop, depth=1).entries) == 8
    assert outline(shop, depth=-3) == outline(shop, depth=0)
    assert len(outline(shop, depth=99).entries) == 9


def test_headings_count_the_blocks_in_them(shop: Library) -> None:
    counts = {each.id: each.blocks for each in outline(shop).entries}
    assert counts["functions/defaults"] == {"concept": 1, "fact": 1, "qa": 1, "quick": 1, "rule": 1, "term": 1}
    assert counts["functions/sentinels"] == {"concept": 1, "qa": 1, "term": 1}
    assert counts["storage"] == {"rule": 5, "table": 1}


@pytest.mark.parametrize(
    ("under", "titles"),
    [
        ("language", ["Functions", "Default arguments", "Sentinels", "Lambdas"]),
        ("shop:language", ["Functions", "Default arguments", "Sentinels", "Lambdas"]),
        ("functions", ["Default arguments", "Sentinels", "Lambdas"]),
        ("functions.md#defaults", ["Sentinels"]),
        ("functions/lambdas", []),
    ],
)
def test_what_lies_under_a_block(shop: Library, under: str, titles: list[str]) -> None:
    answer = outline(shop, under)
    assert [each.title for each in answer.entries] == titles
    assert all(each.depth == 0 for each in answer.entries[:1])


def test_under_a_rule_lie_its_examples(shop: Library) -> None:
    found = [each.id.rpartition("/")[2] for each in outline(shop, "no-mutable-default").entries]
    assert found == ["bad", "good", "near"]
    assert not outline(shop, "no-mutable-default", kinds=["table"]).entries


def test_kinds_list_blocks_in_reading_order(shop: Library) -> None:
    rules = outline(shop, kinds=["rule"])
    assert [each.id for each in rules.entries] == [
        "functions/no-mutable-default",
        "storage/no-foreign-pickle",
        "storage/pinned-image",
        "storage/no-sleep-in-test",
        "storage/no-print",
        "storage/await-it",
    ]
    assert outline(shop, kinds=["Rules"]).entries == rules.entries
    assert outline(shop, "storage/files", kinds=["rule"]).entries[0].id == "storage/pinned-image"
    assert outline(shop, "world", kinds=["rule", "table"]).entries[0].id == "storage/no-foreign-pickle"
    assert [each.title for each in outline(shop, kinds=["part"]).entries] == ["The language", "The world"]
    assert {each.kind for each in outline(shop, kinds=["reasoning", "test_hint"]).entries} == {"reasoning", "test-hint"}


def test_derived_questions_are_not_shown_as_the_authors(shop: Library) -> None:
    assert [each.id for each in outline(shop, kinds=["qa"]).entries] == ["functions/none-or-sentinel"]


def test_an_unknown_kind_is_refused(shop: Library) -> None:
    with pytest.raises(SearchError, match="no kind 'rulle'; did you mean `rule`"):
        outline(shop, kinds=["rulle"])


def test_pages_join(shop: Library) -> None:
    whole = outline(shop)
    found, cursor = [], ""
    while True:
        answer = outline(shop, max_tokens=90, cursor=cursor)
        found += answer.entries
        cursor = answer.cursor
        assert answer.truncated is bool(cursor)
        if not cursor:
            break
    assert found == whole.entries
    with pytest.raises(SearchError, match="belongs to another request"):
        outline(shop, "functions", cursor=outline(shop, max_tokens=90).cursor)


def test_several_books(both: Library) -> None:
    answer = outline(both, depth=0)
    assert [stamp.id for stamp in answer.books] == ["shop", "other"]
    assert [each.book for each in answer.entries] == ["shop"] * 4 + ["other"]
    assert [each.id for each in outline(both, book="other").entries] == ["lists", "lists/growth"]
    assert [stamp.id for stamp in outline(both, "lists").books] == ["other"]


def test_the_handbook(handbook: Library) -> None:
    whole = outline(handbook, depth=9)
    headings = handbook.books[0].contents.headings
    assert [each.id for each in whole.entries if each.kind != "part"] == [each.id for each in headings]
    chapters = [each for each in whole.entries if each.kind == "chapter"]
    assert sum(each.blocks.get("rule", 0) for each in chapters) == len(outline(handbook, kinds=["rule"]).entries) > 400
