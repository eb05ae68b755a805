"""Resources, completions, prompts and skills."""

import hashlib
from typing import Any

import pytest
import yaml
from mcp import Client, MCPError
from mcp.types import PromptReference, Request, ResourceTemplateReference, Result
from pydantic import ConfigDict

from tests.server.serving import ERAS, LEGACY, MODERN, ask
from vulgate.server.app import BookServer
from vulgate.server.prompts import GATES

INVALID = -32602


class Anything(Result):
    """Whatever a method answers."""

    model_config = ConfigDict(extra="allow")


def read(server: BookServer, uri: str) -> str:
    async def work(client: Client) -> str:
        (content,) = (await client.read_resource(uri)).contents
        assert content.mime_type == "text/markdown"
        return str(getattr(content, "text", ""))

    return ask(server, work)


def refused(server: BookServer, uri: str) -> str:
    with pytest.raises((MCPError, BaseExceptionGroup)) as found:
        read(server, uri)
    error: Any = found.value
    while isinstance(error, BaseExceptionGroup):
        (error,) = error.exceptions
    assert error.error.code == INVALID
    return str(error)


def request(server: BookServer, method: str, era: str = MODERN, **params: Any) -> dict[str, Any]:
    async def work(client: Client) -> dict[str, Any]:
        result = await client.session.send_request(
            Request[dict[str, Any], str](method=method, params=params),  # type: ignore[arg-type]
            Anything,
        )
        return result.model_dump(by_alias=True, exclude={"meta"})

    return ask(server, work, era)


# ------------------------------------------------------------------------------------------------ resources


@pytest.mark.parametrize("era", ERAS)
def test_books_and_chapters_are_listed(server: BookServer, era: str) -> None:
    async def work(client: Client) -> tuple[Any, Any]:
        return await client.list_resources(), await client.list_resource_templates()

    listed, templates = ask(server, work, era)
    assert [str(one.uri) for one in listed.resources] == [
        "book://small",
        "book://small/functions",
        "book://small/errors",
    ]
    assert listed.resources[1].title == "1 Functions"
    assert listed.resources[1].meta["digest"]
    assert [one.uri_template for one in templates.resource_templates] == [
        "book://{book}",
        "book://{book}/{+id}{?cursor}",
        "skill://{book}/{name}/{+path}",
    ]


def test_lists_may_be_kept_and_shared(server: BookServer) -> None:
    listed = request(server, "resources/list")
    assert listed["cacheScope"] == "public"
    assert listed["ttlMs"] > 0
    assert request(server, "tools/list")["cacheScope"] == "public"


def test_a_block_is_read_by_its_address(server: BookServer) -> None:
    assert "`functions/defaults`" in read(server, "book://small")
    text = read(server, "book://small/functions/mutable-default")
    assert "into.append(item)" in text
    assert "book: Small rules (small), digest " in text
    assert "every call shares it" in read(server, "book://small/functions")


@pytest.mark.parametrize(
    "uri",
    [
        "book://small/nothing",
        "book://other/functions",
        "book://other",
        "book://small/../functions",
        "book://small/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "book://small//etc/passwd",
        "file:///etc/passwd",
        "skill://small/nothing/SKILL.md",
        "skill://small/small-functions/../../etc/passwd",
    ],
)
def test_what_is_no_block_is_refused(server: BookServer, uri: str) -> None:
    assert "root:" not in refused(server, uri)


def test_an_unknown_block_is_told_with_the_nearest(server: BookServer) -> None:
    assert "functions/mutable-default" in refused(server, "book://small/functions/mutable-defalt")


@pytest.mark.parametrize("era", ERAS)
def test_ids_are_completed(server: BookServer, era: str) -> None:
    reference = ResourceTemplateReference(type="ref/resource", uri="book://{book}/{+id}{?cursor}")

    async def work(client: Client) -> list[list[str]]:
        asked = [("book", "s"), ("id", "functions/mut"), ("id", "mutable"), ("id", "%"), ("id", "none"), ("cursor", "")]
        found = [await client.complete(reference, {"name": name, "value": value}) for name, value in asked]
        topic = await client.complete(
            PromptReference(type="ref/prompt", name="teach"), {"name": "topic", "value": "clos"}
        )
        return [each.completion.values for each in (*found, topic)]

    books, start, inside, percent, none, cursor, topics = ask(server, work, era)
    assert books == ["small"]
    assert start[0] == "functions/mutable-default"
    assert all(id.startswith("functions/mut") for id in start)
    assert "functions/mutable-default" in inside
    assert percent == none == cursor == []
    assert "functions/closures" in topics


# ------------------------------------------------------------------------------------------------ prompts


def test_code_in_a_prompt_stands_in_a_fence(server: BookServer) -> None:
    code = 'x = """\n```\n"""\n'

    async def work(client: Client) -> str:
        (message,) = (await client.get_prompt("review", {"code": code})).messages
        return str(getattr(message.content, "text", ""))

    assert f"\n\n````python\n{code}````\n\n" in ask(server, work)


@pytest.mark.parametrize("era", ERAS)
def test_prompts_lead_through_the_tools(server: BookServer, era: str) -> None:
    async def work(client: Client) -> dict[str, str]:
        names = [prompt.name for prompt in (await client.list_prompts()).prompts]
        assert names == ["review", "teach", "plan_refactoring"]
        given = [{"code": "app.py"}, {"topic": "closures"}, {"goal": "split the class", "path": "app.py"}]
        found = {}
        for name, arguments in zip(names, given, strict=True):
            (message,) = (await client.get_prompt(name, arguments)).messages
            found[name] = str(getattr(message.content, "text", ""))
        return found

    texts = ask(server, work, era)
    assert "app.py" in texts["review"]
    assert "`check_code`" in texts["review"]
    assert "Teach closures" in texts["teach"]
    plan = texts["plan_refactoring"]
    order = [plan.index(f"**{name}.**") for name, _ in GATES]
    assert order == sorted(order)
    assert [name for name, _ in GATES] == ["Spec", "Design", "Rules", "Tests", "Security", "Checks"]
    assert all("book: Small rules (small), digest " in text for text in texts.values())


# ------------------------------------------------------------------------------------------------ skills


def test_the_extension_is_declared(server: BookServer) -> None:
    async def work(client: Client) -> Any:
        return client.server_capabilities

    assert ask(server, work).extensions == {"io.modelcontextprotocol/skills": {"directoryRead": True}}


def test_chapters_are_skills_with_digests(server: BookServer) -> None:
    listed = request(server, "skills/list")
    assert (listed["cacheScope"], listed["resultType"]) == ("public", "complete")
    names = [skill["frontmatter"]["name"] for skill in listed["skills"]]
    assert names == ["small-functions", "small-errors"]
    for skill in listed["skills"]:
        name = skill["frontmatter"]["name"]
        assert skill["uri"] == f"skill://small/{name}/SKILL.md"
        assert 0 < len(skill["frontmatter"]["description"]) <= 250
        for file in skill["resources"]:
            data = read(server, file["uri"]).encode()
            assert file["size"] == len(data)
            assert file["digest"] == "sha256:" + hashlib.sha256(data).hexdigest()
        _, front, body = read(server, skill["uri"]).split("---\n", 2)
        assert yaml.safe_load(front) == skill["frontmatter"]
        assert body.count("\n") < 500
        assert request(server, "skills/get", uri=skill["uri"])["skill"] == skill


def test_a_skill_names_its_rules_and_holds_its_chapter(server: BookServer) -> None:
    text = read(server, "skill://small/small-functions/SKILL.md")
    assert "Never use a mutable default argument (critical, `functions/mutable-default`): Default to `None`" in text
    assert "every call shares it" in read(server, "skill://small/small-functions/references/chapter.md")


def test_the_folders_of_skills_are_read(server: BookServer) -> None:
    def names(uri: str) -> list[tuple[str, str]]:
        found = request(server, "resources/directory/read", uri=uri)["resources"]
        return [(one["name"], one["mimeType"]) for one in found]

    folder, file = "inode/directory", "text/markdown"
    assert names("skill://small") == [("small-errors", folder), ("small-functions", folder)]
    assert names("skill://small/small-errors/") == [("SKILL.md", file), ("references", folder)]
    assert names("skill://small/small-errors/references") == [("chapter.md", file)]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("skills/get", {"uri": "skill://small/nothing/SKILL.md"}),
        ("skills/get", {"uri": "skill://small/small-errors"}),
        ("skills/list", {"cursor": "7"}),
        ("skills/list", {"cursor": "x"}),
        ("resources/directory/read", {"uri": "skill://small/small-errors/SKILL.md"}),
        ("resources/directory/read", {"uri": "book://small"}),
    ],
)
def test_what_is_no_skill_is_refused(server: BookServer, method: str, params: dict[str, str]) -> None:
    with pytest.raises((MCPError, BaseExceptionGroup)) as found:
        request(server, method, **params)
    error: Any = found.value
    while isinstance(error, BaseExceptionGroup):
        (error,) = error.exceptions
    assert error.error.code == INVALID


def test_an_old_client_may_ask_for_skills_too(server: BookServer) -> None:
    assert len(request(server, "skills/list", LEGACY)["skills"]) == 2
