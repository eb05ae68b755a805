"""What is known of a passage before it is read: enough to rank, filter and spread hits."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vulgate.search.library import OpenBook


class Candidate(NamedTuple):
    """A passage that may be a hit.

    Attributes:
        position: Of its block.
        id: Of its block.
        kind: Of its block.
        section: Id of the section around it.
        chapter: Id of the chapter.
    """

    position: int
    id: str
    kind: str
    section: str
    chapter: str


def candidates(book: OpenBook, positions: Iterable[int]) -> dict[int, Candidate]:
    """The passages at some positions."""
    wanted = sorted(set(positions))
    rows = book.rows(
        f"SELECT position, id, kind, section, chapter FROM block WHERE position IN ({','.join(map(str, wanted))})"  # noqa: S608
    )
    return {int(str(row[0])): Candidate(int(str(row[0])), *map(str, row[1:])) for row in rows}


def lifted(book: OpenBook, found: Sequence[Candidate]) -> dict[str, list[str]]:
    """The rules that rest on facts that were found, and the patterns that rules lead to, with what leads there; all are ids."""
    lifters = [each.id for each in found if each.kind in ("fact", "rule")]
    marks = ",".join("?" * len(lifters))
    rows = book.rows(
        "SELECT relation.source, relation.target FROM relation JOIN block ON block.id = relation.source"  # noqa: S608
        f" WHERE relation.target IN ({marks}) AND (type, kind) IN (VALUES ('requires', 'rule'), ('see-also', 'pattern'))"
        " UNION SELECT relation.target, relation.source FROM relation JOIN block ON block.id = relation.target"
        f" WHERE relation.source IN ({marks}) AND type = 'see-also' AND kind = 'pattern' ORDER BY 1, 2",
        (*lifters, *lifters),
    )
    lifts: dict[str, list[str]] = {}
    for id, by in rows:
        lifts.setdefault(str(id), []).append(str(by))
    return lifts
