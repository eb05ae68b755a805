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


def lifted(book: OpenBook, found: Sequence[Candidate], known: Iterable[Candidate]) -> list[tuple[Candidate, Candidate]]:
    """The rules that rest on facts that were found, and the patterns that rules lead to.

    Args:
        book: The book.
        found: The passages whose relations count.
        known: The passages that may be lifted.

    Returns:
        Pairs of what is lifted and what lifts it.
    """
    lifters = {each.id: each for each in found if each.kind in ("fact", "rule")}
    liftable = {each.id: each for each in known if each.kind in ("rule", "pattern")}
    marks = ",".join("?" * len(lifters))
    rows = book.rows(
        f"SELECT type, target, source FROM relation WHERE target IN ({marks})"  # noqa: S608 only marks
        f" UNION ALL SELECT type, source, target FROM relation WHERE source IN ({marks}) AND type = 'see-also'",
        (*lifters, *lifters),
    )
    leads_to = {("fact", "requires", "rule"), ("rule", "see-also", "pattern")}
    pairs = set()
    for type_, id, other in rows:
        lifter, lift = lifters[str(id)], liftable.get(str(other))
        if lift and (lifter.kind, type_, lift.kind) in leads_to:
            pairs.add((lift, lifter))
    return sorted(pairs)
