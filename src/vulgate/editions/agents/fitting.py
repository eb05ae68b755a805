"""The files of several agents, written together: each within its budget, and no agent told a thing twice."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.base import AgentFile, Guidance, Guide, Layout, Scope
from vulgate.editions.agents.compose import BUDGET, BudgetError, Composition, Project, compose
from vulgate.editions.agents.targets import TARGETS, Target
from vulgate.editions.agents.tokenizer import count
from vulgate.model.book import CompiledBook

STANDARD: Final = "agents-md"
"""The target whose files other agents read, too."""


class Budgets(Struct, frozen=True):
    """Tokens that agents may carry for any one file.

    Attributes:
        general: For all agents; 0 for the default, which is less where a file would be larger than its agent follows well.
        single: For single agents, by name.
    """

    general: int = 0
    single: Mapping[str, int] = {}

    def of(self, agent: str) -> int:
        """What a user says for an agent, or 0."""
        return self.single.get(agent) or self.general


class Fitted(Struct, frozen=True):
    """What one agent gets.

    Attributes:
        target: The agent.
        budget: The tokens that it may carry.
        composition: Its guides, with the account of all rules.
        files: Its files.
    """

    target: Target
    budget: int
    composition: Composition
    files: tuple[AgentFile, ...]


def fit(
    book: CompiledBook, agents: Sequence[str], budgets: Budgets, layout: Layout, project: Project
) -> dict[str, Fitted]:
    """The files of some agents, by name of the agent.

    Args:
        book: The book.
        agents: Names of targets.
        budgets: What they may carry.
        layout: The repository, with the same agents as chosen targets.
        project: What is known of it.

    Raises:
        BudgetError: A budget is smaller than one rule.
    """
    fitted: dict[str, Fitted] = {}
    for name in sorted(agents, key=lambda name: name != STANDARD):
        standard = fitted.get(STANDARD)
        read = _read(TARGETS[name], standard.composition.guidance) if standard else ()
        fit_one = partial(_fit_one, book, TARGETS[name], layout=layout, project=project, read=read)
        own = budgets.of(name)
        try:
            fitted[name] = fit_one(own)
        except BudgetError as error:
            raise BudgetError(own or BUDGET, _least(fit_one, error.least), TARGETS[name].title) from error
    return fitted


def _least(fit_one: Callable[[int], Fitted], bound: int) -> int:
    """A budget that holds a rule, from a lower bound on: only files that were made show what they add to it."""
    while True:
        try:
            fit_one(bound)
        except BudgetError as error:
            bound = error.least
        else:
            return bound


def weight(text: str) -> int:
    """The tokens of a text, or what linters of agent files take for them if that is more: a quarter of its characters."""
    return max(count(text), len(text) // 4)


def _fit_one(
    book: CompiledBook, target: Target, own: int, layout: Layout, project: Project, read: tuple[Guide, ...]
) -> Fitted:
    budget = own or BUDGET
    there = {guide.scope.name for guide in read}

    def delivers(scope: Scope) -> bool:
        return scope.name not in there and target.delivers(scope, layout)

    while True:
        try:
            composition = compose(book, budget, delivers=delivers, project=project, read=read)
        except BudgetError as error:  # what the files add to the guides is needed, too
            whole = own or BUDGET
            raise BudgetError(whole, error.least + whole - budget) from error
        files = target.files(composition.guidance, layout)
        over = max((_too_much(target, file, own) for file in files), default=0)
        if over <= 0:
            return Fitted(target, own or budget, composition, tuple(files))
        budget -= over


def _too_much(target: Target, file: AgentFile, own: int) -> int:
    """Tokens of a file, with its front matter, beyond what the user allows, or what its agent follows well."""
    advised = target.law_of(file.path).warn_tokens
    beyond = count(file.text) - own if own else 0
    # Who asks for more than is advised gets it, and a warning.
    return max(beyond, weight(file.text) - advised) if advised and own <= advised else beyond


def _read(target: Target, standard: Guidance) -> tuple[Guide, ...]:
    """The guides in AGENTS.md files that an agent reads by itself."""
    return (standard.core, *(standard.scoped if target.agents_md == "nested" else ()))
