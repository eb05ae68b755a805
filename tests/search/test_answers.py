"""What holds for all answers: the same each time, quickly, from any number of books."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.search.shop import FILES, compiled_file
from vulgate.search.advising import rules_for
from vulgate.search.answers import SearchError
from vulgate.search.asking import ask
from vulgate.search.comparing import compare
from vulgate.search.library import Library
from vulgate.search.outlining import outline
from vulgate.search.reading import get

REQUESTS: list[Callable[[Library], object]] = [
    lambda library: get(library, "functions/no-mutable-default"),
    lambda library: get(library, "B006", view="full"),
    lambda library: get(library, "concurrency", view="full", max_tokens=2000),
    lambda library: get(library, "functions", view="examples", max_tokens=1000),
    lambda library: outline(library),
    lambda library: outline(library, "functions"),
    lambda library: outline(library, kinds=["rule"], max_tokens=2000),
    lambda library: compare(library, "thread", "process"),
    lambda library: rules_for(library, path="tests/test_a.py", imports=["asyncio", "requests"]),
]


@pytest.mark.parametrize("request_", [*REQUESTS, lambda library: ask(library, "threads or asyncio?")])
def test_the_same_request_has_the_same_answer(
    handbook_file: Path, handbook: Library, request_: Callable[[Library], object]
) -> None:
    with Library.open([handbook_file]) as again:
        assert request_(again) == request_(handbook) == request_(handbook)


@pytest.mark.parametrize("request_", REQUESTS)
def test_answers_take_milliseconds(handbook: Library, request_: Callable[[Library], object]) -> None:
    request_(handbook)
    best = min(_seconds(handbook, request_) for _ in range(5))
    assert best < 0.030  # a tenth of that on an idle machine


@pytest.mark.parametrize("data", ["{", "[]", "5", '{"number": 5}'])
def test_a_damaged_book_is_said_to_be_damaged(tmp_path: Path, data: str) -> None:
    place = compiled_file(tmp_path, FILES)
    connection = sqlite3.connect(place)
    connection.execute("UPDATE block SET data = ?", (data,))
    connection.commit()
    connection.close()
    for request_ in (
        lambda library: get(library, "functions"),
        lambda library: get(library, "functions/no-mutable-default", view="full"),
        lambda library: outline(library),
        lambda library: compare(library, "lambda", "def"),
        lambda library: rules_for(library, path="a.py"),
        lambda library: ask(library, "what is a sentinel"),
    ):
        with (
            Library.open([place]) as library,
            pytest.raises(SearchError, match=r"shop\.sqlite is damaged .*; build it again"),
        ):
            request_(library)


def _seconds(library: Library, request_: Callable[[Library], object]) -> float:
    started = time.process_time()
    request_(library)
    return time.process_time() - started
