"""Our entries in the files of settings of coding agents: the server of books, and the check after an edit."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from vulgate.install.changes import Item
from vulgate.install.forms import FormError, JsonEntry
from vulgate.server.clients import CLIENTS, Client, ClientFileError, entry, read_entry, with_entry

BUNDLED: Final = "python"
"""The source of the handbook that comes with the package."""


def entry_forms(parts: Collection[str], agents: Sequence[str] | None, served: Sequence[str], root: Path) -> list[Item]:
    """The entries of some parts.

    Args:
        parts: `mcp`, `hooks`.
        agents: For which agents; all that have such a file if it is `None`, or if it names none of them.
        served: The sources of the books that are served.
        root: The repository's folder; sources start from it.
    """
    items: list[Item] = []
    if "mcp" in parts:
        chosen = [name for name in agents or () if name in CLIENTS] or list(CLIENTS)
        items += (_server(name, CLIENTS[name], served, root) for name in chosen)
    return items


def _server(agent: str, client: Client, served: Sequence[str], root: Path) -> Item:
    wanted = entry(client, [root / source for source in served if source != BUNDLED])

    def read(text: str) -> str | None:
        try:
            there = read_entry(text, client)
        except ClientFileError as error:
            raise FormError(_by_hand(str(error), client, wanted)) from error
        return None if there is None else _shown(there)

    def write(text: str, put: bool) -> str:
        try:
            return with_entry(text, client, wanted if put else None)
        except ClientFileError as error:
            raise FormError(_by_hand(str(error), client, wanted)) from error

    return Item(
        client.path, JsonEntry(_shown(wanted), read, write), "mcp", agent, f"the book server, for {client.title}"
    )


def _by_hand(reason: str, client: Client, wanted: object) -> str:
    return f"{reason}; add this by hand: {json.dumps({client.key: {'vulgate': wanted}}, ensure_ascii=False)}"


def _shown(there: object) -> str:
    return json.dumps(there, indent=2, ensure_ascii=False) + "\n"
