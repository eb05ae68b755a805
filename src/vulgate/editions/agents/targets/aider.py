"""Aider: CONVENTIONS.md, or any file that its settings or `--read` name.

It reads nothing by itself and knows no scopes. The settings are a YAML file of the user's own, which is left alone: a note
says what to add. Together with AGENTS.md nothing is written, and the note names that file.
"""

from typing import Final

from vulgate.editions.agents.base import Layout
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.target import AGENTS_FILE, AGENTS_MD, Target
from vulgate.editions.agents.targets.writing import one_file

_CONVENTIONS: Final = "CONVENTIONS.md"


def _hints(layout: Layout) -> list[str]:
    file = AGENTS_FILE if AGENTS_MD in layout.chosen else _CONVENTIONS
    return [
        f"Aider reads `{file}` only where it is told to: add `read: {file}` to `.aider.conf.yml`, "
        f"or start it with `aider --read {file}`."
    ]


TARGET: Final = Target(
    name="aider",
    title="Aider",
    laws={_CONVENTIONS: Law(warn_tokens=6_000)},
    url="https://aider.chat/docs/usage/conventions.html",
    checked="2026-11-30",
    evidence=(".aider.conf.yml", ".aiderignore"),
    agents_md="setting",
    render=one_file,
    hints=_hints,
)
TARGETS: Final = (TARGET,)
