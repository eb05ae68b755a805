"""What the benchmarks share: a case is a command, timed as a whole process; each tool has a virtual environment of its own.

Every round runs every case once, so that a machine that slows down slows all of them; figures are medians, ratios medians of
the rounds' ratios. Memory is the peak resident set of the largest process, as the operating system counted it, and processor
time is that of a command with all that it started (POSIX only).
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
    processor: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    def run(self) -> None:
        self.prepare()
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        started = time.perf_counter()
        child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        self.seconds.append(time.perf_counter() - started)
        self.processor.append(usage.ru_utime + usage.ru_stime)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{self.name}: exit code {child.returncode}: {' '.join(self.command)}")
        self.megabytes = max(self.megabytes, usage.ru_maxrss / 1024)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def ratio(self, other: "Case", *, processor: bool = False) -> float:
        mine, theirs = (self.processor, other.processor) if processor else (self.seconds, other.seconds)
        return statistics.median(mine / theirs for mine, theirs in zip(mine, theirs, strict=True))


def environment(name: str, packages: list[str]) -> Path:
    """The `bin` folder of a tool's virtual environment, made at the first use."""
    place = WORK / "environments" / name
    bin_folder = place / ("Scripts" if os.name == "nt" else "bin")
    if not (place / "ready").exists() or name.startswith("vulgate"):
        venv.create(place, with_pip=True, clear=not (place / "ready").exists())
        pip = [str(bin_folder / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *packages], check=True)
        if (place / "ready").exists():  # the same version, and maybe other code
            subprocess.run([*pip, "--force-reinstall", "--no-deps", *packages], check=True)
        (place / "ready").touch()
    return bin_folder


def nothing() -> None:
    pass


def run_all(cases: list[Case], rounds: int) -> None:
    """Runs every case once untimed, so that byte code and page cache are there for all, and then in rounds."""
    for case in cases:
        case.run()
        case.seconds.clear()
        case.processor.clear()
    for _ in range(rounds):
        for case in cases:
            case.run()


def table(cases: list[Case], against: str, *, processor: bool = False) -> str:
    """The figures as a Markdown table; ratios are against the first case.

    Args:
        cases: What was measured.
        against: What the first case is called.
        processor: Whether the ratios are of processor time, and not of time on the clock.
    """
    first = cases[0]
    lines = [
        f"| case | median s | min | max | processor s | against {against} | peak MB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for case in cases:
        spread = f"{case.median:.3f} | {min(case.seconds):.3f} | {max(case.seconds):.3f}"
        spent = statistics.median(case.processor)
        ratio = case.ratio(first, processor=processor)
        lines.append(f"| {case.name} | {spread} | {spent:.3f} | {ratio:.2f} | {case.megabytes:.0f} |")
    return "\n".join(lines)
