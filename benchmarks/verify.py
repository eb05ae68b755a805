"""Compares `vulgate verify` with pytest-examples, Sybil and doctest on the same examples, in one run, as ratios.

    python benchmarks/verify.py [--examples 1000] [--rounds 5] [--peers pytest-examples,sybil,doctest] [--json FILE]

The examples are small: a few lines that assert or print something. vulgate runs each in a process and a folder of its own, within
limits and without network; the peers run all of them in one process. The last lines give the cost of one job in a warm
interpreter against `os.fork` and `exec` of the same code, which is the least that a process of its own can cost.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import ROOT, WORK, Case, environment, nothing, run_all, table

BODIES = (
    "values = [{n} * i for i in range(5)]\nassert sum(values) == {n} * 10\n",
    "def double(x):\n    return 2 * x\n\nassert double({n}) == {n} + {n}\n",
    "names = {{'a': {n}}}\ntry:\n    names['b']\nexcept KeyError as error:\n    assert error.args == ('b',)\n",
    "class Point:\n    def __init__(self, x):\n        self.x = x\n\nassert Point({n}).x == {n}\n",
)
PYTEST_EXAMPLES = """\
from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample, find_examples


@pytest.mark.parametrize("example", find_examples(str(Path(__file__).parent / "book")), ids=str)
def test_examples(example: CodeExample, eval_example: EvalExample) -> None:
    eval_example.run(example)
"""
SYBIL = """\
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()
"""
OVERHEAD = """
import gc, os, time
code = "x = 1\\nassert x == 1\\n"
gc.collect(); gc.freeze()
def one():
    pid = os.fork()
    if pid == 0:
        exec(compile(code, "example.py", "exec"), {})
        os._exit(0)
    os.waitpid(pid, 0)
for _ in range(50):
    one()
started = time.perf_counter()
for _ in range(COUNT):
    one()
print((time.perf_counter() - started) / COUNT)
"""


def write_book(place: Path, count: int) -> Path:
    """A book of `count` examples in ten chapters."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for chapter in range(10):
        parts = [f"# Chapter {chapter}\n"]
        for index in range(count // 10):
            n = chapter * count + index
            parts.append(f"## Section {index}\n\nWords about {n}.\n\n```python\n{BODIES[n % 4].format(n=n)}```\n")
        (place / f"{chapter}.md").write_text("\n".join(parts), encoding="utf-8")
    return place


def vulgate_cases(count: int) -> list[Case]:
    vulgate = str(environment("vulgate", [str(ROOT)]) / "vulgate")
    book = write_book(WORK / "verify" / "vulgate", count)
    warm = write_book(WORK / "verify" / "warm", count)
    for place in (book, warm):
        subprocess.run([vulgate, "verify", str(place), "--trust", "-q"], check=True, stdout=subprocess.DEVNULL)
    return [
        Case("vulgate verify, everything", [vulgate, "verify", str(book), "--fresh"], nothing),
        Case("vulgate verify, one processor", [vulgate, "verify", str(book), "--fresh", "--jobs", "1"], nothing),
        Case("vulgate verify, nothing changed", [vulgate, "verify", str(warm)], nothing),
    ]


def pytest_examples_case(count: int) -> Case:
    place = WORK / "verify" / "pytest-examples"
    write_book(place / "book", count)
    (place / "test_book.py").write_text(PYTEST_EXAMPLES, encoding="utf-8")
    python = environment("pytest-examples", ["pytest-examples", "pytest"]) / "python"
    return Case("pytest-examples", _pytest(python, place / "test_book.py"), nothing)


def sybil_case(count: int) -> Case:
    place = write_book(WORK / "verify" / "sybil", count)
    (place / "conftest.py").write_text(SYBIL, encoding="utf-8")
    python = environment("sybil", ["sybil[pytest]"]) / "python"
    return Case("Sybil", _pytest(python, place), nothing)


def _pytest(python: Path, place: Path) -> list[str]:
    return [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(place)]


def doctest_case(count: int) -> Case:
    place = write_book(WORK / "verify" / "doctest", count)
    for file in place.glob("*.md"):
        lines: list[str] = []
        inside = False
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("```"):
                inside = not inside
                lines.append("")
            else:
                lines.append(_prompt(line) + line if inside and line else "" if inside else line)
        file.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [str(file) for file in sorted(place.glob("*.txt"))]
    return Case("python -m doctest", [sys.executable, "-m", "doctest", *files], nothing)


def _prompt(line: str) -> str:
    return "... " if line.startswith((" ", "except")) else ">>> "


def overhead(count: int) -> tuple[float, float]:
    """Seconds for one job in a warm interpreter, and for a fork and exec of the same code."""
    from vulgate.verify import interpreters
    from vulgate.verify.sandbox import best_isolation
    from vulgate.verify.warm import Warm

    least = float(
        subprocess.run(
            [sys.executable, "-I", "-c", OVERHEAD.replace("COUNT", str(count))],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )
    warm = Warm(interpreters.current(), best_isolation())
    limits = {"seconds": 10, "cpu_seconds": 10, "memory": 1 << 30, "processes": 64, "output": 1 << 20, "file": 1 << 26}
    steps = [{"mode": "run", "code": "x = 1\nassert x == 1\n"}]
    try:
        for _ in range(50):
            warm.run(steps, limits)
        started = time.perf_counter()
        for _ in range(count):
            warm.run(steps, limits)
        return (time.perf_counter() - started) / count, least
    finally:
        warm.close()


PEERS = {"pytest-examples": pytest_examples_case, "sybil": sybil_case, "doctest": doctest_case}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default=",".join(PEERS), help="comma-separated; empty for none")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    os.environ["XDG_CONFIG_HOME"] = str(WORK / "config")  # the benchmark's books are trusted there, and only there
    cases = vulgate_cases(arguments.examples)
    cases += [PEERS[name](arguments.examples) for name in arguments.peers.split(",") if name]
    run_all(cases, arguments.rounds)
    print(f"{arguments.examples} examples in 10 chapters; {arguments.rounds} rounds; {os.cpu_count()} processors\n")
    print(table(cases, "vulgate, everything"))
    pairs = [overhead(300) for _ in range(5)]
    ours, least = (statistics.median(values) for values in zip(*pairs, strict=True))
    ratio = statistics.median(mine / other for mine, other in pairs)
    print(
        f"\none job in a warm interpreter {ours * 1000:.2f} ms, fork and exec {least * 1000:.2f} ms: {ratio:.2f} times"
    )
    if arguments.json:
        figures = {case.name: {"median": case.median, "seconds": case.seconds} for case in cases}
        figures["overhead"] = {"median": ratio, "seconds": [ours, least]}
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
