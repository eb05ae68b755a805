"""Devin (Windsurf until June 2026): rules in `.devin/rules`, or in the older `.windsurf/rules`.

`trigger` says how a rule is loaded: `always_on`, `glob`, `model_decision` or `manual`; without it, `globs` or a description
decide. The desktop takes globs as text or as a list; the command line loads a rule only if they are a list, so they are one.
A rule of more than 12,000 characters is cut. Both read AGENTS.md, also in folders. `windsurf` is for those who have not
moved: written together with `devin`, which reads both folders, it writes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Literal

from msgspec import Struct, ValidationError, convert

from vulgate.editions.agents.base import AgentFile, Guidance, Layout
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.matter import MatterError, load, scalar, sequence, split
from vulgate.editions.agents.targets.target import Reading, Target, When
from vulgate.editions.agents.targets.writing import rule_files

_LAW: Final = Law(max_characters=12_000, warn_tokens=2_000)
_TRIGGERS: Final = {"always": "always_on", "globs": "glob", "description": "model_decision"}


class DevinMatter(Struct, frozen=True):
    """The front matter of a rule.

    Attributes:
        trigger: When it is loaded.
        globs: Globs from the root.
        description: What it is about.
    """

    trigger: Literal["always_on", "glob", "model_decision", "agent", "manual"] | None = None
    globs: tuple[str, ...] | None = None
    description: str | None = None


def _matter(when: When, globs: tuple[str, ...], description: str) -> Iterable[str]:
    yield f"trigger: {_TRIGGERS[when]}"
    yield f"description: {scalar(description)}"
    if when == "globs":
        yield from sequence("globs", globs)


def _parse(text: str) -> Reading:
    yaml_text, body = split(text)
    try:
        matter = convert(load(yaml_text or ""), DevinMatter)
    except (MatterError, ValidationError) as error:
        return Reading("never", body=body, problem=f"Devin does not load the rule: {error}")
    globs, description = matter.globs or (), matter.description or ""
    inferred = "glob" if globs else "model_decision" if description else "manual"
    trigger = matter.trigger or inferred
    if trigger == "always_on":
        return Reading("always", (), description, body)
    if trigger == "glob" and globs:
        return Reading("globs", globs, description, body)
    if trigger in ("model_decision", "agent") and description:
        return Reading("description", (), description, body)
    problem = "" if trigger == "manual" else f"`trigger: {trigger}` lacks what it decides by"
    return Reading("never", globs, description, body, problem)


TARGET: Final = Target(
    name="devin",
    title="Devin",
    laws={".devin/rules/**/*.md": _LAW},
    url="https://docs.devin.ai/desktop/cascade/memories",
    checked="2026-11-22",
    evidence=(".devin",),
    agents_md="nested",
    render=rule_files(".devin/rules/{name}.md", _matter),
    parse=_parse,
    schema=DevinMatter,
    by_globs=True,
    by_description=True,
)
_windsurf_rules = rule_files(".windsurf/rules/{name}.md", _matter)


def _render_windsurf(target: Target, guidance: Guidance, layout: Layout) -> list[AgentFile]:
    return [] if TARGET.name in layout.chosen else _windsurf_rules(target, guidance, layout)


WINDSURF: Final = replace(
    TARGET,
    name="windsurf",
    title="Windsurf",
    laws={".windsurf/rules/**/*.md": _LAW},
    evidence=(".windsurf", ".windsurfrules"),
    render=_render_windsurf,
)
TARGETS: Final = (TARGET, WINDSURF)
