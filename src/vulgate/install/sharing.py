"""What several books want of the same file, and what the user has done already: who writes it, and whether anybody has to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.base import Guidance, Guide, Layout, Scope
from vulgate.editions.agents.targets import TARGETS
from vulgate.install.changes import Item
from vulgate.install.forms import FormError, OwnFile, SharedFile
from vulgate.install.lock import Lock, Request
from vulgate.install.regions import outside
from vulgate.install.repository import Repository

_CODE: Final = re.compile(r"^[ ]{0,3}(`{3,}|~{3,}).*?^[ ]{0,3}\1|<!--.*?-->|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_IMPORT: Final = re.compile(r"(?:^|\s)@(?:\./)?AGENTS\.md(?![\w/-])", re.MULTILINE)
_NOTHING: Final = Guide(Scope("core", ""), "", (), 0)


class Shares(Struct, frozen=True):
    """What each book writes.

    Attributes:
        items: By id of the book; books that were installed earlier are among them where they have to take over.
        refused: Why a book does not write a file, by id and path.
    """

    items: dict[str, list[Item]]
    refused: dict[str, dict[str, str]]


def share(repository: Repository, lock: Lock, wanted: Mapping[str, Sequence[Item]]) -> Shares:
    """Gives each file of our own to one book, and each pointer to AGENTS.md to one book, or to none if the user wrote it.

    Args:
        repository: The repository.
        lock: What is installed.
        wanted: What the books of this install are to write; nothing for those that are taken out.
    """
    others = {id: book for id, book in lock.books.items() if id not in wanted}
    kept = {id: [path for path, record in book.files.items() if record.form == "own"] for id, book in others.items()}
    own = {id: [item.path for item in items if isinstance(item.form, OwnFile)] for id, items in wanted.items()}
    owner = _first_come(kept | own, lock)
    pointers = {id: [item for item in items if item.pointer] for id, items in wanted.items()}
    pointers = {id: _pointers(id, book.request) for id, book in others.items()} | pointers
    pointing = _first_come({id: [item.path for item in items] for id, items in pointers.items()}, lock)
    needed = {(id, path) for path, id in pointing.items() if not _is_imported(repository, path)}

    def is_wanted(id: str, item: Item) -> bool:
        return not item.pointer or (id, item.path) in needed

    items = {id: [item for item in several if is_wanted(id, item)] for id, several in wanted.items()}
    for id, book in others.items():
        if taken_over := [item for item in pointers[id] if is_wanted(id, item) and item.path not in book.files]:
            items[id] = taken_over
    refused = {id: {path: _refusal(owner[path]) for path in paths if owner[path] != id} for id, paths in own.items()}
    return Shares(items, refused)


def _refusal(owner: str) -> str:
    return f"the book `{owner}` writes a file of this name; give one of the books another `id` in its vulgate.toml"


def _first_come(wanted: Mapping[str, Iterable[str]], lock: Lock) -> dict[str, str]:
    """For each path the book that wrote it, else the first that wants it."""
    found: dict[str, str] = {}
    for id, paths in wanted.items():
        for path in paths:
            if path not in found or (id in lock.books and path in lock.books[id].files):
                found[path] = id
    return found


def _pointers(id: str, request: Request) -> list[Item]:
    """The pointers to AGENTS.md that a request comes to."""
    if "rules" not in request.parts:
        return []
    layout = Layout(chosen=request.agents)
    return [
        Item(file.path, SharedFile(file.text, id), "rules", agent, "a pointer to AGENTS.md", pointer=True)
        for agent in request.agents
        for file in TARGETS[agent].files(Guidance(id, "", _NOTHING), layout)
        if file.is_pointer
    ]


def _is_imported(repository: Repository, path: str) -> bool:
    """Whether text of the user's own imports AGENTS.md; what stands in code or in a comment is no import."""
    try:
        text = repository.read(path) or ""
    except FormError:
        return False
    return _IMPORT.search(_CODE.sub("", outside(text))) is not None
