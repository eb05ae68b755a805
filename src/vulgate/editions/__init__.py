"""Editions: one module for each kind of reader."""

from importlib import import_module
from typing import Final

from vulgate.editions.base import Edition
from vulgate.plugins import load_plugins

# Name of each edition, its module and class, and whether a build writes it when none is asked for.
EDITIONS: Final = {
    "sqlite": ("vulgate.editions.sqlite", "SqliteEdition", True),
    "ssm": ("vulgate.editions.ssm", "SsmEdition", True),
    "cursor": ("vulgate.editions.cursor", "CursorEdition", True),
    "agents": ("vulgate.editions.agents.edition", "AgentsEdition", False),
    "llms": ("vulgate.editions.llms", "LlmsEdition", False),
    "chunks": ("vulgate.editions.chunks", "ChunksEdition", False),
    "web": ("vulgate.editions.web.edition", "WebEdition", False),
    "epub": ("vulgate.editions.paper.epub", "EpubEdition", False),
    "pdf": ("vulgate.editions.paper.pdf", "PdfEdition", False),
    "anki": ("vulgate.editions.anki.edition", "AnkiEdition", False),
}
ENTRY_POINT: Final = "vulgate.editions"
DEFAULT: Final = tuple(name for name, (_, _, default) in EDITIONS.items() if default)


def edition_names() -> list[str]:
    """The names of all editions, ours first, then those of other packages."""
    return [*EDITIONS, *load_plugins(ENTRY_POINT)]


def find_edition(name: str) -> Edition | None:
    """The edition with a name, or `None`."""
    if name in EDITIONS:
        module, class_name, _ = EDITIONS[name]
        edition: Edition = getattr(import_module(module), class_name)()
        return edition
    plugin = load_plugins(ENTRY_POINT).get(name)
    return plugin() if plugin else None
