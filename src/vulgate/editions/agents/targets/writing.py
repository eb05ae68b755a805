"""The two forms in which agents take guides: a folder of rules with front matter, and one file that is always read."""

from collections.abc import Callable, Iterable, Iterator

from vulgate.editions.agents.base import AgentFile, Guidance, Guide, Layout
from vulgate.editions.agents.targets.globs import clean
from vulgate.editions.agents.targets.matter import one_line, with_matter
from vulgate.editions.agents.targets.target import AGENTS_MD, Target, When

Matter = Callable[[When, tuple[str, ...], str], Iterable[str]]
"""Gives the lines of front matter that make an agent load a text: when, for which files, and by which description."""
Render = Callable[[Target, Guidance, Layout], list[AgentFile]]


def description_of(guidance: Guidance, guide: Guide) -> str:
    """What a guide is about, in one line, for an agent to choose by and for people."""
    about = one_line(guide.scope.about).rstrip(".")
    when = f" Use when you {about}." if about else ""
    return one_line(f"{guide.scope.title} ({guidance.title}).{when}")


def apart(target: Target, guidance: Guidance, layout: Layout) -> Iterator[tuple[Guide, str]]:
    """The guides that an agent is not told by AGENTS.md, each with the name of its file."""
    if not target.told_by_agents_md(guidance.core.scope, layout, core=True):
        yield guidance.core, guidance.book
    for guide in guidance.scoped:
        if not target.told_by_agents_md(guide.scope, layout, core=False):
            yield guide, f"{guidance.book}-{guide.scope.name}"


def rule_files(path: str, matter: Matter) -> Render:
    """Writes a file of our own for each guide.

    Args:
        path: Where, with `{name}` in it.
        matter: Gives the front matter.
    """

    def render(target: Target, guidance: Guidance, layout: Layout) -> list[AgentFile]:
        return [
            rule_file(path.format(name=name), guide, matter(*_loading(target, guidance, guide)))
            for guide, name in apart(target, guidance, layout)
        ]

    return render


def rule_file(path: str, guide: Guide, lines: Iterable[str]) -> AgentFile:
    """A file of our own that holds one guide."""
    return AgentFile(path, with_matter(lines, guide.text), guides=(guide.scope.name,))


def _loading(target: Target, guidance: Guidance, guide: Guide) -> tuple[When, tuple[str, ...], str]:
    """How a guide is loaded: the core always matters, but in the files of its language alone."""
    description = description_of(guidance, guide)
    globs = clean(guide.scope.globs)
    if globs and target.by_globs:
        return "globs", globs, description
    if guide is not guidance.core and one_line(guide.scope.about) and target.by_description:
        return "description", (), description
    return "always", (), description


def one_file(target: Target, guidance: Guidance, layout: Layout) -> list[AgentFile]:
    """Writes all guides into the file that an agent always reads, unless it is told by a file that is written anyway."""
    place = target.place(layout)
    if AGENTS_MD in layout.chosen or target.told.get(place) in layout.chosen:
        return []
    return [shared_file(place, (guidance.core, *guidance.scoped))]


def shared_file(path: str, guides: Iterable[Guide]) -> AgentFile:
    """Some guides, for a file that others write into, too."""
    guides = list(guides)
    return AgentFile(path, "\n".join(guide.text for guide in guides), True, tuple(guide.scope.name for guide in guides))


def import_file(path: str, line: str) -> AgentFile:
    """A line that imports AGENTS.md, for a file that others write into, too."""
    return AgentFile(path, f"{line}\n", shared=True)
