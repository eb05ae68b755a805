"""The guide to the server: its examples answer what it says, and its figures are those of the code."""

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from click.testing import CliRunner
from mcp import Client

from tests import support
from tests.server.serving import ask, call, text_of
from vulgate.cli import main
from vulgate.cli.install import install
from vulgate.cli.mcp import mcp
from vulgate.cli.serve import serve
from vulgate.install.servers import SERVERS, entry
from vulgate.search.answers import SearchError
from vulgate.server.app import SECONDS, BookServer
from vulgate.server.arguments import normalized
from vulgate.server.checking import SECONDS as DETECTOR_SECONDS
from vulgate.server.connections import HEAD_SECONDS
from vulgate.server.fitting import A_BOOK, LEAST, MOST, OVERHEAD
from vulgate.server.guard import BODY_SECONDS, MAX_BODY
from vulgate.server.guard import SECONDS as REQUEST_SECONDS
from vulgate.server.roots import MAX_BYTES
from vulgate.server.tools import DEFAULTS
from vulgate.server.web import CONNECTIONS, web_app
from vulgate.store.sqlite import to_sqlite

GUIDE: Final = (support.ROOT / "docs" / "mcp.md").read_text("utf-8")
PLAIN: Final = " ".join(GUIDE.split())
EXAMPLES: Final = re.findall(r"^```text\n(\w+)\((.*?)\)\n\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
SESSIONS: Final = re.findall(r"^```console\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
COMMANDS: Final = re.findall(r"^\$ (.*)", "\n".join(SESSIONS), re.MULTILINE)
# What changes with every edit of the handbook.
VARYING: Final = (
    (re.compile(r"\.md:\d+-\d+"), ".md:N"),
    (re.compile(r"\b\d+ (?=rules looked for|[a-z]+[;,)])"), "N "),
    (re.compile(r"cursor: \S+"), "cursor: C"),
)


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BookServer]:
    """A server of the bundled handbook."""
    place = tmp_path_factory.mktemp("handbook") / "python.sqlite"
    place.write_bytes(to_sqlite(support.handbook().book))
    served = BookServer([place])
    yield served
    served.close()


def same(said: str, given: str) -> bool:
    """Whether an answer is what the guide says, where a line `...` stands for any lines."""
    for pattern, put in VARYING:
        said, given = pattern.sub(put, said), pattern.sub(put, given)
    lines = ("(?:.*\n)*" if line == "..." else f"{re.escape(line)}\n" for line in said.rstrip().split("\n"))
    return re.fullmatch("".join(lines), f"{given.rstrip()}\n") is not None


def numbers(pattern: str) -> list[float]:
    """The numbers at a place of the guide."""
    found = re.search(pattern, PLAIN)
    assert found is not None, pattern
    return [float(number.replace(",", "")) for number in found.groups()]


def test_every_tool_has_an_example() -> None:
    assert {name for name, _, _ in EXAMPLES} == set(DEFAULTS)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{name}({given[:30]})" for name, given, _ in EXAMPLES])
def test_an_example_answers_what_the_guide_says(handbook: BookServer, example: tuple[str, str, str]) -> None:
    name, given, said = example
    # Names and literals alone: an example is data, and is not run.
    arguments = {key: json.loads(value) for key, value in re.findall(r'(\w+)=(".*?(?<!\\)"|\[.*?\]|\d+)', given)}
    assert len(arguments) == given.count("=") - arguments.get("code", "").count("=")
    text = text_of(call(handbook, name, **arguments))
    assert same(said, text), text


def test_the_table_of_tools_has_every_parameter(handbook: BookServer) -> None:
    async def work(client: Client) -> dict[str, set[str]]:
        return {tool.name: set(tool.input_schema["properties"]) for tool in (await client.list_tools()).tools}

    shown = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", GUIDE.split("## Tools")[1].split("###")[0], re.MULTILINE))
    common = {"book", "max_tokens", "cursor"}
    for name, parameters in ask(handbook, work).items():
        words = set(re.findall(r"`(\w+)`", shown[name])) - {"brief", "full", "examples"}
        assert words == parameters - common
        assert common - parameters == ({"cursor"} if name == "compare" else set())


def test_the_addresses_of_the_guide_can_be_read(handbook: BookServer) -> None:
    addresses = [
        address for address in re.findall(r"^\| `(\w+://.*?)` \|", GUIDE, re.MULTILINE) if "..." not in address
    ]

    async def work(client: Client) -> list[Any]:
        return [(await client.read_resource(address)).contents[0] for address in addresses]

    assert len(addresses) == 3
    assert all(len(content.text) > 200 for content in ask(handbook, work))


def test_the_prompts_are_as_the_guide_says(handbook: BookServer) -> None:
    async def work(client: Client) -> set[str]:
        prompts = (await client.list_prompts()).prompts
        return {f"`{one.name}({', '.join(each.name for each in one.arguments or ())})`" for one in prompts}

    section = GUIDE.split("\n## Prompts\n")[1].split("\n## ")[0]
    assert ask(handbook, work) == set(re.findall(r"`\w+\(.*?\)`", section))


def test_names_that_are_taken_for_others(handbook: BookServer) -> None:
    section = PLAIN.split("### Arguments")[1].split("and more of this kind")[0]
    found = re.findall(r"((?:`\w+`(?:, | and )?)+) (?:are taken )?for `(\w+)`", section)
    assert len(found) == 6
    for names, meant in found:
        for name in re.findall(r"`(\w+)`", names):
            assert any(meant in taken(handbook, tool, name) for tool in handbook.tools), name


def taken(server: BookServer, tool: str, name: str) -> dict[str, Any]:
    """What a tool takes an argument for, if it can do with nothing else."""
    try:
        return normalized(server.tools[tool], {name: "1"})[0]
    except SearchError:
        return {}


# ------------------------------------------------------------------------------------------------ figures


def test_the_figures_are_those_of_the_code() -> None:
    assert numbers(r"from (\d+) to ([\d,]+) tokens; by default") == [LEAST, MOST]
    assert numbers(r"but for (\d+) tokens for stamps, notes and cursor, and (\d+) more") == [OVERHEAD, A_BOOK]
    defaults = numbers(
        r"by default ([\d,]+) for `search`, ([\d,]+) for `rules_for`, ([\d,]+) for `compare` and `outline`, "
        r"([\d,]+) for `get` and `check_code`"
    )
    names = ("search", "rules_for", "compare", "outline", "get", "check_code")
    assert [defaults[at] for at in (0, 1, 2, 2, 3, 3)] == [DEFAULTS[name] for name in names]
    assert numbers(r"may have (\d+) MB, a detector (\d+) seconds, a call (\d+)\.") == [
        MAX_BYTES / 1e6,
        DETECTOR_SECONDS,
        SECONDS,
    ]
    assert numbers(r"\| size \| (\d+) MiB") == [MAX_BODY / 2**20]
    assert numbers(r"\| time \| (\d+) seconds to send the head .*?; (\d+) for the body, (\d+) to answer") == [
        HEAD_SECONDS,
        BODY_SECONDS,
        REQUEST_SECONDS,
    ]
    assert numbers(r"\| connections \| ([\d,]+);") == [CONNECTIONS]


# ------------------------------------------------------------------------------------------------ commands


def test_install_prints_what_the_guide_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command, _, said = SESSIONS[0].removeprefix("$ vulgate ").partition("\n")
    monkeypatch.chdir(tmp_path)
    printed = CliRunner().invoke(main, command.split()).stdout
    assert [line.rstrip() for line in printed.splitlines()] == said.splitlines()


def test_the_entries_are_those_that_install_writes() -> None:
    shown = json.loads(GUIDE.split("```json\n")[1].split("```")[0])
    for name in ("cursor", "claude"):
        assert shown == {SERVERS[name].key: {"vulgate": entry(SERVERS[name], [])}}
    added = re.search(r"--add-mcp '(.*?)'", GUIDE)
    assert added is not None
    assert {"type": "stdio", **json.loads(added[1])} == {"name": "vulgate", **entry(SERVERS["copilot"], [])}


def test_the_set_up_names_options_of_install() -> None:
    section = GUIDE.split("\n## Set-up\n")[1].split("\n## ")[0].split("```console\n$ vulgate mcp ")[0]
    shown = set(re.findall(r"(?<=[` ])--[a-z-]+(?=[` ])", section.replace("code --add-mcp", "")))
    assert shown == {"--mcp", "--agents", "--dry-run", "--diff", "--uninstall"}
    assert shown <= {option for param in install.params for option in param.opts}


def test_the_commands_have_the_options_of_the_guide() -> None:
    known = {"mcp": mcp, "serve": serve}
    words = [shlex.split(command, comments=True) for command in COMMANDS]
    chosen = [one for one in words if one[0] == "vulgate" and one[1] in known]
    assert len(chosen) == 4
    for _, name, *rest in chosen:
        options = {option for param in known[name].params for option in param.opts}
        assert {word for word in rest if word.startswith("--")} <= options


def test_the_requests_of_the_guide_are_answered(handbook: BookServer) -> None:
    transport = httpx2.ASGITransport(app=web_app(handbook, host="127.0.0.1"))

    async def work(url: str, body: str) -> httpx2.Response:
        async with httpx2.AsyncClient(transport=transport) as client:
            return await (client.post(url, content=body) if body else client.get(url))

    requests = [shlex.split(command)[1:] for command in COMMANDS if command.startswith("curl ")]
    answers = [asyncio.run(work(url, rest[1] if rest else "")) for url, *rest in requests]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    search, check, health = (answer.json() for answer in answers)
    assert (len(search["hits"]), check["found"], health["books"][0]["id"]) == (1, 1, "python")
