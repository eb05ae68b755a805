"""The topics that a rule may say it applies to, and the files that they mean."""

from typing import Final

from msgspec import Struct


class Topic(Struct, frozen=True):
    """A kind of code that a rule is about.

    Attributes:
        title: What it is called in headings.
        about: When a rule of it matters, for agents that choose by a description: completes "Use when you ...".
        globs: The files that hold such code, from the root of a repository; empty where no name tells.
    """

    title: str
    about: str
    globs: tuple[str, ...] = ()


TOPICS: Final = {
    "tests": Topic(
        "Tests",
        "write, change or review tests, fixtures or mocks",
        ("**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py", "**/conftest.py"),
    ),
    "async": Topic("Asynchronous code", "write or review `async def`, `await`, asyncio tasks, queues or event loops"),
    "web": Topic(
        "Web code",
        "write or review HTTP handlers, routes, templates, sessions or clients",
        (
            "**/api/**",
            "**/routes/**",
            "**/routers/**",
            "**/views/**",
            "**/templates/**",
            "**/views.py",
            "**/routes.py",
            "**/urls.py",
            "**/middleware.py",
        ),
    ),
    "packaging": Topic(
        "Packaging",
        "change how a project is built, packaged, versioned or released, or what it depends on",
        ("**/pyproject.toml", "**/setup.py", "**/setup.cfg", "**/requirements*.txt"),
    ),
    "notebooks": Topic("Notebooks", "write or review Jupyter notebooks", ("**/*.ipynb",)),
}
"""The topics by their words in `:applies-to:`."""
NOT_TESTS: Final = "not-tests"
"""The word for everything but tests."""
