"""The queries of rules, and what detectors say of each; kept, for asking them takes longer than looking at a file."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.check.cache import digest_of, keep_file
from vulgate.detect import detectors
from vulgate.detect.base import DetectorError, Query
from vulgate.detect.literals import Literals
from vulgate.model.findings import Problem, ProblemKind, RuleInfo
from vulgate.store.cache import source_digest

_KIND: Final = "queries"


class Asked(Struct, frozen=True):
    """A query that can be met.

    Attributes:
        detector: The name of its detector.
        query: What is looked for.
        files: Patterns of the files that it is about.
        needs: What a file must have for it to find anything in it.
        is_whole: Whether a finding may hang on more than the file it is in.
        is_program: Whether the detector starts a program of its own.
    """

    detector: str
    query: Query
    files: tuple[str, ...] = ()
    needs: Literals = Literals()
    is_whole: bool = False
    is_program: bool = False


class Queries(Struct, frozen=True):
    """The queries of some rules.

    Attributes:
        digest: Of the queries and of the versions of their detectors.
        asked: Those that can be met.
        problems: Why others cannot.
    """

    digest: str
    asked: tuple[Asked, ...]
    problems: tuple[Problem, ...] = ()


def queries_of(rules: Iterable[RuleInfo], folder: Path | None) -> Queries:
    """The queries of rules.

    Args:
        rules: The rules.
        folder: Where it is kept what detectors said of queries that can all be met; `None` for nowhere.
    """
    named = [(rule.detector, Query(rule.id, rule.detect.partition(" ")[2].strip(), rule.options)) for rule in rules]
    digest = _digest(named)
    if folder is None:
        return _asked(named, digest)
    place = folder / f"{_KIND}-{digest_of([digest.encode(), source_digest()])}"
    try:
        return Queries(digest, msgspec.msgpack.decode(place.read_bytes(), type=tuple[Asked, ...]))
    except (OSError, ValueError, RecursionError):
        queries = _asked(named, digest)
    if not queries.problems:
        keep_file(place, msgspec.msgpack.encode(queries.asked))
    return queries


def _asked(named: Sequence[tuple[str, Query]], digest: str) -> Queries:
    asked: list[Asked] = []
    problems: list[Problem] = []
    for name, query in named:
        try:
            asked.append(_ask(name, query))
        except DetectorError as error:
            problems.append(Problem(f"cannot be looked for: {error}", kind=ProblemKind.CHECK, rule=query.rule))
    return Queries(digest, tuple(asked), tuple(problems))


def _ask(name: str, query: Query) -> Asked:
    if name not in detectors():
        raise DetectorError(f"no detector `{name}` is installed")
    detector = detectors()[name]
    detector.check(query)
    looks_at, needs = detector.looks_at(query), detector.needs(query)
    return Asked(name, query, looks_at, needs, detector.is_whole(query), detector.is_program)


def _digest(named: Sequence[tuple[str, Query]]) -> str:
    said = [(name, query, _version(name, query.spec)) for name, query in named]
    return digest_of([msgspec.msgpack.encode((said, sys.version))])


def _version(name: str, spec: str) -> str:
    try:
        return detectors()[name].version(spec)
    except (KeyError, DetectorError):  # that it cannot be asked is said later
        return ""
