"""What the tests of the server share."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from tests.support import Files, compiled
from vulgate.store.sqlite import to_sqlite

MODERN: Final = "2026-07-28"
LEGACY: Final = "2025-11-25"
ERAS: Final = {MODERN: "auto", LEGACY: "legacy"}
"""The eras of the protocol, and the mode of the client that speaks each."""

FUNCTIONS: Final = """\
---
title: Functions
tags: [core, functions, defaults]
---
# Functions

How a function is called and what it keeps.

## Default values {#defaults}

:::{quick}
A default is made once, when the definition runs.
:::

A default value is evaluated once, and every call shares it.

:::{rule} Never use a mutable default argument
:id: mutable-default
:severity: critical
:detect: ruff B006
:fix: Default to `None` and make the list in the body.
The default object is shared by every call that does not pass the argument.

```python {bad}
def collect(item, into=[]):
    into.append(item)
    return into
```

```python {good}
def collect(item, into=None):
    into = [] if into is None else into
    into.append(item)
    return into
```
:::

:::{fact} A default is evaluated once
:id: default-once
```python {proof}
calls = []
def f(x=calls.append(1)): ...
f(); f()
assert calls == [1]
```
:::

## Closures

:::{term} Closure
A function with the variables of the function around it.
:::

:::{contrast} Closures and classes
:sides: closure, class
A closure keeps one value with little text; a class keeps several and names them.
:::
"""
ERRORS: Final = """\
# Errors

What to do when something fails, and whom to tell.

## Catching

:::{rule} Never write a bare except
:id: bare-except
:severity: high
:detect: ruff E722
:fix: Name the exceptions.
It catches the interrupt of the user, too.

```python {bad}
try:
    work()
except:
    pass
```

```python {good}
try:
    work()
except ValueError:
    pass
```
:::

Errors that nobody expects are not to be caught. 日本語 и кириллица stand here as well.
"""
BOOK: Final[Files] = {
    "vulgate.toml": '[book]\ntitle = "Small rules"\nid = "small"\nchapters = ["functions.md", "errors.md"]\n',
    "functions.md": FUNCTIONS,
    "errors.md": ERRORS,
}
_Result = TypeVar("_Result")
_KEPT: dict[int, tuple[BlockingPortal, Client]] = {}


def compile_to(place: Path, files: Files) -> Path:
    """Compiles a small book into a file."""
    place.write_bytes(to_sqlite(compiled(place.parent / f"{place.stem}-source", files).book))
    return place


def ask(server: Any, work: Callable[[Client], Awaitable[_Result]], era: str = MODERN) -> _Result:
    """Does some work with a client of a server: one in this process, a command, or an address."""

    async def main() -> _Result:
        async with Client(server, mode=ERAS[era]) as client:
            assert client.protocol_version == era
            return await asyncio.wait_for(work(client), 60)

    return asyncio.run(main())


@contextmanager
def connected(server: Any) -> Iterator[None]:
    """Keeps a client for `call` meanwhile: each new one reads all schemas and checks them before its first call."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(server)) as client:
        _KEPT[id(server)] = portal, client
        try:
            yield
        finally:
            del _KEPT[id(server)]


def call(server: Any, name: str, era: str = MODERN, /, **arguments: Any) -> CallToolResult:
    """The result of one call of a tool."""
    if era == MODERN and id(server) in _KEPT:
        portal, kept = _KEPT[id(server)]
        return portal.call(kept.call_tool, name, arguments)

    async def work(client: Client) -> CallToolResult:
        return await client.call_tool(name, arguments)

    return ask(server, work, era)


def answer(server: Any, name: str, /, **arguments: Any) -> dict[str, Any]:
    """The structured content of one call, which is no error."""
    result = call(server, name, **arguments)
    assert not result.is_error, text_of(result)
    return dict(result.structured_content or {})


def error(server: Any, name: str, /, **arguments: Any) -> str:
    """The text of one call, which is an error."""
    result = call(server, name, **arguments)
    assert result.is_error, text_of(result)
    return text_of(result)


def text_of(result: CallToolResult) -> str:
    """The text of a result, which is one block."""
    (block,) = result.content
    return str(getattr(block, "text", ""))


# ------------------------------------------------------------------------------------------------ processes


def command(*words: str | Path) -> list[str]:
    """The `vulgate` command of this checkout."""
    return [sys.executable, "-m", "vulgate", *map(str, words)]


def over_stdio(folder: Path, *words: str | Path) -> StdioServerParameters:
    """How a client starts `vulgate mcp`."""
    program, *arguments = command("mcp", *words)
    return StdioServerParameters(command=program, args=arguments, cwd=folder)


@contextmanager
def serving(folder: Path, *words: str | Path) -> Iterator[str]:
    """The address of a `vulgate serve --mcp` that runs meanwhile."""
    argv = command("serve", "--mcp", "--port", "0", *words)
    with subprocess.Popen(argv, cwd=folder, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            assert "serving at " in line, line + process.stderr.read()
            yield line.split()[2].removesuffix("/mcp")
        finally:
            process.terminate()


def frame(method: str, id: int | None = None, **params: Any) -> bytes:
    """A message of the protocol, as it goes over standard input."""
    message = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if id is None else {"id": id})
    return json.dumps(message).encode() + b"\n"


def handshake() -> bytes:
    """What a client of the older era begins with."""
    start = frame("initialize", 0, protocolVersion=LEGACY, capabilities={}, clientInfo={"name": "test", "version": "1"})
    return start + frame("notifications/initialized")
