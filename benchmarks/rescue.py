#!/usr/bin/env python3
"""How well an old edition is rescued, held against the book that it was made of.

    python benchmarks/rescue.py EDITION SOURCE [--sample 60]

EDITION is a `.cursor.md` or `.ssm.md` file of the old compiler, SOURCE the folder of its chapters. Each example of the edition
that stands in the source, letter for letter, is looked up there: which section is it in? The reader itself never sees the source.
With `--sample`, so many places are printed with a fixed seed, to be judged by eye.
"""

import argparse
import bisect
import random
import re
import time
from collections import Counter
from pathlib import Path

from vulgate.source.rescue.cursor import read_cursor
from vulgate.source.rescue.encoding import is_damaged, mended
from vulgate.source.rescue.outline import NUMBERED, Numbers, marker
from vulgate.source.rescue.ssm import read_ssm
from vulgate.source.rescue.writing import rescue

FENCE = re.compile(r"^(`{3,})[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("edition", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("--sample", type=int, default=0)
    options = parser.parse_args()
    started = time.process_time()
    text = options.edition.read_text("utf-8")
    damaged = is_damaged(text)
    text, failed = mended(text) if damaged else (text, [])
    edition = read_cursor(text) if text.startswith("# ") else read_ssm(text)
    rescued = rescue(edition)
    print(f"{time.process_time() - started:.2f} s of processor time")
    print(f"encoding damaged: {damaged}, lines that cannot be mended: {len(failed)}")
    print(
        f"{edition.doubled} doubled passages removed, {rescued.repeated} examples that stood twice, left out: {edition.dropped}"
    )
    titles = [
        (draft.marker.title, section.title or draft.marker.title)
        for draft in rescued.drafts
        for section in draft.sections
    ]
    placed = [(found, titles[at]) for at, places in rescued.placed.items() for found in places]
    print(
        f"{len(rescued.drafts)} chapters and appendices, {len(titles)} sections, {len(placed)} distinct examples placed: 100 %"
    )
    print("by", Counter(found.place.reason for found, _ in placed))
    judge(placed, truth(options.source), options.sample)


def judge(placed: list, source: "Truth", sample: int) -> None:  # type: ignore[type-arg]
    """Holds the places against the source."""
    results: Counter[str] = Counter()
    by_reason: dict[str, Counter[str]] = {}
    shown = []
    for found, (chapter, section) in placed:
        told = source.find(found.snippet.code)
        if not told:
            results["not in the source"] += 1
            continue
        if any(same(section, title) and same(chapter, head) for head, title, _ in told):
            verdict = "right"
        elif any(same(chapter, head) for head, _, _ in told):
            verdict = "chapter right"
        else:
            verdict = "wrong"
        results[verdict] += 1
        by_reason.setdefault(found.place.reason, Counter())[verdict] += 1
        shown.append((verdict, found, chapter, section, told[0]))
    known = sum(results.values()) - results["not in the source"]
    print(
        f"{known} of them stand in the source: " + ", ".join(f"{count} {what}" for what, count in results.most_common())
    )
    print(
        f"right section: {100 * results['right'] / known:.1f} %, right chapter: {100 * (known - results['wrong']) / known:.1f} %"
    )
    for reason, counts in by_reason.items():
        print("  ", reason, dict(counts))
    for verdict, found, chapter, section, told in random.Random(7).sample(shown, min(sample, len(shown))):
        place = f"{chapter[:24]} / {section[:40]}  <-  {told[0][:24]} / {told[1][:40]}"
        print(f"{verdict:13} line {found.snippet.line:6} {found.place.reason:8} {found.place.confidence:.2f}  {place}")


def same(title: str, other: str) -> bool:
    """Whether two titles are the same, as far as the shorter one goes."""
    one, two = letters(title), letters(other)
    short = min(len(one), len(two), 24)
    return short > 2 and one[:short] == two[:short]


def letters(text: str) -> str:
    """Letters and digits."""
    return re.sub(r"[\W_]+", "", text).casefold()


class Truth:
    """The source, letter by letter, and the section of each letter."""

    def __init__(self) -> None:
        self.text = ""
        self.starts: list[int] = []
        self.places: list[tuple[str, str, str]] = []

    def add(self, text: str, place: tuple[str, str, str]) -> None:
        """Adds a line of a section."""
        self.starts.append(len(self.text))
        self.places.append(place)
        self.text += letters(text)

    def find(self, code: str) -> list[tuple[str, str, str]]:
        """The sections that hold a piece of code."""
        told, found, at = letters(code), [], -1
        if len(told) < 12:
            return []
        while (at := self.text.find(told, at + 1)) >= 0:
            found.append(self.places[bisect.bisect_right(self.starts, at) - 1])
        return found


def truth(folder: Path) -> Truth:
    """The source, with chapter and section of each line."""
    found = Truth()
    chapter = section = ""
    numbers = Numbers()
    for file in sorted(folder.glob("*.md")):
        in_fence = False
        for line in file.read_text("utf-8").splitlines():
            text = line.strip()
            in_fence ^= text.startswith("```")
            head = None if in_fence or len(text) > 120 or not re.search("CHAPTER|APPENDIX", text) else marker(text)
            numbered = None if in_fence or len(text) > 120 else NUMBERED.match(text)
            if head and head.number != numbers.number:
                chapter = section = head.title
                numbers = Numbers(head.number)
            elif head:
                section = head.title
            elif numbered and numbers.take(numbered["number"]):
                section = numbered["title"].strip("* ")
            found.add(line, (chapter, section, file.name))
    return found


if __name__ == "__main__":
    main()
