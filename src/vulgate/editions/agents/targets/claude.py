"""Claude Code: rules in `.claude/rules`, loaded with files that match their `paths`.

The core has the globs of its language, so that a session that touches none of these files does not pay for it, and nothing is
written into CLAUDE.md. `paths` is the only key that is read; broken YAML makes a rule load always. Together with AGENTS.md,
CLAUDE.md imports it: Claude Code reads AGENTS.md by itself from 2.1.277 on, and only where there is no CLAUDE.md. It then
reads none in folders either, so scoped guides are rules in any case.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, ValidationError, convert

from vulgate.editions.agents.base import AgentFile, Guidance, Layout
from vulgate.editions.agents.targets.globs import split_commas
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.matter import MatterError, load, sequence, split
from vulgate.editions.agents.targets.target import AGENTS_FILE, AGENTS_MD, Reading, Target, When
from vulgate.editions.agents.targets.writing import import_file, rule_files


class ClaudeMatter(Struct, frozen=True):
    """The front matter of a rule.

    Attributes:
        paths: Globs from the root; a list, or text separated by commas.
    """

    paths: tuple[str, ...] | str | None = None


def _matter(when: When, globs: tuple[str, ...], description: str) -> Iterable[str]:
    return sequence("paths", globs) if when == "globs" else []


_rules = rule_files(".claude/rules/{name}.md", _matter)


def _render(target: Target, guidance: Guidance, layout: Layout) -> list[AgentFile]:
    stub = [import_file("CLAUDE.md", f"@{AGENTS_FILE}")] if AGENTS_MD in layout.chosen else []
    return stub + _rules(target, guidance, layout)


def _parse(text: str) -> Reading:
    matter, body = split(text)
    if matter is None:
        return Reading("always", body=body)
    try:
        paths = convert(load(matter), ClaudeMatter).paths
    except (MatterError, ValidationError) as error:
        return Reading("always", body=body, problem=f"the front matter is not read: {error}")
    globs = split_commas(paths) if isinstance(paths, str) else paths or ()
    return Reading("globs" if globs else "always", globs, body=body)


TARGET: Final = Target(
    name="claude",
    title="Claude Code",
    laws={
        ".claude/rules/**/*.md": Law(max_bytes=4 * 1024**2, warn_tokens=2_000),
        "CLAUDE.md": Law(max_bytes=4 * 1024**2, max_lines=200, warn_tokens=6_000),
    },
    url="https://code.claude.com/docs/en/memory",
    checked="2026-11-30",
    evidence=("CLAUDE.md", "CLAUDE.local.md", ".claude"),
    agents_md="import",
    render=_render,
    parse=_parse,
    schema=ClaudeMatter,
    by_globs=True,
)
TARGETS: Final = (TARGET,)
