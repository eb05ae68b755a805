"""Two things side by side: what speaks of both, and what the book says of each."""

import pytest

from vulgate.search.answers import Cited, SearchError
from vulgate.search.budgets import tokens_of
from vulgate.search.comparing import compare
from vulgate.search.library import Library


def ids(passages: list[Cited]) -> list[str]:
    return [each.id for each in passages]


def test_a_contrast_comes_first_and_its_table_not_again(shop: Library) -> None:
    answer = compare(shop, "lambda", "def")
    assert ids(answer.direct) == ["functions/lambda-vs-def"]
    assert answer.direct[0].text.startswith("**Contrast: Lambda vs def**")
    assert "| body | one expression | statements |" in answer.direct[0].text
    assert not answer.notes


def test_a_table_whose_rows_are_the_two(shop: Library) -> None:
    answer = compare(shop, "pickle", "JSON")
    assert ids(answer.direct) == ["storage/files/format-reads-for"]
    assert answer.direct[0].place == "2 Storage > 2.2 Files"


def test_a_question_that_names_both(shop: Library) -> None:
    answer = compare(shop, "None", "Sentinel")
    assert "functions/none-or-sentinel" in ids(answer.direct)
    assert ids(answer.of_b) == ["functions/sentinel"]


def test_ids_are_understood_as_what_they_name(shop: Library) -> None:
    answer = compare(shop, "functions/sentinel", "None")
    assert (answer.a, answer.b) == ("Sentinel", "None")
    assert ids(answer.of_a) == ["functions/sentinel"]
    assert ids(answer.direct) == ids(compare(shop, "sentinel", "None").direct)


def test_the_order_of_the_two_changes_no_direct_passage(shop: Library) -> None:
    assert compare(shop, "pickle", "JSON").direct == compare(shop, "JSON", "pickle").direct


def test_what_the_book_never_sets_side_by_side_is_said(shop: Library) -> None:
    answer = compare(shop, "lambda", "pickle")
    assert not answer.direct
    assert answer.notes == ["the book does not set them side by side"]
    assert ids(answer.of_a)
    assert ids(answer.of_b)


def test_what_the_book_does_not_know_is_said(shop: Library) -> None:
    answer = compare(shop, "kubernetes", "nomad")
    assert (answer.direct, answer.of_a, answer.of_b) == ([], [], [])
    assert answer.notes[1:] == ["the book does not say what `kubernetes` is", "the book does not say what `nomad` is"]


@pytest.mark.parametrize(("a", "b"), [("", "x"), ("x", " "), ("?", "!"), ("", "")])
def test_a_missing_thing_is_refused(shop: Library, a: str, b: str) -> None:
    with pytest.raises(SearchError, match="name two things"):
        compare(shop, a, b)


@pytest.mark.parametrize(("a", "b"), [("pickle", "Pickles"), ("functions/sentinel", "sentinel")])
def test_one_thing_with_itself_is_refused(shop: Library, a: str, b: str) -> None:
    with pytest.raises(SearchError, match="both things are the same"):
        compare(shop, a, b)


@pytest.mark.parametrize("word", ["x" * 1_000_000, "a\0b", '"NEAR(', "' OR 1=1", "%", "関数", "../.."])
def test_odd_words_break_nothing(shop: Library, word: str) -> None:
    try:
        compare(shop, word, "lambda")
    except SearchError as error:
        assert len(str(error)) < 300


@pytest.mark.parametrize("max_tokens", [32, 120, 250])
def test_budgets_hold(shop: Library, max_tokens: int) -> None:
    answer = compare(shop, "lambda", "def", max_tokens=max_tokens)
    used = sum(tokens_of(each) for each in [*answer.direct, *answer.of_a, *answer.of_b])
    assert used <= max_tokens
    assert answer.truncated
    assert not compare(shop, "lambda", "def", max_tokens=2000).truncated


def test_nothing_is_told_twice(handbook: Library) -> None:
    for a, b in [("thread", "process"), ("list", "tuple"), ("is", "=="), ("TypedDict", "dataclass")]:
        answer = compare(handbook, a, b)
        found = ids([*answer.direct, *answer.of_a, *answer.of_b])
        assert len(found) == len(set(found))
        assert answer.direct


@pytest.mark.parametrize(
    ("a", "b", "id"),
    [
        ("gather", "TaskGroup", "error-handling/gather-or-taskgroup"),
        ("is", "==", "syntax-semantics/is-vs-equals"),
        ("exec", "eval", "execution-model/exec-vs-eval"),
        ("mypy", "pyright", "testing/qa-mypy-or-pyright"),
        ("threads", "asyncio", "concurrency/threads-or-asyncio"),
        ("functions/closure", "class", "functions/closure"),
    ],
)
def test_the_handbook(handbook: Library, a: str, b: str, id: str) -> None:
    answer = compare(handbook, a, b)
    assert id in ids([*answer.direct[:1], *answer.of_a[:1]])


def test_several_books(both: Library) -> None:
    answer = compare(both, "amortised", "sentinel")
    assert [each.book for each in [*answer.of_a[:1], *answer.of_b[:1]]] == ["other", "shop"]
    assert [stamp.id for stamp in compare(both, "lambda", "def", book="shop").books] == ["shop"]
