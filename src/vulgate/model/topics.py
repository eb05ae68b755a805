"""What a rule may say it applies to: topics, the files that they mean, and globs.

This is the one place that knows the words of `:applies-to:`. Checking, advising and the files of coding agents ask here.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from vulgate.model.globs import glob_fault, is_among, is_glob
from vulgate.model.suggest import did_you_mean


class Topic(Struct, frozen=True):
    """A kind of code that a rule is about.

    Attributes:
        title: What it is called in headings.
        about: When a rule of it matters, for agents that choose by a description: completes "Use when you ...".
        globs: The files that hold such code, from the root of a repository; empty where no name tells.
        is_certain: Whether no other file holds such code, so that a rule of this topic can be passed over elsewhere.
    """

    title: str
    about: str
    globs: tuple[str, ...] = ()
    is_certain: bool = True


TESTS: Final = "tests"
NOT_TESTS: Final = "not-tests"
"""The word for everything but tests."""
ASYNC: Final = "async"
WEB: Final = "web"
_WEB_FOLDERS: Final = (
    *("api", "endpoints", "routers", "routes", "blueprints", "views", "web"),  # handlers
    *("auth", "middleware", "settings"),  # what stands around them
)
_WEB_MODULES: Final = (
    *("app", "main", "asgi", "wsgi"),  # where an application is made and started
    *("forms", "middleware", "serializers", "settings", "urls", "views", "viewsets"),  # Django, and its REST framework
    *("api", "auth", "dependencies", "deps", "endpoints", "routers", "routes"),  # Flask and FastAPI
)
TOPICS: Final = {
    TESTS: Topic(
        "Tests",
        "write, change or review tests, fixtures or mocks",
        # `tests.py` is what Django's `startapp` makes.
        ("**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py", "**/tests.py", "**/conftest.py"),
    ),
    ASYNC: Topic("Asynchronous code", "write or review `async def`, `await`, asyncio tasks, queues or event loops"),
    WEB: Topic(
        "Web code",
        "write or review HTTP handlers, routes, middleware, forms, HTML templates, sessions, login or CORS",
        (
            # Only what is a source file: `docs/api/` and a Helm chart's `templates/` have the same names.
            *(f"**/{folder}/**/*.py" for folder in _WEB_FOLDERS),
            *(f"**/{module}.py" for module in _WEB_MODULES),
            "**/templates/**/*.html",
        ),
        is_certain=False,
    ),
    "packaging": Topic(
        "Packaging",
        "change how a project is built, packaged, versioned or released, or what it depends on",
        (
            "**/pyproject.toml",
            "**/setup.py",
            "**/setup.cfg",
            "**/MANIFEST.in",
            "**/requirements*.txt",
            "**/requirements*.in",
            "**/requirements/*.txt",
            "**/requirements/*.in",
            "**/constraints*.txt",
            "**/Pipfile",
        ),
    ),
    "notebooks": Topic("Notebooks", "write or review Jupyter notebooks", ("**/*.ipynb",)),
}
"""The topics by their words in `:applies-to:`."""
WORDS: Final = (*TOPICS, NOT_TESTS)


def applies_fault(words: Sequence[str]) -> str:
    """What is wrong with the words of `:applies-to:`; empty if nothing is."""
    if TESTS in words and NOT_TESTS in words:
        return f"`{TESTS}` and `{NOT_TESTS}` together leave no file"
    for word in words:
        if word not in WORDS and (reason := glob_fault(word) if is_glob(word) else _unknown(word)):
            return reason
    return ""


def holds_in(applies: Iterable[str], path: str, *, is_test: bool, is_async: bool) -> bool:
    """Whether a rule holds at a place: any of its words admits the place, and `not-tests` never admits a test.

    Args:
        applies: The rule's words.
        path: The file, from the root, with forward slashes.
        is_test: Whether the file is one of tests.
        is_async: Whether the place is in an asynchronous function.
    """
    words = set(applies)
    if NOT_TESTS in words and is_test:
        return False
    words.discard(NOT_TESTS)
    told = {TESTS: is_test, ASYNC: is_async}
    return not words or any(told[word] if word in told else _may_hold(word, path) for word in words)


def names_file(word: str, path: str) -> bool:
    """Whether a topic or glob means a file by its name."""
    return is_among(path, TOPICS[word].globs if word in TOPICS else (word,))


def _may_hold(word: str, path: str) -> bool:
    return (word in TOPICS and not TOPICS[word].is_certain) or names_file(word, path)


def _unknown(word: str) -> str:
    return f"`{word}` is no topic, and no glob such as `src/api/**`; {did_you_mean(word, WORDS)}"
