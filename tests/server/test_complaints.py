"""What users of other servers of documentation complained of, as tests of ours, over the protocol."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from tests.search.shop import FILES, compiled_file
from tests.server.serving import answer, ask, call, text_of
from tests.support import BUNDLED
from vulgate.model.tokens import count_tokens
from vulgate.search.answers import CLAIMS
from vulgate.server.app import BookServer
from vulgate.server.fitting import OVERHEAD
from vulgate.store.sqlite import to_sqlite

QUERIES: Final = (
    "why does my default list keep growing",
    "UnboundLocalError: cannot access local variable",
    "functools.lru_cache",
    "when do I use a class",
    "threads or asyncio for many sockets",
    "catch any exception",
    "how do I run one test",
    "SQL injection",
    "what is a closure",
    "virtual environment",
    "f-string format specification",
    "match statement",
    "circular import",
    "dataclass or namedtuple",
    "type hint of a callable",
    "pickle from a stranger",
    "float money",
    "sort a list of dictionaries",
    "generator that never closes",
    "mock a date",
)
CALLS: Final[dict[str, dict[str, Any]]] = {
    "search": {"query": "default"},
    "get": {"id": "functions/no-mutable-default"},
    "rules_for": {"task": "a function with a default list"},
    "compare": {"a": "lambda", "b": "def"},
    "outline": {},
}
LABELS: Final = re.compile(
    r"^(?:note|book|fix|why here|truncated|python|Related|Both|proven|failed|skipped|unproven)\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server of the handbook."""
    import vulgate

    place = tmp_path_factory.mktemp("complaints") / "python.sqlite"
    place.write_bytes(to_sqlite(vulgate.compile_book(vulgate.open_book(BUNDLED)).book))
    server = BookServer([place], [place.parent])
    yield server
    server.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server of a small book with facts and rules of several versions."""
    place: Path = compiled_file(tmp_path_factory.mktemp("shop"), FILES)
    server = BookServer([place], [place.parent])
    yield server
    server.close()


def test_the_same_page_does_not_answer_every_query(handbook: BookServer) -> None:
    first = [answer(handbook, "search", query=query, limit=1)["hits"][0]["id"] for query in QUERIES]
    assert len(set(first)) >= 0.9 * len(QUERIES)


def test_no_hit_comes_twice_and_a_section_fills_no_answer(handbook: BookServer) -> None:
    for query in QUERIES:
        hits = answer(handbook, "search", query=query, limit=10)["hits"]
        assert len({hit["id"] for hit in hits}) == len(hits)
        texts = [hit["excerpt"] for hit in hits if hit["excerpt"]]
        assert len(set(texts)) == len(texts), query
        places = [hit["place"] for hit in hits]
        assert max(map(places.count, places)) <= 2, query


def test_an_answer_keeps_to_its_budget_and_the_cursor_goes_on(handbook: BookServer) -> None:
    for query in QUERIES[:5]:
        result = call(handbook, "search", query=query, limit=50, max_tokens=600)
        data: Any = result.structured_content
        assert count_tokens(text_of(result)) <= 600 + OVERHEAD
        assert data["truncated"]
        more = answer(handbook, "search", query=query, limit=50, max_tokens=600, cursor=data["cursor"])
        assert more["hits"]
        assert not {hit["id"] for hit in more["hits"]} & {hit["id"] for hit in data["hits"]}


def test_numbers_outside_are_taken_to_the_nearer_end(handbook: BookServer) -> None:
    for options in ({"max_tokens": 1}, {"max_tokens": 10**9}, {"limit": 0}, {"limit": 10**9}, {"maxTokens": "500"}):
        assert answer(handbook, "search", query="default", **options)["hits"]


def test_names_are_written_in_snake_case(handbook: BookServer) -> None:
    tools = ask(handbook, lambda client: client.list_tools()).tools
    for name in (name for tool in tools for name in (tool.name, *tool.input_schema["properties"])):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)


def test_every_hit_says_versions_and_proof(shop: BookServer) -> None:
    versions = {}
    for kinds in ([], ["fact"], ["rule"]):
        result = call(shop, "search", query="default", kinds=kinds, limit=50, max_tokens=5000)
        for hit in (result.structured_content or {})["hits"]:
            assert hit["status"] in ("proven", "failed", "skipped", "unproven")
            (line,) = [line for line in text_of(result).split("\n") if f"`{hit['id']}`" in line and line[0].isdigit()]
            assert (f"· {hit['status']}" in line) is (hit["kind"] in CLAIMS)
            assert (f"· python {hit['python']}" in line) is bool(hit["python"])
            versions[hit["id"]] = hit["python"]
    assert versions["functions/evaluated-once"] == ">=3.8"  # its own
    assert versions["functions"] == ">=3.10"  # its chapter's
    assert versions["functions/no-mutable-default"] == ""  # a rule holds in any version unless it says so


def test_a_version_leaves_out_what_does_not_hold_there(shop: BookServer) -> None:
    def ids(**options: str) -> set[str]:
        hits = [
            hit
            for kind in ("fact", "rule", "pattern")
            for hit in answer(shop, "search", query="print default lambda", kinds=[kind], limit=50, **options)["hits"]
        ]
        return {hit["id"] for hit in hits}

    assert {"storage/no-print", "functions/evaluated-once", "functions/key-function"} <= ids(python="3.12")
    assert "storage/no-print" not in ids(python_version="3.11")
    assert "functions/key-function" not in ids(python="3.9")
    assert "functions/evaluated-once" in ids(python="3.9")


@pytest.mark.parametrize("name", CALLS)
def test_results_hold_data_only(shop: BookServer, name: str) -> None:
    """Each line of a result is of the book, or a label with what is in the data: no advice, no address, no order to a model."""
    result = call(shop, name, **CALLS[name])
    data = result.structured_content
    known = re.sub(r"[\W_]+", " ", json.dumps(data, ensure_ascii=False).replace("\\n", "\n"))
    for line in filter(None, map(str.strip, text_of(result).split("\n"))):
        if not LABELS.match(line.lstrip("#*- ")):
            said = {word for word in re.findall(r"\w+", line) if not word.isdigit()}
            assert said <= set(known.split()), line
    said = text_of(result).lower()
    assert not re.search(r"https?://|sign in|log in|upgrade|install|subscribe|you (?:must|should)|call the", said)


def test_every_answer_says_which_copy_of_which_book(shop: BookServer) -> None:
    for name, arguments in CALLS.items():
        (stamp,) = answer(shop, name, **arguments)["books"]
        assert set(stamp) == {"id", "title", "digest", "built", "version"}
        assert all(stamp.values())
