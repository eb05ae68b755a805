"""Which files a rule is about: what it says with `:applies-to:`, or what its bad examples are written in."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.base import Scope
from vulgate.model.blocks import Example, Rule
from vulgate.model.book import CompiledBook
from vulgate.model.globs import is_glob
from vulgate.model.ids import slug
from vulgate.model.languages import CONFIGURATION, LANGUAGES
from vulgate.model.topics import TOPICS

CORE: Final = "core"
SETTINGS: Final = "configuration"
_TITLES: Final = {
    "python": "Python",
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "sql": "SQL",
    "html": "HTML",
}


class BookScopes(Struct, frozen=True):
    """The scopes of a book.

    Attributes:
        core: The files that the book is about: those of the language of most rules.
        of: The scope of each rule, by id; `core` for those that say nothing else.
    """

    core: Scope
    of: dict[str, Scope]


def book_scopes(book: CompiledBook) -> BookScopes:
    """The scopes of a book's rules."""
    rules = list(book.of_kind(Rule))
    languages = {rule.id: _languages(book, rule) for rule in rules}
    main = _main_language(languages.values())
    core = Scope(CORE, _TITLES.get(main, main.capitalize()), _anywhere(LANGUAGES.get(main, ())))
    settings = [rule for rule in rules if _is_settings(rule, languages[rule.id]) and main not in CONFIGURATION]
    globs = tuple(sorted({glob for rule in settings for glob in _files(book, rule)}))
    configuration = Scope(
        SETTINGS, "Configuration", globs, "change configuration, containers or continuous integration"
    )
    of = {rule.id: _said(rule) or core for rule in rules}
    return BookScopes(core, of | {rule.id: configuration for rule in settings})


def _said(rule: Rule) -> Scope | None:
    """The scope that the rule names."""
    globs = tuple(word for word in rule.applies if is_glob(word))
    if globs:
        name = slug(" ".join(globs).replace("*", " ")) or "files"
        return Scope(name, ", ".join(f"`{glob}`" for glob in globs), globs, f"write or review {', '.join(globs)}")
    for word in rule.applies:
        if topic := TOPICS.get(word):
            return Scope(word, topic.title, topic.globs, topic.about)
    return None


def _languages(book: CompiledBook, rule: Rule) -> frozenset[str]:
    return frozenset(example.language for example in _bad(book, rule))


def _main_language(languages: Iterable[frozenset[str]]) -> str:
    """The language of most rules; of two as frequent, the first by name."""
    counts = Counter(language for each in languages for language in each if language in LANGUAGES)
    return min(counts, key=lambda language: (-counts[language], language)) if counts else ""


def _is_settings(rule: Rule, languages: frozenset[str]) -> bool:
    return bool(languages) and languages <= CONFIGURATION and not rule.applies


def _files(book: CompiledBook, rule: Rule) -> Iterable[str]:
    """Globs of the files that a rule's bad examples are, or that are written in their language."""
    for example in _bad(book, rule):
        if example.fence.file:
            path = PurePosixPath(example.fence.file)
            folder = path.parent.as_posix()
            # A file in a folder with a dot has its meaning from that folder: `.github/workflows/test.yml`.
            yield f"{folder}/*{path.suffix}" if folder.startswith(".") and folder != "." else f"**/{path.name}"
        else:
            yield from _anywhere(LANGUAGES.get(example.language, ()))


def _bad(book: CompiledBook, rule: Rule) -> Iterable[Example]:
    return (block for id in rule.bad if isinstance(block := book[id], Example))


def _anywhere(globs: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"**/{glob}" for glob in globs)
