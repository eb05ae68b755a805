"""What a book gives a repository: the files of each agent, made for the project that it is."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.base import AgentFile, Guidance, Guide, Layout, Scope
from vulgate.editions.agents.compose import BUDGET, Composition, Project, compose
from vulgate.editions.agents.skills import skills
from vulgate.editions.agents.targets import TARGETS, Target
from vulgate.editions.agents.tokenizer import count
from vulgate.install.changes import Item
from vulgate.install.forms import OwnFile, SharedFile
from vulgate.install.lock import Request
from vulgate.model.book import CompiledBook

STANDARD: Final = "agents-md"
"""The target that other agents read, too."""
SKILLS: Final = {"claude": ".claude/skills", "copilot": ".github/skills"}
"""Where an agent looks for skills that does not look into `ALL_SKILLS`."""
ALL_SKILLS: Final = ".agents/skills"


class Plan(Struct, frozen=True):
    """What is to stand in a repository of one book.

    Attributes:
        items: The files.
        compositions: The guides of each agent, with the account of all rules.
        notes: What a user should know or do, so that each agent gets what is written.
    """

    items: tuple[Item, ...]
    compositions: dict[str, Composition]
    notes: tuple[str, ...] = ()


def plan(book: CompiledBook, request: Request, layout: Layout, project: Project) -> Plan:
    """Makes the plan.

    Args:
        book: The book.
        request: What is asked for; agents that there are.
        layout: The repository, with the agents of the request as chosen targets.
        project: What is known of the project.

    Raises:
        BudgetError: A budget is smaller than one rule.
    """
    items: list[Item] = []
    notes: list[str] = []
    compositions: dict[str, Composition] = {}
    if "rules" in request.parts:
        for name in sorted(request.agents, key=lambda name: name != STANDARD):
            target = TARGETS[name]
            budget, composition, files = _fitted(book, target, request, layout, project, compositions)
            compositions[name] = composition
            items += (_item(book, target, file, composition, budget) for file in files)
            notes += target.notes(layout)
    if "skills" in request.parts:
        items += _skills(book, request.agents)
    return Plan(tuple(items), compositions, tuple(dict.fromkeys(notes)))


def weight(text: str) -> int:
    """The tokens of a text, or what linters of agent files take for them if that is more: a quarter of its characters."""
    return max(count(text), len(text) // 4)


def budget_of(request: Request, agent: str) -> int:
    """The tokens that an agent may carry of a book."""
    return request.budgets.get(agent) or request.budget or BUDGET


def _fitted(
    book: CompiledBook,
    target: Target,
    request: Request,
    layout: Layout,
    project: Project,
    before: Mapping[str, Composition],
) -> tuple[int, Composition, list[AgentFile]]:
    """The guides and files of an agent. Without a budget of the user's own, no file is larger than its agent follows well."""
    budget = budget_of(request, target.name)
    is_own = budget != BUDGET
    while True:
        composition = _composed(book, target, budget, layout, project, before)
        files = target.files(composition.guidance, layout)
        over = max(
            (weight(file.text) - target.law_of(file.path).warn_tokens for file in files if _is_advised(target, file)),
            default=0,
        )
        if is_own or over <= 0:
            return budget, composition, files
        budget -= over


def _is_advised(target: Target, file: AgentFile) -> bool:
    return target.law_of(file.path).warn_tokens > 0


def _composed(
    book: CompiledBook,
    target: Target,
    budget: int,
    layout: Layout,
    project: Project,
    before: Mapping[str, Composition],
) -> Composition:
    standard = before.get(STANDARD)
    read = _read(target, standard.guidance) if standard and target.name != STANDARD else ()
    there = {guide.scope.name for guide in read}

    def delivers(scope: Scope) -> bool:
        return scope.name not in there and target.delivers(scope, layout)

    return compose(book, budget, delivers=delivers, project=project, read=read)


def _read(target: Target, standard: Guidance) -> tuple[Guide, ...]:
    """The guides in AGENTS.md files that an agent reads by itself."""
    return (standard.core, *(standard.scoped if target.agents_md == "nested" else ()))


def _item(book: CompiledBook, target: Target, file: AgentFile, composition: Composition, budget: int) -> Item:
    guides = {guide.scope.name: guide for guide in (composition.guidance.core, *composition.guidance.scoped)}
    held = [guides[name] for name in file.guides if name in guides]
    rules = sum(len(guide.rules) for guide in held)
    words = ", ".join(
        guide.scope.title.lower() if guide.scope.name != "core" else "what always matters" for guide in held
    )
    return Item(
        path=file.path,
        form=SharedFile(file.text, book.book.id) if file.shared else OwnFile(file.text),
        part="rules",
        agent=target.name,
        holds=f"{words}: {rules} rules" if held else "a pointer to AGENTS.md",
        tokens=count(file.text),
        budget=budget,
        limit=_limit(target, file.path),
    )


def _limit(target: Target, path: str) -> str:
    """What the agent takes of a file at most, in words."""
    law = target.law_of(path)
    limits = (
        (law.max_characters, "characters"),
        (law.warn_tokens, "tokens advised"),
        (law.max_lines, "lines advised"),
        (law.max_bytes, "bytes"),
    )
    return next((f"{limit:,} {unit}" for limit, unit in limits if limit), "")


def _skills(book: CompiledBook, agents: Sequence[str]) -> list[Item]:
    """The chapters as skills, in each folder that one of the agents looks into."""
    made = skills(book)
    places = [SKILLS[agent] for agent in agents if agent in SKILLS]
    if any(agent not in SKILLS for agent in agents):
        places.insert(0, ALL_SKILLS)
    return [
        Item(
            path=f"{place}/{skill.name}/{path}",
            form=OwnFile(text),
            part="skills",
            agent=place.split("/")[0].lstrip("."),
            holds=skill.description if path == "SKILL.md" else "",
            tokens=0,
        )
        for place in places
        for skill in made
        for path, text in skill.files.items()
    ]
