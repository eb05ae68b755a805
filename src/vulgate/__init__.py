"""Vulgate compiles a programming handbook.

The public interface, for programs that read or build books:

    import vulgate

    source = vulgate.open_book("mybook")          # the files
    compilation = vulgate.compile_book(source)    # the model, in memory
    for diagnostic in compilation.diagnostics:
        print(diagnostic.code, diagnostic.message)
    for rule in compilation.book.of_kind(vulgate.Rule):
        print(rule.id, rule.title)

    for result in vulgate.verify_book(source):    # its examples are run, and what came out is kept
        assert result.status is not vulgate.Status.FAILED, result.reason
    vulgate.Builder(source).run()                 # the editions, on disk
    book = vulgate.read_book("mybook/dist/mybook.sqlite")

What stands in `__all__` is public; everything else may change without notice. Importing the package imports nothing else: each
name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vulgate.version import __version__

if TYPE_CHECKING:
    from vulgate.build import Builder as Builder
    from vulgate.build import BuildResult as BuildResult
    from vulgate.editions.ssm import SsmError as SsmError
    from vulgate.editions.ssm import read_ssm as read_ssm
    from vulgate.editions.ssm import write_ssm as write_ssm
    from vulgate.model.blocks import *  # noqa: F403
    from vulgate.model.book import Book as Book
    from vulgate.model.book import CompiledBook as CompiledBook
    from vulgate.model.book import Part as Part
    from vulgate.model.book import Summary as Summary
    from vulgate.model.book import Symbol as Symbol
    from vulgate.model.diagnostics import Diagnostic as Diagnostic
    from vulgate.model.diagnostics import Label as Label
    from vulgate.model.diagnostics import Severity as Severity
    from vulgate.model.proofs import Result as Result
    from vulgate.model.spans import Span as Span
    from vulgate.passes.compile import Compilation as Compilation
    from vulgate.passes.compile import compile_book as compile_book
    from vulgate.source import open_book as open_book
    from vulgate.source.book import SourceBook as SourceBook
    from vulgate.store.sqlite import BookFileError as BookFileError
    from vulgate.store.sqlite import read_book as read_book
    from vulgate.verify.book import verify_book as verify_book
    from vulgate.verify.interpreters import PythonNotFoundError as PythonNotFoundError
    from vulgate.verify.sandbox import IsolationError as IsolationError

# fmt: off
_BLOCKS = [
    "AnyBlock", "Block", "Chapter", "Concept", "Contrast", "Diagram", "DiagramEdge",
    "DiagramNode", "DirectiveBlock", "Example", "Exercise", "Fact", "Fence", "Inference",
    "Intuition", "Link", "Note", "Origin", "Pathway", "Pattern", "Qa",
    "Quick", "Rationale", "Reasoning", "ReasoningStep", "Relation", "Role", "Rule",
    "Section", "Status", "Story", "Symbols", "Table", "Term", "TestHint",
    "Uncertainty", "Verdict",
]
# fmt: on
_HOME = {
    **dict.fromkeys(_BLOCKS, "vulgate.model.blocks"),
    **dict.fromkeys(("Book", "CompiledBook", "Part", "Summary", "Symbol"), "vulgate.model.book"),
    **dict.fromkeys(("Diagnostic", "Label", "Severity"), "vulgate.model.diagnostics"),
    "Result": "vulgate.model.proofs",
    "Span": "vulgate.model.spans",
    "SourceBook": "vulgate.source.book",
    "open_book": "vulgate.source",
    **dict.fromkeys(("Compilation", "compile_book"), "vulgate.passes.compile"),
    "verify_book": "vulgate.verify.book",
    "PythonNotFoundError": "vulgate.verify.interpreters",
    "IsolationError": "vulgate.verify.sandbox",
    **dict.fromkeys(("Builder", "BuildResult"), "vulgate.build"),
    **dict.fromkeys(("BookFileError", "read_book"), "vulgate.store.sqlite"),
    **dict.fromkeys(("SsmError", "read_ssm", "write_ssm"), "vulgate.editions.ssm"),
}
__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604

if not TYPE_CHECKING:  # a type checker is to see the names above, and no others

    def __getattr__(name: str) -> Any:
        """Loads a public name when it is first used."""
        if name not in _HOME:
            raise AttributeError(f"module 'vulgate' has no attribute {name!r}")
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """The public names."""
    return __all__
