"""The verdicts of earlier runs and of this one, written down as the run goes, so that a kill loses half a second of them."""

import os
import time
from datetime import UTC, datetime
from typing import Final

from msgspec import structs

from vulgate.model.blocks import Status
from vulgate.store.proofs import Entry, Proofs

_KEEP_EVERY: Final = 0.5  # seconds between two writes
_LAST_SECOND: Final = 253_402_300_799  # of the year 9999


class Record:
    """What is known of a book.

    Args:
        proofs: Where it is kept.
        fresh: Whether to take nothing from earlier runs.
    """

    def __init__(self, proofs: Proofs, *, fresh: bool) -> None:
        self.proofs = proofs
        self._known = {} if fresh else {(entry.claim, entry.runtime): entry for entry in proofs.read()}
        self._new: list[Entry] = []
        self._written = time.monotonic()

    def known(self, claim: str, runtime: str, build: str) -> Entry | None:
        """The verdict of an earlier run, if it still holds: what failed is always run again."""
        entry = self._known.get((claim, runtime))
        if entry is None or entry.build != build or entry.status in (Status.FAILED, Status.UNPROVEN):
            return None
        return entry

    def has(self, claim: str, runtime: str) -> bool:
        """Whether an earlier run put a claim to the proof on a runtime, whatever came out, and whatever has changed since."""
        entry = self._known.get((claim, runtime))
        return entry is not None and entry.status is not Status.SKIPPED

    def add(self, entry: Entry) -> None:
        """Adds a verdict of this run, found today."""
        self._new.append(structs.replace(entry, day=today()))
        if time.monotonic() - self._written > _KEEP_EVERY:
            self.write()

    def write(self) -> None:
        """Writes down what is new."""
        if self._new:
            self.proofs.add(self._new)
        self._new = []
        self._written = time.monotonic()


def today() -> str:
    """The day in UTC; that of `SOURCE_DATE_EPOCH` (https://reproducible-builds.org/specs/source-date-epoch/) where it is set."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = min(int(given), _LAST_SECOND) if given.isdecimal() else time.time()
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
