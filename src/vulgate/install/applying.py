"""Doing what an install is to change: the lock first, then all files at once, then the lock as it is to stay.

Killed in between, every file is as it was or as it is to be, and the lock knows both.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from vulgate.install.changes import State, Step
from vulgate.install.forms import FormError, OwnFile
from vulgate.install.lock import FileRecord, digest_of
from vulgate.install.repository import Repository


class Effect(Struct, frozen=True):
    """What steps come to.

    Attributes:
        texts: The new contents of files, by path.
        deleted: Files that go.
        records: What the lock says of the files afterwards, by path, for each owner.
        done: The steps that change something.
        left: The steps that are left out, with the reason in each.
    """

    texts: dict[str, str]
    deleted: tuple[str, ...]
    records: dict[str, dict[str, FileRecord]]
    done: tuple[Step, ...]
    left: tuple[Step, ...]


def effect_of(
    repository: Repository,
    steps: Mapping[str, Sequence[Step]],
    made: Collection[str] = frozenset(),
    *,
    force: bool = False,
) -> Effect:
    """Computes the files as they will be; nothing is written.

    Args:
        repository: The repository.
        steps: What is to be done, for each owner: a book, or none. Several steps may be about one file.
        made: Files that an earlier install made, for whichever book.
        force: Whether to overwrite what was edited by hand or is not ours.
    """
    texts: dict[str, str] = {}
    gone: set[str] = set()
    records: dict[str, dict[str, FileRecord]] = {owner: {} for owner in steps}
    done: list[Step] = []
    left: list[Step] = []
    for owner, step in ((owner, step) for owner, several in steps.items() for step in several):
        record = step.record
        try:
            if step.is_safe or (force and step.state is not State.BROKEN):
                record = _applied(repository, step, texts, gone, made)
                if step.state is not State.CURRENT:
                    done.append(step)
            else:
                left.append(step)
        except FormError as error:
            left.append(replace(step, state=State.BROKEN, reason=str(error)))
        if record:
            records[owner][step.path] = record
    for path in gone:
        texts.pop(path, None)
    return Effect(texts, tuple(sorted(gone)), records, tuple(done), tuple(left))


def pending(records: Mapping[str, FileRecord], before: Mapping[str, FileRecord]) -> dict[str, FileRecord]:
    """The records while files are being replaced: each knows what was there and what will be."""
    both = {**before, **records}
    return {
        path: replace(record, digests=tuple(dict.fromkeys((*_digests(before, path), *record.digests))))
        for path, record in both.items()
    }


def _digests(records: Mapping[str, FileRecord], path: str) -> tuple[str, ...]:
    return records[path].digests if path in records else ()


def _applied(
    repository: Repository, step: Step, texts: dict[str, str], gone: set[str], made: Collection[str]
) -> FileRecord | None:
    """Changes the text of a step's file, and gives the record of it; `None` where nothing of ours is left."""
    path = repository.real(step.path)
    on_disk = repository.read(step.path)
    text = texts.get(path, on_disk or "")
    # A file that another book made goes with the last book that is in it.
    created = on_disk is None or (step.record.created if step.record else step.path in made)
    if step.item is None:
        rest = step.form.take_out(text, step.record.glue if step.record else "")
        if on_disk is not None:
            texts[path] = rest
            if not rest and (created or isinstance(step.form, OwnFile)):
                gone.add(path)
        return None
    if step.reason and step.state is State.CURRENT:  # a link to a file that another item writes
        return step.record
    new, glue = step.form.put(text)
    if step.state in (State.CURRENT, State.NEW) and step.there:
        new = text  # it says what it should, perhaps with other line ends
    texts[path] = new
    gone.discard(path)
    kept = step.record.glue if step.record and step.there else glue
    return FileRecord(step.form.name, step.item.part, step.item.agent, (digest_of(step.wanted),), created, kept)
