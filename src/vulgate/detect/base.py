"""What a detector is: an analyser that finds the places in code where rules are broken."""

import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct, field

from vulgate.detect.literals import Literals
from vulgate.detect.source import Edit, Project

DETECTOR_GROUP: Final = "vulgate.detectors"


class Query(Struct, frozen=True):
    """What to look for.

    Attributes:
        rule: Id of the rule.
        spec: The part of its `:detect:` behind the detector's name.
        options: Its `detect` fence: YAML, or empty.
    """

    rule: str
    spec: str = ""
    options: str = ""


class Match(Struct, frozen=True):
    """A place where a rule is broken.

    Attributes:
        rule: Id of the rule.
        path: The file, as the project names it.
        start: Offset of the first character in its text.
        end: Offset after the last character.
        message: What the detector says of this very place; may be empty.
        code: The detector's own name for it, such as `B006`; may be empty.
        edits: What mends it, if the detector can.
        safe: Whether these edits keep what the program does.
    """

    rule: str
    path: str
    start: int
    end: int
    message: str = ""
    code: str = ""
    edits: tuple[Edit, ...] = ()
    safe: bool = False


class Trouble(Struct, frozen=True):
    """What kept a detector from looking at a file: it does not parse, for one.

    Attributes:
        path: The file; empty if no file is to blame.
        message: What is the matter.
        line: Where, from 1; 0 if nowhere in particular.
        column: From 1.
        rule: The rule that could not be looked for; empty if it is all of them.
    """

    path: str
    message: str
    line: int = 0
    column: int = 0
    rule: str = ""


class Report(Struct):
    """What detectors found in a project, and what kept them from looking."""

    matches: list[Match] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        """Takes over another report."""
        self.matches += other.matches
        self.troubles += other.troubles


class DetectorError(Exception):
    """A query cannot be met: an unknown code, a pattern that does not parse. The message says which."""


class Detector(Protocol):
    """An analyser. Register one under the entry point `vulgate.detectors`.

    All its methods but `check` are called for queries only that have passed `check`.

    Attributes:
        name: The word after `:detect:`.
        is_program: Whether it starts a program of its own for all files at once. Others run inside a worker, a file at a
            time.
    """

    name: str
    is_program: bool

    def version(self, spec: str) -> str:
        """The version in use for a query, as `ruff 0.14.5`; empty where it is not installed."""
        ...

    def looks_at(self, query: Query) -> tuple[str, ...]:
        """Patterns of the files that a query is about."""
        ...

    def is_whole(self, query: Query) -> bool:
        """Whether a finding of the query may hang on more than the file it is in."""
        ...

    def needs(self, query: Query) -> Literals:
        """What a file must have for the query to find anything in it; nothing if that is not known."""
        ...

    def check(self, query: Query) -> None:
        """Sees whether a query can be met.

        Raises:
            DetectorError: It cannot, and why.
        """
        ...

    def find(self, queries: Sequence[Query], project: Project) -> Report:
        """What breaks the rules. Code that does not parse has no matches.

        Raises:
            DetectorError: The detector does not run.
        """
        ...


def patterns_of(text: str | Iterable[str]) -> tuple[str, ...]:
    """The regular expressions that an author says must match: one or several.

    Raises:
        DetectorError: One is no regular expression.
    """
    patterns = (text,) if isinstance(text, str) else tuple(text)
    try:
        for pattern in patterns:
            re.compile(pattern)
    except re.error as error:
        raise DetectorError(f"`text` is no regular expression: {error}") from error
    return patterns


@cache
def version_of(name: str, package: str) -> str:
    """A detector's name with the version of the package that it stands on; empty if that is not installed."""
    found = _named_version(package)
    if not found:
        from importlib.metadata import PackageNotFoundError, version  # takes longer to load than most commands run

        try:
            found = version(package)
        except PackageNotFoundError:
            return ""
    return f"{name} {found}"


def _named_version(package: str) -> str:
    """The version by the name of the folder with a package's metadata; empty where there is none of the usual form."""
    pattern = f"{package.replace('-', '_')}-*.dist-info"
    for folder in sys.path:
        for metadata in Path(folder).glob(pattern):
            return metadata.name.removesuffix(".dist-info").rpartition("-")[2]
    return ""
