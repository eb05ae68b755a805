"""What a target is: an agent as data, what writes its files, and what reads them as the agent does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Literal

from msgspec import Struct

from vulgate.editions.agents.base import AgentFile, Guidance, Layout, Scope
from vulgate.editions.agents.targets.folders import folders_of
from vulgate.editions.agents.targets.globs import clean
from vulgate.editions.agents.targets.laws import Count, Law
from vulgate.editions.agents.targets.matter import one_line
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic

AGENTS_MD: Final = "agents-md"
AGENTS_FILE: Final = "AGENTS.md"
When = Literal["always", "globs", "description", "never"]
Reads = Literal["nested", "root", "import", "setting"]


class Reading(Struct, frozen=True):
    """What an agent understands of a file.

    Attributes:
        when: When it loads the text: always, with files that match the globs, if the description fits, or never by itself.
        globs: The files, if that decides.
        description: What the agent chooses by, if it does; else what people see.
        body: The text, without front matter and without the line that says who wrote it.
        problem: Why the agent does not take the file as it was meant; empty if it does.
    """

    when: When
    globs: tuple[str, ...] = ()
    description: str = ""
    body: str = ""
    problem: str = ""


def always(text: str) -> Reading:
    """Reads a file that is plain Markdown and always loaded."""
    return Reading("always", body=text)


@dataclass(frozen=True)
class Target:
    """A coding agent.

    Attributes:
        name: A slug, as users type it.
        title: Its name.
        laws: The files that are written for it: globs of their paths, each with how large they may be.
        url: Where their form is documented.
        checked: When that was read, as an ISO date.
        evidence: Paths of which any shows that a repository is worked on with this agent.
        agents_md: Which AGENTS.md the agent reads: those in the folders of a file and above (`nested`), that in the root
            (`root`), that which a file of its own imports (`import`), or what its settings name (`setting`).
        render: Writes the files; it is given the target.
        parse: Reads a file at a path that is a pattern in `laws`; the others are plain text that is always loaded.
        schema: The keys of the front matter, or `None` where there is none.
        by_globs: Whether it can load a guide with files that match.
        by_description: Whether it can choose a guide by what it is about.
        first_of: Files of which the agent reads only the first that exists; empty where it reads all.
        told: Those of them that another target writes, by its name: they say the same.
        hints: What the user has to do, given what is written together.
    """

    name: str
    title: str
    laws: Mapping[str, Law]
    url: str
    checked: str
    evidence: tuple[str, ...]
    agents_md: Reads
    render: Callable[["Target", Guidance, Layout], list[AgentFile]]
    parse: Callable[[str], Reading] = always
    schema: type[Struct] | None = None
    by_globs: bool = False
    by_description: bool = False
    first_of: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    hints: Callable[[Layout], list[str]] = lambda layout: []

    def delivers(self, scope: Scope, layout: Layout) -> bool:
        """Whether the agent can load a guide for these files apart from what it always loads."""
        if (self.by_globs and clean(scope.globs)) or (self.by_description and one_line(scope.about)):
            return True
        return self.name == AGENTS_MD and bool(folders_of(scope, layout))

    def files(self, guidance: Guidance, layout: Layout) -> list[AgentFile]:
        """The files that tell the agent what the guides say, without what it is told by files of other chosen targets.

        A guide that the agent cannot load apart, and that is given nonetheless, stands with what it always loads.
        """
        return self.render(self, guidance, layout)

    def read(self, path: str, text: str) -> Reading:
        """What the agent understands of a file, whatever is in it.

        Args:
            path: From the root, with forward slashes.
            text: The file.
        """
        if path in self.laws or path in self.first_of:
            return always(text)
        if not any(_is_at(path, pattern) for pattern in self.laws):
            return Reading("never", body=text, problem=f"{self.title} does not look for a file at this path")
        return self.parse(text)

    def faults(self, files: Sequence[AgentFile], count: Count) -> list[Diagnostic]:
        """What is larger than the agent reads, or than it follows well.

        Args:
            files: Files of this target, whole: with the text of others in those that are shared.
            count: Gives the tokens of a text.
        """
        reporter = Reporter()
        for pattern, law in self.laws.items():
            alike = [file for file in files if _is_at(file.path, pattern)]
            for file in alike:
                law.check(self.title, file, alike, reporter, count)
        return reporter.items

    def law_of(self, path: str) -> Law:
        """How large a file of this target may be."""
        return next((law for pattern, law in self.laws.items() if _is_at(path, pattern)), Law())

    def notes(self, layout: Layout) -> list[str]:
        """What the user must know or do, so that the agent gets what is written: one sentence each."""
        return [*self.hints(layout), *self._hidden(layout)]

    def place(self, layout: Layout) -> str:
        """The file to write for an agent that reads the first of some: the one that it reads now, else its own."""
        there = (path for path in self.first_of if path in layout.files or self.told.get(path) in layout.chosen)
        return next(there, next(iter(self.laws)))

    def told_by_agents_md(self, scope: Scope, layout: Layout, *, core: bool) -> bool:
        """Whether the agent gets a guide from an AGENTS.md that is written together with its files."""
        if AGENTS_MD not in layout.chosen:
            return False
        return core or (self.agents_md == "nested" and bool(folders_of(scope, layout)))

    def _hidden(self, layout: Layout) -> list[str]:
        """Which file hides which, for an agent that reads the first of some."""
        ours = AGENTS_FILE if AGENTS_MD in layout.chosen else self.place(layout)
        if ours not in self.first_of:
            return []
        at = self.first_of.index(ours)
        above = next((path for path in self.first_of[:at] if path in layout.files), "")
        if above:
            return [f"{self.title} reads `{above}` and so not `{ours}`: move what `{above}` says there, and delete it."]
        below = next((path for path in self.first_of[at + 1 :] if path in layout.files), "")
        if below and ours not in layout.files:
            return [f"{self.title} read `{below}` until now, and reads `{ours}` instead: copy what it must still know."]
        return []


def _is_at(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or fnmatchcase(path, pattern.replace("**/", "", 1))
