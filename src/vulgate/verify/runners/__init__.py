"""The runners, by name: who runs which language. Other packages add theirs under the entry point `vulgate.runners`."""

from functools import lru_cache
from typing import Final

from vulgate.plugins import load_plugins
from vulgate.verify.runners.base import Runner
from vulgate.verify.runners.data import DataRunner
from vulgate.verify.runners.mermaid import MermaidRunner
from vulgate.verify.runners.node import JavaScriptRunner, TypeScriptRunner
from vulgate.verify.runners.python import PythonRunner
from vulgate.verify.runners.rego import RegoRunner
from vulgate.verify.runners.shell import ConsoleRunner, ShellRunner
from vulgate.verify.runners.sql import SqlRunner

GROUP: Final = "vulgate.runners"
RUNNERS: Final[tuple[Runner, ...]] = (
    PythonRunner(),
    ShellRunner(),
    ConsoleRunner(),
    SqlRunner(),
    JavaScriptRunner(),
    TypeScriptRunner(),
    RegoRunner(),
    DataRunner(),
    MermaidRunner(),
)


@lru_cache(maxsize=1)
def runners() -> dict[str, Runner]:
    """All runners, by name."""
    found: dict[str, Runner] = {runner.name: runner for runner in RUNNERS}
    found.update({name: plugin() for name, plugin in load_plugins(GROUP).items()})
    return found


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    return {language: name for name, runner in runners().items() for language in runner.languages}


def runner_of(language: str) -> str | None:
    """The name of the runner for a language, or `None`."""
    return _languages().get(language)
