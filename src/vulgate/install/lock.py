"""The lock file: what was installed in a repository, from which book, and what it looked like."""

import hashlib
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta, Struct

from vulgate.editions.agents.targets import TARGETS

NAME: Final = "vulgate.lock"
VERSION: Final = 1
_Form = TypeVar("_Form")


class LockError(Exception):
    """The lock file cannot be used; the text says why, and what to do."""


class Request(Struct, frozen=True, omit_defaults=True):
    """What a user asked for; asked again by a later `vulgate install` that says nothing else.

    Attributes:
        source: Where the book is: `python` for the bundled handbook, else a path from the root of the repository.
        parts: What is installed: `rules`, `skills`, `mcp`, `hooks`.
        agents: Names of the agents.
        budget: Tokens for one file, or 0 for the default.
        budgets: Tokens for single agents, by name.
    """

    source: Annotated[str, Meta(min_length=1)] = "python"
    parts: tuple[str, ...] = ("rules",)
    agents: tuple[str, ...] = ()
    budget: int = 0
    budgets: dict[str, int] = {}


class FileRecord(Struct, frozen=True, omit_defaults=True):
    """A file that was written.

    Attributes:
        form: `own` file, `region` of a shared one, or `entry` in a JSON file.
        part: The part that it belongs to.
        agent: The agent that it is for.
        digests: SHA-256 of what we wrote there, with Unix line ends; two while it is being replaced.
        created: Whether the file was not there before.
        glue: What was added in front of a region; the text before an entry, where nothing was said in it.
    """

    form: Annotated[str, Meta(pattern="^(own|region|entry)$")]
    part: str
    agent: str
    digests: tuple[str, ...] = ()
    created: bool = False
    glue: str = ""


class BookRecord(Struct, frozen=True, omit_defaults=True):
    """What was installed of one book.

    Attributes:
        title: Title of the book.
        edition: The author's name for its edition.
        digest: Digest of its manifest and chapters.
        vulgate: Version of the program that wrote the files.
        tokenizer: What tokens were counted with.
        request: What was asked for.
        files: What was written, by path from the root.
    """

    title: str
    edition: str
    digest: str
    vulgate: str
    tokenizer: str
    request: Request
    files: dict[str, FileRecord] = {}


class Lock(Struct, frozen=True, omit_defaults=True):
    """The content of the lock file.

    Attributes:
        version: Version of the form.
        books: One record a book, by its id.
        entries: Entries in files of settings, by path: what serves the books, and what checks after an edit.
        served: The sources of the books that are served; empty for the default.
    """

    version: int = VERSION
    books: dict[str, BookRecord] = {}
    entries: dict[str, FileRecord] = {}
    served: tuple[str, ...] = ()

    @property
    def made(self) -> frozenset[str]:
        """What was not in the repository before us: the files that we made, and the lock."""
        owners = [self.entries, *(book.files for book in self.books.values())]
        return frozenset([NAME, *(path for files in owners for path, record in files.items() if record.created)])


def read_lock(root: Path) -> Lock:
    """The lock of a repository; an empty one where there is none.

    Raises:
        LockError: It is no lock, or a newer one.
    """
    place = root / NAME
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        return Lock()
    except OSError as error:
        raise LockError(f"cannot read {NAME}: {(error.strerror or str(error)).lower()}") from error
    if data.startswith(b"<<<<<<< ") or b"\n<<<<<<< " in data:
        raise LockError(f"{NAME} holds a merge conflict; keep either side of it, then run `vulgate install`")
    version = _decoded(data, _Version).version
    if version > VERSION:
        raise LockError(f"{NAME} was written by a newer vulgate (its version is {version}); update vulgate")
    if version < 1:
        raise LockError(f"{NAME} says version {version}, which never was; delete it and install with --force")
    lock = _decoded(data, Lock)
    for agent in (agent for book in lock.books.values() for agent in book.request.agents):
        if agent not in TARGETS:
            raise LockError(f"{NAME} names the agent `{agent}`, which this vulgate does not know; update vulgate")
    return lock


def lock_bytes(lock: Lock) -> bytes:
    """The lock as it is written: indented, in the order of names, so that a difference shows what has changed."""
    ordered = {
        id: msgspec.structs.replace(book, files=dict(sorted(book.files.items())))
        for id, book in sorted(lock.books.items())
    }
    content = msgspec.to_builtins(msgspec.structs.replace(lock, books=ordered))
    return msgspec.json.format(msgspec.json.encode({"version": VERSION, **content}), indent=2) + b"\n"


def digest_of(text: str) -> str:
    """The digest of what we wrote; line ends do not count."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


class _Version(Struct):
    version: int


def _decoded(data: bytes, form: type[_Form]) -> _Form:
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        told = str(error)
        told = told if told[:2].isupper() else told[:1].lower() + told[1:]
        raise LockError(f"{NAME} is damaged ({told}); restore it, or delete it and install with --force") from error
