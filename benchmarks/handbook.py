"""How long the bundled handbook takes: to build, and to prove on one Python; with mdBook on the same files beside it.

    python benchmarks/handbook.py [--rounds 5] [--no-verify] [--json FILE]

The bars are 1.5 s for a cold build and 90 s for proving everything on two processors; the last lines say whether they are met.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from build import BUNDLED, change, clean, mdbook_case
from measure import ROOT, WORK, Case, environment, nothing, run_all, table

BARS = {"vulgate build, cold": 1.5, "vulgate verify, everything": 90.0}
PROVEN_WITH = ["-r", str(ROOT / "requirements-dev.txt")]


def copy(name: str) -> Path:
    """The handbook's sources, without what a build left there."""
    place = WORK / "handbook" / name
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(BUNDLED, place, ignore=shutil.ignore_patterns("dist", ".vulgate"))
    return place


def forget(book: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(book / ".vulgate", ignore_errors=True)


def build_cases(vulgate: str) -> list[Case]:
    cold, warm, edited = copy("cold"), copy("warm"), copy("edited")
    for book in (warm, edited):
        subprocess.run([vulgate, "build", str(book), "-q"], check=True)
    return [
        Case("vulgate build, cold", [vulgate, "build", str(cold)], clean(cold)),
        Case("vulgate build, nothing changed", [vulgate, "build", str(warm)], nothing),
        Case("vulgate build, one chapter changed", [vulgate, "build", str(edited)], change(edited / "modules.md")),
        mdbook_case(BUNDLED),
    ]


def verify_cases(vulgate: str) -> list[Case]:
    book, warm = copy("verify"), copy("proven")
    subprocess.run([vulgate, "verify", str(warm), "--trust", "-q"], check=True)
    command = [vulgate, "verify", str(book), "--trust", "-q"]
    return [
        Case("vulgate verify, everything", command, forget(book)),
        Case("vulgate verify, nothing changed", [vulgate, "verify", str(warm), "-q"], nothing),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-verify", action="store_true", help="build only")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    os.environ["XDG_CONFIG_HOME"] = str(WORK / "config")  # the copies are trusted there, and only there
    vulgate = str(environment("vulgate", [str(ROOT), *([] if arguments.no_verify else PROVEN_WITH)]) / "vulgate")
    groups = [build_cases(vulgate)]
    run_all(groups[0], arguments.rounds)
    if not arguments.no_verify:
        groups.append(verify_cases(vulgate))
        run_all(groups[1], max(1, arguments.rounds // 2))
    files = [file for file in BUNDLED.rglob("*.md") if "dist" not in file.parts]
    print(f"{sum(file.stat().st_size for file in files):,} bytes in {len(files)} files; {os.cpu_count()} processors\n")
    for cases in groups:
        print(table(cases, "the first") + "\n")
    for case in (case for cases in groups for case in cases if case.name in BARS):
        verdict = "met" if case.median <= BARS[case.name] else "missed"
        print(f"{case.name}: {case.median:.2f} s, the bar of {BARS[case.name]} s is {verdict}")
    if arguments.json:
        figures = {case.name: {"median": case.median, "seconds": case.seconds} for cases in groups for case in cases}
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
