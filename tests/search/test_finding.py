"""What a name may be: an id in any of its forms, and nothing that is none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.shop import FILES, opened
from tests.support import modest
from vulgate.search.answers import SearchError
from vulgate.search.library import Library

RULE = "functions/no-mutable-default"


@pytest.mark.parametrize(
    ("name", "id"),
    [
        (RULE, RULE),
        ("Functions/No-Mutable-Default", RULE),
        ("  no-mutable-default ", RULE),
        ("`no-mutable-default`", RULE),
        ("[[no-mutable-default]]", RULE),
        ("[[no-mutable-default|the rule]]", RULE),
        ("[the rule](functions/no-mutable-default)", RULE),
        ("shop:functions/no-mutable-default", RULE),
        ("shop:no-mutable-default", RULE),
        ("book://shop/functions/no-mutable-default", RULE),
        ("book://shop/functions%2Fno-mutable-default", RULE),
        ("functions/mutable-argument", RULE),  # what it was called formerly
        ("mutable-argument", RULE),
        ("B006", RULE),
        ("b006", RULE),
        ("never use a mutable default value", RULE),
        ("no-mutable-default/bad", f"{RULE}/bad"),
        ("functions.md", "functions"),
        ("./functions.md", "functions"),
        ("functions.md#defaults", "functions/defaults"),
        ("functions.md#no-mutable-default", RULE),
        ("1.1", "functions/defaults"),
        ("chapter 2", "storage"),
        ("§1.1.1", "functions/sentinels"),
        ("Sentinel", "functions/sentinel"),
    ],
)
def test_a_block_answers_to_many_names(shop: Library, name: str, id: str) -> None:
    assert shop.find(name)[1].id == id


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "/",
        "..",
        "../functions",
        "../../etc/passwd",
        "functions/../storage",
        "book://shop/../storage",
        "book://nowhere/functions",
        "a\0b",
        "functi\x1bons",
        "\ud800",
        "x" * 1_000_000,
        "%",
        "_",
        "' OR 1=1 --",
        "*",
        "B999",
        "9.9",
        "default.md",
        "functions.md#nowhere",
        "関数",
    ],
)
def test_what_is_no_name_is_refused_in_words(shop: Library, name: str) -> None:
    with pytest.raises(SearchError, match="no block") as caught:
        shop.find(name)
    assert len(str(caught.value)) < 500


@modest(200)
@given(name=st.text(max_size=40) | st.text("a/b:#.[]|`-*%_0129 \n", max_size=20))
def test_any_text_means_one_block_or_is_refused(shop: Library, name: str) -> None:
    try:
        book, block = shop.find(name)
    except SearchError as error:
        assert 0 < len(str(error)) < 1000
    else:
        assert book.block(block.id) == block


@pytest.mark.parametrize("name", ["no-mutabel-default", "functions/no-mutable-defaults", "mutable default valeu"])
def test_the_nearest_ids_are_named(shop: Library, name: str) -> None:
    with pytest.raises(SearchError, match=r"did you mean `functions/no-mutable-default`"):
        shop.find(name)


def test_a_name_of_several_blocks_is_refused_with_their_ids(tmp_path: Path) -> None:
    rule = ":::{term} Thing\n:id: thing\n\nText.\n:::\n"
    two = {"a.md": f"# A\n\n{rule}", "b.md": f"# B\n\n{rule}"}
    with opened(tmp_path, two) as library:
        with pytest.raises(SearchError, match=r"several blocks: `a/thing`, `b/thing`; name one of them"):
            library.find("thing")
        assert library.find("b/thing")[1].id == "b/thing"


def test_a_code_of_several_rules_is_refused_with_their_ids(tmp_path: Path) -> None:
    again = FILES["functions.md"]
    assert isinstance(again, str)
    files = {**FILES, "functions.md": again, "storage.md": str(FILES["storage.md"]).replace("ruff S301", "ruff B006")}
    with (
        opened(tmp_path, files) as library,
        pytest.raises(SearchError, match=r"functions/no-mutable-default.*storage/no-f"),
    ):
        library.find("B006")


def test_books_are_told_apart(both: Library) -> None:
    assert both.find("amortised")[0].book.id == "other"
    assert both.find("shop:functions")[0].book.id == "shop"
    with pytest.raises(SearchError, match="did you mean `other:lists/amortised`"):
        both.find("amortized")
    with pytest.raises(SearchError, match="no block"):
        both.find("amortised", "shop")
    with pytest.raises(SearchError, match="no book 'shopp'"):
        both.find("functions", "shopp")


def test_of_two_books_with_one_id_the_first_is_meant(tmp_path: Path) -> None:
    other = {
        "vulgate.toml": '[book]\nid = "z"\ntitle = "Z"\nchapters = ["functions.md"]\n',
        "functions.md": "# Functions\n\nText.\n",
    }
    with opened(tmp_path, FILES, other) as library:
        assert library.find("functions")[0].book.id == "shop"
        assert library.find("z:functions")[0].book.id == "z"
        assert library.find("functions", "z")[0].book.id == "z"
