"""TOML, JSON and YAML: they must parse."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from vulgate.passes.code import data_error
from vulgate.passes.treesitter import read_code
from vulgate.sessions.steps import Planned, Runtime, Treatment
from vulgate.verify.jobs import Answer, ErrorReport, Outcome


class DataRunner:
    """Parses; nothing is run."""

    name = "data"
    languages = ("toml", "json", "yaml", "yml")

    def runtimes(self) -> Sequence[Runtime] | str:
        """Here."""
        return [Runtime("parsed")]

    def job(self, steps: Sequence[Planned], runtime: Runtime, client: Sequence[str]) -> list[dict[str, Any]]:
        """No process."""
        return []

    def outcomes(self, steps: Sequence[Planned], answer: Answer) -> list[Outcome]:
        """Whether each parses."""
        return [parsed(*data_error(planned.step.language, planned.step.code)) for planned in steps]


def parsed(reason: str, line: int) -> Outcome:
    """The outcome of parsing: a reason and a line, or an empty reason."""
    error = ErrorReport("SyntaxError", "builtins", reason, line) if reason else None
    return Outcome(reached=True, finished=True, error=error)


def parsed_by_grammar(language: str, code: str, treatment: Treatment) -> Outcome:
    """The outcome of parsing with the grammar alone.

    A grammar lets through what a compiler refuses, such as a name that is declared twice: that it finds no fault in code
    that must have one proves nothing.

    Args:
        language: A key of `vulgate.passes.treesitter.GRAMMARS`.
        code: The code.
        treatment: Whether the code is to be accepted or rejected.
    """
    reason, line, _ = read_code(language, code)
    if not reason and treatment is Treatment.REJECT:
        return replace(parsed("", 0), note="its grammar allows it, and nothing here could say more")
    return parsed(reason, line)
