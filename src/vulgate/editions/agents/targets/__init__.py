"""The agents that are written for: one module a dialect, and the list of them."""

from types import ModuleType
from typing import Final

from vulgate.editions.agents.targets import agents_md, aider, claude, cline, copilot, cursor, devin, gemini, junie, zed
from vulgate.editions.agents.targets.target import Reading, Target

DIALECTS: Final[tuple[ModuleType, ...]] = (
    agents_md,
    claude,
    cursor,
    copilot,
    devin,
    cline,
    gemini,
    junie,
    zed,
    aider,
)
"""The modules, in the order in which agents are shown; what they decide is in their docstrings."""
TARGETS: Final[dict[str, Target]] = {target.name: target for dialect in DIALECTS for target in dialect.TARGETS}
"""Targets by name."""

__all__ = ["DIALECTS", "TARGETS", "Reading", "Target"]
