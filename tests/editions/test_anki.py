"""The Anki edition: cards that stand alone, and ids that edits do not change."""

import io
import sqlite3
import zipfile
from pathlib import Path
from typing import NamedTuple

import vulgate
from tests.support import compiled, handbook
from vulgate.editions.anki.edition import AnkiEdition, AnkiOptions

BOOK = """\
# Functions

:::{term} Closure
:id: term-closure
A function with <script>alert(1)</script> its `names`, see [evil](javascript:x).
:::

:::{qa} What is `1 < 2`?
:id: qa-less
True.
:::

:::{fact} A default is evaluated once
:id: fact-default
:holds: python >=3.8
```python {proof}
assert 1 < 2
```
:::

:::{rule} Never share a default
:id: no-default
:severity: high
:detect: ruff B006
It is shared.

```python {bad}
def f(x=[]): ...
```

```python {good}
def f(x=None): ...
```
:::
"""


class Note(NamedTuple):
    guid: str
    front: str
    back: str
    tags: str
    id: str


def notes(book: vulgate.CompiledBook) -> tuple[list[Note], tuple[str, ...]]:
    """The notes of the deck, and the ids of its decks and note types."""
    ((name, data),) = AnkiEdition().render(book, AnkiOptions()).items()
    assert name == f"{book.book.id}.apkg"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        collection = archive.read("collection.anki2")
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(collection)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = connection.execute("SELECT guid, flds, tags FROM notes ORDER BY id").fetchall()
        ids = connection.execute("SELECT decks, models FROM col").fetchone()
        assert connection.execute("SELECT count(*) FROM cards").fetchone() == (len(rows),)
    connection.close()
    made = []
    for guid, fields, tags in rows:
        front, back, _, id = fields.split("\x1f")
        made.append(Note(guid, front, back, tags, id))
    return made, ids


def test_the_cards_of_a_book(tmp_path: Path) -> None:
    found, _ = notes(compiled(tmp_path, BOOK).book)
    by_id = {note.id: note for note in found}
    assert {"a/term-closure", "a/qa-less", "a/fact-default", "a/no-default"} <= set(by_id)
    rule = by_id["a/no-default"]
    assert "What is wrong here?" in rule.front
    assert "(x=[])" in rule.front
    assert "It is shared." in rule.back
    assert "None" in rule.back
    assert "kind::rule" in rule.tags
    assert "small::a" in rule.tags
    assert "1 &lt; 2" in by_id["a/qa-less"].front
    term = by_id["a/term-closure"]
    assert "<script" not in term.back
    assert "javascript:" not in term.back


def test_ids_stay_when_the_book_is_edited(tmp_path: Path) -> None:
    before, ids = notes(compiled(tmp_path / "1", BOOK).book)
    edited = BOOK.replace("True.", "It is true.").replace("# Functions\n", "# Functions\n\nA new paragraph.\n")
    edited = edited.replace(":id: term-closure", ":id: closure\n:formerly: term-closure")
    after, ids_after = notes(compiled(tmp_path / "2", edited).book)
    assert {note.guid for note in before} == {note.guid for note in after}
    assert ids == ids_after


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    book = compiled(tmp_path, BOOK).book
    assert AnkiEdition().render(book, AnkiOptions()) == AnkiEdition().render(book, AnkiOptions())


def test_the_handbook_asks_nothing_twice() -> None:
    found, _ = notes(handbook().book)
    assert len(found) > 1_000
    assert len({note.guid for note in found}) == len(found) == len({note.front for note in found})
    assert all(note.front and note.back for note in found)
