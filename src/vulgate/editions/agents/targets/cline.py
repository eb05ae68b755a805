"""Cline: rules in `.clinerules`, active with files that match their `paths`.

`paths` is the only condition; a rule without front matter is always active, one with an empty list never, and front matter
that does not parse makes a rule always active, with the front matter in its text. A description decides nothing. The core has
the globs of its language. Cline reads the AGENTS.md in the root.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, ValidationError, convert

from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.matter import MatterError, load, sequence, split
from vulgate.editions.agents.targets.target import Reading, Target, When
from vulgate.editions.agents.targets.writing import rule_files


class ClineMatter(Struct, frozen=True):
    """The front matter of a rule.

    Attributes:
        paths: Globs from the root.
    """

    paths: tuple[str, ...] | None = None


def _matter(when: When, globs: tuple[str, ...], description: str) -> Iterable[str]:
    return sequence("paths", globs) if when == "globs" else []


def _parse(text: str) -> Reading:
    yaml_text, body = split(text)
    if yaml_text is None:
        return Reading("always", body=body)
    try:
        paths = convert(load(yaml_text), ClineMatter).paths
    except (MatterError, ValidationError) as error:
        return Reading("always", body=text, problem=f"the front matter is taken for text: {error}")
    if paths is None:
        return Reading("always", body=body)
    return Reading("globs" if paths else "never", paths, body=body)


TARGET: Final = Target(
    name="cline",
    title="Cline",
    laws={".clinerules/**/*.md": Law(warn_tokens=2_000)},
    url="https://docs.cline.bot/customization/cline-rules",
    checked="2026-11-30",
    evidence=(".clinerules", ".clineignore"),
    agents_md="root",
    render=rule_files(".clinerules/{name}.md", _matter),
    parse=_parse,
    schema=ClineMatter,
    by_globs=True,
)
TARGETS: Final = (TARGET,)
