"""Compares `vulgate check` with ruff, ast-grep, pylint and semgrep on the same code, in one run, as ratios of processor time.

    python benchmarks/check.py [--rounds 3] [--files 200] [--peers ast-grep,pylint,semgrep] [--folder FOLDER]

The code is the corpus of `rules.py` (see `python benchmarks/rules.py fetch`); for pylint and semgrep, which take minutes for
that, a part of it, picked by chance but always the same. Ruff gets the very codes that the default rules ask it for, ast-grep
their patterns. Semgrep gets the calls that rules of the handbook look for, without their further conditions, and we get a book
of the same calls.
Each tool has a virtual environment of its own in `benchmarks/work/`; `measure.py` says how it is timed.
"""

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import ROOT, WORK, Case, environment, nothing, run_all, table
from rules import CORPUS, rules

from vulgate.check.checker import Checker, Wanted
from vulgate.check.settings import Config
from vulgate.cli.checking import load_rules
from vulgate.detect.ast_grep import compile_pattern
from vulgate.model.findings import RuleInfo

SEED = 4
LINES = 1500
LOOKS = 30  # at one file, in a process that is warm


def part_of(corpus: Path, number: int) -> Path:
    """A folder with some files of the corpus."""
    place = WORK / "check" / "part"
    shutil.rmtree(place, ignore_errors=True)
    files = sorted(path for path in corpus.rglob("*.py") if path.stat().st_size)
    for file in random.Random(SEED).sample(files, min(number, len(files))):
        target = place / file.relative_to(corpus)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return place


def lines_in(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py"))


def calls_in(book: dict[str, RuleInfo]) -> dict[str, list[str]]:
    """By a short name of the rule, the calls that the rules of the handbook look for, whatever else they want of them."""
    found = {}
    for id, rule in book.items():
        pattern = compile_pattern(rule.options) if rule.detector == "ast-grep" else None
        if pattern and "CALLED" in pattern.names:
            found[id.rpartition("/")[2]] = sorted(name.removeprefix("builtins.") for name in pattern.names["CALLED"])
    return found


def book_of_calls(calls: dict[str, list[str]], place: Path) -> Path:
    """A book whose rules are those calls, and nothing more."""
    place.mkdir(parents=True, exist_ok=True)
    text = "# Calls\n\nFor a benchmark.\n"
    for id, names in calls.items():
        name = names[0]
        bad = f"import {name.rpartition('.')[0]}\n{name}()" if "." in name else f"{name}()"
        text += f"\n:::{{rule}} No {id}\n:id: {id}\n:severity: high\n:detect: ast-grep\n\nBecause.\n"
        text += f"\n```yaml {{detect}}\ncalls: {json.dumps(names)}\n```\n"
        text += f"\n```python {{bad skip=benchmark}}\n{bad}\n```\n\n```python {{good}}\nfine = 1\n```\n"
        text += "\n```python {near}\nfine = 2\n```\n:::\n"
    (place / "calls.md").write_text(text, encoding="utf-8")
    return place


def semgrep_rules(calls: dict[str, list[str]], place: Path) -> Path:
    """A file of semgrep's with the same calls."""
    common = {"languages": ["python"], "severity": "WARNING"}
    written = [
        {"id": id, "message": id, "pattern-either": [{"pattern": f"{name}(...)"} for name in names], **common}
        for id, names in calls.items()
    ]
    place.write_text(json.dumps({"rules": written}), encoding="utf-8")  # JSON is YAML
    return place


def ast_grep_rules(chosen: list[RuleInfo], place: Path) -> Path:
    """The configuration of an ast-grep project with the patterns of some rules, whose names it cannot resolve."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "rules").mkdir(parents=True)
    for rule in chosen:
        if rule.detector == "ast-grep":
            head = {"id": rule.slug, "language": "python", "severity": "hint", "message": rule.slug}
            written = json.dumps({**head, **compile_pattern(rule.options).config})  # JSON is YAML
            (place / "rules" / f"{rule.slug}.yml").write_text(written, encoding="utf-8")
    config = place / "sgconfig.yml"
    config.write_text("ruleDirs: [rules]\n", encoding="utf-8")
    return config


def cases(arguments: argparse.Namespace, book: dict[str, RuleInfo]) -> list[list[Case]]:
    vulgate = str(environment("vulgate", [str(ROOT)]) / "vulgate")
    ruff = str(environment("vulgate", [str(ROOT)]) / "ruff")
    corpus = arguments.folder.resolve()
    defaults = [rule for rule in book.values() if rule.is_default]
    codes = sorted({code for rule in defaults if rule.detector == "ruff" for code in codes_of(rule)})
    check = [vulgate, "check", "--exit-zero", "--output", str(WORK / "check" / "found.txt")]
    options = ["check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "--preview", "--select", ",".join(codes)]
    whole = [
        Case("vulgate check, cold", [*check, "--no-cache", str(corpus)], nothing),
        Case(f"ruff check, the same {len(codes)} codes", [ruff, *options, str(corpus)], nothing),
        Case("vulgate check, nothing changed", [*check, str(corpus)], nothing),
    ]
    if "ast-grep" in arguments.peers:
        place = ast_grep_rules(defaults, WORK / "check" / "ast-grep")
        scan = [
            str(environment("ast-grep", ["ast-grep-cli"]) / "ast-grep"),
            "scan",
            "--config",
            str(place),
            "--no-ignore=vcs",
        ]
        whole.append(Case("ast-grep scan, the same patterns", [*scan, "--report-style=short", str(corpus)], nothing))
    part = part_of(corpus, arguments.files)
    some: list[Case] = [Case("vulgate check, cold, a part", [*check, "--no-cache", str(part)], nothing)]
    if "pylint" in arguments.peers:
        pylint = str(environment("pylint", ["pylint"]) / "pylint")
        some.append(Case("pylint, the same part", [pylint, "--exit-zero", "--recursive=y", str(part)], nothing))
    if "semgrep" in arguments.peers:
        semgrep = environment("semgrep", ["semgrep", "setuptools"]) / "semgrep"
        calls = calls_in(book)
        own = book_of_calls(calls, WORK / "check" / "calls")
        config = semgrep_rules(calls, WORK / "check" / "semgrep.yaml")
        same = [
            "scan",
            "--quiet",
            "--metrics=off",
            "--disable-version-check",
            "--no-git-ignore",
            "--config",
            str(config),
        ]
        patterns = sum(map(len, calls.values()))
        some += [
            Case(f"vulgate check, {patterns} calls", [*check, "--no-cache", "--book", str(own), str(part)], nothing),
            Case("semgrep, the same calls", [str(semgrep), *same, str(part)], nothing),
        ]
    return [whole, some]


def codes_of(rule: RuleInfo) -> list[str]:
    spec = rule.detect.partition(" ")[2].removesuffix(" preview")
    return [code.strip() for code in spec.split(",")]


def warm(book: dict[str, RuleInfo], corpus: Path) -> tuple[str, float]:
    """One file of about 1,500 lines, looked at again and again in a warm process: its name, and the median in seconds."""
    folder = WORK / "check" / "one"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sizes = {path: path.read_bytes().count(b"\n") for path in corpus.rglob("*.py")}
    chosen = min(sizes, key=lambda path: (abs(sizes[path] - LINES), str(path)))
    file = folder / "one.py"
    known = load_rules("python", ROOT, WORK / "rules")
    defaults = {id: rule for id, rule in book.items() if rule.is_default}
    wanted = Wanted(paths=(file,), rules=defaults, jobs=1, use_cache=False)
    file.write_bytes(chosen.read_bytes())
    checker = Checker(Config(folder), known, wanted)
    seconds = []
    for number in range(LOOKS):
        file.write_bytes(chosen.read_bytes() + f"# {number}\n".encode())
        started = time.perf_counter()
        checker.run()
        seconds.append(time.perf_counter() - started)
    checker.close()
    return f"{chosen.relative_to(corpus)}, {sizes[chosen]} lines", statistics.median(seconds[LOOKS // 3 :])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=200, help="number of files for pylint and semgrep")
    parser.add_argument("--peers", default="ast-grep,pylint,semgrep", help="comma-separated; empty for none")
    parser.add_argument("--folder", type=Path, default=CORPUS / "src", help="the code")
    arguments = parser.parse_args()
    book = rules()
    whole, some = cases(arguments, book)
    subprocess.run(whole[2].command, check=True, stdout=subprocess.DEVNULL)  # fills the cache
    for name, chosen in (("the whole", whole), ("a part", some)):
        run_all(chosen, arguments.rounds)
        folder = arguments.folder if chosen is whole else WORK / "check" / "part"
        print(f"\n{name}: {len(list(folder.rglob('*.py'))):,} files, {lines_in(folder):,} lines\n")
        print(table(chosen, chosen[0].name, processor=True))
    name, seconds = warm(book, arguments.folder.resolve())
    print(f"\nwarm, one file ({name}): {1000 * seconds:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
