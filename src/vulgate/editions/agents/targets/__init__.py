"""The agents that are written for: one module a dialect, and the list of them."""

from typing import Final

from vulgate.editions.agents.targets import agents_md, aider, claude, cline, copilot, cursor, devin, gemini, junie, zed
from vulgate.editions.agents.targets.target import Reading, Target

TARGETS: Final[dict[str, Target]] = {
    target.name: target
    for target in (
        agents_md.TARGET,
        claude.TARGET,
        cursor.TARGET,
        copilot.TARGET,
        devin.TARGET,
        devin.WINDSURF,
        cline.TARGET,
        gemini.TARGET,
        junie.TARGET,
        zed.TARGET,
        aider.TARGET,
    )
}
"""Targets by name, in the order in which they are shown."""

__all__ = ["TARGETS", "Reading", "Target"]
