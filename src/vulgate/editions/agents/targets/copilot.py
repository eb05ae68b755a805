"""GitHub Copilot: one file for the repository, and instructions for paths.

The core goes into `.github/copilot-instructions.md`, which is part of every request. Code review was documented to read the
first 4,000 characters of a file, so these must be enough by themselves: guides put what is critical first, and more than that
is reported. Scoped guides have `applyTo`, globs separated by commas; without it, an agent chooses by the description.
Together with AGENTS.md the core is left to it; that in the root is read, those in folders as an experiment.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, ValidationError, convert

from vulgate.editions.agents.base import AgentFile, Guidance, Layout
from vulgate.editions.agents.targets.globs import split_commas, without_commas
from vulgate.editions.agents.targets.laws import Law
from vulgate.editions.agents.targets.matter import MatterError, load, quoted, scalar, split
from vulgate.editions.agents.targets.target import Reading, Target, When
from vulgate.editions.agents.targets.writing import rule_files, shared_file

_REPOSITORY: Final = ".github/copilot-instructions.md"


class CopilotMatter(Struct, frozen=True):
    """The front matter of path instructions.

    Attributes:
        applyTo: Globs from the root, separated by commas.
        description: What they are about.
        name: What they are called in the user interface.
        excludeAgent: `code-review` or `cloud-agent`, which then does not read them.
    """

    applyTo: str | None = None  # noqa: N815 - Copilot's words
    description: str | None = None
    name: str | None = None
    excludeAgent: str | None = None  # noqa: N815


def _matter(when: When, globs: tuple[str, ...], description: str) -> Iterable[str]:
    yield f"description: {scalar(description)}"
    if when != "description":
        yield f"applyTo: {quoted(','.join(without_commas(globs)) or '**')}"


_instructions = rule_files(".github/instructions/{name}.instructions.md", _matter)


def _render(target: Target, guidance: Guidance, layout: Layout) -> list[AgentFile]:
    core = guidance.core.scope.name
    files = _instructions(target, guidance, layout)
    return [shared_file(_REPOSITORY, [guidance.core]) if core in file.guides else file for file in files]


def _parse(text: str) -> Reading:
    yaml_text, body = split(text)
    if yaml_text is None:
        return Reading("never", body=body, problem="without `applyTo` and `description` it is only read when attached")
    try:
        matter = convert(load(yaml_text), CopilotMatter)
    except (MatterError, ValidationError) as error:
        return Reading("never", body=body, problem=f"the front matter is not read: {error}")
    globs = split_commas(matter.applyTo or "")
    description = matter.description or ""
    if "**" in globs:
        return Reading("always", (), description, body)
    if globs:
        return Reading("globs", globs, description, body)
    return Reading("description" if description else "never", (), description, body)


def _hints(layout: Layout) -> list[str]:
    if "claude" not in layout.chosen:
        return []
    return [
        "Copilot in VS Code reads `.claude/rules`, too, and is told twice what stands there: "
        'set `"chat.instructionsFilesLocations": {".claude/rules": false}` in `.vscode/settings.json`.'
    ]


TARGET: Final = Target(
    name="copilot",
    title="GitHub Copilot",
    laws={
        _REPOSITORY: Law(first_characters=4_000, warn_tokens=4_000, reader="Copilot's code review"),
        ".github/instructions/**/*.instructions.md": Law(
            first_characters=4_000, warn_tokens=4_000, reader="Copilot's code review"
        ),
    },
    url="https://code.visualstudio.com/docs/agent-customization/custom-instructions",
    checked="2026-11-30",
    evidence=(_REPOSITORY, ".github/instructions", ".github/prompts", ".github/agents", ".github/chatmodes"),
    agents_md="root",
    render=_render,
    parse=_parse,
    schema=CopilotMatter,
    by_globs=True,
    by_description=True,
    hints=_hints,
)
TARGETS: Final = (TARGET,)
