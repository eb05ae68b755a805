"""A model's answer is taken only with citations that exist; the book's own stands where the model lies, fails or is slow."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from vulgate.search.asking import ask
from vulgate.search.library import Library
from vulgate.search.llm import Model, ask_model

QUESTION = "why is a mutable default shared by all calls?"
RULE = "functions/no-mutable-default"
Reply = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def says(text: str) -> Reply:
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()
    return lambda handler: send(handler, 200, body)


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, without an end."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


@contextmanager
def serving(reply: Reply) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
            reply(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_answer_with_citations_that_exist_is_taken(shop: Library) -> None:
    text = f"Each call sees the same list `a[0]` [{RULE}]. Use `None` [{RULE}].\n\n```python\nx[functions/other]\n```"
    with serving(says(text)) as (url, asked):
        answer = ask_model(shop, QUESTION, Model(url=url, name="small-model", key="sesame"))
    assert answer.answer == text
    assert [each.id for each in answer.passages] == [RULE]
    assert answer.notes == ["answered by small-model from the passages cited"]
    (request,) = asked
    assert (request["path"], request["key"], request["model"]) == (
        "/v1/chat/completions",
        "Bearer sesame",
        "small-model",
    )
    given = request["messages"][1]["content"]
    assert QUESTION in given
    assert all(f"[{each.id}]" in given and each.text in given for each in ask(shop, QUESTION).passages)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (says("It is shared [functions/invented]."), "it cites `functions/invented`, which is none of the passages"),
        (says(f"It is shared [{RULE}, storage/pickle]."), "it cites `storage/pickle`, which is none of the passages"),
        (says("It is shared [1]."), "it cites `1`, which is none of the passages"),
        (
            says(f"It is [shared](https://example.com/), see [{RULE}]."),
            "it cites `https://example.com/`, which is none",
        ),
        (says("It is shared, trust me."), "it cites no passage"),
        (says(f"Code is no citation: `[{RULE}]`"), "it cites no passage"),
        (says("  "), "it says nothing"),
        (lambda handler: send(handler, 500, b"oops"), "the server answers 500"),
        (lambda handler: send(handler, 200, b"<html>"), "the server's answer cannot be read"),
        (lambda handler: send(handler, 200, b'{"choices": []}'), "it says nothing"),
        (
            lambda handler: send(handler, 200, b'{"choices": [{"message": {"content": 5}}]}'),
            "the server's answer cannot be read",
        ),
        (lambda handler: send(handler, 200, b"\xff\xfe"), "the server's answer cannot be read"),
        (lambda handler: send(handler, 200, b" " * 1_000_001), "the answer is longer than 1,000,000 bytes"),
        (lambda handler: send(handler, 302, b"", Location="http://127.0.0.1:9/"), "the server answers 302"),
        (lambda handler: handler.connection.close(), "cannot be read"),
        (lambda handler: time.sleep(0.6), "no answer within 0.3 seconds"),
        (drip, "no answer within 0.3 seconds"),
    ],
)
def test_else_the_books_own_answer_stands_and_the_reason_is_said(shop: Library, reply: Reply, reason: str) -> None:
    own = ask(shop, QUESTION)
    with serving(reply) as (url, _):
        started = time.monotonic()
        answer = ask_model(shop, QUESTION, Model(url=url, name="m", timeout=0.3 if "within" in reason else 10))
        assert time.monotonic() - started < 5
    assert answer.answer == own.answer
    assert answer.passages == own.passages
    assert answer.notes[-1].startswith(f"the answer of m was not taken: {reason}") or reason in answer.notes[-1]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "file:///etc/passwd", "nonsense", "http://", "http://[", "http://a b/"]
)
def test_an_address_that_leads_nowhere_is_said(shop: Library, url: str) -> None:
    answer = ask_model(shop, QUESTION, Model(url=url, name="m", key="sesame"))
    assert answer.answer == ask(shop, QUESTION).answer
    assert answer.notes[-1].startswith("the answer of m was not taken: ")
    assert "sesame" not in str(answer)


def test_where_the_book_does_not_answer_no_model_is_asked(shop: Library) -> None:
    with serving(says(f"Paris [{RULE}]")) as (url, asked):
        answer = ask_model(shop, "what is the capital of France", Model(url=url, name="m"))
    assert not answer.answered
    assert not asked


def test_with_several_books_ids_are_cited_with_their_book(both: Library) -> None:
    with serving(says("Cheap [other:lists/amortised].")) as (url, _):
        answer = ask_model(both, "mutable default of amortised growth", Model(url=url, name="m"))
    assert answer.answered is bool(answer.passages)
