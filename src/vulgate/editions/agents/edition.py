"""The agents edition: the files of all agents, for a project of which nothing is known. `vulgate install` knows more."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from vulgate.model.book import CompiledBook

_Tokens = Annotated[int, Meta(ge=1)]
Agent = Literal[
    "agents-md", "claude", "cursor", "copilot", "devin", "windsurf", "cline", "gemini", "junie", "zed", "aider"
]
"""The names of all targets; written out, so that a manifest is read without them."""


class AgentsOptions(Struct, frozen=True):
    """The keys of `[editions.agents]`. `vulgate install` takes them as its defaults.

    Attributes:
        agents: The agents to write for; all that there are if it is empty. `install` writes for those that a repository shows.
        budget: Tokens that an agent may carry for any one file.
        budgets: The same for single agents.
    """

    agents: list[Agent] = field(default_factory=list)
    budget: _Tokens | None = None
    budgets: dict[Agent, _Tokens] = field(default_factory=dict)


class AgentsEdition:
    """`agents/AGENT/PATH`: the files of each agent, as they stand in a repository."""

    name = "agents"
    options = AgentsOptions

    def render(self, book: CompiledBook, options: AgentsOptions) -> Mapping[str, bytes]:
        """The files of each agent, written as if it were the only one."""
        from vulgate.editions.agents.base import Layout
        from vulgate.editions.agents.compose import Project
        from vulgate.editions.agents.fitting import Budgets, fit
        from vulgate.editions.agents.targets import TARGETS
        from vulgate.editions.agents.targets.matter import MARK_LINE

        files: dict[str, bytes] = {}
        budgets = Budgets(options.budget or 0, dict[str, int](options.budgets.items()))
        for name in options.agents or TARGETS:
            fitted = fit(book, [name], budgets, Layout(chosen=(name,)), Project())[name]
            for file in fitted.files:
                text = f"{MARK_LINE}\n\n{file.text}" if file.shared else file.text
                files[f"agents/{name}/{file.path}"] = text.encode()
        return files
