"""What the benchmarks share: a case is a command, timed as a whole process; each tool has a virtual environment of its own.

Every round runs every case once, so that a machine that slows down slows all of them; figures are medians, ratios medians of
the rounds' ratios. Memory is the peak resident set, as the operating system counted it (POSIX only).
"""

import os
import statistics
import subprocess
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = HERE / "work"


@dataclass
class Case:
    """A command, what to do before each run of it, and what was measured."""

    name: str
    command: list[str]
    prepare: Callable[[], None]
    seconds: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    def run(self) -> None:
        self.prepare()
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        started = time.perf_counter()
        child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        self.seconds.append(time.perf_counter() - started)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{self.name}: exit code {child.returncode}: {' '.join(self.command)}")
        self.megabytes = max(self.megabytes, usage.ru_maxrss / 1024)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def ratio(self, other: "Case") -> float:
        return statistics.median(mine / theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True))


def environment(name: str, packages: list[str]) -> Path:
    """The `bin` folder of a tool's virtual environment, made at the first use."""
    place = WORK / "environments" / name
    bin_folder = place / ("Scripts" if os.name == "nt" else "bin")
    if not (place / "ready").exists() or name == "vulgate":
        venv.create(place, with_pip=True, clear=not (place / "ready").exists())
        again = ["--force-reinstall", "--no-deps"] if (place / "ready").exists() else []
        subprocess.run([str(bin_folder / "python"), "-m", "pip", "install", "--quiet", *again, *packages], check=True)
        (place / "ready").touch()
    return bin_folder


def nothing() -> None:
    pass


def run_all(cases: list[Case], rounds: int) -> None:
    """Runs every case once untimed, so that byte code and page cache are there for all, and then in rounds."""
    for case in cases:
        case.run()
        case.seconds.clear()
    for _ in range(rounds):
        for case in cases:
            case.run()


def table(cases: list[Case], against: str) -> str:
    """The figures as a Markdown table; ratios are against the first case."""
    first = cases[0]
    lines = [f"| case | median s | min | max | against {against} | peak MB |", "|---|---:|---:|---:|---:|---:|"]
    for case in cases:
        spread = f"{case.median:.3f} | {min(case.seconds):.3f} | {max(case.seconds):.3f}"
        lines.append(f"| {case.name} | {spread} | {case.ratio(first):.2f} | {case.megabytes:.0f} |")
    return "\n".join(lines)
