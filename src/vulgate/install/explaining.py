"""Which rules reach a file in which agent: read from the files that are installed, as each agent reads them."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.targets import TARGETS, Reading
from vulgate.editions.agents.targets.target import AGENTS_FILE
from vulgate.editions.agents.tokenizer import count
from vulgate.install.changes import old_form
from vulgate.install.forms import FormError
from vulgate.install.lock import BookRecord, FileRecord
from vulgate.install.repository import Repository
from vulgate.model.globs import is_among

_ITEM: Final = re.compile(r"^- .*`([^`]+)`$", re.MULTILINE)


class Reach(Struct, frozen=True):
    """What one installed file tells an agent that works on a file.

    Attributes:
        agent: The agent.
        path: The installed file.
        why: Why the agent loads it, in words; empty if it does not.
        rules: The ids in it, as they are looked up by.
        tokens: How much of its context it takes.
        problem: What keeps the agent from reading it as it is meant.
    """

    agent: str
    path: str
    why: str
    rules: tuple[str, ...]
    tokens: int
    problem: str = ""

    @property
    def is_loaded(self) -> bool:
        """Whether the agent loads it by itself."""
        return bool(self.why) and not self.why.startswith("if ")


def reaching(repository: Repository, books: Mapping[str, BookRecord], path: str) -> list[Reach]:
    """What agents are told when they work on a file.

    Args:
        repository: The repository.
        books: What is installed.
        path: The file, from the root, with forward slashes; it need not exist.
    """
    found: list[Reach] = []
    for id, book in books.items():
        for place, record in book.files.items():
            if record.part != "rules":
                continue
            found += (
                _reach(repository, id, agent, place, record, path)
                for agent in book.request.agents
                if agent == record.agent or (place.endswith(AGENTS_FILE) and _reads(agent, place))
            )
    return sorted(found, key=lambda reach: (list(TARGETS).index(reach.agent), reach.path))


def _reads(agent: str, place: str) -> bool:
    """Whether an agent reads an AGENTS.md that is written for others, too."""
    if agent not in TARGETS:
        return False
    reads = TARGETS[agent].agents_md
    return reads == "nested" or place == AGENTS_FILE


def _reach(repository: Repository, id: str, agent: str, place: str, record: FileRecord, path: str) -> Reach:
    try:
        text = repository.read(place) or ""
        body = old_form(record, id).current(text) or ""
    except FormError as error:
        return Reach(agent, place, "", (), 0, str(error))
    owner = TARGETS.get(record.agent)
    if owner is None:
        return Reach(agent, place, "", (), 0, f"this vulgate knows no agent `{record.agent}`")
    reading = owner.read(place, text if record.form == "own" else body)
    why = "" if reading.problem and reading.when == "never" else _why(reading, place, path)
    return Reach(agent, place, why, tuple(_ITEM.findall(body)), count(body), reading.problem)


def _why(reading: Reading, place: str, path: str) -> str:
    if place.endswith(AGENTS_FILE):
        folder = PurePosixPath(place).parent
        if not PurePosixPath(path).is_relative_to(folder):
            return ""
        return "always" if place == AGENTS_FILE else f"it is in {folder}/"
    if reading.when == "always":
        return "always"
    if reading.when == "globs":
        glob = next((glob for glob in reading.globs if is_among(path, (glob,))), "")
        return f"it matches {glob}" if glob else ""
    if reading.when == "description":
        return f"if the agent finds that it fits: {reading.description}"
    return ""
