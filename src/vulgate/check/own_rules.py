"""Rules of our own, about the comments that let findings pass. They are in no book, and `vulgate explain` knows them."""

from collections.abc import Iterable
from typing import Any, Final

from vulgate.model.findings import RuleInfo

UNUSED: Final = "vulgate/unused-suppression"
NO_REASON: Final = "vulgate/suppression-without-reason"
WRONG: Final = "vulgate/wrong-suppression"


def _own(**fields: Any) -> RuleInfo:
    return RuleInfo(
        chapter="vulgate", chapter_title="Vulgate", detect="vulgate", detector="vulgate", status="proven", **fields
    )


OWN_RULES: Final = {
    rule.id: rule
    for rule in (
        _own(
            id=UNUSED,
            title="Take away suppressions that let nothing pass",
            severity="low",
            why="A suppression that is not needed any more hides the next fault of its kind.",
            fix="Delete the comment; `--fix` does it.",
            text="A `# vulgate: ignore[...]` comment names a rule that finds nothing there. The code was mended, or the rule was "
            "made more precise. What stays is a comment that would hide the next fault, with a reason that is no longer true.",
            fixable=True,
        ),
        _own(
            id=NO_REASON,
            title="Say why a suppression is right",
            severity="low",
            why="Without a reason nobody can tell later whether the comment may go.",
            fix="Write the reason behind the brackets: `# vulgate: ignore[rule] the input is our own`.",
            text="A suppression is a decision. The words behind its brackets are for those who meet it later.",
        ),
        _own(
            id=WRONG,
            title="Write suppressions that are understood",
            severity="medium",
            why="A comment with a misspelt word or an unknown rule lets nothing pass, while its author believes that it does.",
            fix="Write `# vulgate: ignore[rule] reason` with the name of a rule that `vulgate check --rules` lists.",
            text="The forms are `ignore[rule]` for a line, `disable[rule]` and `enable[rule]` around several, and "
            "`ignore-file[rule]` for a file. Several rules are separated by commas.",
        ),
    )
}


def own_named(selectors: Iterable[str]) -> frozenset[str]:
    """The ids of our rules that some selectors mean: an id or its last part, a severity, `vulgate`, `suppressions` or `all`."""
    words = frozenset(selectors)
    return frozenset(
        id
        for id, rule in OWN_RULES.items()
        if not words.isdisjoint((id, rule.slug, rule.severity, "vulgate", "suppressions", "all"))
    )
