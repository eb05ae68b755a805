"""How long a coding agent waits for `vulgate check --hook` after an edit, beside `ruff check` of the same file, in one run.

    python benchmarks/hook.py [--rounds 15] [--lines 520]

The file is the beginning of the standard library's `argparse.py`, some 500 lines, with an edit at its end that is another one in
each round, so that no finding is kept from before. `measure.py` says how it is timed. The first hook in a project compiles the
book, and is not in the table.
"""

import argparse
import itertools
import json
import shutil
import subprocess
from pathlib import Path

from measure import ROOT, WORK, Case, environment, nothing, run_all, table

FAULT = "def broken(item, into=[]):\n    into.append(eval(item))\n"


def project(lines: int) -> Path:
    """A repository with one file of at most so many lines, all of it committed."""
    folder = WORK / "hook"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = Path(argparse.__file__).read_text("utf-8").splitlines(keepends=True)
    starts = [at for at in range(1, lines) if source[at].startswith(("class ", "def ", "    def "))]
    end = max(at for at in starts if "@" not in source[at - 1])
    (folder / "app.py").write_text("".join(source[:end]), "utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.10"\n')
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder


def event(folder: Path, text: str, place: Path) -> Path:
    """What Claude Code writes to the hook after an edit that put a text into the file."""
    said = {
        "cwd": str(folder),
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_input": {"file_path": str(folder / "app.py"), "old_string": "", "new_string": text},
    }
    place.write_text(json.dumps(said), "utf-8")
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--lines", type=int, default=520)
    arguments = parser.parse_args()
    bins = environment("vulgate", [str(ROOT)])
    folder = project(arguments.lines)
    file = folder / "app.py"
    before = file.read_text("utf-8")
    numbers = itertools.count()

    def edit(text: str) -> None:
        file.write_text(f"{before}\n\nEDIT = {next(numbers)}\n{text}", "utf-8")

    clean, broken = event(folder, "EDIT = ", WORK / "clean.json"), event(folder, FAULT, WORK / "broken.json")
    hook = f"cd {folder} && exec {bins / 'vulgate'} check --hook claude"
    stdin = f"cd {folder} && exec {bins / 'vulgate'} check --exit-zero --stdin-filename app.py - < app.py"
    cases = [
        Case(
            "ruff check, its default rules",
            [str(bins / "ruff"), "check", "--no-cache", "--exit-zero", str(file)],
            nothing,
        ),
        Case("python -c pass", [str(bins / "python"), "-c", "pass"], nothing),
        Case("vulgate --version", [str(bins / "vulgate"), "--version"], nothing),
        Case("hook, nothing to say", ["sh", "-c", f"{hook} < {clean}"], lambda: edit("")),
        Case("hook, two findings", ["sh", "-c", f"{hook} < {broken}"], lambda: edit(FAULT)),
        Case("vulgate check --stdin-filename", ["sh", "-c", stdin], lambda: edit(FAULT)),
    ]
    run_all(cases, arguments.rounds)
    print(f"{len(before.splitlines())} lines\n\n{table(cases, 'ruff', processor=True)}")


if __name__ == "__main__":
    main()
