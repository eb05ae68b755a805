"""What of a changed rule breaks: what whoever holds their code to the book must look at."""

from typing import Final

from vulgate.changes.matching import Matching
from vulgate.check.ruleset import why_not_default
from vulgate.detect.ruff import codes, is_preview
from vulgate.model.blocks import Chapter, Rule
from vulgate.model.changes import Aspect
from vulgate.model.findings import SEVERITIES
from vulgate.model.versions import holds_on

GONE: Final = "the rule is gone"
RAISED: Final = "the severity is raised"
LOOKED_FOR: Final = "a machine looks for it now"
DETECTOR: Final = "the detector may find more"
WIDER: Final = "it holds in more places"
VERSIONS: Final = "it holds on more versions of Python"
OPTED_IN: Final = "it is looked for unless it is switched off"
RENAMED: Final = "the id has changed, and `formerly` does not name the old one"
_REVIEW: Final = ("", "review")


def judged(aspect: Aspect, matching: Matching, old: Rule, new: Rule) -> str:
    """Why an aspect of a rule is breaking; empty if it is not."""
    if aspect.name == "id":
        return "" if _is_known(matching, old.id) else RENAMED
    if aspect.name == "severity":
        return RAISED if _is_raised(old.severity, new.severity) else ""
    if new.detect in _REVIEW:
        return ""
    if aspect.name == "detect":
        return _of_detector(old.detect, new.detect)
    if aspect.name == "detector":
        return DETECTOR if old.detect not in _REVIEW else ""
    if aspect.name == "applies to":
        return WIDER if old.applies else ""
    if aspect.name == "python":
        return VERSIONS if _is_wider(old.python, new.python, matching) else ""
    is_about_default = aspect.name in ("opt-in", "noise", "precision")
    return OPTED_IN if is_about_default and why_not_default(old) and not why_not_default(new) else ""


def judged_chapter(aspect: Aspect, matching: Matching, old: Chapter) -> str:
    """Why an aspect of a chapter is breaking: the ids of its rules have changed with its own."""
    if aspect.name != "id" or _is_known(matching, old.id):
        return ""
    rules = sum(rule.chapter == old.id and rule.id in matching.new_of for rule in matching.old.of_kind(Rule))
    if not rules:
        return ""
    whose = "the id of its rule has" if rules == 1 else f"the ids of its {rules} rules have"
    return f"{whose} changed with it, and `formerly` does not name the old one"


def _is_known(matching: Matching, old: str) -> bool:
    """Whether the new book still takes an old id for the block that has it no more."""
    return matching.new.formerly.get(old) == matching.new_of.get(old)


def _is_raised(old: str, new: str) -> bool:
    return old in SEVERITIES and new in SEVERITIES and SEVERITIES.index(new) < SEVERITIES.index(old)


def _of_detector(old: str, new: str) -> str:
    if old in _REVIEW:
        return LOOKED_FOR
    name, _, words = new.partition(" ")
    before, _, words_before = old.partition(" ")
    is_less = name == before == "ruff" and set(codes(words)) <= set(codes(words_before))
    return "" if is_less and is_preview(words) <= is_preview(words_before) else DETECTOR


def _is_wider(old: str, new: str, matching: Matching) -> bool:
    """Whether a range admits a version that the other one does not, of those that the books name."""
    versions = {*matching.old.book.python, *matching.new.book.python}
    return any(holds_on(new, version) and not holds_on(old, version) for version in versions) or (bool(old) and not new)
