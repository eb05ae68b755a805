"""`vulgate ask`."""

import json
from pathlib import Path

import pytest

from tests.build.books import run
from tests.search.shop import FILES, OTHER, compiled_file


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(compiled_file(tmp_path_factory.mktemp("ask"), FILES))


def test_an_answer_is_printed_with_its_citations(file: str) -> None:
    shown = run("ask", "What is a sentinel?", "--book", file)
    assert shown.exit_code == 0
    assert "[1 Functions > 1.1 Default arguments > 1.1.1 Sentinels; functions/sentinel]" in shown.stdout


def test_the_question_needs_no_quotes(file: str) -> None:
    assert (
        run("ask", "what", "is", "a", "sentinel", "--book", file).stdout
        == run("ask", "what is a sentinel", "--book", file).stdout
    )


def test_json(file: str) -> None:
    value = json.loads(run("ask", "lambda vs def", "--book", file, "--json").stdout)
    assert value["answered"] is True
    assert value["passages"][0]["id"] == "functions/lambda-vs-def"
    assert value["books"][0]["id"] == "shop"


def test_no_answer_is_exit_code_1(file: str) -> None:
    shown = run("ask", "what is the capital of France", "--book", file)
    assert shown.exit_code == 1
    assert shown.stdout.startswith("The book does not say.\n")


def test_several_books(file: str, tmp_path: Path) -> None:
    other = str(compiled_file(tmp_path, OTHER))
    assert "[other: 1 Lists" in run("ask", "what is amortised", "-b", file, "-b", other).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["???"], "the query has no words"),
        (["a", "--llm"], "needs VULGATE_LLM_URL and VULGATE_LLM_MODEL"),
        (["a", "--llm", "--llm-url", "http://localhost:1"], "needs VULGATE_LLM_URL and VULGATE_LLM_MODEL"),
        (["a", "--max-tokens", "many"], "is not a valid integer"),
    ],
)
def test_wrong_usage(file: str, arguments: list[str], message: str) -> None:
    shown = run("ask", *arguments, "--book", file)
    assert shown.exit_code == 2
    assert message in shown.stderr


def test_a_file_that_is_no_compiled_book(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"x" * 5000)
    for path in ("x.sqlite", "nowhere.sqlite"):
        shown = run("ask", "a", "--book", str(tmp_path / path))
        assert shown.exit_code == 2
        assert "compiled book" in shown.stderr


def test_a_model_that_cannot_be_reached_leaves_the_books_answer(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VULGATE_LLM_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("VULGATE_LLM_MODEL", "m")
    monkeypatch.setenv("no_proxy", "*")
    shown = run("ask", "What is a sentinel?", "--llm", "--book", file)
    assert shown.exit_code == 0
    assert "functions/sentinel" in shown.stdout
    assert "the answer of m was not taken" in shown.stderr
