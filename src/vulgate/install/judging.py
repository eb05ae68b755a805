"""What a survey means for the rules of a book: which cannot apply, and which are enforced already."""

from pathlib import Path

from vulgate.check.ruleset import rules_of
from vulgate.editions.agents.compose import Project
from vulgate.install.applicable import why_not
from vulgate.install.linter import enforced
from vulgate.install.survey import Survey
from vulgate.model.blocks import Rule
from vulgate.model.book import CompiledBook


def judge(root: Path, book: CompiledBook, survey: Survey) -> Project:
    """What is known of a project, for the guides that are made for it.

    Args:
        root: Its folder.
        book: The book.
        survey: What was seen there.
    """
    tools = enforced(root, survey, rules_of(book))
    rules = list(book.of_kind(Rule))
    return Project(
        left_out={rule.id: reason for rule in rules if (reason := why_not(rule, book, survey))},
        enforced={rule.id: tool for rule in rules if (tool := tools.enforces(rule))},
    )
