"""What came out of proving a book: one result for each claim and runtime, and how much of the book is proven."""

from msgspec import Struct

from vulgate.model.blocks import Status


class Result(Struct, frozen=True):
    """The verdict on one block in one place, with what a reader needs to understand it.

    Attributes:
        block: Id of the block.
        chapter: Id of its chapter.
        path: The chapter file.
        line: Line of the fence, or of the block.
        runtime: Where: `3.12`, `bash 5.2`, `ruff 0.14.5`.
        status: What came out.
        reason: Why, in one line.
        detail: Traceback, difference of the output; several lines.
        fault: Line of the chapter that is at fault, 0 if it is the block as a whole.
        seconds: How long it took.
        cached: Whether an earlier run found it out.
        actual: The real output, where it differs from the expected one.
        inline: The real text of `#>` comments that differ, by line in the code (from 1).
    """

    block: str
    chapter: str
    path: str
    line: int
    runtime: str
    status: Status
    reason: str = ""
    detail: str = ""
    fault: int = 0
    seconds: float = 0.0
    cached: bool = False
    actual: str | None = None
    inline: tuple[tuple[int, str], ...] = ()


class Share(Struct, frozen=True):
    """How many of some claims are covered."""

    covered: int = 0
    total: int = 0

    @property
    def ratio(self) -> float:
        """From 0 to 1; 1 where there is nothing to cover."""
        return self.covered / self.total if self.total else 1.0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.covered + other.covered, self.total + other.total)


class Coverage(Struct, frozen=True):
    """How much of a chapter, or of a book, is proven.

    Attributes:
        examples: Code that is proven, of all that is meant to be run or parsed.
        facts: Facts with a proof that holds, or with a citation.
        rules: Rules that are proven: their examples did what they show, and their detector was right on all of them.
        proofs: Facts whose proof holds.
        detectors: Rules that name a detector.
        static: Code that is only parsed, because it needs a world around it.
        skipped: Code that is not run, with the reason.
        failed: Blocks whose verdict is that they fail.
        partly: Code that is proven on some of the versions that the book names, and was not tried on others.
        unread: Code in languages that no runner knows.
    """

    examples: Share = Share()
    facts: Share = Share()
    rules: Share = Share()
    proofs: int = 0
    detectors: int = 0
    static: int = 0
    skipped: int = 0
    failed: int = 0
    partly: int = 0
    unread: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))
