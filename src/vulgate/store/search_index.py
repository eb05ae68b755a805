"""What search needs in the compiled book: full text, the words for spelling, and word vectors.

Every authored block without a parent is a *passage*: together the passages of a chapter are its source, so each sentence is
indexed once. `docs/compiled-book.md` documents the tables.
"""

import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from vulgate.model.blocks import Chapter, Section, Term
from vulgate.model.book import CompiledBook
from vulgate.store.vectors import packed, word_vectors
from vulgate.store.words import WORD, parts

SCHEMA: Final = """
CREATE VIRTUAL TABLE search USING fts5 (
    title, names, asked, anchors, place, text, content='', tokenize="porter unicode61 tokenchars '_'"
);
CREATE TABLE vector (model TEXT NOT NULL, dimensions INTEGER NOT NULL, positions BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, passages INTEGER NOT NULL);
CREATE VIRTUAL TABLE word_trigram USING fts5 (word, content='word', content_rowid='id', detail='none', tokenize='trigram');
"""

COMMENTS: Final = re.compile(r"(?:\s*<!--(?:(?!-->).)*+-->)+\s*", re.DOTALL)
"""A passage that is nothing but comments."""


class Passage(NamedTuple):
    """An authored block without a parent, as search sees it.

    Attributes:
        position: Of the block.
        title: Of the block; of a chapter or section its heading.
        names: The parts of identifiers in it, so that `lru cache` finds `lru_cache`, and a term's other names.
        asked: How readers ask for it, as the author says.
        anchors: The lines elsewhere that link to it: what others say of it, such as the symptom in a table of pitfalls.
        place: The headings around it.
        text: Its source; of a chapter its summary and tags.
        words: The words and identifiers of the text, in order.
    """

    position: int
    title: str
    names: str
    asked: str
    anchors: str
    place: str
    text: str
    words: Sequence[str]


def passages(book: CompiledBook) -> Iterator[Passage]:
    """The passages of a book, in reading order."""
    anchors = _anchors(book)
    headings: list[str] = []  # the chapter's title and those of the open sections
    for position, block in enumerate(book.blocks, 1):
        if not block.is_authored or block.parent or COMMENTS.fullmatch(block.text):
            continue
        text = block.text
        if isinstance(block, Chapter):
            headings, text = [], f"{block.summary} {' '.join(block.tags)}"
        elif isinstance(block, Section):
            del headings[block.depth - 1 :]
        words = WORD.findall(text)
        names = [part for word in dict.fromkeys(words) if len(found := parts(word)) > 1 for part in found]
        names += parts(block.id.rpartition("/")[2].replace("-", "_"))
        if isinstance(block, Term):
            names += block.aliases
        said = " ".join(anchors.get(block.id, ()))
        yield Passage(
            position, block.title, " ".join(names), "; ".join(block.asked), said, " > ".join(headings), text, words
        )
        if isinstance(block, (Chapter, Section)):
            headings.append(block.title)


def _anchors(book: CompiledBook) -> dict[str, dict[str, None]]:
    """The lines that link to each block, each line once."""
    anchors: dict[str, dict[str, None]] = {}
    for block in book.blocks:
        if block.is_authored and block.links:
            source = block.text.encode()
            for link in block.links:
                if link.type == "block":
                    at = link.start - block.span.start
                    line = source[source.rfind(b"\n", 0, at) + 1 :].partition(b"\n")[0]
                    anchors.setdefault(link.target, {})[line.decode()] = None
    return anchors


def write_index(connection: sqlite3.Connection, book: CompiledBook) -> None:
    """Fills the tables of search."""
    connection.executescript(SCHEMA)
    found = list(passages(book))
    counts: Counter[str] = Counter()
    for passage in found:
        counts.update({word.lower() for word in passage.words})
    with connection:
        connection.executemany(
            "INSERT INTO search (rowid, title, names, asked, anchors, place, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [passage[:7] for passage in found],
        )
        connection.executemany("INSERT INTO word (word, passages) VALUES (?, ?)", sorted(counts.items()))
        connection.execute("INSERT INTO word_trigram (word_trigram) VALUES ('rebuild')")
        connection.execute("INSERT INTO vector VALUES (?, ?, ?, ?)", _vectors(book, found))


def _vectors(book: CompiledBook, found: Sequence[Passage]) -> tuple[str, int, bytes, bytes]:
    """What passages mean, by their titles and texts. A bare heading means too little, and would be near to every question."""
    table = word_vectors()
    found = [passage for passage in found if not isinstance(book.blocks[passage.position - 1], Section)]
    vectors = (table.encode((*WORD.findall(passage.title), *passage.words)) for passage in found)
    positions = packed(passage.position for passage in found)
    return table.model, table.dimensions, positions, array("b", chain.from_iterable(vectors)).tobytes()
