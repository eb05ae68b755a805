"""Answers put together from the book's passages, and the questions that it does not answer."""

import re
from pathlib import Path

import pytest

from tests.search.shop import opened
from vulgate.model.tokens import count_tokens
from vulgate.search.answers import CLAIMS, AskAnswer, SearchError
from vulgate.search.asking import LEAST, SLOTS, UNANSWERED, ask
from vulgate.search.library import Library


def ids(answer: AskAnswer) -> list[str]:
    return [each.id for each in answer.passages]


def test_an_answer_cites_each_passage_with_place_id_and_proof(shop: Library) -> None:
    answer = ask(shop, "why is a mutable default shared by all calls?")
    assert answer.answered
    assert "functions/no-mutable-default" in ids(answer)
    for passage in answer.passages:
        proof = f"; {passage.status}" if passage.kind in CLAIMS else ""
        assert f"{passage.text}\n\n[{passage.place}; {passage.id}{proof}]" in answer.answer
    assert "unproven]" in answer.answer
    assert len(re.findall(r"^\[.*; .*\]$", answer.answer, re.MULTILINE)) == len(answer.passages)
    assert [stamp.id for stamp in answer.books] == ["shop"]


def test_passages_come_in_the_order_of_use_each_once(handbook: Library) -> None:
    order = {"term": 0, "quick": 1, "contrast": 2, "table": 3, "qa": 4, "rule": 6, "example": 7}
    for question in (
        "threads or asyncio for 10,000 sockets?",
        "what does a mutable default do?",
        "how does a closure keep a variable?",
    ):
        answer = ask(handbook, question)
        claim = list(SLOTS).index("claim")
        found = [order.get(each.kind, claim) for each in answer.passages]
        found = found[:1] + [place or claim for place in found[1:]]  # a term that was not asked for is a claim
        assert answer.answered, question
        assert len(found) > 1, question
        assert found == sorted(found), question
        assert len(ids(answer)) == len(set(ids(answer))), question
        assert not set(ids(answer)) & {each.id for each in answer.see}, question


@pytest.mark.parametrize(
    "question",
    [
        "lambda or def?",
        "What is the difference between a lambda and a def?",
        "Lambda vs def",
        "compare lambda with def",
    ],
)
def test_a_comparison_is_answered_by_the_contrast(shop: Library, question: str) -> None:
    assert "functions/lambda-vs-def" in ids(ask(shop, question))


@pytest.mark.parametrize(
    "question", ["What is a sentinel?", "what does sentinel mean", "define sentinel", "What are markers?"]
)
def test_a_word_that_is_asked_for_is_defined_first(shop: Library, question: str) -> None:
    answer = ask(shop, question)
    assert answer.answered
    if "marker" not in question:
        assert ids(answer)[0] == "functions/sentinel"


def test_beside_a_contrast_of_words_that_are_everywhere_stands_nothing_else(handbook: Library) -> None:
    assert ids(ask(handbook, "is vs ==")) == ["syntax-semantics/is-vs-equals", "control-flow/qa-or-of-values"]


@pytest.mark.parametrize(
    "question",
    [
        "how do I deploy to kubernetes with helm",
        "what is the capital of France",
        "css flexbox center a div",
        "git rebase a branch",
    ],
)
def test_what_the_book_does_not_answer_it_does_not_answer(shop: Library, question: str) -> None:
    answer = ask(shop, question)
    assert (answer.answered, answer.answer, answer.passages) == (False, UNANSWERED, [])
    assert answer.notes[-1].startswith("no passage speaks of")


def test_a_word_that_is_only_guessed_covers_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, "# A\n\nA linter shows the layout of a grid.\n\n## B\n\nMore.\n") as library:
        assert ask(library, "linter grid layout").answered
        assert not ask(library, "tkinter").answered


@pytest.mark.parametrize(
    "question",
    [
        "rust borrow checker error[E0502] cannot borrow as mutable",
        "center a div vertically with css flexbox",
        "train a random forest with scikit-learn",
        "how do I deploy to kubernetes with helm",
        "django queryset select_related vs prefetch_related",
        "what is the capital of France",
    ],
)
def test_the_handbook_says_where_it_has_no_answer(handbook: Library, question: str) -> None:
    assert not ask(handbook, question).answered


@pytest.mark.parametrize(
    ("question", "id"),
    [
        ("threads or asyncio for 10,000 sockets?", "concurrency/threads-or-asyncio"),
        ("is vs ==", "syntax-semantics/is-vs-equals"),
        ("What is a closure?", "functions/closure"),
        ("Is Python interpreted or compiled?", "introduction/qa-interpreted-or-compiled"),
        ("why is round(2.5) 2", "syntax-semantics/"),
        ("B006", "functions/no-mutable-default"),
    ],
)
def test_the_handbook(handbook: Library, question: str, id: str) -> None:
    assert any(each.startswith(id) for each in ids(ask(handbook, question)))


@pytest.mark.parametrize("max_tokens", [1, 100, 300])
def test_budgets_hold(handbook: Library, max_tokens: int) -> None:
    for question in ("threads or asyncio for 10,000 sockets?", "What is a closure?", "is vs =="):
        answer = ask(handbook, question, max_tokens=max_tokens)
        assert answer.passages
        assert count_tokens(answer.answer) <= max(max_tokens, LEAST)
        if max_tokens <= 100:
            assert answer.notes[-1].startswith(f"passages that found no room in {max_tokens} tokens: ")
        assert answer.answer.count("```") % 2 == 0


@pytest.mark.parametrize("question", ["", " ", "???", "\0"])
def test_a_question_without_words_is_refused(shop: Library, question: str) -> None:
    with pytest.raises(SearchError, match="no words"):
        ask(shop, question)


@pytest.mark.parametrize(
    "question",
    [
        "x" * 1_000_000,
        "a or " * 5000,
        '"NEAR(',
        "what is " * 1000,
        "\ud800 default",
        "関数 とは",
        "- * ( )  default",
        "or",
        "vs",
    ],
)
def test_odd_questions_break_nothing(shop: Library, question: str) -> None:
    try:
        answer = ask(shop, question)
    except SearchError as error:
        assert len(str(error)) < 300
    else:
        assert bool(answer.passages) is answer.answered


def test_several_books_are_named_in_the_citations(both: Library) -> None:
    answer = ask(both, "what is amortised growth of a list?")
    assert "[other: 1 Lists > 1.1 Growth; lists/amortised]" in answer.answer
    assert not ask(both, "what is amortised growth of a list?", book="shop").answered
