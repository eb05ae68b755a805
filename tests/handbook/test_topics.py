"""Every topic of the handbook is found by the words of somebody who looks for it.

`topics/CHAPTER.tsv` has a row for each topic: what a reader types, and the sections that answer, with `|` between them.
"""

import csv
import re
import sqlite3
from pathlib import Path
from typing import Final

import pytest

import vulgate
from tests.support import ROOT

TOPICS: Final = sorted(Path(__file__).with_name("topics").glob("*.tsv"))
SHARE: Final = 0.95
AMONG: Final = 3
# The query is the documented one; what programs copy is what is tested.
SECTIONS: Final = re.search(
    r"```sql\n(WITH[^`]*search MATCH[^`]*)```", (ROOT / "docs/compiled-book.md").read_text("utf-8")
)


def rows(file: Path) -> list[tuple[str, list[str]]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return [(query, sections.split("|")) for query, sections in csv.reader(stream, delimiter="\t")]


def sections_of(database: sqlite3.Connection, query: str) -> list[str]:
    assert SECTIONS
    words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
    return [section for section, _ in database.execute(SECTIONS[1], (words, AMONG))]


@pytest.mark.parametrize("file", TOPICS, ids=lambda file: file.stem)
def test_sections_exist(file: Path, handbook: vulgate.CompiledBook) -> None:
    known = {block.id for block in handbook.blocks if isinstance(block, (vulgate.Section, vulgate.Chapter))}
    assert rows(file)
    assert [section for _, sections in rows(file) for section in sections if section not in known] == []


@pytest.mark.parametrize("file", TOPICS, ids=lambda file: file.stem)
def test_topics_are_among_the_first_sections(file: Path, database: sqlite3.Connection) -> None:
    missed = []
    for query, wanted in rows(file):
        found = sections_of(database, query)
        if not set(wanted) & set(found):
            missed.append((query, wanted, found))
    assert len(missed) <= len(rows(file)) * (1 - SHARE), missed


def test_each_chapter_has_topics(handbook: vulgate.CompiledBook) -> None:
    chapters = {chapter.id for chapter in handbook.chapters if chapter.path.count("/") == 0 and chapter.id != "index"}
    assert chapters == {file.stem for file in TOPICS}
