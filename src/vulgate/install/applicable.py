"""Which rules can apply to a project at all.

A rule is left out only for something that was seen, each with a reason in words. What is not known leaves nothing out. Neither
does what a project lacks and ought to have: rules for tests and for packaging go to every project.
"""

import ast
import warnings
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from vulgate.check.files import fits
from vulgate.install.needs import needed_modules
from vulgate.install.survey import Survey
from vulgate.model.blocks import Example, Rule
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain
from vulgate.model.languages import CONFIGURATION, LANGUAGES
from vulgate.model.topics import NOT_TESTS
from vulgate.model.versions import holds_on, lower_bound

_EVERYWHERE: Final = (CONFIGURATION | {"python", "bash"}) - {"dockerfile"}
"""The languages whose files any project may get at any time."""
_SCOPES: Final[dict[str, tuple[Callable[[Survey], bool], str]]] = {
    "async": (lambda survey: survey.asynchronous or _may_be_async(survey), "the project has no asynchronous code"),
    "notebooks": (lambda survey: survey.notebooks, "the repository has no notebooks"),
    "web": (lambda survey: survey.web, "the project neither serves nor asks the web"),
}
_ASYNC_MODULES: Final = (
    "asyncio",
    "anyio",
    "trio",
    "starlette",
    "aiohttp",
    "sanic",
    "quart",
    "litestar",
    "tornado",
    "discord",
)


class LeftOut(Struct, frozen=True):
    """A rule that cannot apply.

    Attributes:
        rule: Its id.
        title: Its title in plain text.
        reason: Why, in words that follow "left out: ".
    """

    rule: str
    title: str
    reason: str


def applicable(rules: Iterable[Rule], book: CompiledBook, survey: Survey) -> tuple[list[Rule], list[LeftOut]]:
    """The rules that may apply to a project, and those that cannot; both in the order given.

    Args:
        rules: Rules of the book.
        book: The book.
        survey: What is known of the project.
    """
    kept: list[Rule] = []
    left: list[LeftOut] = []
    for rule in rules:
        if reason := why_not(rule, book, survey):
            left.append(LeftOut(rule.id, plain(rule.title), reason))
        else:
            kept.append(rule)
    return kept, left


def why_not(rule: Rule, book: CompiledBook, survey: Survey) -> str:
    """Why a rule cannot apply to a project; empty if it may."""
    return (
        _by_python(rule, book, survey)
        or _by_modules(rule, book, survey)
        or _by_scope(rule, survey)
        or _by_language(rule, book, survey)
    )


def _by_python(rule: Rule, book: CompiledBook, survey: Survey) -> str:
    """The project's Python is too old for what a rule asks for, or too new for what it warns of."""
    if not survey.python:
        return ""
    if rule.python and not holds_on(rule.python, survey.python):
        oldest = lower_bound(rule.python)
        if oldest and _number(oldest) > _number(survey.python):
            return f"holds from Python {oldest}, and the project also runs on {survey.python}"
        return f"holds for Python {rule.python} only, and the project starts at {survey.python}"
    bad, good = (
        [example for example in _examples(book, ids) if example.language == "python"] for ids in (rule.bad, rule.good)
    )
    if bad and all(_is_newer(example, survey.python) for example in bad):
        return f"is about syntax newer than Python {survey.python}, on which the project also runs"
    if good and all(example.fence.python and _is_newer(example, survey.python) for example in good):
        return f"its remedy is in syntax newer than Python {survey.python}, on which the project also runs"
    return ""


def _is_newer(example: Example, python: str) -> bool:
    """Whether code is in syntax that a version of Python has not, and a newer one has."""
    if _parses(example.code, _number(python)):
        return False
    range_ = example.fence.python
    return bool(range_ and not holds_on(range_, python)) or (not range_ and _parses(example.code))


def _parses(code: str, version: tuple[int, int] | None = None) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(code, feature_version=version)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _number(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)


def _by_modules(rule: Rule, book: CompiledBook, survey: Survey) -> str:
    """The project has nothing of what a rule is about. Where no code has been seen, anything may still come."""
    needed = needed_modules(rule, book) if survey.sources else ()
    if not needed or any(survey.has(module) for module in needed):
        return ""
    if "pytest" in needed and not _uses_unittest(survey):
        return ""
    if len(needed) == 1:
        return f"needs {needed[0]}, which the project neither imports nor declares"
    return f"needs {', '.join(needed[:-1])} or {needed[-1]}, and the project neither imports nor declares any of them"


def _uses_unittest(survey: Survey) -> bool:
    """Whether there are tests that make it plain that they are no tests for pytest, which runs plain functions, too."""
    return survey.tests and "unittest" in survey.imports


def _by_scope(rule: Rule, survey: Survey) -> str:
    """A rule is about some kinds of code, and the project has none of them."""
    words = [word for word in rule.applies if word != NOT_TESTS]
    reasons = [_SCOPES[word][1] for word in words if word in _SCOPES and not _SCOPES[word][0](survey)]
    return " and ".join(reasons) if survey.sources and len(reasons) == len(words) else ""


def _may_be_async(survey: Survey) -> bool:
    return any(survey.has(module) for module in _ASYNC_MODULES)


def _by_language(rule: Rule, book: CompiledBook, survey: Survey) -> str:
    """All bad code of a rule is in languages of which the repository has no file."""
    languages = {example.language for example in _examples(book, rule.bad)}
    if not languages or not languages.isdisjoint(_EVERYWHERE) or not languages <= LANGUAGES.keys():
        return ""
    globs = [glob for language in languages for glob in LANGUAGES[language]]
    if not survey.files or any(fits(path, globs) for path in survey.files):
        return ""
    return f"is about {' and '.join(f'`{word}`' for word in sorted(languages))} code, and the repository has none"


def _examples(book: CompiledBook, ids: Iterable[str]) -> list[Example]:
    return [block for id in ids if id in book and isinstance(block := book[id], Example)]
