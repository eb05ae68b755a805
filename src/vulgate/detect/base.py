"""What a detector is: an analyser that finds the places in code where a rule is broken."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class Snippet(Struct, frozen=True):
    """A piece of code to look at.

    Attributes:
        id: Names it in the findings.
        code: The code.
        python: The oldest Python version that it is for, such as `3.10`; empty for the detector's default.
    """

    id: str
    code: str
    python: str = ""


class Request(Struct, frozen=True):
    """What to look for: the part of `:detect:` behind the detector's name, and the snippets to look at."""

    spec: str
    snippets: tuple[Snippet, ...]


class Finding(Struct, frozen=True):
    """A place where a rule is broken.

    Attributes:
        snippet: Id of the snippet.
        line: From 1.
        code: The detector's own name for it.
        message: What it says.
        has_fix: Whether it can mend the place by itself.
    """

    snippet: str
    line: int
    code: str
    message: str
    has_fix: bool = False


class DetectorError(Exception):
    """A request cannot be met: an unknown code, a pattern that does not parse. The message says which."""


class Detector(Protocol):
    """An analyser. Register one under the entry point `vulgate.detectors`."""

    name: str

    def version(self, spec: str) -> str:
        """The version in use for a request, as `ruff 0.14.5`; empty where it is not installed."""
        ...

    def find(self, requests: Sequence[Request]) -> "list[list[Finding] | DetectorError]":
        """The findings of each request, or why it cannot be met. Code that does not parse has none."""
        ...

    def fixed(self, spec: str, snippet: Snippet) -> str:
        """The snippet with everything mended that can be mended by itself."""
        ...
