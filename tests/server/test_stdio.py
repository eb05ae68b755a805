"""`vulgate mcp` as a process: what it says on its streams, and when it ends."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.server.serving import LEGACY, ask, command, frame, handshake, over_stdio

WAIT = 60
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search", {"query": "mutable default"}),
    ("get", {"id": "functions/mutable-default"}),
    ("check_code", {"code": "def f(x=[]): pass\n"}),
    ("rules_for", {"path": "app.py"}),
    ("compare", {"a": "closure", "b": "class"}),
    ("outline", {}),
]
CALL = {"name": "search", "arguments": {"query": "default"}}


def started(folder: Path, *words: str | Path, environment: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen(command("mcp", *words), cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)


def test_a_client_drives_every_tool(compiled: Path, project: Path) -> None:
    async def work(client: Client) -> list[Any]:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert names == [name for name, _ in CALLS]
        found = [await client.call_tool(name, arguments) for name, arguments in CALLS]
        return [*found, await client.call_tool("check_code", {"path": "app.py"})]  # of the current folder

    found = ask(over_stdio(project, compiled), work)
    assert not any(result.is_error for result in found)
    assert found[-1].structured_content["found"] == 1


def test_it_lives_through_floods_and_nonsense_and_ends_with_its_input(compiled: Path, project: Path) -> None:
    """One process, so that this is cheap: everything is written at once, and the input closed behind it."""
    flood = b"".join(frame("tools/call", number, **CALL) for number in range(1, 301))
    broken = b'no JSON\n[]\n{}\n"x"\n\xff\xfe\n' + b"[" * 100_000 + b"\n" + frame("nothing/there", 998)
    huge = frame("tools/call", 999, name="search", arguments={"query": "x" * 1_000_000}) + b"x" * 50_000_000 + b"\n"
    with started(project, compiled) as process:
        output, errors = process.communicate(handshake() + broken + flood + huge, timeout=WAIT)
    answers = [json.loads(line) for line in output.splitlines()]  # nothing but the protocol
    by_id = {answer.get("id"): answer for answer in answers}
    assert process.returncode == 0, errors.decode()
    assert by_id[0]["result"]["protocolVersion"] == LEGACY
    assert by_id[998]["error"]["code"] == -32601
    # What was under way when the input ended may be answered by an error of the protocol, or not at all.
    results = [by_id[number]["result"] for number in range(1, 301) if "result" in by_id.get(number, {})]
    assert not any(result["isError"] for result in results)
    assert b"Traceback" not in output


@pytest.mark.skipif(sys.platform == "win32", reason="processes end differently there")
def test_it_ends_when_its_parent_is_killed(compiled: Path, project: Path, tmp_path: Path) -> None:
    """A parent with a check under way is killed; neither the server nor its workers are left."""
    call = frame("tools/call", 1, name="check_code", arguments={"code": "def f(x=[]): pass\n"})
    script = tmp_path / "parent.py"
    script.write_text(
        "import subprocess, sys, time\n"
        f"server = subprocess.Popen({command('mcp', compiled)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"server.stdin.write({handshake() + call!r})\n"
        "server.stdin.flush()\n"
        "server.stdout.readline(), server.stdout.readline()\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, script], cwd=project, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        family = [server, *children(server)]
        assert list(tmp_path.glob("vulgate-mcp-*"))
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + WAIT
    while any(map(is_alive, family)):
        assert time.monotonic() < deadline, family
        time.sleep(0.05)
    assert not list(tmp_path.glob("vulgate-mcp-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="processes end differently there")
def test_it_answers_all_and_ends_in_order_when_it_is_told_to(compiled: Path, tmp_path: Path) -> None:
    """Told so while it waits for a message, which a thread does that nothing can interrupt."""
    calls = [frame("tools/call", number, name=name, arguments=given) for number, (name, given) in enumerate(CALLS, 1)]
    calls += [frame("tools/call", number, **CALL) for number in range(7, 201)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with started(tmp_path, compiled, environment=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(handshake() + b"".join(calls))
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(201)]
        assert list(tmp_path.glob("vulgate-mcp-*"))
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=WAIT)
    assert (process.returncode, output, errors) == (0, b"", b"")
    assert not list(tmp_path.iterdir())
    assert {answer["id"] for answer in answers} == set(range(201))
    assert not any(answer["result"].get("isError") for answer in answers)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no shell of this kind")
@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("{} <&-", 2, "standard input or output is closed"),
        ("{} >&-", 2, "standard input or output is closed"),
        ("{} < calls | true; exit ${{PIPESTATUS[0]}}", 0, ""),
    ],
)
def test_streams_that_are_closed(compiled: Path, tmp_path: Path, line: str, status: int, message: str) -> None:
    (tmp_path / "calls").write_bytes(handshake() + frame("tools/call", 1, **CALL) * 2_000)
    script = line.format(shlex.join(command("mcp", compiled)))
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=WAIT, check=False
    )
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr if message else not done.stderr


def children(pid: int) -> list[int]:
    """The processes that a process started, and those that these started."""
    if shutil.which("ps") is None:
        return []
    rows = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.split("\n")
    pairs = [(int(one), int(other)) for one, other in (row.split() for row in rows if row.strip())]
    found = [one for one, other in pairs if other == pid]
    return [*found, *(each for child in found for each in children(child))]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_nothing_of_the_server_is_loaded_by_other_commands() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom vulgate.cli import main\n"
        "for words in (['--version'], ['--help'], ['search', '--help'], ['install', '--help']):\n"
        "    assert CliRunner().invoke(main, words).exit_code == 0\n"
        "import vulgate.cli.search\n"
        "print([name for name in ('mcp', 'pydantic', 'starlette', 'uvicorn', 'anyio') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
