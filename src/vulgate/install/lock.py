"""The lock file: what was installed in a repository, from which book, and what it looked like."""

import hashlib
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

NAME: Final = "vulgate.lock"
VERSION: Final = 1


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

    source: str = "python"
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
        glue: What was added in front of a region.
    """

    form: str
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
    try:
        version = msgspec.json.decode(data, type=_Version).version
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise LockError(
            f"{NAME} is damaged ({_in_words(error)}); restore it, or delete it and install with --force"
        ) from error
    if version > VERSION:
        raise LockError(f"{NAME} was written by a newer vulgate (its version is {version}); update vulgate")
    if version < 1:
        raise LockError(f"{NAME} says version {version}, which never was; delete it and install with --force")
    try:
        return msgspec.json.decode(data, type=Lock)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise LockError(
            f"{NAME} is damaged ({_in_words(error)}); restore it, or delete it and install with --force"
        ) from error


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


def _in_words(error: Exception) -> str:
    message = str(error)
    return message[:1].lower() + message[1:]
