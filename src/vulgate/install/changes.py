"""What an install would change: each place as it is, as it was written, and as it is to be."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from vulgate.install.forms import Form, FormError, JsonEntry, OwnFile, SharedFile
from vulgate.install.lock import FileRecord, digest_of
from vulgate.install.repository import Repository
from vulgate.store.atomic import MARK


class State(StrEnum):
    """How a place stands to what is wanted there."""

    CURRENT = "unchanged"
    NEW = "new"
    STALE = "stale"
    MISSING = "missing"
    OBSOLETE = "no longer wanted"
    EDITED = "edited by hand"
    FOREIGN = "not ours"
    BROKEN = "left alone"


class Item(Struct, frozen=True):
    """A text that is to stand in a repository.

    Attributes:
        path: The file, from the root.
        form: How it stands there, and what is wanted.
        part: `rules`, `skills`, `mcp` or `hooks`.
        agent: The agent that it is for.
        holds: What is in it, in words.
        tokens: What an agent carries of it; 0 where it is read on demand only.
        budget: The tokens that it may take, or 0.
        limit: What the agent sets as a limit, in words.
        pointer: Whether it says nothing but that AGENTS.md is to be read.
    """

    path: str
    form: Form
    part: str
    agent: str
    holds: str = ""
    tokens: int = 0
    budget: int = 0
    limit: str = ""
    pointer: bool = False


class Step(Struct, frozen=True):
    """A place, and what is to be done there.

    Attributes:
        path: The file, from the root.
        state: How it stands.
        item: What is wanted, or `None` where nothing is any more.
        record: What the lock says was written, or `None`.
        form: How to take out what is there; that of the item where there is one.
        there: What stands there of ours, or an empty text.
        reason: Why it is left alone.
    """

    path: str
    state: State
    item: Item | None
    record: FileRecord | None
    form: Form
    there: str = ""
    reason: str = ""

    @property
    def wanted(self) -> str:
        """What is to stand there."""
        return self.item.form.wanted if self.item else ""

    @property
    def is_safe(self) -> bool:
        """Whether doing it loses nothing that somebody wrote."""
        return self.state not in (State.EDITED, State.FOREIGN, State.BROKEN)


def compare(
    repository: Repository,
    items: Sequence[Item],
    records: Mapping[str, FileRecord],
    obsolete: Mapping[str, Form],
    refused: Mapping[str, str],
) -> list[Step]:
    """Holds a repository against what is wanted there.

    Args:
        repository: The repository.
        items: What is wanted; each path once.
        records: What was written earlier, by path.
        obsolete: How to take out what is recorded and no longer wanted, by path.
        refused: Why an item is not written, whatever stands there, by path.
    """
    steps: list[Step] = []
    real: dict[str, str] = {}
    for item in items:
        record = records.get(item.path)
        try:
            if item.path in refused:
                raise FormError(refused[item.path])
            step = _step(repository, item, record)
            place = repository.real(item.path)
            if (first := real.setdefault(place, item.path)) != item.path:
                reason = f"it is a link to {place}, which `{first}` writes"
                step = Step(item.path, State.CURRENT, item, record, item.form, reason=reason)
        except FormError as error:
            step = Step(item.path, State.BROKEN, item, record, item.form, reason=str(error))
        steps.append(step)
    for path, form in obsolete.items():
        try:
            steps.append(_leftover(repository, path, form, records[path]))
        except FormError as error:
            steps.append(Step(path, State.BROKEN, None, records[path], form, reason=str(error)))
    return steps


def difference(steps: Iterable[Step]) -> str:
    """What the steps would change, as a unified diff."""
    lines: list[str] = []
    for step in steps:
        if step.state is State.CURRENT or step.state is State.BROKEN:
            continue
        before, after = (_unix(text).splitlines(keepends=True) for text in (step.there, step.wanted))
        lines += (
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in difflib.unified_diff(before, after, f"a/{step.path}", f"b/{step.path}")
        )
    return "".join(lines)


def old_form(record: FileRecord, book: str) -> Form:
    """How to take out a file or region of an earlier install."""
    return SharedFile("", book) if record.form == "region" else OwnFile("")


def _step(repository: Repository, item: Item, record: FileRecord | None) -> Step:
    text = repository.read(item.path)
    there = item.form.current(text or "")
    state = _state(item, record, there, text)
    reason = ""
    if state is State.EDITED:
        reason = "it is not as it was written; `--diff` shows how, `--force` writes it anew"
    elif state is State.FOREIGN:
        reason = "vulgate did not write it; move it away, or overwrite it with `--force`"
    return Step(item.path, state, item, record, item.form, there or "", reason)


def _state(item: Item, record: FileRecord | None, there: str | None, text: str | None) -> State:
    if there is None:
        return State.MISSING if record else State.NEW
    if _unix(there) == item.form.wanted:
        return State.CURRENT if record else State.NEW
    if record and digest_of(there) in record.digests:
        return State.STALE
    if record is None and isinstance(item.form, JsonEntry):
        return State.STALE  # it is known by its command
    if record is None and isinstance(item.form, OwnFile) and MARK.decode() not in (text or "")[:1024]:
        return State.FOREIGN
    return State.EDITED


def _leftover(repository: Repository, path: str, form: Form, record: FileRecord) -> Step:
    """A place where something was written that is no longer wanted."""
    there = form.current(repository.read(path) or "")
    if there is None or digest_of(there) in record.digests:
        return Step(path, State.OBSOLETE, None, record, form, there or "")
    reason = "it is no longer wanted, and not as it was written; delete it by hand, or with `--force`"
    return Step(path, State.EDITED, None, record, form, there, reason)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")
