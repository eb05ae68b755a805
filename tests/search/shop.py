"""A small book that has a bit of everything that answers are made from, and ways to open books for tests."""

from pathlib import Path
from typing import Final

from tests.support import Files, compiled
from vulgate.search.library import Library
from vulgate.store.sqlite import to_sqlite

FUNCTIONS: Final = """\
    ---
    title: Functions
    id: functions
    python: ">=3.10"
    summary: What a function is, and what its defaults do.
    objectives: [Write a signature., Predict a default.]
    ---
    # Functions

    Prose before the first section.

    ## Default arguments {#defaults}

    :::{quick}
    A default is made once. Use `None` for a list, see [[no-mutable-default]].
    :::

    :::{rule} Never use a mutable default value
    :id: no-mutable-default
    :severity: high
    :detect: ruff B006
    :fix: Default to `None`.
    :because: evaluated-once
    :formerly: mutable-argument

    The default is shared by all calls. Each one sees what the others left.

    ```python {bad}
    def add(item, into=[]):  # error: [no-mutable-default]
        into.append(item)
        return into

    print(add(1), add(2))
    ```

    ```output
    [1, 2] [1, 2]
    ```

    ```python {good}
    def add(item, into=None):
        return [*(into or []), item]
    ```

    ```python {near}
    def add(item, into=()):
        return (*into, item)
    ```
    :::

    :::{fact} A default is evaluated once
    :id: evaluated-once
    :holds: python >=3.8

    When the `def` statement runs, and never again.

    ```python {proof}
    assert True
    ```
    :::

    ### Sentinels {#sentinels}

    A sentinel tells that nothing was passed. It is an object of its own, as [above](#defaults).

    :::{term} Sentinel
    :id: sentinel
    :aliases: marker

    A unique object that stands for an absent value.
    :::

    :::{qa} None or a sentinel?
    :id: none-or-sentinel

    A sentinel where `None` is a value that callers pass.
    :::

    ## Lambdas {#lambdas}

    A lambda is a function without a name.

    :::{contrast} Lambda vs def
    :id: lambda-vs-def

    | | lambda | def |
    |---|---|---|
    | name | none | its own |
    | body | one expression | statements |
    :::

    :::{pattern} Key function
    :id: key-function
    :use-when: sorting by a part of a value
    :see: lambda-vs-def

    Pass a small lambda to `sorted`.
    :::
"""
STORAGE: Final = """\
    ---
    title: Storage
    id: storage
    prerequisites: [functions]
    ---
    # Storage

    ## Pickle {#pickle}

    :::{rule} Never unpickle what a stranger sent
    :id: no-foreign-pickle
    :severity: critical
    :detect: ruff S301
    :fix: Use `json.loads`.

    A pickle runs code while it is read.

    ```python {bad static}
    import pickle

    pickle.loads(data)  # error: [no-foreign-pickle]
    ```

    ```python {good static}
    import json

    json.loads(data)
    ```
    :::

    ## Files {#files}

    | format | reads | for |
    |---|---|---|
    | pickle | anything | trusted caches |
    | JSON | plain data | exchange between programs |

    :::{rule} Pin the base image
    :id: pinned-image
    :severity: medium
    :detect: review
    :fix: Write the digest.

    An image that moves makes two builds differ.

    ```dockerfile {bad file=Dockerfile}
    FROM python:latest
    ```

    ```dockerfile {good file=Dockerfile}
    FROM python:3.13.1
    ```
    :::

    :::{rule} Do not sleep in a test
    :id: no-sleep-in-test
    :severity: low
    :detect: review
    :applies-to: tests
    :fix: Wait for the event.

    A test that sleeps is slow and still fails now and then.

    ```python {bad static}
    import time

    time.sleep(5)
    ```

    ```python {good static}
    event.wait(5)
    ```
    :::

    :::{rule} Log, and do not print
    :id: no-print
    :severity: low
    :detect: ruff T201
    :applies-to: not-tests
    :python: >=3.12
    :fix: Use `logging`.

    What is printed has no level.

    ```python {bad}
    print("started")  # error: [no-print]
    ```

    ```python {good}
    import logging

    logging.info("started")
    ```
    :::

    :::{rule} Await what you start
    :id: await-it
    :severity: medium
    :detect: review
    :applies-to: async
    :fix: Put `await` before the call.

    A coroutine that nobody awaits never runs.

    ```python {bad static}
    import asyncio

    asyncio.sleep(1)
    ```

    ```python {good static}
    await asyncio.sleep(1)
    ```
    :::
"""
FILES: Final[Files] = {
    "vulgate.toml": """
        [book]
        id = "shop"
        title = "Shop"

        [[parts]]
        id = "language"
        title = "The language"
        chapters = ["functions.md"]

        [[parts]]
        id = "world"
        title = "The world"
        chapters = ["storage.md"]
    """,
    "functions.md": FUNCTIONS,
    "storage.md": STORAGE,
}
OTHER: Final[Files] = {
    "vulgate.toml": '[book]\nid = "other"\ntitle = "Other"\nchapters = ["lists.md"]\n',
    "lists.md": """
        # Lists

        ## Growth {#growth}

        A list grows by a factor, so that `append` is cheap.

        :::{term} Amortised
        :id: amortised

        Cheap on average over many calls.
        :::
    """,
}


def compiled_file(root: Path, files: Files | str) -> Path:
    """Compiles a book into a file."""
    found = compiled(root, files)
    place = root / f"{found.book.book.id}.sqlite"
    place.write_bytes(to_sqlite(found.book))
    return place


def opened(root: Path, *books: Files | str) -> Library:
    """A library of small books."""
    return Library.open([compiled_file(root / str(index), files) for index, files in enumerate(books)])
