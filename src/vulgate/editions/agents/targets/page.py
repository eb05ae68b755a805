"""The page about the targets, from what they are: docs/agent-targets.md."""

import inspect
from collections.abc import Iterator
from dataclasses import fields
from types import ModuleType
from typing import Final

from vulgate.editions.agents.targets import DIALECTS, TARGETS, Target
from vulgate.editions.agents.targets.laws import Law

_HEAD: Final = """\
# Files for coding agents

What is written for each agent, where, and how large it may be. A path is only written if the agent is documented to read it;
the date tells when the documentation was read.

Files of Vulgate's own are named after the book and what they are about: `.cursor/rules/python-tests.mdc`. A file that others
write into, too, such as `AGENTS.md`, gets a region between two comments, and all else in it stays as it is.

An agent that reads `AGENTS.md` is told nothing twice: where that is written, too, the agent gets no file for what it says, and
only those guides of its own that `AGENTS.md` cannot bring to the right files.

The core is what always matters in files of the book's language; the other guides are for some files only. A guide that an agent
cannot load apart stands with what it always loads.
"""
_READS: Final = {
    "nested": "in the root and in folders",
    "root": "in the root",
    "import": "through an import in its own file",
    "setting": "if its settings name it",
}
_LIMITS: Final = {
    "max_characters": "at most {:,} characters",
    "max_bytes": "at most {:,} bytes, with those in the folders above it",
    "first_characters": "the first {:,} characters must be enough by themselves, so the guide must begin in their first half",
    "max_lines": "at most {:,} lines are advised",
    "warn_tokens": "a warning from {:,} tokens on",
}


def reference() -> str:
    """The page, in Markdown."""
    lines = [
        _HEAD,
        "| name | agent | guides for some files only | reads `AGENTS.md` | documentation |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(target) for target in TARGETS.values()]
    for dialect in DIALECTS:
        lines += ["", *_section(dialect)]
    return "\n".join(lines) + "\n"


def _row(target: Target) -> str:
    ways = ["by folders"] if target.name == "agents-md" else []
    ways += ["by globs"] if target.by_globs else []
    ways += ["by description"] if target.by_description else []
    documented = f"[{target.checked}]({target.url})"
    scoped = ", ".join(ways) or "no"
    return f"| `{target.name}` | {target.title} | {scoped} | {_READS[target.agents_md]} | {documented} |"


def _section(dialect: ModuleType) -> Iterator[str]:
    title, _, text = (inspect.getdoc(dialect) or "").partition("\n\n")
    yield f"## {title.partition(':')[0]}"
    yield ""
    yield title
    yield ""
    yield text.strip()
    for target in dialect.TARGETS:
        yield ""
        yield from _facts(target)


def _facts(target: Target) -> Iterator[str]:
    yield f"`{target.name}`:"
    yield ""
    for pattern, law in target.laws.items():
        yield f"* `{pattern}`: {'; '.join(_limits(law)) or 'no limit is known'}"
    if target.schema:
        yield f"* front matter: {', '.join(f'`{key}`' for key in target.schema.__struct_fields__)}"
    yield f"* is used where there is {' or '.join(f'`{path}`' for path in target.evidence)}"


def _limits(law: Law) -> Iterator[str]:
    for field in fields(law):
        value = getattr(law, field.name)
        if value and field.name in _LIMITS:
            reader = f" ({law.reader})" if law.reader and field.name in ("max_bytes", "first_characters") else ""
            yield _LIMITS[field.name].format(value) + reader
