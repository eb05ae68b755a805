"""AGENTS.md: plain Markdown, read by most agents, in the root and in folders.

A folder is its only way to scope: the core goes into the root, a guide for `**/tests/**` into each topmost folder `tests`, one
for `**/api/**/*.py` into each folder `api` with such files. Where most of a guide's files are in no such folder, it stands in the
root.
Codex joins all of them from the root down to the folder that it works in and stops at 32 KiB, so these are counted together.
The form has no front matter, so text of the user's own and ours share the file.
"""

from typing import Final

from vulgate.editions.agents.base import AgentFile, Guidance, Guide, Layout
from vulgate.editions.agents.targets.folders import folders_of
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.target import AGENTS_FILE, AGENTS_MD, Target
from vulgate.editions.agents.targets.writing import shared_file


def _render(target: Target, guidance: Guidance, layout: Layout) -> list[AgentFile]:
    places: dict[str, list[Guide]] = {AGENTS_FILE: [guidance.core]}
    for guide in guidance.scoped:
        folders = folders_of(guide.scope, layout)
        for place in [f"{folder}/{AGENTS_FILE}" for folder in folders] or [AGENTS_FILE]:
            places.setdefault(place, []).append(guide)
    return [shared_file(place, guides) for place, guides in places.items()]


TARGET: Final = Target(
    name=AGENTS_MD,
    title="AGENTS.md",
    laws={"**/AGENTS.md": Law(max_bytes=32_768, warn_tokens=6_000, reader="Codex")},
    url="https://agents.md/",
    checked="2026-11-22",
    evidence=("AGENTS.md", "AGENTS.override.md", ".agents", ".codex"),
    agents_md="nested",
    render=_render,
)
TARGETS: Final = (TARGET,)
