"""Loads `vulgate serve --mcp` on the loopback: many sessions at once, for a minute.

    python benchmarks/serve.py [--sessions 200] [--seconds 60] [--book books/python/dist/python.sqlite]

Every session is a connection that calls tools one after the other, half of them in each era of the protocol. The messages are
written here and not by the SDK's client, which checks every result against its schema and so takes several times what the server
does. Answers are taken apart no further than to see whether they are errors.

Memory is what the server and its workers hold (resident, from /proc; Linux only): after a tenth of the time, in the middle and at
the end. The run stops by itself, and kills a server that does not end.
"""

import argparse
import asyncio
import itertools
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from measure import ROOT

BOOK = ROOT / "books" / "python" / "dist" / "python.sqlite"
SEED = 7
WAIT = 60.0
MODERN, LEGACY = "2026-07-28", "2025-11-25"
ABOUT = {"protocolVersion": MODERN, "clientInfo": {"name": "load", "version": "1"}, "clientCapabilities": {}}
HELLO: dict[str, object] = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}},
}
QUERIES = (
    "why does my default list keep growing",
    "functools.lru_cache on methods",
    "UnboundLocalError: cannot access local variable",
    "threads or asyncio for many sockets",
    "B006",
    "how to close a file when an exception is raised",
    "__slots__",
    "mock patch where to patch",
)
IDS = ("functions", "functions/no-mutable-default", "security/eval-call", "error-handling/bare-except", "testing")
CODE = """\
def collect(item, into=[]):
    try:
        into.append(eval(item))
    except:
        pass
    return into
"""
WEIGHTS = {"search": 60, "get": 25, "outline": 5, "compare": 5, "check_code": 5}


@dataclass
class Figures:
    """What came out."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    processor: float = 0.0
    length: float = 0.0


def next_call(chance: random.Random) -> tuple[str, dict[str, object]]:
    (name,) = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
    arguments: dict[str, dict[str, object]] = {
        "search": {"query": chance.choice(QUERIES), "limit": chance.randint(1, 10)},
        "get": {"id": chance.choice(IDS), "view": chance.choice(("brief", "full"))},
        "outline": {"depth": chance.randint(1, 3)},
        "compare": {"a": "threads", "b": "asyncio"},
        "check_code": {"code": CODE + f"\nx = {chance.randint(0, 99)}\n"},
    }
    return name, arguments[name]


async def session(url: str, number: int, end: float, figures: Figures) -> None:
    chance = random.Random(SEED + number)
    try:
        async with httpx2.AsyncClient(timeout=WAIT, verify=False) as client:
            speak = old if number % 2 else new
            if speak is old:
                await post(client, url, HELLO, {})
                await post(client, url, {"jsonrpc": "2.0", "method": "notifications/initialized"}, speak("", {})[1])
            while time.perf_counter() < end:
                name, arguments = next_call(chance)
                body, headers = speak(name, arguments)
                begun = time.perf_counter()
                text = await post(client, url, body, headers)
                figures.seconds.setdefault(name, []).append(time.perf_counter() - begun)
                if '"isError":true' in text or '"error":{' in text:
                    figures.errors.append(f"{name}: {text}")
    except Exception as error:
        figures.errors.append(f"session {number}: {type(error).__name__}: {error}")


async def post(client: httpx2.AsyncClient, url: str, body: dict[str, object], headers: dict[str, str]) -> str:
    accepted = {"Accept": "application/json, text/event-stream", **headers}
    response = await client.post(url, json=body, headers=accepted)
    response.raise_for_status()
    return response.text


def old(name: str, arguments: dict[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """A call in the era of sessions."""
    params = {"name": name, "arguments": arguments}
    body: dict[str, object] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return body, {"MCP-Protocol-Version": LEGACY}


def new(name: str, arguments: dict[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """A call in the era without them."""
    meta = {f"io.modelcontextprotocol/{key}": value for key, value in ABOUT.items()}
    params = {"name": name, "arguments": arguments, "_meta": meta}
    body: dict[str, object] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return body, {"MCP-Protocol-Version": MODERN, "MCP-Method": "tools/call", "MCP-Name": name}


async def measure(url: str, server: int, sessions: int, seconds: float) -> Figures:
    figures = Figures()
    begun = time.perf_counter()
    end = begun + seconds

    async def watch() -> None:
        for share in (0.1, 0.5, 0.95):
            await asyncio.sleep(max(0.0, begun + seconds * share - time.perf_counter()))
            figures.memory.append(memory(server))

    spent = processor(server)
    await asyncio.gather(watch(), *(session(url, number, end, figures) for number in range(sessions)))
    figures.processor = processor(server) - spent
    figures.length = time.perf_counter() - begun
    return figures


def processor(pid: int) -> float:
    """Seconds of processor time that a process has used, without those below it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Megabytes that a process and those below it hold."""
    parents = {}
    sizes = {}
    for place in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in place.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        parents[int(fields["Pid"])] = int(fields["PPid"])
        sizes[int(fields["Pid"])] = int(fields.get("VmRSS", "0 kB").split()[0]) / 1024
    family = {pid}
    for _ in range(5):
        family |= {child for child, parent in parents.items() if parent in family}
    return sum(sizes.get(each, 0.0) for each in family)


def table(figures: Figures, sessions: int) -> str:
    lines = ["| tool | calls | a second | p50 ms | p95 ms | max ms |", "|---|---:|---:|---:|---:|---:|"]
    every = list(itertools.chain.from_iterable(figures.seconds.values()))
    for name, seconds in [*sorted(figures.seconds.items()), ("all", every)]:
        cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [seconds[0]] * 99
        rate = len(seconds) / figures.length
        lines.append(
            f"| {name} | {len(seconds)} | {rate:.1f} | {cuts[49] * 1e3:.0f} | {cuts[94] * 1e3:.0f} | {max(seconds) * 1e3:.0f} |"
        )
    start, middle, end = figures.memory
    a_call = figures.processor / len(every) * 1e3
    lines.append(f"\n{sessions} sessions, {figures.length:.0f} s, {len(figures.errors)} errors")
    lines.append(f"processor time of the server: {a_call:.1f} ms a call")
    lines.append(
        f"memory of the server, MB: {start:.0f} at the start, {middle:.0f} in the middle, {end:.0f} at the end"
    )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Loads the MCP server.")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--book", type=Path, default=BOOK)
    options = parser.parse_args()
    argv = [sys.executable, "-m", "vulgate", "serve", "--mcp", "--port", "0", str(options.book)]
    with subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            line = server.stderr.readline()
            if "serving at" not in line:
                raise SystemExit(line + server.stderr.read())
            limit = options.seconds + 120
            run = measure(line.split()[2], server.pid, options.sessions, options.seconds)
            figures = asyncio.run(asyncio.wait_for(run, limit))
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
    print(table(figures, options.sessions))
    for error in figures.errors[:5]:
        print(error[:300])
    return int(bool(figures.errors))


if __name__ == "__main__":
    sys.exit(main())
