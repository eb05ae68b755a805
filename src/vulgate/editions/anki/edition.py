"""The Anki edition: one deck that a new edition of the book brings up to date.

Anki knows a note by its GUID, and a deck and a note type by their ids. All three are made from ids that survive edits, so a new
edition changes cards in their places, and what was learned is kept. Format: https://docs.ankiweb.net/exporting.html.
"""

import datetime
import hashlib
import itertools
import json
import sqlite3
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from msgspec import Struct

from vulgate.editions.anki.cards import Card, cards
from vulgate.editions.archive import archive
from vulgate.editions.base import NoFolder, Workspace
from vulgate.editions.dates import edition_date
from vulgate.editions.extras import require
from vulgate.editions.highlight import STYLE
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain

EXTRA: Final = "anki"
MODULES: Final = ("genanki",)
_MODEL: Final = "vulgate note"
_UNDATED: Final = datetime.date(2000, 1, 1)
_CSS: Final = """
.card { font-family: sans-serif; font-size: 18px; line-height: 1.4; margin: 0 auto; max-width: 46em; }
.card { color: #1b2733; background: #fff; }
.nightMode.card { color: #e4e8ec; background: #22262b; }
pre.code { font-size: 14px; background: #f5f6f7; color: #1b2733; padding: 0.6em; white-space: pre-wrap; text-align: left; }
code { font-family: monospace; }
table { border-collapse: collapse; } td { border: 1px solid #c9d0d6; padding: 0.2em 0.5em; }
.said, .place { font-size: 13px; opacity: 0.75; }
"""


class AnkiOptions(Struct, frozen=True):
    """The keys of `[editions.anki]`.

    Attributes:
        date: The day on which the edition came out. Anki takes a changed card for newer only if this is later than before.
    """

    date: datetime.date | None = None


class AnkiEdition:
    """`NAME.apkg`."""

    name = "anki"
    options = AnkiOptions

    def render(self, book: CompiledBook, options: AnkiOptions) -> Mapping[str, bytes]:
        """The deck."""
        return self.render_with(book, options, NoFolder())

    def render_with(self, book: CompiledBook, options: AnkiOptions, workspace: Workspace) -> Mapping[str, bytes]:
        """The deck."""
        require(EXTRA, MODULES)
        date = edition_date(options.date, workspace) or _UNDATED
        noon = datetime.datetime(date.year, date.month, date.day, 12, tzinfo=datetime.UTC)
        collection = _collection(book, cards(book), int(noon.timestamp()))
        return {f"{book.book.id}.apkg": archive({"collection.anki2": collection, "media": json.dumps({}).encode()})}


def _collection(book: CompiledBook, found: Iterable[Card], timestamp: int) -> bytes:
    """The database of the deck."""
    import genanki

    model = genanki.Model(
        _number(_MODEL),
        "Vulgate",
        fields=[{"name": name} for name in ("Front", "Back", "Place", "Id")],
        templates=[
            {
                "name": "Card",
                "qfmt": "{{Front}}",
                "afmt": '{{FrontSide}}<hr id="answer">{{Back}}<p class="place">{{Place}}</p>',
            }
        ],
        css=_CSS + STYLE,
    )
    about = book.book
    deck = genanki.Deck(_number(f"deck {about.id}"), plain(about.title) or about.id, escape(plain(about.description)))
    for index, card in enumerate(found):
        guid = genanki.guid_for(about.id, card.kind, card.block)
        fields = [card.front, card.back, escape(plain(card.place)), escape(card.block)]
        tags = [f"{about.id}::{card.chapter}", f"kind::{card.kind}"]
        deck.add_note(genanki.Note(model=model, fields=fields, guid=guid, tags=tags, due=index))
    # Ids of notes are times in Anki; each book has a span of its own, so that decks of two books do not meet.
    first = 1_000_000_000_000 + _number(about.id) * 400
    return _database(genanki.Package(deck), timestamp, first)


def _database(package: Any, timestamp: int, first: int) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        package.write_to_db(connection.cursor(), timestamp, itertools.count(first))
        connection.commit()
        data = connection.serialize()
    connection.close()
    return data


def _number(name: str) -> int:
    """A number of 30 bits that Anki takes as an id, the same for the same name."""
    return (1 << 30) + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (1 << 30)
