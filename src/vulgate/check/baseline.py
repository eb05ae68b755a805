"""The baseline: findings that are known and let pass, so that only new ones count.

An entry is a rule, a file and a digest of the lines of the finding without their blanks; a number says how often it occurs.
So entries survive lines that come and go above them, and a copy of old code in a second place is new.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.model.findings import Finding
from vulgate.store.atomic import write_file

FORMAT: Final = 1
_BOOK: Final = "made by `vulgate check --baseline-update`"

Key = tuple[str, str, str]
"""Rule, path and digest of the lines."""


class Entry(Struct, frozen=True, order=True):
    """A known finding and how often it occurs; `line` is for people and decides nothing."""

    rule: str
    path: str
    lines: str
    count: int = 1
    text: str = ""

    @property
    def key(self) -> Key:
        """What it is found by."""
        return self.rule, self.path, self.lines


class _File(Struct, forbid_unknown_fields=True):
    format: int
    note: str
    entries: list[Entry]


class BaselineError(Exception):
    """A baseline cannot be read or written. The message says why."""


def read_baseline(place: Path) -> list[Entry]:
    """The entries of a baseline.

    Raises:
        BaselineError: There is no such file, or it is none that this version reads.
    """
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        raise BaselineError(f"no baseline `{place}`; `--baseline-update` makes it") from None
    except OSError as error:
        raise BaselineError(f"the baseline `{place}` cannot be read: {error.strerror}") from error
    try:
        raw = msgspec.json.decode(data)
        if isinstance(raw, dict) and raw.get("format") != FORMAT:
            version = raw.get("format")
            raise BaselineError(f"the baseline `{place}` has format {version}, and this version reads {FORMAT}")
        return merged(msgspec.convert(raw, _File).entries)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BaselineError(f"`{place}` is no baseline: {error}") from error


def write_baseline(place: Path, entries: Iterable[Entry]) -> None:
    """Writes a baseline: sorted, an entry a line, so that changes are easy to read and merge.

    Raises:
        BaselineError: It cannot be written.
    """
    rows = ",\n".join("    " + msgspec.json.encode(entry).decode() for entry in sorted(entries))
    text = f'{{\n  "format": {FORMAT},\n  "note": "{_BOOK}",\n  "entries": [\n{rows}\n  ]\n}}\n'
    try:
        write_file(place, text.encode())
    except OSError as error:
        raise BaselineError(f"the baseline `{place}` cannot be written: {error.strerror}") from error


def line_digest(lines: Sequence[str]) -> str:
    """A digest of lines that blanks do not change."""
    normal = "\n".join(" ".join(line.split()) for line in lines)
    return hashlib.blake2b(normal.encode("utf-8", "replace"), digest_size=8).hexdigest()


def key_of(finding: Finding) -> Key:
    """What a finding is found by in a baseline."""
    return finding.rule, finding.path, line_digest(finding.lines)


def entries_of(findings: Iterable[Finding]) -> list[Entry]:
    """The entries that let findings pass."""
    items = list(findings)
    texts = {key_of(finding): finding.lines[0].strip()[:80] if finding.lines else "" for finding in items}
    return [Entry(*key, count, texts[key]) for key, count in Counter(map(key_of, items)).items()]


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each key: where two branches each added the same one, it counts twice."""
    found: dict[Key, Entry] = {}
    for entry in entries:
        before = found.get(entry.key)
        count = entry.count + (before.count if before else 0)
        found[entry.key] = Entry(*entry.key, count, entry.text or (before.text if before else ""))
    return list(found.values())


def split(findings: Sequence[Finding], entries: Iterable[Entry]) -> tuple[list[Finding], list[Finding], list[Entry]]:
    """New findings, known ones, and the entries with the number that is no longer found."""
    left = Counter({entry.key: entry.count for entry in entries})
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        key = key_of(finding)
        if left[key] > 0:
            left[key] -= 1
            known.append(finding)
        else:
            new.append(finding)
    stale = [Entry(*key, count) for key, count in left.items() if count > 0]
    return new, known, stale


def shrunk(entries: Iterable[Entry], stale: Iterable[Entry]) -> list[Entry]:
    """A baseline without what is no longer found."""
    gone = Counter({entry.key: entry.count for entry in stale})
    kept = []
    for entry in entries:
        count = entry.count - gone[entry.key]
        gone[entry.key] = 0
        if count > 0:
            kept.append(Entry(*entry.key, count, entry.text))
    return kept
