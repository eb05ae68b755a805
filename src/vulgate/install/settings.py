"""Our entries in the files of settings of coding agents: the server of books, and the check after an edit."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, TypeVar

from vulgate.install.changes import Item
from vulgate.install.forms import FormError, JsonEntry
from vulgate.install.hooks import HOOKS, Hook, read_hook, wanted_text
from vulgate.install.servers import NAME, SERVERS, Client, entry, read_entry, with_entry
from vulgate.store.settings_file import SettingsFileError

BUNDLED: Final = "python"
"""The source of the handbook that comes with the package."""
_Result = TypeVar("_Result")


def entry_items(parts: Collection[str], agents: Sequence[str] | None, served: Sequence[str]) -> list[Item]:
    """The entries of some parts.

    Args:
        parts: `mcp`, `hooks`.
        agents: For which agents; all that have such a file if it is `None`, or if it names none of them.
        served: The sources of the books that are served.
    """
    items: list[Item] = []
    if "mcp" in parts:
        items += (_server(name, SERVERS[name], served) for name in _among(agents, SERVERS))
    if "hooks" in parts:
        items += (_hook(HOOKS[name]) for name in _among(agents, HOOKS))
    return items


def _among(agents: Sequence[str] | None, known: Collection[str]) -> list[str]:
    return [name for name in agents or () if name in known] or list(known)


def _server(agent: str, client: Client, served: Sequence[str]) -> Item:
    wanted = entry(client, [source for source in served if source != BUNDLED])
    by_hand = {client.key: {NAME: wanted}}
    form = JsonEntry(
        _shown(wanted),
        read=lambda text: _told(lambda: _shown(read_entry(text, client)), by_hand),
        write=lambda text, put: _told(lambda: with_entry(text, client, wanted if put else None), by_hand),
    )
    return Item(client.path, form, "mcp", agent, f"the book server, for {client.title}")


def _hook(hook: Hook) -> Item:
    form = JsonEntry(
        _shown(hook.entry),
        read=lambda text: _told(lambda: _shown(read_hook(text, hook)), hook.by_hand()),
        write=lambda text, put: _told(lambda: wanted_text(text, hook, put), hook.by_hand()),
    )
    return Item(hook.path, form, "hooks", hook.agent, f"a check after each edit, for {hook.title}")


def _told(act: Callable[[], _Result], by_hand: object) -> _Result:
    """What an act gives; why it cannot, with what to add by hand."""
    try:
        return act()
    except SettingsFileError as error:
        raise FormError(f"{error}; add this by hand: {json.dumps(by_hand, ensure_ascii=False)}") from error


def _shown(there: Any) -> str:
    return "" if there is None else json.dumps(there, indent=2, ensure_ascii=False) + "\n"
