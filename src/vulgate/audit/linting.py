"""What ruff says of a book's Python: names that nobody defines, and what is deprecated."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from vulgate.detect.base import Query
from vulgate.detect.ruff import RuffDetector
from vulgate.detect.source import Project, Source
from vulgate.model.blocks import Example
from vulgate.passes.code import session_code

UNDEFINED: Final = "F821"
DEPRECATED: Final = (
    "DTZ003",
    "DTZ004",
    "G010",
    "NPY001",
    "UP005",
    "UP006",
    "UP019",
    "UP021",
    "UP023",
    "UP024",
    "UP026",
    "UP035",
    "UP041",
    "W605",
)
"""Ruff's rules for what documentation calls deprecated; its other rules about upgrading are matters of taste."""


class Told(NamedTuple):
    """What ruff says of one example.

    Attributes:
        code: Ruff's rule.
        message: What it says.
        line: Line of the code, from 1.
        text: The code that it points at.
    """

    code: str
    message: str
    line: int
    text: str


def lint(examples: Sequence[Example], python: str) -> dict[str, list[Told]]:
    """What ruff says, by the ids of examples.

    Args:
        examples: Code in Python; what does not parse is passed over.
        python: The oldest version that the code is for, such as `3.10`; decides what is deprecated.

    Raises:
        DetectorError: Ruff does not run.
    """
    with tempfile.TemporaryDirectory(prefix="vulgate-audit-") as folder:
        root = Path(folder).resolve()
        sources: dict[str, Source] = {}
        for number, example in enumerate(examples):
            path = f"{number:06}.py"
            sources[path] = Source(path, session_code(example.code))
            (root / path).write_bytes(sources[path].text.encode("utf-8", "replace"))
        project = Project(root, tuple(sources), sources.__getitem__, python)
        report = RuffDetector().find([Query("audit", ", ".join((UNDEFINED, *DEPRECATED)))], project)
    found: dict[str, list[Told]] = {}
    for match in report.matches:
        source = sources[match.path]
        told = Told(match.code, match.message, source.line(match.start), source.text[match.start : match.end])
        found.setdefault(examples[int(match.path[:-3])].id, []).append(told)
    return found
