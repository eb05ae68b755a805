"""`vulgate serve --mcp`: one process for all tests of this module, in a folder of its own."""

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from click.testing import CliRunner
from mcp import Client
from starlette.responses import JSONResponse

from tests.server.serving import BOOK, ERAS, answer, ask, command, compile_to, frame, serving
from tests.server.test_tools import CALLS
from vulgate.cli import main
from vulgate.server.app import BookServer
from vulgate.server.fitting import MOST
from vulgate.server.guard import Guard, is_loopback
from vulgate.server.web import listening, serve, web_app

# One for all requests: with each client the certificates of the system are read again.
WEB = httpx2.Client(timeout=60)


@pytest.fixture(scope="module")
def address(compiled: Path, project: Path) -> Iterator[str]:
    with serving(project, compiled, "--allow-origin", "https://good.example") as found:
        yield found


def get(address: str, path: str, headers: dict[str, str] | None = None, **query: Any) -> httpx2.Response:
    return WEB.get(f"{address}{path}", params=query, headers=headers or {})


@pytest.mark.parametrize("era", ERAS)
def test_a_client_drives_every_tool(address: str, server: BookServer, era: str) -> None:
    async def work(client: Client) -> dict[str, Any]:
        return {name: (await client.call_tool(name, arguments)).structured_content for name, arguments in CALLS.items()}

    assert ask(f"{address}/mcp", work, era) == {name: answer(server, name, **call) for name, call in CALLS.items()}


@pytest.mark.parametrize("name", CALLS)
def test_json_over_http_is_what_the_tool_gives(address: str, server: BookServer, name: str) -> None:
    expected = answer(server, name, **CALLS[name])
    found = get(address, f"/api/{name}", **CALLS[name])
    assert (found.status_code, found.json()) == (200, expected)
    posted = WEB.post(f"{address}/api/{name}", json=CALLS[name])
    assert posted.json() == expected


def test_the_command_line_http_and_the_protocol_say_the_same(address: str, compiled: Path) -> None:
    query = "mutable default"
    done = CliRunner().invoke(main, ["search", query, "--book", str(compiled), "--json"])
    over_http = get(address, "/api/search", query=query, max_tokens=MOST).json()
    assert json.loads(done.output) == over_http == answer(f"{address}/mcp", "search", query=query, max_tokens=MOST)


def test_errors_are_told_in_json(address: str) -> None:
    missing = get(address, "/api/search")
    assert (missing.status_code, "`query` is missing" in missing.json()["error"]) == (400, True)
    assert get(address, "/api/find", query="x").status_code == 404
    assert get(address, "/api/get", id="../../etc/passwd").status_code == 400
    assert WEB.post(f"{address}/api/search", content=b"[1]").status_code == 400
    assert WEB.post(f"{address}/api/search", content=b"[" * 100_000).status_code == 400
    for elsewhere in (get(address, "/"), get(address, "/api/search/more")):
        assert (elsewhere.status_code, elsewhere.json()) == (404, {"error": "not found"})
    wrong = WEB.delete(f"{address}/api/search")
    assert (wrong.status_code, wrong.json()) == (405, {"error": "method not allowed"})
    noted = get(address, "/api/outline", colour="red")
    assert "`colour` was left out" in noted.headers["X-Vulgate-Note"]
    assert get(address, "/health").json()["books"][0]["id"] == "small"


# ------------------------------------------------------------------------------------------------ who may ask


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:9999"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Host": "192.168.1.5"}, 421),
        ({"Host": "[bad"}, 421),
        ({"Host": "LOCALHOST"}, 200),
        ({"Host": "localhost."}, 421),
        ({"Host": "user@localhost"}, 421),
        ({"Host": "localhost#.evil.example"}, 421),
        ({"Host": "localhost/.evil.example"}, 421),
        ({"Host": "127.0.0.1:x"}, 421),
        ({"Host": "0.0.0.0"}, 421),
        ({"Origin": "http://localhost:3000"}, 200),
        ({"Origin": "https://good.example"}, 200),
        ({"Origin": "https://good.example.evil.example"}, 403),
        ({"Origin": "http://good.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "HTTP://[::1]:80"}, 200),
        ({"Origin": "localhost"}, 403),
        ({"Origin": "file://localhost"}, 403),
        ({"Origin": "http://localhost."}, 403),
        ({"Origin": "http://localhost@evil.example"}, 403),
        ({"Origin": "http://evil.example\\@localhost"}, 403),
        ({"Origin": "http://localhost, http://evil.example"}, 403),
        ([("Origin", "http://localhost"), ("Origin", "http://evil.example")], 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://good.example"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
def test_host_and_origin_are_checked(address: str, headers: Any, status: int) -> None:
    for path in ("/api/outline", "/health"):
        assert get(address, path, headers).status_code == status
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    sent = list(headers.items()) if isinstance(headers, dict) else headers
    accepted = [("Accept", "application/json, text/event-stream"), *sent]
    found = WEB.post(f"{address}/mcp", json=body, headers=accepted)
    assert found.status_code == status


def test_a_page_that_may_ask_is_told_so(address: str) -> None:
    asked = {"Origin": "https://good.example", "Access-Control-Request-Method": "POST"}
    found = WEB.options(f"{address}/mcp", headers=asked)
    assert found.headers["access-control-allow-origin"] == "https://good.example"
    assert WEB.options(f"{address}/mcp", headers={**asked, "Origin": "https://evil.example"}).status_code == 403


def in_process(server: BookServer, **options: Any) -> Any:
    """The application of another configuration, without a process of its own."""
    app = web_app(server, host=options.pop("host", "127.0.0.1"), **options)

    async def ask_once(path: str, headers: dict[str, Any], url: str = "http://127.0.0.1") -> int:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=url) as client:
            return (await client.get(path, headers=headers)).status_code

    return lambda *words, **more: asyncio.run(ask_once(*words, **more))


def basic(name: str, password: str) -> str:
    """What a browser sends after it asked a person for a name and a password."""
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def test_a_token_is_asked_for(server: BookServer) -> None:
    ask_once = in_process(server, token="a secret")
    assert ask_once("/health", {}) == 401
    for wrong in (
        "Bearer",
        "Bearer a",
        "Basic a secret",
        "Bearer ",
        "Bearer a secre",
        "a secret",
        "Bearer a secret and more",
        b"Bearer \xff",
        "Basic",
        "Basic !",
        basic("a secret", "anyone"),
        basic("anyone", "a"),
    ):
        assert ask_once("/health", {"Authorization": wrong}) == 401, wrong
    for right in ("Bearer a secret", "bearer a secret", basic("anyone", "a secret"), basic("", "a secret")):
        assert ask_once("/health", {"Authorization": right}) == 200
    assert ask_once("/mcp", {}) == 401


def test_a_server_for_others_is_reached_by_address_and_name_but_by_no_foreign_name(server: BookServer) -> None:
    ask_once = in_process(server, host="0.0.0.0", token="t")
    authorized = {"Authorization": "Bearer t"}
    assert ask_once("/health", authorized, url="http://192.168.1.5:8331") == 200
    assert ask_once("/health", authorized, url=f"http://{socket.gethostname()}") == 200
    assert ask_once("/health", authorized, url="http://evil.example") == 421


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "`--mcp` serves these to agents"),
        (["--mcp", "--host", "0.0.0.0"], "give a token"),
        (["--mcp", "--host", "192.168.1.5"], "give a token"),
        (["--mcp", "--token", "ü"], "plain ASCII"),
        (["--mcp", "--token", ""], "--token is empty"),
        (["--mcp", "--host", "0.0.0.0", "--token", " "], "--token is empty"),
        (["--mcp", "--host", "nothing.invalid", "--token", "t"], "cannot listen on nothing.invalid:0: "),
        (["--mcp", "--allow-origin", "example.org"], "is no origin"),
        (["--mcp", "--root", "nothing"], "no folder at nothing"),
        (["--mcp", "--port", "70000"], "--port"),
    ],
)
def test_wrong_usage_is_told(compiled: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str) -> None:
    monkeypatch.delenv("VULGATE_TOKEN", raising=False)
    done = CliRunner().invoke(main, ["serve", "--port", "0", *words, str(compiled)])
    assert done.exit_code == 2
    assert message in done.output


def test_a_port_that_is_taken_is_told(address: str, compiled: Path) -> None:
    port = urlsplit(address).port
    done = CliRunner().invoke(main, ["serve", "--mcp", "--port", str(port), str(compiled)])
    assert done.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}: address already in use; --port 0 takes a free port\n" in done.output


def test_loopback_is_known() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "")))


# ------------------------------------------------------------------------------------------------ limits


def test_bodies_are_limited(address: str) -> None:
    assert WEB.post(f"{address}/api/search", content=b" " * 4_300_000).status_code == 413
    assert WEB.post(f"{address}/mcp", content=iter([b" " * 1_000_000] * 5)).status_code == 413
    big = {"code": "#" * 990_000}
    assert WEB.post(f"{address}/api/check_code", json=big).status_code == 200


def test_clients_that_go_away_leave_the_server_as_it_was(address: str) -> None:
    parts = urlsplit(address)
    where = (str(parts.hostname), int(parts.port or 0))
    whole = b'{"query": "default"}'
    message = frame("tools/call", 1, name="search", arguments={"query": "default"})
    kind = "Content-Type: application/json\r\nAccept: application/json, text/event-stream"
    to_mcp = f"POST /mcp HTTP/1.1\r\nHost: {parts.netloc}\r\n{kind}\r\nContent-Length: {len(message)}\r\n\r\n".encode()
    head = f"POST /api/search HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(whole)}\r\n\r\n".encode()
    for data in (b"", b"GET /api", b"nonsense\r\n\r\n", head, head + whole[:5], head + whole, to_mcp, to_mcp + message):
        for _ in range(20):
            with socket.create_connection(where, timeout=5) as connection:
                connection.sendall(data)
    assert get(address, "/api/search", query="default").status_code == 200


def test_a_request_that_takes_too_long_is_ended() -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    async def main() -> int:
        transport = httpx2.ASGITransport(app=Guard(slow, host="127.0.0.1", seconds=0.05))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.get("/")).status_code

    assert asyncio.run(main()) == 408


async def silent_clients(heads: Sequence[bytes]) -> list[bytes]:
    """What clients are told that send these and no more."""
    with listening("127.0.0.1", 0) as place:
        running = asyncio.create_task(serve(Guard(_nothing, host="127.0.0.1"), place))
        clients = [await asyncio.open_connection(*place.getsockname()) for _ in heads]
        for (_, writer), head in zip(clients, heads, strict=True):
            writer.write(head)
        told = [await asyncio.wait_for(reader.read(), 20) for reader, _ in clients]
        for _, writer in clients:
            writer.close()
        running.cancel()
        await asyncio.wait([running])
    return told


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    await JSONResponse({})(scope, receive, send)


def test_a_connection_is_not_held_open_by_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vulgate.server.connections.HEAD_SECONDS", 0.3)
    monkeypatch.setattr("vulgate.server.web.KEEP_ALIVE", 1)
    whole = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    nothing, begun, both = asyncio.run(silent_clients([b"", b"GET / HTTP/1.1\r\nHost: lo", whole + whole[:9]]))
    assert (nothing, begun) == (b"", b"")
    assert both.startswith(b"HTTP/1.1 200 OK")


def loopback() -> str:
    """The loopback of IPv6, or of IPv4 where there is no other."""
    try:
        listening("::1", 0).close()
    except OSError:
        return "127.0.0.1"
    return "::1"


@pytest.mark.skipif(sys.platform == "win32", reason="processes end differently there")
def test_it_ends_in_order_when_it_is_told_to(compiled: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    argv = command("serve", "--mcp", "--port", "0", "--host", loopback(), compiled)
    with subprocess.Popen(argv, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        address = process.stderr.readline().split()[2].removesuffix("/mcp")
        assert get(address, "/api/check_code", code="def f(x=[]): pass").json()["found"] == 1
        assert list(tmp_path.glob("vulgate-mcp-*"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    assert not list(tmp_path.iterdir())


def test_a_client_that_would_listen_is_told_that_there_is_nothing_to_hear(address: str) -> None:
    found = get(address, "/mcp", {"Accept": "text/event-stream"})
    assert (found.status_code, found.headers["allow"]) == (405, "POST")


def test_a_flood_is_answered(address: str) -> None:
    async def main() -> list[int]:
        limits = httpx2.Limits(max_connections=100)
        async with httpx2.AsyncClient(limits=limits, timeout=60) as client:
            asked = [client.get(f"{address}/api/search", params={"query": f"default {n}"}) for n in range(300)]
            return [response.status_code for response in await asyncio.gather(*asked)]

    assert set(asyncio.run(main())) == {200}


def test_a_book_that_was_built_again_is_served(tmp_path: Path, project: Path, address: str, compiled: Path) -> None:
    before = get(address, "/health").json()["books"][0]["digest"]
    old = compiled.read_bytes()
    new = compile_to(tmp_path / "next.sqlite", {**BOOK, "errors.md": "# Errors\n\nAll of it is new.\n"})
    try:
        new.replace(compiled)
        assert get(address, "/health").json()["books"][0]["digest"] != before
        assert "All of it is new" in get(address, "/api/get", id="errors", view="full").json()["text"]
    finally:
        compiled.with_suffix(".old").write_bytes(old)
        compiled.with_suffix(".old").replace(compiled)
