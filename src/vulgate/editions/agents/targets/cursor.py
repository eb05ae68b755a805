"""Cursor: rules in `.cursor/rules`, whose front matter looks like YAML and is not.

Three keys decide which of four kinds a rule is: `alwaysApply: true` is always loaded, and the other keys are ignored; else
`globs`, with files that match; else `description`, if the agent finds that it fits; else by hand only. Globs are separated by
commas and stand without quotes, so a comma in a glob has to go: braces are written out. `alwaysApply: "true"`, a text, is
never true. Only `.mdc` files are rules. The core has the globs of its language. Cursor reads AGENTS.md, also in folders.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct, ValidationError, convert

from vulgate.editions.agents.targets.globs import split_commas, without_commas
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.matter import MatterError, load, quoted, scalar, split
from vulgate.editions.agents.targets.target import Reading, Target, When
from vulgate.editions.agents.targets.writing import rule_files

_BARE: Final = re.compile(r"^globs:[ \t]*([^\s\"'\[].*?)[ \t]*$", re.MULTILINE)
_NEEDS_QUOTES: Final = re.compile(r"^[\"'\[#]| #")


class CursorMatter(Struct, frozen=True):
    """The front matter of a rule.

    Attributes:
        description: What it is about.
        globs: Globs from the root, separated by commas.
        alwaysApply: Whether it is part of every request.
    """

    description: str | None = None
    globs: str | tuple[str, ...] | None = None
    alwaysApply: bool = False  # noqa: N815 - Cursor's word


def _matter(when: When, globs: tuple[str, ...], description: str) -> Iterable[str]:
    yield f"description: {scalar(description)}"
    if when == "globs":
        value = ",".join(without_commas(globs))
        yield f"globs: {quoted(value) if _NEEDS_QUOTES.search(value) else value}"
    yield f"alwaysApply: {'true' if when == 'always' else 'false'}"


def _parse(text: str) -> Reading:
    yaml_text, body = split(text)
    try:
        matter, problem = _converted(load(_BARE.sub(_with_quotes, yaml_text or "")))
    except (MatterError, ValidationError) as error:
        return Reading(
            "never", body=body, problem=f"Cursor skips the rule, because its front matter is broken: {error}"
        )
    globs = split_commas(matter.globs) if isinstance(matter.globs, str) else matter.globs or ()
    description = matter.description or ""
    if matter.alwaysApply:
        return Reading("always", description=description, body=body)
    if globs:
        return Reading("globs", globs, description, body, problem)
    return Reading("description" if description else "never", (), description, body, problem)


def _converted(content: dict[str, Any]) -> tuple[CursorMatter, str]:
    """The front matter, and what Cursor does not take as it was meant."""
    is_bool = isinstance(content.get("alwaysApply", False), bool)
    kept = content if is_bool else {key: value for key, value in content.items() if key != "alwaysApply"}
    problem = "" if is_bool else "`alwaysApply` is neither `true` nor `false`, so it counts as `false`"
    return convert(kept, CursorMatter), problem


def _with_quotes(match: re.Match[str]) -> str:
    return f"globs: {quoted(match[1])}"


TARGET: Final = Target(
    name="cursor",
    title="Cursor",
    laws={".cursor/rules/**/*.mdc": Law(max_lines=500, warn_tokens=2_000)},
    url="https://cursor.com/docs/rules",
    checked="2026-11-22",
    evidence=(".cursor", ".cursorrules"),
    agents_md="nested",
    render=rule_files(".cursor/rules/{name}.mdc", _matter),
    parse=_parse,
    schema=CursorMatter,
    by_globs=True,
    by_description=True,
)
TARGETS: Final = (TARGET,)
