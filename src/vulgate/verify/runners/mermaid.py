"""Mermaid diagrams: they must parse."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from vulgate.passes.mermaid import MermaidError, parse
from vulgate.sessions.steps import Planned, Runtime
from vulgate.verify.jobs import Answer, Outcome
from vulgate.verify.runners.data import parsed

_READ: Final = ("flowchart", "sequence", "class", "state")
_ONLY_KNOWN: Final = "only the kind of this diagram is known, it is not parsed"


class MermaidRunner:
    """Parses; nothing is run."""

    name = "mermaid"
    languages = ("mermaid",)

    def runtimes(self) -> Sequence[Runtime] | str:
        """Here."""
        return [Runtime("parsed")]

    def job(self, steps: Sequence[Planned], runtime: Runtime, client: Sequence[str]) -> list[dict[str, Any]]:
        """No process."""
        return []

    def outcomes(self, steps: Sequence[Planned], answer: Answer) -> list[Outcome]:
        """Whether each parses."""
        return [_outcome(planned.step.code) for planned in steps]


def _outcome(code: str) -> Outcome:
    try:
        diagram = parse(code)
    except MermaidError as error:
        reason = f"{error.message} ({error.help})" if error.help else error.message
        return parsed(reason, error.line)
    return parsed("", 0) if diagram.type in _READ else replace(parsed("", 0), note=_ONLY_KNOWN)
