"""What the compiler has to say about a book."""

from enum import StrEnum

from msgspec import Struct

from vulgate.model.spans import Span


class Severity(StrEnum):
    """How much a diagnostic matters. An error makes the build fail; a warning can be silenced."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Label(Struct, frozen=True, gc=False):
    """A second place that a diagnostic points at, and why."""

    span: Span
    text: str


class Diagnostic(Struct, frozen=True, gc=False, omit_defaults=True):
    """One remark about the book.

    Attributes:
        code: `VG` and three digits; `vulgate explain CODE` tells the long story.
        severity: Error, warning or info.
        message: What is wrong, in one line, lower case, without a full stop.
        span: Where, or `None` for the book as a whole.
        help: The likely fix, in one line.
        labels: Further places, such as the first of two equal ids.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    help: str = ""
    labels: tuple[Label, ...] = ()

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Orders diagnostics by file, place and code."""
        place = (self.span.file, self.span.start, self.span.end) if self.span else ("", 0, 0)
        return (*place, self.code, self.message)
