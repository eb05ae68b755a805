"""Zed: the first of nine files in the root, of which `.rules` is its own and most belong to other agents.

It knows no scopes. Alone, the guides go into the file that Zed reads now, else into `.rules`, so that none of the user's is
hidden; where another target writes that file with the same guides, nothing more is needed. Together with AGENTS.md nothing is
written.
"""

from typing import Final

from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.target import AGENTS_FILE, AGENTS_MD, Target
from vulgate.editions.agents.targets.writing import one_file

TARGET: Final = Target(
    name="zed",
    title="Zed",
    laws={".rules": Law(warn_tokens=6_000)},
    url="https://zed.dev/docs/ai/rules",
    checked="2026-11-30",
    evidence=(".rules", ".zed"),
    agents_md="root",
    render=one_file,
    first_of=(
        ".rules",
        ".cursorrules",
        ".windsurfrules",
        ".clinerules",
        ".github/copilot-instructions.md",
        "AGENT.md",
        AGENTS_FILE,
        "CLAUDE.md",
        "GEMINI.md",
    ),
    told={".github/copilot-instructions.md": "copilot", AGENTS_FILE: AGENTS_MD, "GEMINI.md": "gemini"},
)
TARGETS: Final = (TARGET,)
