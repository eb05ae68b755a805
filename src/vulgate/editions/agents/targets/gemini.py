"""Gemini CLI: GEMINI.md, sent with every prompt.

GEMINI.md files in folders are joined to that in the root and sent as well, so a folder scopes nothing, and all guides stand
in the one in the root. Together with AGENTS.md it imports that: Gemini CLI reads AGENTS.md by itself only where its settings
name it.
"""

from typing import Final

from vulgate.editions.agents.base import AgentFile, Guidance, Layout
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.target import AGENTS_FILE, AGENTS_MD, Target
from vulgate.editions.agents.targets.writing import import_file, one_file


def _render(target: Target, guidance: Guidance, layout: Layout) -> list[AgentFile]:
    if AGENTS_MD in layout.chosen:
        return [import_file("GEMINI.md", f"@./{AGENTS_FILE}")]
    return one_file(target, guidance, layout)


TARGET: Final = Target(
    name="gemini",
    title="Gemini CLI",
    laws={"GEMINI.md": Law(warn_tokens=6_000)},
    url="https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/gemini-md.md",
    checked="2026-11-30",
    evidence=("GEMINI.md", ".gemini", ".geminiignore"),
    agents_md="import",
    render=_render,
)
TARGETS: Final = (TARGET,)
