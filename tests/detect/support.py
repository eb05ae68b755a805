"""What the tests of detectors share: projects in memory or on disk, and what is found in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vulgate.check.files import load_bytes
from vulgate.detect import detectors
from vulgate.detect.base import Match, Query, Report
from vulgate.detect.literals import Prefilter
from vulgate.detect.source import Project, Settings, Source

RULE: Final = "a/no"


def source(text: str, path: str = "a.py") -> Source:
    """A file, as the check reads it."""
    loaded = load_bytes(path, text.encode())
    assert loaded.source is not None, loaded.problem
    return loaded.source


def project(files: Mapping[str, str], root: Path | None = None, settings: Settings | None = None) -> Project:
    """A project; with a root, its files are there on disk, too."""
    sources = {path: source(text, path) for path, text in files.items()}
    if root:
        for path, text in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
    return Project(root or Path(), tuple(sources), sources.__getitem__, "3.11", settings or Settings())


def find(detect: str, options: str, looked_at: Project) -> Report:
    """What a detector finds, once it has been seen that it can be asked."""
    name, _, spec = detect.partition(" ")
    query = Query(RULE, spec, options)
    detector = detectors()[name]
    detector.check(query)
    return detector.find([query], looked_at)


def shown(matches: list[Match], looked_at: Project) -> list[str]:
    """The text of each match, in order of place."""
    ordered = sorted(matches, key=lambda match: (match.path, match.start))
    return [looked_at.read(match.path).text[match.start : match.end] for match in ordered]


def grep(options: str, text: str, path: str = "a.py") -> list[str]:
    """The passages that an ast-grep rule finds. Whatever it finds, the prefilter must have let through."""
    looked_at = project({path: text})
    matches = find("ast-grep", options, looked_at).matches
    needed = detectors()["ast-grep"].needs(Query(RULE, "", options))
    assert not matches or needed.are_in(text, Prefilter([needed]).found_in(text)), needed
    return shown(matches, looked_at)


def refusal(detect: str, options: str = "") -> str:
    """Why a detector cannot be asked; empty if it can."""
    from vulgate.detect.base import DetectorError

    name, _, spec = detect.partition(" ")
    try:
        detectors()[name].check(Query(RULE, spec, options))
    except DetectorError as error:
        return str(error)
    return ""
