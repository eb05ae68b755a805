"""How large a file may be for the agent that reads it: as data, and as diagnostics."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from vulgate.editions.agents.base import AgentFile
from vulgate.model.codes import Reporter

Count = Callable[[str], int]
"""Gives the tokens of a text."""


@dataclass(frozen=True)
class Law:
    """What an agent says, or is known, to take of a file. Zero means that there is no such limit.

    `max_characters` and `max_bytes` are limits: what lies beyond is not read. The others are advice: what is beyond is followed
    less, or not by all that read the file.

    Attributes:
        max_characters: Of one file.
        max_bytes: Of all files of this kind together, from the root down to the folder of one.
        first_characters: Some readers see these only, so the most important must stand in them: what we write begins with it, and
            has to begin within their first half.
        max_lines: That the agent's documentation advises.
        warn_tokens: From which on instructions of this kind are followed less.
        reader: Who has the limits, if it is a part of the agent, or one of many.
    """

    max_characters: int = 0
    max_bytes: int = 0
    first_characters: int = 0
    max_lines: int = 0
    warn_tokens: int = 0
    reader: str = ""

    def check(self, title: str, file: AgentFile, alike: Sequence[AgentFile], reporter: Reporter, count: Count) -> None:
        """Reports what a file is too large for.

        Args:
            title: The name of the agent.
            file: The file, whole: in a shared one the text of others counts, too.
            alike: All files that the same law is for.
            reporter: Takes the diagnostics.
            count: Gives the tokens of a text; it is asked only if the law speaks of tokens.
        """
        agent = self.reader or title
        for found, limit, unit in self._limits(file, alike):
            if 0 < limit < found:
                size, most = f"{found:,} {unit}", f"{limit:,}"
                reporter.add("agent-file-too-large", None, path=file.path, size=size, agent=agent, most=most)
        for found, limit, unit in self._advice(file.text, count):
            if 0 < limit < found:
                size, most = f"{found:,} {unit}", f"{limit:,}"
                reporter.add("agent-file-too-long", None, path=file.path, size=size, agent=agent, most=most)

    def _limits(self, file: AgentFile, alike: Sequence[AgentFile]) -> Iterator[tuple[int, int, str]]:
        counted = [each for each in alike if _is_above(each.path, file.path)]
        size = sum(len(each.text.encode("utf-8", "replace")) for each in counted)
        yield len(file.text), self.max_characters, "characters"
        yield size, self.max_bytes, "bytes" if len(counted) == 1 else "bytes with those above it"

    def _advice(self, text: str, count: Count) -> Iterator[tuple[int, int, str]]:
        yield max(0, text.find("<!-- vulgate:begin ")), self.first_characters // 2, "characters before the rules"
        yield text.count("\n"), self.max_lines, "lines"
        yield count(text) if self.warn_tokens else 0, self.warn_tokens, "tokens"


def _is_above(path: str, other: str) -> bool:
    """Whether a file is read along with another one: its folder is the other's folder, or one above it."""
    return PurePosixPath(other).is_relative_to(PurePosixPath(path).parent)
