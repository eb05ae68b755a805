"""Small books in memory, and what tells one from another."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from vulgate.changes.comparing import compare
from vulgate.model.blocks import Status, Verdict
from vulgate.model.book import CompiledBook
from vulgate.model.changes import Action, Change, Comparison
from vulgate.passes.compile import compile_book
from vulgate.source.book import BookEntry, Manifest, SourceBook, SourceChapter, SourceFile

RULE: Final = """\
# A

## First

Prose of the first section, which is long enough to be known.

:::{rule} Never use a mutable default
:id: mutable-default
:severity: medium
:detect: ruff B006
:fix: Default to `None`.

The default object is shared by every call.

```python {bad}
def add(item, into=[]):
    return into
```

```python {good}
def add(item, into=None):
    return into
```
:::

## Second

Prose of the second section, which is about other things.
"""


def book(files: str | Mapping[str, str], *, id: str = "small", **entry: object) -> CompiledBook:
    """A compiled book; one text is its only chapter, `a.md`."""
    texts = {"a.md": files} if isinstance(files, str) else files
    chapters = tuple(
        SourceChapter(SourceFile(path, textwrap.dedent(text).encode()), Path(path).stem) for path, text in texts.items()
    )
    listed = [path for path, _ in texts.items()]
    manifest = Manifest(msgspec.convert({"title": "Small", "id": id, "chapters": listed, **entry}, BookEntry))
    return compile_book(SourceBook(Path(), "vulgate", manifest, None, chapters, ())).book


def changes(old: str | Mapping[str, str], new: str | Mapping[str, str]) -> list[Change]:
    """The changes from one book to another."""
    return list(compare(book(old), book(new)).changes)


def told(found: Comparison) -> list[str]:
    """The changes, one a line: `~ rule a/x: severity`."""
    marks = {Action.ADDED: "+", Action.REMOVED: "-", Action.CHANGED: "~"}
    return [
        f"{marks[change.action]} {change.kind} {change.id}"
        + (f": {', '.join(aspect.name for aspect in change.aspects)}" if change.aspects else "")
        for change in found.changes
    ]


def proven(whole: CompiledBook, statuses: Mapping[str, Status]) -> CompiledBook:
    """A book with verdicts on some blocks."""
    blocks = tuple(
        msgspec.structs.replace(
            block,
            status=statuses[block.id],
            verdicts=(Verdict("3.12", statuses[block.id], "" if statuses[block.id] is Status.PROVEN else "it raised"),),
        )
        if block.id in statuses
        else block
        for block in whole.blocks
    )
    return msgspec.structs.replace(whole, blocks=blocks)
