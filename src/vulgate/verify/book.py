"""Proves a book from a program: what `vulgate verify` does, without its options and its display."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vulgate.model.proofs import Result
from vulgate.passes.compile import compile_book
from vulgate.sessions.steps import Runtime
from vulgate.source.book import SourceBook
from vulgate.store.cache import FOLDER, Cache
from vulgate.store.proofs import Proofs
from vulgate.verify import interpreters
from vulgate.verify.prove import prune
from vulgate.verify.sandbox import best_isolation
from vulgate.verify.verifier import Request, Verifier

_PYODIDE: Final = "-pyodide"


def verify_book(
    source: SourceBook,
    *,
    home: Path | None = None,
    pythons: Sequence[str] = (),
    isolation: str = "auto",
    jobs: int = 1,
) -> list[Result]:
    """Runs a book's examples, facts and rules, and keeps what came out, for builds to come.

    The code of the book is run, whoever wrote it; the command asks for trust first, this function does not. What an earlier
    run has proven is not run again.

    Args:
        source: The book's files.
        home: Where `.vulgate/` goes; the book's own folder by default.
        pythons: Versions such as `3.12`, or paths; those of the manifest by default, else the active environment's.
        isolation: `bubblewrap`, `namespaces`, `process`, or `auto` for the strongest that works here.
        jobs: How many examples run at once.

    Raises:
        PythonNotFoundError: A version is not on this machine.
        IsolationError: The isolation asked for does not work here.
    """
    book = compile_book(source).book
    names = pythons or source.manifest.verify.pythons
    runtimes = tuple(find_runtime(name) for name in names) or (interpreters.current(),)
    cache = Cache((home or source.root) / FOLDER)
    cache.make_folder()
    proofs = Proofs(cache.folder)
    request = Request(runtimes=runtimes, isolation=best_isolation(isolation), jobs=jobs)
    results = Verifier(book, source.manifest, proofs, request).run()
    prune(book, proofs)
    return results


def find_runtime(name: str) -> Runtime:
    """The Python of a name: a version such as `3.12`, a path, or `3.14-pyodide`.

    Raises:
        PythonNotFoundError: There is none.
    """
    if name.endswith(_PYODIDE):
        from vulgate.verify.pyodide import find_pyodide

        return find_pyodide(name)
    return interpreters.find(name)
