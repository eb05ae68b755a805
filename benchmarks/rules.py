"""Measures the rules of the Python handbook on much-used packages: how often each finds something, and how often it is right.

    python benchmarks/rules.py fetch              download the packages of corpus-packages.txt
    python benchmarks/rules.py noise              findings of each rule in a thousand lines outside tests, into the chapters
    python benchmarks/rules.py sample RULE [N]    N findings of a rule, picked by chance but always the same, to be read
    python benchmarks/rules.py precision          what the readers said (read.tsv), into the chapters

`read.tsv` has a line for each finding that was read: rule, package, path, line, `right` or `wrong`, and why. A finding is
right if a reviewer who knows the code would want it mended or explained. All tests and all code of the packages that is not
Python are left out, and so are rules for type checkers and for architecture, which need a project's own set-up.
"""

import csv
import random
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator

from measure import HERE, ROOT, WORK

from vulgate.check.checker import wanted_rules
from vulgate.check.engine import Engine, Seen
from vulgate.check.files import list_files, load
from vulgate.check.results import Where
from vulgate.check.settings import TESTS, Config
from vulgate.cli.checking import load_rules, processors
from vulgate.detect.source import Settings, matches
from vulgate.model.findings import Finding, RuleInfo

BOOK = ROOT / "books" / "python"
CORPUS = WORK / "corpus"
READ = HERE / "read.tsv"
LEFT_OUT = ("type-checker", "layers", "review", "vulgate")
SEED = 4
GROUP = 20
AROUND = 6  # lines shown before and after a finding


def fetch() -> None:
    """Downloads and unpacks the packages."""
    wheels = CORPUS / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    options = ["--no-deps", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-d", str(wheels)]
    packages = str(HERE / "corpus-packages.txt")
    subprocess.run([sys.executable, "-m", "pip", "download", *options, "-r", packages], check=True)
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(".py")]
            archive.extractall(CORPUS / "src" / wheel.name.partition("-")[0], names)


def rules() -> dict[str, RuleInfo]:
    book = load_rules(str(BOOK), ROOT, WORK / "rules")
    chosen = wanted_rules(Config(ROOT), book, select=["all"], extend=(), ignore=LEFT_OUT, types=False)
    return {id: rule for id, rule in chosen.items() if rule.detector not in LEFT_OUT}


def look(chosen: dict[str, RuleInfo], paths: list[str] | None = None) -> tuple[list[str], Seen, Engine]:
    root = (CORPUS / "src").resolve()
    engine = Engine(root, chosen, python="", settings=Settings(), jobs=processors(), seconds=120, cache=None)
    if paths is None:
        paths, _ = list_files(root, [root], engine.patterns, [])
    seen = engine.run(paths)
    engine.close()
    return paths, seen, engine


def found_outside_tests(chosen: dict[str, RuleInfo], seen: Seen) -> list[Finding]:
    where = Where(TESTS, ())
    every = [*(finding for record in seen.records.values() for finding in record.findings), *seen.findings]
    kept = [f for f in every if f.rule in chosen and where.holds(chosen[f.rule], f.path) and not matches(f.path, TESTS)]
    return sorted(kept, key=lambda finding: (finding.rule, finding.path, finding.start))


def noise() -> None:
    """Measures, a group of rules at a time so that memory suffices, and writes `:noise:` into the chapters."""
    chosen = rules()
    root = (CORPUS / "src").resolve()
    paths = [path for path in list_files(root, [root], ["*.py"], [])[0] if not matches(path, TESTS)]
    sources = (load(root, path).source for path in paths)
    lines = sum(source.line(len(source.text)) for source in sources if source)
    counts: Counter[str] = Counter()
    for group in groups(chosen):
        _, seen, _ = look(group, paths)
        counts.update(finding.rule for finding in found_outside_tests(group, seen))
        for problem in seen.problems:
            print(f"problem: {problem.rule} {problem.path}: {problem.message}")
        print(f"{sum(counts[id] for id in group):>8} findings of {len(group)} rules", file=sys.stderr)
    for id, rule in chosen.items():
        write_option(rule, "noise", f"{1000 * counts[id] / lines:.4f}".rstrip("0").rstrip(".") if counts[id] else "0")
    for id, count in counts.most_common():
        print(f"{count:>7} {1000 * count / lines:>8.3f}  {chosen[id].severity:<8} {id}")
    default = sum(counts[id] for id, rule in chosen.items() if rule.is_default)
    print(f"{lines:,} lines outside tests; the default rules find {1000 * default / lines:.3f} in a thousand")


def groups(chosen: dict[str, RuleInfo]) -> Iterator[dict[str, RuleInfo]]:
    """The rules of each detector, some at a time."""
    by_detector: dict[str, list[str]] = {}
    for id, rule in chosen.items():
        by_detector.setdefault(rule.detector, []).append(id)
    for ids in by_detector.values():
        for at in range(0, len(ids), GROUP):
            yield {id: chosen[id] for id in ids[at : at + GROUP]}


def sample(name: str, number: int) -> None:
    """Prints findings of a rule with the code around them."""
    chosen = {id: rule for id, rule in rules().items() if name in (id, rule.slug)}
    _, seen, engine = look(chosen)
    every = found_outside_tests(chosen, seen)
    # At most three of one package, so that one habit does not decide.
    random.Random(SEED).shuffle(every)
    packages: Counter[str] = Counter()
    picked = []
    for finding in every:
        package = finding.path.partition("/")[0]
        if packages[package] < max(3, number // 5):
            packages[package] += 1
            picked.append(finding)
    print(f"{len(every)} findings of {name} outside tests in {len({f.path.partition('/')[0] for f in every})} packages")
    for finding in picked[:number]:
        package, _, path = finding.path.partition("/")
        print(f"\n==== {package}\t{path}\t{finding.start.line}\t{finding.message}")
        source = load(engine.root, finding.path).source
        for line in range(max(1, finding.start.line - AROUND), finding.start.line + AROUND + 1):
            mark = ">" if line == finding.start.line else " "
            print(f"{mark}{line:>5} {source.line_text(line)[:150]}" if source else "")


def precision() -> None:
    """Writes `:precision:` into the chapters."""
    known = rules()
    by_name = {name: rule for rule in known.values() for name in (rule.id, rule.slug)}
    right: Counter[str] = Counter()
    read: Counter[str] = Counter()
    with READ.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and not row[0].startswith("#"):
                read[row[0]] += 1
                right[row[0]] += row[4] == "right"
    for name, count in sorted(read.items()):
        if name in by_name:
            write_option(by_name[name], "precision", f"{right[name]}/{count}")
        print(f"{right[name]:>3}/{count:<3} {name}" + ("" if name in by_name else "  (no such rule)"))


def write_option(rule: RuleInfo, option: str, value: str) -> None:
    """Sets an option of a rule in its chapter."""
    for place in sorted([*BOOK.glob("*.md"), *BOOK.glob("rules/*.md")]):
        text = place.read_text(encoding="utf-8")
        head = re.search(rf"^:id: {re.escape(rule.slug)}\n(?::[\w-]+:.*\n)*", text, re.MULTILINE)
        if head and f"id: {rule.chapter}\n" in text:
            lines = [line for line in head[0].splitlines() if not line.startswith(f":{option}:")]
            new = "\n".join([*lines, f":{option}: {value}"]) + "\n"
            if new != head[0]:
                place.write_text(text[: head.start()] + new + text[head.end() :], encoding="utf-8")
            return


def main() -> None:
    match sys.argv[1:]:
        case ["fetch"]:
            fetch()
        case ["noise"]:
            noise()
        case ["sample", name, *number]:
            sample(name, int(number[0]) if number else 15)
        case ["precision"]:
            precision()
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
