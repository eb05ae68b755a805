"""The six tools, asked by a client of the SDK in this process."""

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from mcp import Client
from mcp.types import Tool

from tests.server.serving import BOOK, ERAS, LEGACY, answer, ask, call, compile_to, error, text_of
from vulgate.cli import main
from vulgate.model.tokens import count_tokens
from vulgate.search.answers import BlockAnswer, CompareAnswer, OutlineAnswer, RulesAnswer, SearchAnswer
from vulgate.server.app import BookServer
from vulgate.server.fitting import LEAST, MOST, OVERHEAD
from vulgate.server.reports import CheckAnswer
from vulgate.server.texts import LONGEST
from vulgate.server.tools import DEFAULTS

CODE = "def collect(item, into=[]):\n    return into\n"
CALLS: dict[str, dict[str, Any]] = {
    "search": {"query": "mutable default"},
    "get": {"id": "functions/mutable-default"},
    "check_code": {"code": CODE},
    "rules_for": {"task": "a function with a default list"},
    "compare": {"a": "closure", "b": "class"},
    "outline": {},
}
ANSWERS = {
    "search": SearchAnswer,
    "get": BlockAnswer,
    "check_code": CheckAnswer,
    "rules_for": RulesAnswer,
    "compare": CompareAnswer,
    "outline": OutlineAnswer,
}


def repr_of(value: str) -> str:
    return ascii(value[:20])


@pytest.fixture(scope="module")
def tools(server: BookServer) -> list[Tool]:
    async def work(client: Client) -> list[Tool]:
        return list((await client.list_tools()).tools)

    return ask(server, work)


def test_there_are_six_read_only_tools(tools: list[Tool]) -> None:
    assert [tool.name for tool in tools] == list(CALLS)
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.annotations.open_world_hint is False
        assert tool.annotations.destructive_hint is False


def test_texts_are_shorter_than_what_clients_cut(server: BookServer, tools: list[Tool]) -> None:
    for text in (server.instructions or "", *(tool.description or "" for tool in tools)):
        assert 0 < len(text.encode()) <= LONGEST
    for tool in tools:  # the decisive words stand in the first line
        assert len((tool.description or "").partition("\n")[0]) < 140


def test_what_a_client_loads_is_short(tools: list[Tool]) -> None:
    """Descriptions and schemas of all tools; they stand in the context of a model from its first word on."""
    loaded = [tool.model_dump_json(by_alias=True, exclude_none=True) for tool in tools]
    assert sum(map(count_tokens, loaded)) < 5_500
    assert not any('"title":"Max Tokens"' in text or "Attributes:" in text for text in loaded)


def test_every_parameter_is_described(tools: list[Tool]) -> None:
    for tool in tools:
        for name, schema in tool.input_schema["properties"].items():
            assert schema["description"], (tool.name, name)


@pytest.mark.parametrize("era", ERAS)
def test_a_tool_answers_with_text_and_what_its_schema_says(server: BookServer, tools: list[Tool], era: str) -> None:
    schemas = {tool.name: tool.output_schema for tool in tools}

    async def work(client: Client) -> dict[str, Any]:
        return {name: await client.call_tool(name, arguments) for name, arguments in CALLS.items()}

    for name, result in ask(server, work, era).items():
        assert not result.is_error, text_of(result)
        data = result.structured_content
        schema = schemas[name]
        assert schema is not None
        jsonschema.validate(data, schema)
        assert set(data) == {field.name for field in dataclasses.fields(ANSWERS[name])}
        (stamp,) = data["books"]
        assert (stamp["id"], stamp["title"]) == ("small", "Small rules")
        assert stamp["digest"]
        assert stamp["built"].startswith("20")
        text = text_of(result)
        assert f"book: Small rules (small), digest {stamp['digest'][:12]}, built {stamp['built']}" in text
        assert not text.lstrip().startswith("{")  # Markdown, and not the data once more


def test_search_finds_the_rule_and_get_reads_it(server: BookServer) -> None:
    hit = answer(server, "search", query="mutable default argument")["hits"][0]
    assert hit["id"] == "functions/mutable-default"
    found = answer(server, "get", id=hit["id"], view="full")
    assert "into.append(item)" in found["text"]
    assert found["file"].startswith("functions.md:")
    examples = answer(server, "get", id=hit["id"], view="examples")["text"]
    assert "into=[]" in examples


def test_a_section_gives_two_hits_at_most_and_no_passage_twice(server: BookServer) -> None:
    hits = answer(server, "search", query="default", limit=50, max_tokens=MOST)["hits"]
    assert len(hits) > 1
    assert len({hit["id"] for hit in hits}) == len(hits)
    passages = [hit["excerpt"] for hit in hits if hit["excerpt"]]  # a heading has none
    assert len(set(passages)) == len(passages)
    places = [hit["place"] for hit in hits]
    assert max(map(places.count, places)) <= 2


def test_the_text_of_a_result_says_nothing_twice(server: BookServer) -> None:
    for name, arguments in CALLS.items():
        lines = [line for line in text_of(call(server, name, **arguments)).split("\n") if len(line) > 40]
        assert len(lines) == len(set(lines)), name


def test_compare_sets_two_things_side_by_side(server: BookServer) -> None:
    found = answer(server, "compare", a="closure", b="class")
    assert any("several and names them" in passage["text"] for passage in found["direct"])


def test_outline_lists_chapters(server: BookServer) -> None:
    found = answer(server, "outline", depth=1)["entries"]
    assert [entry["id"] for entry in found if entry["kind"] == "chapter"] == ["functions", "errors"]


def test_an_outline_shows_as_many_levels_as_fit(server: BookServer, tmp_path: Path) -> None:
    sections = "".join(f"## Section {number}\n\nText.\n\n" for number in range(20))
    served = BookServer([compile_to(tmp_path / "long.sqlite", {**BOOK, "errors.md": f"# Errors\n\n{sections}"})])
    try:
        whole = answer(served, "outline")
        assert not whole["truncated"]
        assert {entry["kind"] for entry in whole["entries"]} == {"chapter", "section"}
        small = answer(served, "outline", max_tokens=LEAST)
        assert [entry["kind"] for entry in small["entries"]] == ["chapter", "chapter"]
        assert small == answer(served, "outline", depth=0, max_tokens=LEAST)
        first = answer(served, "outline", under="errors", max_tokens=LEAST)
        after = answer(served, "outline", under="errors", max_tokens=LEAST, cursor=first["cursor"])
        numbers = [entry["number"] for entry in (*first["entries"], *after["entries"])]
        assert numbers == [f"2.{number}" for number in range(1, len(numbers) + 1)]
    finally:
        served.close()


def test_rules_for_needs_something(server: BookServer) -> None:
    assert "path" in error(server, "rules_for")
    ids = [rule["id"] for rule in answer(server, "rules_for", path="app.py")["rules"]]
    assert set(ids) <= {"functions/mutable-default", "errors/bare-except"}


# ------------------------------------------------------------------------------------------------ one code path


@pytest.mark.parametrize("query", ["mutable default", "bare except", "what is a closure"])
def test_the_command_line_and_the_tool_give_the_same_answer(server: BookServer, compiled: Path, query: str) -> None:
    done = CliRunner().invoke(main, ["search", query, "--book", str(compiled), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == answer(server, "search", query=query, max_tokens=MOST)


# ------------------------------------------------------------------------------------------------ names and values


@pytest.mark.parametrize(
    ("name", "arguments", "same"),
    [
        ("search", {"q": "default", "k": 1, "tokens": 500}, {"query": "default", "limit": 1, "max_tokens": 500}),
        ("search", {"question": "default", "topK": "1"}, {"query": "default", "limit": 1}),
        ("search", {"text": "default", "kind": "rule"}, {"query": "default", "kinds": ["rule"]}),
        ("search", {"query": "default", "kinds": '["rule"]'}, {"query": "default", "kinds": ["rule"]}),
        ("search", {"query": ["default"], "chapter": None}, {"query": "default"}),
        ("search", {"query": "default", "limit": 10**9}, {"query": "default", "limit": 50}),
        ("search", {"query": "default", "limit": -3}, {"query": "default", "limit": 1}),
        ("search", {"query": "default", "maxTokens": 2.0}, {"query": "default", "max_tokens": LEAST}),
        ("search", {"query": "default", "max_tokens": 10**7}, {"query": "default", "max_tokens": 10_000}),
        ("search", {"query": "default", "python_version": "Python 3.12"}, {"query": "default", "python": "3.12"}),
        ("get", {"block_id": "functions/mutable-default"}, {"id": "functions/mutable-default"}),
        ("get", {"uri": "book://small/functions/mutable-default"}, {"id": "functions/mutable-default"}),
        ("get", {"name": "functions", "view": "FULL"}, {"id": "functions", "view": "full"}),
        ("check_code", {"source": CODE, "filename": "x.py"}, {"code": CODE, "path": "x.py"}),
        ("compare", {"left": "closure", "right": "class"}, {"a": "closure", "b": "class"}),
        ("outline", {"id": "functions", "levels": 1}, {"under": "functions", "depth": 1}),
        ("rules_for", {"file": "app.py", "imports": "json, os"}, {"path": "app.py", "imports": ["json", "os"]}),
    ],
)
def test_likely_names_and_values_are_taken(server: BookServer, name: str, arguments: Any, same: Any) -> None:
    assert answer(server, name, **arguments) == answer(server, name, **same)


def test_what_means_nothing_is_left_out_with_a_note(server: BookServer) -> None:
    found = answer(server, "search", query="default", colour="red", limt=3, limit="many")
    assert len(found["notes"]) >= 3
    notes = " ".join(found["notes"])
    assert "`colour` was left out" in notes
    assert "did you mean `limit`?" in notes
    assert "`limit` was left out: it is no number" in notes
    text = text_of(call(server, "outline", colour="red"))
    assert text.startswith("note: argument `colour` was left out")


def test_what_is_missing_is_named(server: BookServer) -> None:
    assert error(server, "search", words="default").startswith("`query` is missing; the arguments are `query`, `kinds`")
    assert error(server, "compare", a="x").startswith("`b` is missing")
    assert "`view` is one of `brief`, `full`, `examples`" in error(server, "get", id="functions", view="long")
    assert "there is no tool 'find'; there are search, get" in error(server, "find", query="x")


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "*",
        "NEAR(",
        "-",
        "a AND",
        "(default",
        "col:default",
        "^default",
        "' OR 1=1 --",
        "\x00\x01\x1b[31m",
        "日本語",
        "кириллица",
        "🙂" * 50,
        "x" * 1_000_000,
        "default " * 100_000,
        "../../etc/passwd",
    ],
    ids=repr_of,
)
def test_any_query_is_answered(server: BookServer, query: str) -> None:
    result = call(server, "search", query=query)
    assert not result.is_error or text_of(result).startswith("the query has no words"), text_of(result)


@pytest.mark.parametrize("query", ["", "   ", "\x00"])
def test_an_empty_query_is_told_so(server: BookServer, query: str) -> None:
    assert error(server, "search", query=query).startswith("`query` is empty")


@pytest.mark.parametrize(
    "id", ["functions/mutable-defalt", "../../../etc/passwd", "x" * 100_000, "a\x00b", "日本", "%"], ids=repr_of
)
def test_an_unknown_id_is_told_with_the_nearest(server: BookServer, id: str) -> None:
    text = error(server, "get", id=id)
    assert len(text) < 1_000
    if id.startswith("functions"):
        assert "functions/mutable-default" in text


def test_unknown_kinds_chapters_and_books_are_told(server: BookServer) -> None:
    assert "rule" in error(server, "search", query="x", kinds=["rul"])
    assert "functions" in error(server, "search", query="x", chapter="function")
    assert "small" in error(server, "search", query="x", book="smal")


def test_a_cursor_of_another_answer_is_told(server: BookServer) -> None:
    for name, arguments in CALLS.items():
        if name != "compare":
            assert "cursor" in error(server, name, **arguments, cursor="nonsense")


# ------------------------------------------------------------------------------------------------ budgets


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("budget", [0, 1, 200, 400, 3_000])
def test_a_result_keeps_to_its_budget_in_both_forms(server: BookServer, name: str, budget: int) -> None:
    result = call(server, name, **CALLS[name], max_tokens=budget)
    room = max(budget or DEFAULTS[name], LEAST) + OVERHEAD
    assert count_tokens(text_of(result)) <= room
    assert count_tokens(json.dumps(result.structured_content, ensure_ascii=False, separators=(",", ":"))) <= room


def test_a_chapter_is_read_page_by_page(server: BookServer) -> None:
    pages: list[str] = []
    cursor = ""
    while True:
        page = answer(server, "get", id="functions", view="full", max_tokens=250, cursor=cursor)
        pages.append(page["text"])
        assert page["truncated"] == bool(page["cursor"])
        cursor = page["cursor"]
        if not cursor:
            break
    whole = answer(server, "get", id="functions", view="full", max_tokens=MOST)
    assert len(pages) > 1
    assert not whole["truncated"]
    assert "".join(pages).split() == whole["text"].split()


def test_findings_come_page_by_page(server: BookServer) -> None:
    code = "".join(f"def f{number}(x=[]):\n    return x\n" for number in range(60))
    lines: list[int] = []
    cursor = ""
    while True:
        page = answer(server, "check_code", code=code, max_tokens=800, cursor=cursor)
        assert page["found"] == 60
        lines += (finding["line"] for finding in page["findings"])
        cursor = page["cursor"]
        if not cursor:
            break
    assert lines == list(range(1, 120, 2))
    assert "cursor" in error(server, "check_code", code=CODE, cursor=answer(server, "check_code", code=code)["cursor"])


def test_many_calls_at_once_are_answered(server: BookServer) -> None:
    import asyncio

    async def work(client: Client) -> list[Any]:
        searches = [client.call_tool("search", {"query": f"default {number}"}) for number in range(100)]
        checks = [client.call_tool("check_code", {"code": f"{CODE}x = {number}\n"}) for number in range(5)]
        return await asyncio.gather(*searches, *checks)

    for era in ERAS:
        assert not any(result.is_error for result in ask(server, work, era))


def test_an_old_client_gets_what_a_new_one_gets(server: BookServer) -> None:
    for name, arguments in CALLS.items():
        assert call(server, name, LEGACY, **arguments).structured_content == answer(server, name, **arguments)


def test_a_gist_that_the_passage_says_is_not_said_again(server: BookServer) -> None:
    for query in ("default once", "closure class", "bare except"):
        for paragraph in text_of(call(server, "search", query=query, limit=50)).split("\n\n"):
            lines = [line.replace("`", "").replace("*", "") for line in paragraph.split("\n") if len(line) > 30]
            assert len(lines) == len(set(lines)), paragraph


def test_a_call_that_takes_too_long_is_ended(server: BookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(code: str) -> None:
        time.sleep(0.5)

    monkeypatch.setattr("vulgate.server.app.SECONDS", 0.05)
    monkeypatch.setitem(server.tools, "check_code", slow)
    assert "took longer than" in error(server, "check_code", code=CODE)
    monkeypatch.undo()
    assert answer(server, "check_code", code=CODE)["found"] == 1


def test_a_fault_of_the_server_tells_nothing_of_its_inside(server: BookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(query: str) -> None:
        raise ValueError("secret")

    monkeypatch.setitem(server.tools, "search", broken)
    assert error(server, "search", query="x") == "search failed for a fault of the server; its log says more"
