"""Reads a Cursor edition of the old compiler: concepts below their chapters, and heaps of what was torn from them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from vulgate.source.rescue.heap import languages, split_heap
from vulgate.source.rescue.outline import PART
from vulgate.source.rescue.passages import Edition, Passage, Snippet, letters

_CHAPTER: Final = re.compile(r"## Chapter (?P<number>\w+) — (?P<title>.*)")
_SECTION: Final = re.compile(
    r"### (?P<name>Concepts|Important Facts|Code Patterns|Common Pitfalls & Anti-Patterns|Additional Content|Concept)\s*$"
)
_ENTRY: Final = re.compile(r"#### (?P<title>.*)")
_RULE: Final = re.compile(r"---\s*$")
_GENERATED: Final = (
    "Rationale",
    "Contrast",
    "Inference",
    "Relation",
    "Uncertainty",
    "Test Hint",
    "Reasoning Chain",
    "Symbol Table",
    "Compile Summary",
)
_HEADER: Final = re.compile(r"::: \w[\w-]*\n(?:[\w-]+:.*\n)+", re.MULTILINE)
_FEW_LETTERS: Final = 12
"""So many letters tell one passage from another."""


def read_cursor(text: str) -> Edition:
    """Reads a Cursor edition.

    Args:
        text: The edition, in its right encoding.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.passages: list[Passage] = []
        self.snippets: list[Snippet] = []
        self.dropped: Counter[str] = Counter()
        self.doubled = 0
        self.known: set[str] = set()
        self.late: list[Passage] = []

    def read(self) -> Edition:
        title = re.sub(r"\s*–\s*Cursor Edition.*", "", self.lines[0].lstrip("# ")).strip() or "Book"
        chapter, section, start = "", "", 0
        for at, line in enumerate([*self.lines, "### Concept"]):
            match = _CHAPTER.match(line)
            if match or _SECTION.match(line) or (_RULE.match(line) and self._ends(at)):
                self._section(section, chapter, start, at)
                section, start = "", at + 1
                if match:
                    chapter = match["number"]
                    self.passages.append(
                        Passage(f"📘 CHAPTER {chapter} — {match['title']}", at + 1, chapter, is_head=True)
                    )
                elif found := _SECTION.match(line):
                    section = found["name"]
        self.passages += self._new(self.late)
        return Edition(title, tuple(self.passages), tuple(self.snippets), self.doubled, dict(self.dropped))

    def _ends(self, at: int) -> bool:
        """Whether a rule ends a chapter."""
        after = next((line for line in self.lines[at + 1 : at + 4] if line.strip()), "")
        return after.startswith(("## ", "### "))

    def _section(self, name: str, chapter: str, start: int, end: int) -> None:
        if name == "Concepts":
            for title, number, body in self._entries(start, end):
                self._concept(title, number, body, chapter)
        elif name == "Concept":
            self._global(start, end)
        elif name == "Code Patterns":
            code = [(number + 1, self.lines[number]) for number in range(start, end)]
            self.snippets += [Snippet(code, line, language, name) for code, line, language in split_heap(code)]
        elif name == "Additional Content":
            for title, number, body in self._entries(start, end):
                self._additional(title, number, body)
        elif name == "Important Facts":
            self._repeated([(number + 1, self.lines[number]) for number in range(start, end)], "fact")
        elif name:
            for _, number, body in self._entries(start, end):
                self._repeated([(number, " ".join(body).strip())], "pitfall")

    def _global(self, start: int, end: int) -> None:
        """What stood before the first chapter was put behind the last one; only the part that begins there matters."""
        for at in range(start, end):
            text = self.lines[at].strip()
            if PART.match(text) and not any(text in passage.text for passage in self.passages):
                self.passages.insert(0, Passage(text, at + 1))

    def _entries(self, start: int, end: int) -> Iterator[tuple[str, int, list[str]]]:
        """Title, line of the body, and lines of the body of each entry."""
        title, first, body = "", start, list[str]()
        is_first = True
        for at in range(start, end):
            match = _ENTRY.match(self.lines[at])
            if match is None:
                body.append(self.lines[at])
                continue
            if not is_first or any(line.strip() for line in body):
                yield title, _first_line(first, body), body
            title, first, body, is_first = match["title"], at + 1, [], False
        if title or any(line.strip() for line in body):
            yield title, _first_line(first, body), body

    def _concept(self, title: str, number: int, body: list[str], chapter: str) -> None:
        """The old compiler wrote each passage as a heading, cut at its first sentence, and then again."""
        text = "\n".join(body).strip()
        self.doubled += bool(title and text)
        text = text or title
        if text:
            self.known.add(letters(text))
            self.passages.append(Passage(text, number, chapter))

    def _additional(self, title: str, number: int, body: list[str]) -> None:
        text = "\n".join(body).strip("\n")
        if title in _GENERATED:
            self.dropped[title.lower()] += 1
        elif title in ("Example", "Diagram"):
            if header := _HEADER.match(text):  # the block was never closed: its header was taken for its text
                self.dropped["header of a block"] += 1
                text = text[header.end() :].strip("\n")
            if text.strip():
                language = languages(text)
                self.snippets.append(Snippet(text + "\n", number, language, title))
        elif text.strip():
            self.late.append(Passage(text.strip(), number))

    def _repeated(self, lines: list[tuple[int, str]], kind: str) -> None:
        """Passages that were copied from the prose: only what is not there already is kept."""
        for number, line in lines:
            if text := line.strip():
                before = len(self.late)
                self.late.append(Passage(text, number))
                if letters(text) in self.known:
                    del self.late[before:]
                    self.dropped[f"{kind} that the prose says already"] += 1

    def _new(self, late: list[Passage]) -> list[Passage]:
        """What the heaps say and the prose does not, each once, behind the chapters."""
        found = []
        whole = "\n".join(sorted(self.known, key=len, reverse=True))
        for passage in late:
            told = letters(passage.text)
            if len(told) < _FEW_LETTERS or told in whole:
                self.dropped["repetition"] += 1
                continue
            whole += "\n" + told
            found.append(passage)
        return found


def _first_line(at: int, body: list[str]) -> int:
    """The number, counted from 1, of the first line of a body that says something."""
    blank = next((index for index, line in enumerate(body) if line.strip()), 0)
    return at + 1 + blank
