#!/usr/bin/env python3
"""What survives when books of other layouts are imported: code fences, paragraphs, headings, table cells and links.

    python benchmarks/importing.py FOLDER [FOLDER ...] --fidelity fidelity.py [--lost 10]

Each FOLDER is a book in any layout. It is imported in memory, and the chapters as they were are held against the chapters as they
would be written, by a fidelity meter: a program that prints JSON for `fidelity.py SOURCE OUTPUT --lost N`. The meter knows
CommonMark only. What it calls lost is looked up again without the markup of the other dialect (attributes, roles, tags, the
targets of links): what is found then was kept.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from vulgate.importing.book import import_book
from vulgate.source import open_book

MARKUP = re.compile(
    r"\]\([^)]*\)?|\]\[[^\]]*\]?|\[\^?[^\[\]]+\]:\s*\S+|<[^<>]*>?|\{[^{}]*\}?|@sec-[\w-]+|(?:!!!|\?\?\?\+?|:{3,})\s*[\w -]*"
    r"|\b(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){1,4}\b|(?:CHAPTER|APPENDIX) \w+ —|[🟢🟡🟠🔴🔒] ?\w*"
    r"|\(\S+\)=|^import .*|===.? |(?<!\w):[\w-]+:\s*(?:[\w-]+ ?)*"
)
DIRECTIVE = re.compile(r"\s*[`~]{3,}\s*\{[\w:-]+\}")
INCLUDE = re.compile(r"\{\{#|<<<|-8<-|\{\{<|@include")
KINDS = ("code_fences", "paragraphs", "headings", "tables", "links")


def main() -> int:
    """Prints a table; 1 if anything is lost for which there is no reason."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("books", nargs="+", type=Path)
    parser.add_argument("--fidelity", required=True, type=Path)
    parser.add_argument("--lost", type=int, default=0, help="how many places of each kind to show")
    options = parser.parse_args()
    lost = 0
    for path in options.books:
        lost += measure(path, options.fidelity, options.lost)
    return int(lost > 0)


def measure(path: Path, meter: Path, shown: int) -> int:
    """Imports one book and prints what became of it; how many things are lost for no reason."""
    source = open_book(path)
    started = time.process_time()
    found = import_book(source)
    seconds = time.process_time() - started
    with tempfile.TemporaryDirectory() as place:
        before, after = Path(place) / "before", Path(place) / "after"
        for chapter in source.chapters:
            file = source.root / chapter.file.path
            if not file.exists():  # a part of the file before it
                continue
            write(before / f"{chapter.file.path.replace('/', '__')}.md", original(file))
        for name, data in found.files.items():
            if name.endswith(".md"):
                write(after / name.replace("sitemap", "site-map").replace("search", "se-arch"), data)
        told = subprocess.run(
            [sys.executable, meter, before, after, "--lost", "1000000"], capture_output=True, text=True, check=True
        )
        text = {name: (before / name).read_text("utf-8", "replace").split("\n") for name in names(before)}
        after_letters = letters("\n".join((after / name).read_text("utf-8", "replace") for name in names(after)))
    report = json.loads(told.stdout)
    losses = report.get("examples_of_loss", {})
    print(f"\n{path} ({source.layout}): {found.chapters} chapters in {seconds:.2f} s of processor time")
    total = 0
    for kind in KINDS:
        reasons = Counter(
            reason(kind, item, text, after_letters) for item in losses.get(kind, ()) if is_lost(kind, item)
        )
        unexplained = reasons.pop("", 0)
        total += unexplained
        number = report[kind].get("cells", report[kind]["total"])
        explained = ", ".join(f"{count} {name}" for name, count in reasons.most_common())
        share = 100 * (1 - unexplained / number) if number else 100.0
        print(f"  {kind:12} {number:6}   lost {unexplained:4}   kept {share:7.3f} %   {explained}")
        for item in [
            item for item in losses.get(kind, ()) if is_lost(kind, item) and not reason(kind, item, text, after_letters)
        ][:shown]:
            print(f"      {json.dumps(item, ensure_ascii=False)[:200]}")
    return total


def is_lost(kind: str, item: dict[str, object]) -> bool:
    """Whether the meter means that something is gone, and not only that it stands otherwise."""
    return kind != "code_fences" or item.get("tier") in ("lost", "lines80", "flattened")


def reason(kind: str, item: dict[str, object], text: dict[str, list[str]], after: str) -> str:
    """Why something is not found as it was; empty for what is lost."""
    said = str(item.get("text") or item.get("first") or item.get("url") or item.get("head") or "")
    name, _, number = str(item.get("where", "")).rpartition(":")
    lines = next((lines for path, lines in text.items() if path.rpartition("/")[2] == name), [])
    at = int(number) - 1
    if kind == "code_fences":
        own = "\n".join(lines[at : at + int(str(item.get("lines") or 1)) + 2])
        return (
            "with includes"
            if INCLUDE.search(own)
            else "directives"
            if DIRECTIVE.match(own) or said.startswith(":")
            else ""
        )
    if kind == "links":
        return "" if said.startswith("http") else "addresses that lead to files now"
    if any("<script" in line for line in lines[max(0, at - 8) : at + 1]):
        return "scripts"
    # The meter shows the first hundred characters, which may end within markup; a short piece says nothing.
    pieces = map(letters, MARKUP.split(said[:80] if len(said) >= 100 else said))
    return "with other markup" if all(piece in after for piece in pieces if len(piece) >= 8) else ""


def letters(text: str) -> str:
    """Letters and digits without markup."""
    return re.sub(r"[\W_]+", "", MARKUP.sub(" ", text)).casefold()


def original(file: Path) -> bytes:
    """A page as it was; of a notebook the text of its cells."""
    if file.suffix != ".ipynb":
        return file.read_bytes()
    parts = []
    for cell in json.loads(file.read_bytes()).get("cells", ()):
        said = "".join(cell["source"])
        parts.append(f"```python\n{said}\n```" if cell["cell_type"] == "code" and said.strip() else said)
    return "\n\n".join(parts).encode()


def names(folder: Path) -> list[str]:
    """The files below a folder."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*.md")]


def write(place: Path, data: bytes) -> None:
    """Writes a file and its folders."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


if __name__ == "__main__":
    raise SystemExit(main())
