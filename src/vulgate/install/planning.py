"""What a book gives a repository: the files of each agent, made for the project that it is."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.base import AgentFile, Layout
from vulgate.editions.agents.compose import Composition, Project
from vulgate.editions.agents.fitting import Budgets, Fitted, fit
from vulgate.editions.agents.skills import by_command, skills
from vulgate.editions.agents.targets import Target
from vulgate.editions.agents.tokenizer import count
from vulgate.install.changes import Item
from vulgate.install.forms import OwnFile, SharedFile
from vulgate.install.lock import Request
from vulgate.model.book import CompiledBook

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
        budgets = Budgets(request.budget, request.budgets)
        for name, fitted in fit(book, request.agents, budgets, layout, project).items():
            compositions[name] = fitted.composition
            items += (_item(book, fitted, file) for file in fitted.files)
            notes += fitted.target.notes(layout)
    if "skills" in request.parts:
        items += _skills(book, request.agents, project.book)
    return Plan(tuple(items), compositions, tuple(dict.fromkeys(notes)))


def _item(book: CompiledBook, fitted: Fitted, file: AgentFile) -> Item:
    target, composition = fitted.target, fitted.composition
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
        budget=fitted.budget,
        limit=_limit(target, file.path),
        pointer=file.is_pointer,
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


def _skills(book: CompiledBook, agents: Sequence[str], named: str) -> list[Item]:
    """The chapters as skills, in each folder that one of the agents looks into."""
    made = skills(book, by_command(named))
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
