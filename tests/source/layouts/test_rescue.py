"""An old edition, small and damaged as the large ones are: what comes back, and where it stands."""

from pathlib import Path

from tests.source.layouts.books import write
from vulgate.source import open_book

EDITION = """\
# Old Book – Cursor Edition

## Chapter 1 — FUNCTIONS

### Concepts

#### 1.1 Calls 1.2 Closures.

1.1 Calls

#### A call binds arguments to parameters, as greet does with its name.

A call binds arguments to parameters, as greet does with its name.

#### Steps: 1.

**Steps:** 1. evaluate 2. bind 3. run

#### 1.2 Closures.

1.2 Closures

#### A closure keeps its counter between two calls of increment.

A closure keeps its counter between two calls of increment.

#### 📘 CHAPTER 2 — AGENTS 2.1 Tools.

📘 CHAPTER 2 — AGENTS 2.1 Tools

#### A tool is a function that an agent may call.

A tool is a function that an agent may call.

### Code Patterns

def greet(name):
    return f"Hello, {name}"

print(greet("you"))

def make():
    counter = 0

    def increment():
        nonlocal counter
        counter += 1
        return counter

    return increment
"""


def test_an_old_edition_is_put_in_order(tmp_path: Path) -> None:
    damaged = EDITION.encode().decode("mac_roman").encode()
    book = open_book(write(tmp_path, {"old.cursor.md": damaged}) / "old.cursor.md")
    assert (book.layout, book.manifest.book.title) == ("old-edition", "Old Book")
    first, second = (chapter.file.data.decode() for chapter in book.chapters)
    assert first == (
        "# FUNCTIONS\n\n## Calls\n\nA call binds arguments to parameters, as greet does with its name.\n\n"
        "**Steps:**\n\n1. evaluate\n2. bind\n3. run\n\n"
        '```python\ndef greet(name):\n    return f"Hello, {name}"\n\nprint(greet("you"))\n```\n\n'
        "## Closures\n\nA closure keeps its counter between two calls of increment.\n\n"
        "```python\ndef make():\n    counter = 0\n\n    def increment():\n        nonlocal counter\n"
        "        counter += 1\n        return counter\n\n    return increment\n```\n\n"
    )
    assert second == "# AGENTS\n\n## Tools\n\nA tool is a function that an agent may call.\n\n"
    assert [item.code for item in book.diagnostics if item.code not in ("VG112", "VG127")] == []
