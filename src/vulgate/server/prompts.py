"""Prompts: what a person picks to start work with the book. Clients show them as commands."""

from typing import Annotated, Any, Final

from mcp.server import MCPServer
from mcp.shared.exceptions import MCPError
from mcp.types import INTERNAL_ERROR
from pydantic import Field

from vulgate.search.answers import SearchError
from vulgate.server.rendering import stamp
from vulgate.server.shelf import Shelf

GATES: Final = (
    ("Spec", "Say in a few sentences what must stay as it is, what changes, and how one will see that it is done."),
    (
        "Design",
        "Call `search` and `compare` for the choice at hand; name the options, choose one, cite what decides.",
    ),
    ("Rules", "Call `rules_for` with the path, the imports and the task; list the rules that the change must keep."),
    ("Tests", "Write the tests that hold today's behaviour first, and run them; then those for what changes."),
    (
        "Security",
        "Call `search` about security for every place where data from outside enters; settle each.",
    ),
    (
        "Checks",
        "Call `check_code` on every file that changed, mend what it finds, and run the project's own tests again.",
    ),
)
"""The gates of a refactoring, in order, and what has to be shown at each."""

What = Annotated[str, Field(description="The file to review, its code, or words that say which change is meant.")]
Topic = Annotated[str, Field(description="What to teach: a topic, or the id of a block.")]
Level = Annotated[str, Field(description="Who learns: beginner, intermediate or advanced.")]
Goal = Annotated[str, Field(description="What the refactoring is to reach.")]
Where = Annotated[str, Field(description="The file or folder that it is about.")]


def add_prompts(server: MCPServer[Any], shelf: Shelf) -> None:
    """Adds the prompts to a server."""

    def page(*parts: str) -> str:
        try:
            with shelf.library() as library:
                stamps = "\n".join(map(stamp, library.stamps))
        except SearchError as error:
            raise MCPError(code=INTERNAL_ERROR, message=str(error)) from error
        return "\n\n".join(filter(None, [*parts, stamps]))

    @server.prompt(title="Review against the handbook", description="Review code against the handbook's rules.")
    def review(code: What = "") -> str:
        return page(
            "Review this against the handbook:",
            _fenced(code) if "\n" in code else code or "the change that is being worked on.",
            "1. Call `check_code` with each file (or the code) and take its findings as they are.\n"
            "2. Call `rules_for` with the path, the imports and what the code is for. Read the code for every rule that only a "
            "person can check.\n"
            "3. Where you doubt, call `search`, and `get` the block.\n"
            "4. Report the worst first: place, what is wrong, what happens because of it, the mend, and the id of the block. "
            "Leave out what no block supports, or mark it as your own opinion.\n"
            "5. Say what you did not look at.",
        )

    @server.prompt(title="Teach from the handbook", description="Teach a topic from the handbook, step by step.")
    def teach(topic: Topic, level: Level = "intermediate") -> str:
        return page(
            f"Teach {topic} from the handbook to a reader at the level: {level}.",
            "1. Call `search` for the topic, and `outline` with the section that fits best, to see what is around it.\n"
            "2. `get` the section in full, and its examples.\n"
            "3. Explain in this order: the question that it answers, the idea, the smallest proven example, what surprises, "
            "the rules that follow. Ask the reader to predict an output before showing it.\n"
            "4. Take exercises from the book where it has them. Cite the id of each block that you use, and say so where the "
            "book does not answer.",
        )

    @server.prompt(
        title="Plan a refactoring",
        description="Plan a refactoring through gates: spec, design, rules, tests, security, checks.",
    )
    def plan_refactoring(goal: Goal, path: Where = "") -> str:
        gates = "\n".join(f"{number}. **{name}.** {what}" for number, (name, what) in enumerate(GATES, 1))
        return page(
            f"Plan this refactoring with the handbook: {goal}" + (f"\n\nIt is about {path}." if path else ""),
            "Go through the gates in order. Begin with none before the last is passed, and write down what passed it.",
            gates,
            "Keep each step so small that the tests can run after it. Cite the ids of the blocks that decided.",
        )


def _fenced(code: str) -> str:
    """Code between marks that do not stand in it."""
    ticks = "```"
    while ticks in code:
        ticks += "`"
    return f"{ticks}python\n{code.rstrip()}\n{ticks}"
