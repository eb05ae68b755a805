"""Services: real servers are started for the examples that need them, on a free port, once a run, and stopped after."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import book
from vulgate.model.blocks import Status
from vulgate.model.proofs import Result
from vulgate.passes.compile import compile_book
from vulgate.store.proofs import Proofs
from vulgate.verify import interpreters
from vulgate.verify.sandbox import Isolation, best_isolation
from vulgate.verify.verifier import Request, Verifier

REDIS = """\
[book]
title = "Small"
chapters = ["a.md"]

[services.redis]
command = "redis-server --port {port} --save '' --bind 127.0.0.1"
client = "redis-cli -p {port}"
"""
POSTGRES = """\
[book]
title = "Small"
chapters = ["a.md"]

[services.postgres]
setup = "BIN/initdb -D {folder}/data -U author -A trust"
command = "BIN/postgres -D {folder}/data -p {port} -k {folder} -c listen_addresses=127.0.0.1"
client = "BIN/psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p {port} -U author postgres"
ready = "BIN/pg_isready -h 127.0.0.1 -p {port}"
env = { DATABASE_URL = "postgresql://author@127.0.0.1:{port}/postgres" }
"""
# The protocol is spoken by hand, so that no client package is needed.
TALK = """\
import os, socket

def ask(*words):
    request = f"*{len(words)}\\r\\n" + "".join(f"${len(word)}\\r\\n{word}\\r\\n" for word in words)
    with socket.create_connection((os.environ["REDIS_HOST"], int(os.environ["REDIS_PORT"]))) as connection:
        connection.sendall(request.encode())
        return connection.recv(1024).decode().strip()
"""


def results(folder: Path, files: dict[str, str], isolation: Isolation | None = None) -> list[Result]:
    """Proves a small book whose services are in its manifest."""
    source = book(folder, files)
    request = Request((interpreters.current(),), isolation=isolation or best_isolation(), jobs=2)
    return Verifier(compile_book(source).book, source.manifest, Proofs(folder), request).run()


def told(found: list[Result]) -> list[tuple[Status, str]]:
    return [(result.status, result.reason) for result in found]


def needs(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"needs {program}")
    return path


@pytest.fixture
def no_leftovers() -> Iterator[None]:
    """No server that a test has started runs on after it."""

    def servers() -> set[str]:
        found = set()
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = place.read_bytes()
            except OSError:
                continue
            if b"redis-server" in words or b"postgres" in words:
                found.add(place.parent.name)
        return found

    before = servers()
    yield
    deadline = time.monotonic() + 5
    while servers() - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not servers() - before


@pytest.mark.usefixtures("no_leftovers")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
class TestRealServers:
    @pytest.mark.parametrize("isolation", list(Isolation))
    def test_redis_keeps_a_key_from_one_fence_to_the_next(self, tmp_path: Path, isolation: Isolation) -> None:
        needs("redis-server")
        if isolation is not Isolation.PROCESS and best_isolation() is Isolation.PROCESS:
            pytest.skip("needs namespaces")
        if isolation is Isolation.BUBBLEWRAP and best_isolation() is not isolation:
            pytest.skip("needs bwrap")
        text = (
            f"# A\n\n```python {{group=talk service=redis}}\n{TALK}\nprint(ask('SET', 'colour', 'blue'))\n```\n\n"
            "```output\n+OK\n```\n\n"
            "```python {group=talk service=redis}\nprint(ask('GET', 'colour').splitlines()[-1])\n```\n\n"
            "```output\nblue\n```\n"
        )
        assert told(results(tmp_path, {"vulgate.toml": REDIS, "a.md": text}, isolation)) == [(Status.PROVEN, "")] * 2

    def test_postgres_runs_sql_through_its_client(self, tmp_path: Path) -> None:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not folders:
            pytest.skip("needs PostgreSQL's server programs")
        if os.geteuid() == 0 and best_isolation() is not Isolation.BUBBLEWRAP:
            pytest.skip("PostgreSQL refuses to run as root, and there is no bwrap to make it another user")
        text = (
            "# A\n\n```sql {group=shop service=postgres}\n"
            "CREATE TABLE item (name text, price numeric(6, 2));\nINSERT INTO item VALUES ('tea', 3.5), ('cup', NULL);\n```\n\n"
            "```sql {group=shop service=postgres}\nSELECT name, price FROM item ORDER BY name;\n```\n\n"
            "```output\ncup|\ntea|3.50\n```\n\n"
            "```sql {service=postgres}\nSELECT * FROM nothing;\n```\n\n"
            "```python {service=postgres}\nimport os\nassert os.environ['DATABASE_URL'].startswith('postgresql://author@')\n```\n"
        )
        found = results(tmp_path, {"vulgate.toml": POSTGRES.replace("BIN", str(folders[-1])), "a.md": text})
        assert [result.status for result in found] == [Status.PROVEN, Status.PROVEN, Status.FAILED, Status.PROVEN]
        assert "nothing" in found[2].detail


def test_a_service_that_ends_is_told_with_its_last_words(tmp_path: Path) -> None:
    manifest = REDIS.replace(
        "redis-server --port {port} --save '' --bind 127.0.0.1", f"{sys.executable} -c 'exit(\\\"no luck\\\")'"
    )
    text = "# A\n\n```python {service=redis}\nprint(1)\n```\n"
    ((status, reason),) = told(results(tmp_path, {"vulgate.toml": manifest, "a.md": text}))
    assert status is Status.FAILED
    assert reason.startswith("the service redis ended: status 1: no luck")


def test_a_service_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    command = f"{sys.executable} -c 'import time; time.sleep(60)'"
    manifest = REDIS.replace("redis-server --port {port} --save '' --bind 127.0.0.1", command) + "seconds = 0.5\n"
    text = "# A\n\n```python {service=redis}\nprint(1)\n```\n"
    ((status, reason),) = told(results(tmp_path, {"vulgate.toml": manifest, "a.md": text}))
    assert (status, reason) == (Status.FAILED, "the service redis is not ready after 0.5 s")


def test_a_service_that_is_not_installed_is_a_reason_to_skip(tmp_path: Path) -> None:
    manifest = REDIS.replace("redis-server", "no-such-server")
    text = "# A\n\n```python {service=redis}\nprint(1)\n```\n"
    found = told(results(tmp_path, {"vulgate.toml": manifest, "a.md": text}))
    assert found == [(Status.SKIPPED, "needs no-such-server, which is not installed")]


def test_an_unknown_service_is_an_error_of_the_book(tmp_path: Path) -> None:
    source = book(tmp_path, {"vulgate.toml": REDIS, "a.md": "# A\n\n```python {service=reddis}\nprint(1)\n```\n"})
    (diagnostic,) = compile_book(source).diagnostics
    assert (diagnostic.code, diagnostic.help) == ("VG415", "did you mean `redis`?")
