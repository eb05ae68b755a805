"""JetBrains Junie: the first of `.junie/AGENTS.md`, the AGENTS.md in the root, and `.junie/guidelines.md`.

It knows no scopes and no imports. Written together with AGENTS.md, it needs nothing of its own; alone, the guides go into the
file that it reads now, so that none of the user's is hidden. In the IDE, `Guidelines path` names the file, and
`.junie/guidelines.md` is the default.
"""

from typing import Final

from vulgate.editions.agents.base import Layout
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.target import AGENTS_FILE, AGENTS_MD, Target
from vulgate.editions.agents.targets.writing import one_file

_GUIDELINES: Final = ".junie/guidelines.md"


def _hints(layout: Layout) -> list[str]:
    if AGENTS_MD not in layout.chosen:
        return []
    return [f"Junie in the IDE looks for `{_GUIDELINES}` by default: set its `Guidelines path` to `{AGENTS_FILE}`."]


TARGET: Final = Target(
    name="junie",
    title="JetBrains Junie",
    laws={_GUIDELINES: Law(warn_tokens=6_000)},
    url="https://www.jetbrains.com/help/junie/customize-guidelines.html",
    checked="2026-11-30",
    evidence=(".junie",),
    agents_md="root",
    render=one_file,
    first_of=(".junie/AGENTS.md", AGENTS_FILE, _GUIDELINES),
    hints=_hints,
)
TARGETS: Final = (TARGET,)
